"""The letter to a citizen: for whom, with what, and what never leaves the machine."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import anyio
import pytest

from sources.errors import InvalidProfile, LettersRefused
from sources.letters import LetterTerms, Told, write_letters
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.held_builders import take_over_lost
from tests.sources_builders import (
    HEADER,
    SECRET,
    a_number,
    a_profile,
    a_row,
    an_agency,
)

TERMS = LetterTerms(
    "uw uitkering", "Werkplein Test", "Naam", ("Straat", "Plaats"), date(2026, 11, 22)
)


def write(folder: Path, *rows: dict[str, str]) -> Path:
    names = [*HEADER, "Naam", "Straat", "Plaats"]
    lines = [
        ";".join(names),
        *(";".join(row.get(n, "") for n in names) for row in rows),
    ]
    file = folder / "cases.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def a_citizen(**changed: str) -> dict[str, str]:
    address = {"Naam": "A. <Jansen>", "Straat": "Dorpsstraat 1", "Plaats": "Stad"}
    return {**a_row(), **address, **changed}


def letters(
    tmp_path: Path, *rows: dict[str, str], terms: LetterTerms = TERMS
) -> tuple[int, str]:
    into = tmp_path / "letters.html"
    made = write_letters(write(tmp_path, *rows), into, a_profile(), terms)
    return made.count, into.read_text("utf-8")


def test_a_letter_names_the_citizen_and_whom_to_call(tmp_path: Path) -> None:
    count, text = letters(tmp_path, a_citizen())
    assert count == text.count("<article>") == 1
    assert "Beste A. &lt;Jansen&gt;," in text
    assert "Dorpsstraat 1<br>Stad" in text
    assert "0182 555 101" in text
    assert "$" not in text


def test_a_name_that_begins_with_the_surname_is_turned(tmp_path: Path) -> None:
    _, text = letters(tmp_path, a_citizen(Naam="Vries, A. de"))
    assert "Beste A. de Vries," in text
    assert "Vries," not in text.replace("A. de Vries,", "")


def test_only_a_record_that_would_be_published_gets_a_letter(tmp_path: Path) -> None:
    closed = a_citizen(Zaak="Z-2", BSN=a_number(2), Stand="dicht", Eind="2026-10-01")
    wrong = a_citizen(Zaak="Z-3", BSN="123456789")
    count, _ = letters(tmp_path, a_citizen(), closed, wrong)
    assert count == 1


def test_a_doubled_row_and_a_second_case_are_no_second_letter(tmp_path: Path) -> None:
    """What `check` rejects gets none, and it is said how many got none and why."""
    rows = (a_citizen(), a_citizen(), a_citizen(Zaak="Z-9"))
    into = tmp_path / "letters.html"
    made = write_letters(write(tmp_path, *rows), into, a_profile(), TERMS)
    assert made.count == into.read_text("utf-8").count("<article>") == 1
    same, double = made.passed
    assert "1 x dezelfde inwoner" in same
    assert "1 x Deze zaak staat al eerder" in double


def test_no_number_of_a_person_stands_in_a_letter(tmp_path: Path) -> None:
    row = a_citizen()
    _, text = letters(tmp_path, row)
    assert row["BSN"] not in text


def test_the_file_of_letters_is_for_its_owner_only(tmp_path: Path) -> None:
    letters(tmp_path, a_citizen())
    assert (tmp_path / "letters.html").stat().st_mode & 0o077 == 0


def test_a_column_that_is_not_there_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    terms = LetterTerms("x", "y", "Voornaam", (), date(2026, 11, 22))
    into = tmp_path / "letters.html"
    with pytest.raises(LettersRefused, match=r"Voornaam.*Het bestand heeft: .*Naam"):
        write_letters(write(tmp_path, a_citizen()), into, a_profile(), terms)
    assert not into.exists()


@pytest.mark.parametrize(
    "chosen", [{"chosen": frozenset({"Z-2"})}, {"lines": frozenset({3})}]
)
def test_one_citizen_gets_a_letter_alone(
    tmp_path: Path, chosen: dict[str, frozenset[str]]
) -> None:
    other = a_citizen(Zaak="Z-2", BSN=a_number(2), Naam="B. de Wit")
    terms = replace(TERMS, **chosen)  # type: ignore[arg-type]  # either set
    count, text = letters(tmp_path, a_citizen(), other, terms=terms)
    assert count == 1
    assert "Beste B. de Wit," in text
    assert "Jansen" not in text


def test_a_workbook_is_told_what_letters_are_made_of(tmp_path: Path) -> None:
    """Not to put another format in the profile: of that there are no letters."""
    into, book = tmp_path / "letters.html", tmp_path / "cases.csv"
    book.write_bytes(b"PK\x03\x04")
    with pytest.raises(InvalidProfile, match="Sla een werkmap op als CSV"):
        write_letters(book, into, a_profile(), TERMS)


def test_a_case_that_is_not_there_gets_no_empty_file(tmp_path: Path) -> None:
    terms = replace(TERMS, chosen=frozenset({"Z-9"}))
    with pytest.raises(LettersRefused, match="geen brief gemaakt"):
        letters(tmp_path, a_citizen(), terms=terms)
    assert not (tmp_path / "letters.html").exists()


def test_another_file_is_never_written_over(tmp_path: Path) -> None:
    into = tmp_path / "letters.html"
    into.write_text("van gisteren")
    with pytest.raises(LettersRefused, match="bestaat al"):
        letters(tmp_path, a_citizen())
    assert into.read_text() == "van gisteren"


def new_since(tmp_path: Path, *rows: dict[str, str]) -> LetterTerms:
    """Deliver these rows; gives terms for who comes after them."""
    agency = an_agency(tmp_path)
    agency.write(*rows)
    anyio.run(agency.publish)
    return replace(TERMS, told=Told(agency.outbox_path, OutboxKey(SECRET)))


def test_a_letter_goes_to_who_is_new_and_to_nobody_twice(tmp_path: Path) -> None:
    """Neither one that did not change, nor one whose contact holder did."""
    old = {"Zaak": "Z-2", "BSN": a_number(2)}
    terms = new_since(tmp_path, a_row(), a_row(**old))
    new = a_citizen(Zaak="Z-3", BSN=a_number(3), Naam="C. Nieuw")
    rows = (a_citizen(), a_citizen(**old, Team="ANDER"), new)
    into = tmp_path / "letters.html"
    made = write_letters(write(tmp_path, *rows), into, a_profile(), terms)
    assert made.count == 1
    assert "Beste C. Nieuw," in into.read_text("utf-8")
    assert "2 x al aangeleverd." in made.passed


def test_where_nobody_is_new_there_is_no_letter_and_it_is_said(tmp_path: Path) -> None:
    terms = new_since(tmp_path, a_row())
    with pytest.raises(LettersRefused, match="geen zaak die nieuw is"):
        letters(tmp_path, a_citizen(), terms=terms)


def test_an_outbox_that_began_anew_calls_nobody_new(tmp_path: Path) -> None:
    """Everybody would get a second letter: whose signals stand cannot be seen."""
    agency = an_agency(tmp_path)
    agency.write(a_row())
    anyio.run(agency.publish)
    agency.outbox_path.unlink()

    async def begin_anew() -> None:
        with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
            await take_over_lost(outbox, agency.index)

    anyio.run(begin_anew)
    terms = replace(TERMS, told=Told(agency.outbox_path, OutboxKey(SECRET)))
    with pytest.raises(LettersRefused, match="nieuw postvak"):
        letters(tmp_path, a_citizen(), terms=terms)

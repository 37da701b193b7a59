"""What a file does not prove is asked: never a guess about a person, a day or a word.

Each test is a kind of export; the numbers are invented and pass the 11-proof.
"""

from pathlib import Path

import pytest

from sources.__main__ import app
from tests.profile_init_builders import (
    KNOWN,
    KNOWN_HERE,
    a_file,
    find_asked,
    load,
    look,
    propose,
    runner,
    write,
)
from tests.sources_builders import a_number


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"


def test_a_plain_file_asks_nothing(path: Path) -> None:
    profile, layout = load(look(a_file(path)))
    assert layout.columns.bsn == "BSN"
    assert profile.informed == "discussed"


def test_how_citizens_were_informed_is_never_proposed(path: Path) -> None:
    a_file(path, DatumGeinformeerd=["2026-03-01"], Geinformeerd=["brief"])
    found = propose(path, *KNOWN_HERE[: KNOWN_HERE.index("--informed")])
    assert {"informed"} <= find_asked(found)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("BSN_ouder1", "BSN_leerling"),
        ("SofinummerP", "SofinummerHp"),
        ("BSN", "BSN_partner"),
        ("BSN", "Relatienummer"),
        ("Persoon", "Partner"),
    ],
)
def test_two_columns_of_numbers_of_persons_are_named_and_none_is_chosen(
    path: Path, first: str, second: str
) -> None:
    rows = (
        {first: a_number(at), second: a_number(at + 500), "Startdatum": "2026-03-01"}
        for at in range(30)
    )
    found = look(write(path, rows))
    assert find_asked(found) == {"csv.columns.bsn"}
    (line,) = (each for each in found.text.splitlines() if each.startswith("bsn = "))
    assert f"{first} of {second}?" in line
    assert found.shown.count("Dat kiest u.") == 2


def test_a_partners_number_is_not_taken_where_ones_own_is_written_oddly(
    path: Path,
) -> None:
    rows = (
        {
            "BSN": f"{a_number(at)}/01",
            "Partner": a_number(at),
            "Startdatum": "2026-03-01",
        }
        for at in range(30)
    )
    assert find_asked(look(write(path, rows))) == {"csv.columns.bsn"}


def test_a_column_without_a_number_is_no_candidate(path: Path) -> None:
    found = look(
        a_file(
            path, BSN_gecontroleerd=["J", "N"], BSN_datum=["2026-03-01"], Einddatum=[""]
        )
    )
    assert load(found)[1].columns.bsn == "BSN"


def a_lost(count: int) -> list[str]:
    """Valid numbers that begin with a zero, without it."""
    found: list[str] = []
    for stem in range(1_000_000, 1_010_000):
        digits = f"0{stem}"
        rest = (
            sum(w * int(d) for w, d in zip(range(9, 1, -1), digits, strict=True)) % 11
        )
        if rest < 10:
            found.append(f"{stem}{rest}")
    return found[:count]


def test_a_zero_is_put_back_where_every_number_lost_it(path: Path) -> None:
    numbers = [*(a_number(at) for at in range(26)), *a_lost(4)]
    assert load(look(a_file(path, BSN=numbers)))[1].bsn_zero_lost


def test_a_zero_was_not_lost_where_another_number_kept_it(path: Path) -> None:
    numbers = [*(a_number(at) for at in range(25)), f"0{a_lost(9)[8]}", *a_lost(4)]
    assert not load(look(a_file(path, BSN=numbers)))[1].bsn_zero_lost


@pytest.mark.parametrize("eight", [a_lost(1), [*a_lost(2)], [*a_lost(4), "12345678"]])
def test_whether_a_zero_was_lost_is_asked_where_too_little_proves_it(
    path: Path, eight: list[str]
) -> None:
    numbers = [*(a_number(at) for at in range(30 - len(eight))), *eight]
    found = look(a_file(path, BSN=numbers))
    assert find_asked(found) == {"csv.bsn_zero_lost"}


def test_a_lost_zero_is_asked_too_where_the_column_itself_is(path: Path) -> None:
    numbers = [*(a_number(at) for at in range(29)), *a_lost(1)]
    others = [a_number(at) for at in range(30, 60)]
    found = look(a_file(path, **{"BSN": numbers, "BSN nummer": others}))
    assert find_asked(found) == {"csv.columns.bsn", "csv.bsn_zero_lost"}


def test_one_mistyped_number_in_many_rows_proves_no_lost_zero(path: Path) -> None:
    numbers = [*(a_number(at) for at in range(20)), *(a_lost(1) * 10)]
    assert find_asked(look(a_file(path, BSN=numbers))) == {"csv.bsn_zero_lost"}


ENDED = (
    *("Afgehandeld", "Gereed", "Stopgezet", "Inactief", "Geëindigd", "Uitgestroomd"),
    *("Buiten behandeling", "Niet toegekend", "Beëindigd", "Niet actief", "AFGEROND"),
)


def test_words_that_say_ended_close_and_only_words_that_say_open_open(
    path: Path,
) -> None:
    found = look(a_file(path, 60, Status=[*ENDED, "Lopend", "In behandeling"]))
    status = load(found)[0].codes.status
    assert status
    assert status.opens == {"Lopend", "In behandeling"}
    assert status.closes == set(ENDED)


@pytest.mark.parametrize(
    "word",
    [
        *("Wachtlijst", "Opgeschort", "1", "Beëindiging aangevraagd", "Nieuw"),
        *("Openstaand verzoek", "Nog niet afgesloten", "Toegekend", "Actief geweest"),
    ],
)
def test_a_word_that_could_mean_either_is_for_a_person(path: Path, word: str) -> None:
    found = look(a_file(path, 60, Status=["Lopend", word]))
    assert find_asked(found) == {"codes.status"}
    assert f'"<VUL IN>" = ["{word}"]' in found.text


def test_two_columns_that_could_say_it_is_open_are_both_named(path: Path) -> None:
    found = look(a_file(path, 60, Status=["Lopend"], Zaakstatus=["Open"]))
    assert "csv.columns.status" in find_asked(found)
    assert "Status of Zaakstatus?" in found.text


@pytest.mark.parametrize(
    "name", ["Contactpersoon telefoon", "Tel contact", "TelefoonTeam"]
)
def test_a_number_that_differs_from_row_to_row_is_never_proposed(
    path: Path, name: str
) -> None:
    numbers = [f"06 1234 5{at:03}" for at in range(30)]
    found = look(a_file(path, 30, **{name: numbers}))
    assert load(found)[1].columns.phone is None
    assert "van inwoners of van familie" in found.text
    assert "1234 5" not in found.text


def test_the_number_of_a_relative_is_not_proposed_for_three_rows_either(
    path: Path,
) -> None:
    found = look(a_file(path, 3, ContactTelefoon=[f"06 1234 500{at}" for at in "123"]))
    assert load(found)[1].columns.phone is None


def test_names_of_relatives_are_no_teams(path: Path) -> None:
    names = ["mevrouw De Wit", "de heer Bos", "oma Jansen"]
    found = look(a_file(path, 3, Contactpersoon=names))
    assert load(found)[1].columns.contact is None
    assert "De Wit" not in found.text


def test_more_teams_than_can_be_named_are_left_out_and_say_so(path: Path) -> None:
    found = look(a_file(path, 90, Team=[f"Team {at}" for at in range(20)]))
    assert load(found)[0].default_contact == "TEAM"
    assert "Te veel verschillende waarden" in found.text


def test_a_kind_of_case_does_not_name_a_case(path: Path) -> None:
    rows = (
        {"BSN": a_number(at), "Startdatum": "2026-03-01", "Zaaktype": f"T{at % 3}"}
        for at in range(60)
    )
    assert load(look(write(path, rows)))[1].columns.case_number is None


def test_an_option_that_was_not_used_is_said(path: Path) -> None:
    several = a_file(path, Team=["Noord", "Zuid"])
    out = ("--out", str(path.with_suffix(".toml")))
    init = ["profile", "init", str(several), *KNOWN, "--sheet", "Blad1", *out]
    said = runner.invoke(app, init, env={"COLUMNS": "400"}).stderr
    assert "--phone en --verified zijn niet gebruikt" in said
    assert "2 teams (Noord, Zuid)" in said
    assert "--sheet is niet gebruikt" in said
    one = a_file(path.with_name("one.csv"), Team=["Noord"])
    out = ("--out", str(path.with_name("one.toml")))
    assert runner.invoke(app, ["profile", "init", str(one), *KNOWN, *out]).stderr == ""


def test_one_number_is_not_copied_to_each_of_several_teams(path: Path) -> None:
    found = look(a_file(path, Team=["Noord", "Zuid"]))
    asked = {f"contacts.{team}.{key}" for team in ("Noord", "Zuid") for key in ASKED_OF}
    assert find_asked(found) == asked
    assert "0182" not in found.text
    profile, _ = load(look(a_file(path.with_name("one.csv"), Team=["Noord"])))
    assert len(profile.contacts) == 1


ASKED_OF = ("phone", "last_verified")


@pytest.mark.parametrize("heading", ["Stand van zaken", "Situatie", "Voortgang", "X7"])
def test_a_status_is_known_by_its_words_whatever_its_column_is_called(
    path: Path, heading: str
) -> None:
    words = ["Lopend", "Afgesloten", "Aanvraag"]
    profile, layout = load(look(a_file(path, **{heading: words})))
    assert layout.columns.status == heading
    assert profile.codes.status
    assert profile.codes.status.closes == {"Afgesloten"}


def test_two_columns_with_words_of_a_status_are_asked_about(path: Path) -> None:
    words = ["Lopend", "Afgesloten"]
    found = look(a_file(path, Situatie=words, Voortgang=words))
    assert "csv.columns.status" in find_asked(found)
    assert "Situatie of Voortgang?" in found.text


def test_a_column_with_one_word_for_what_is_over_is_asked_about(path: Path) -> None:
    found = look(a_file(path, Fasen=["Noord", "Oost", "Gesloten"]))
    assert "csv.columns.status" in find_asked(found)


def test_a_check_names_the_words_for_what_is_over_that_are_not_read(
    path: Path,
) -> None:
    """A profile of before may not read the column at all."""
    words = ["Lopend", "Afgesloten", "Aanvraag"]
    profile = path.with_name("profile.toml")
    text = look(a_file(path, Voortgang=words)).text
    head, _, rest = text.partition("[codes.status]")
    rest = rest.partition("\n\n")[2]
    lines = [one for one in head.splitlines() if not one.startswith("status = ")]
    profile.write_text("\n".join([*lines, "", rest]))
    done = runner.invoke(app, ["check", str(path), "--profile", str(profile)])
    assert (
        "kolom Voortgang zegt van zaken dat zij over zijn (Afgesloten)" in done.stdout
    )
    read = profile.with_name("read.toml")
    read.write_text(text)
    told = runner.invoke(app, ["check", str(path), "--profile", str(read)])
    assert "Voortgang" not in told.stdout

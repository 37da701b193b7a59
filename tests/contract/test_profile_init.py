"""`signal-source profile init`: a file is looked at, and nobody's data is repeated."""

import csv
import io
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.__main__ import app
from sources.errors import InvalidProfile
from sources.population.answers import write_population
from sources.profile import parse_profile
from sources.proposing.samples import Column
from sources.proposing.words import explain_absence, make_slug
from tests.connector_formats import FORMATS, Format, Record
from tests.profile_init_builders import (
    HEADER,
    KNOWN,
    STORY,
    a_line,
    find_asked,
    propose,
    runner,
    write_table,
)
from tests.sources_builders import TODAY, a_number


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_table(tmp_path / "Wmo export.csv", [a_line(n) for n in range(1, 60)])


def test_the_columns_of_a_signal_are_found(export: Path) -> None:
    csv_table = propose(export, *KNOWN).toml["csv"]
    assert isinstance(csv_table, dict)
    assert csv_table["columns"] == {
        "bsn": "BSN",
        "start": "Startdatum",
        "case_number": "Zaaknummer",
        "end": "Einddatum",
        "status": "Status",
        "municipality": "Gemeentecode",
        "contact": "Team",
        "phone": "TelefoonTeam",
    }


def test_every_column_that_is_not_sent_is_listed_with_its_reason(export: Path) -> None:
    found = propose(export, *KNOWN)
    for name, reason in (
        ("Cliëntnaam", "niemand bij naam"),
        ("Geboortedatum", "leeftijdsgrens"),
        ("Telefoon", "van de inwoner zelf"),
        ("Toelichting", "vrije tekst"),
        ("Schuldbedrag", "bedrag"),
        ("Diagnose", "Zegt wat er speelt"),
        ("Xyz", "Wat niet nodig is"),
    ):
        (line,) = (
            line
            for line in found.text.splitlines()
            if line.startswith(f"#   {name} ") and reason in line
        )
        assert line
        assert name in found.shown


def test_every_column_is_accounted_for(export: Path) -> None:
    found = propose(export, *KNOWN)
    assert all(f"{name}" in found.text for name in HEADER)


def test_a_proposal_that_was_filled_in_delivers_at_once(export: Path) -> None:
    propose(export, *KNOWN)
    profile = export.with_suffix(".proposal.toml")
    done = runner.invoke(
        app, ["check", str(export), "--profile", str(profile), "--json"]
    )
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["read"], found["rejected"]) == (59, 0)
    assert found["wouldSend"] == {"bijstand": 19}


def test_what_only_the_agency_knows_is_asked_for_and_refused_until_then(
    export: Path,
) -> None:
    found = propose(export)
    with pytest.raises(InvalidProfile) as refusal:
        parse_profile(found.text)
    for key in ("category", "informed", "contacts.Noord.function", "Zuid.phone"):
        assert key in str(refusal.value)
        assert key in found.shown


def test_codes_are_sorted_into_open_closed_and_not_yet(export: Path) -> None:
    codes = propose(export, *KNOWN).toml["codes"]
    assert codes == {
        "status": {
            "opens": ["Lopend"],
            "closes": ["Beëindigd"],
            "ignores": ["Aanvraag"],
        }
    }


def test_no_value_of_a_record_is_in_a_proposal(export: Path) -> None:
    found = propose(export, *KNOWN)
    for text in (found.text, found.shown):
        for value in (STORY, "De Wit", "05-08-1967", "Z-7", "0610", "F7", a_number(7)):
            assert value not in text


def test_a_status_in_which_people_write_is_asked_about_and_not_repeated(
    tmp_path: Path,
) -> None:
    rows = [a_line(n, Status=f"{STORY} {n}") for n in range(1, 60)]
    found = propose(write_table(tmp_path / "a.csv", rows), *KNOWN)
    assert find_asked(found) == {"csv.columns.status", "codes.status.opens"}
    assert STORY not in found.text


def test_a_code_that_holds_a_number_of_a_person_makes_the_column_unfit(
    tmp_path: Path,
) -> None:
    rows = [a_line(n, Team=f"team {a_number(n % 2 + 1)}") for n in range(1, 60)]
    found = propose(write_table(tmp_path / "a.csv", rows), *KNOWN)
    assert a_number(1) not in found.text
    assert found.toml["default_contact"] == "TEAM"


def test_maybe_is_never_proposed_as_consent(tmp_path: Path) -> None:
    path = tmp_path / "veilig-thuis.csv"
    path.write_text(
        "BSN;Casusnummer;Startdatum;OptIn\n"
        + "\n".join(
            f"{a_number(n)};C-{n};2026-01-05;{('J', 'N', 'MISSCHIEN')[n % 3]}"
            for n in range(1, 40)
        )
    )
    codes = propose(path, *KNOWN).toml["codes"]
    assert codes == {"opt_in": {"yes": ["J"], "no": ["N", ""]}}


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [(";", "utf-8"), (",", "utf-8-sig"), ("\t", "windows-1252"), ("|", "utf-8")],
)
def test_how_a_file_is_written_is_found_out(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    rows = [a_line(n) for n in range(1, 30)]
    path = tmp_path / "a.csv"
    found = propose(
        write_table(path, rows, delimiter=delimiter, encoding=encoding), *KNOWN
    )
    layout = parse_profile(found.text).csv
    assert layout
    assert (layout.delimiter, layout.encoding) == (delimiter, encoding)
    assert layout.dates == ("%d-%m-%Y",)


def test_a_case_that_is_shared_is_noticed(tmp_path: Path) -> None:
    rows = [a_line(n, Zaaknummer=f"Z-{n // 2}") for n in range(1, 30)]
    found = propose(write_table(tmp_path / "a.csv", rows), *KNOWN)
    layout = parse_profile(found.text).csv
    assert layout
    assert layout.shared_case_numbers


def test_nobody_is_said_to_have_checked_a_number(export: Path) -> None:
    at = KNOWN.index("--verified")
    found = propose(export, *KNOWN[:at])
    assert "contacts.Noord.last_verified" in find_asked(found)
    said = (*KNOWN[:at], "--verified", "2999-01-01")
    refused = runner.invoke(app, ["profile", "init", str(export), *said])
    assert (refused.exit_code, "nog moet komen" in refused.output) == (2, True)


def rename(path: Path, name: str) -> Path:
    text = path.read_text("utf-8").replace("Zaaknummer", name, 1)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", ["Trajectnr.", "Traject ID", "Aanvraagnummer"])
def test_a_number_of_cases_is_known_by_more_names(export: Path, name: str) -> None:
    found = propose(rename(export, name), *KNOWN)
    assert f'case_number = "{name}"' in found.text


def test_a_number_that_may_be_of_cases_is_asked_about(export: Path) -> None:
    found = propose(rename(export, "Beschikkingsnr"), *KNOWN)
    assert "csv.columns.case_number" in find_asked(found)
    assert "Beschikkingsnr?" in found.text
    assert "BSN en begindag zijn dan de zaak" in found.text


@pytest.mark.parametrize("name", ["Clientnummer", "Huisnummer", "Xyz2"])
def test_without_a_case_number_it_says_what_a_case_is(export: Path, name: str) -> None:
    found = propose(rename(export, name), *KNOWN)
    assert "case_number =" not in found.text
    for said in (found.text, found.shown):
        assert "Geen kolom is het zaaknummer" in said


def test_a_number_under_another_name_is_found_by_its_proof(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [f"{a_number(n)};Z-{n};2026-01-05" for n in range(1, 30)]
    path.write_text("\n".join(("Persoon;Zaak;Startdatum", *lines)))
    layout = parse_profile(propose(path, *KNOWN, "--municipality", "9901").text).csv
    assert layout
    assert layout.columns.bsn == "Persoon"


STANDARDS = [
    form
    for form in FORMATS
    if form.name not in {"csv", "xlsx", "sql", "cloudevents-1.0"}
]


@pytest.mark.parametrize("form", STANDARDS, ids=lambda form: form.name)
@pytest.mark.parametrize("count", [1, 3])
def test_a_standards_own_format_is_recognised(
    tmp_path: Path, form: Format, count: int
) -> None:
    path = tmp_path / "levering"
    path.write_bytes(form.write([Record(bsn=a_number(n)) for n in range(count)]))
    found = propose(path, *KNOWN, "--municipality", "9901")
    assert parse_profile(found.text).format == form.name
    assert a_number(0) not in found.text


def test_a_message_lists_what_is_never_read(tmp_path: Path) -> None:
    path = tmp_path / "bericht.xml"
    path.write_bytes(FORMATS[6].write([Record()]))
    text = propose(path, *KNOWN, "--municipality", "9901").text
    unread = text[text.index("nooit lezen") :]
    for name in ("Achternaam", "Commentaar", "Code", "Volume", "Postcode"):
        assert f"#   {name} " in unread
    assert "#   Bsn" in text[: text.index("nooit lezen")]


def test_a_message_of_a_release_that_no_profile_can_name_is_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bericht.xml"
    path.write_bytes(FORMATS[6].write([Record()]).replace(b"/3_2/", b"/3_9/"))
    out = str(tmp_path / "profile.toml")
    done = runner.invoke(app, ["profile", "init", str(path), "--out", out, *KNOWN])
    assert done.exit_code == 2
    assert "versie van iWmo of iJw kennen wij niet" in " ".join(done.output.split())


def test_a_workbook_is_looked_at_like_any_table(tmp_path: Path) -> None:
    path = tmp_path / "zaken.xlsx"
    records = [Record(number=f"Z-{n}", bsn=a_number(n)) for n in range(1, 30)]
    path.write_bytes(FORMATS[1].write(records))
    profile = parse_profile(propose(path, *KNOWN).text)
    assert profile.xlsx
    assert profile.xlsx.columns.bsn == "BSN"


def test_an_invented_town_is_proposed_for(tmp_path: Path) -> None:
    write_population(tmp_path, seed=3, size=80, on=TODAY)
    for name in ("income-support.csv", "schools.csv"):
        found = propose(tmp_path / name, *KNOWN).text
        # Several teams, and no number of each: that is asked, the rest is whole.
        whole = found.replace('"<VUL IN>"', '"0182 555101"')
        whole = whole.replace('d = "0182 555101"', "d = 2026-10-01")
        profile = parse_profile(whole)
        assert profile.csv
        assert profile.csv.columns.case_number


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"\xff\xfeB\x00S\x00N\x00",
        b"{",
        b"<a",
        b"PK\x03\x04",
        b"een",
    ],
)
def test_what_cannot_be_looked_at_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bestand"
    path.write_bytes(data)
    done = runner.invoke(app, ["profile", "init", str(path)])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_profile_that_exists_is_not_overwritten(export: Path) -> None:
    out = export.with_name("profiel.toml")
    out.write_text("van mij")
    done = runner.invoke(app, ["profile", "init", str(export), "--out", str(out)])
    assert done.exit_code == 2
    assert out.read_text() == "van mij"


@given(
    st.lists(st.text(min_size=1, max_size=30), min_size=2, max_size=6, unique=True),
    st.lists(st.lists(st.text(max_size=20), min_size=6, max_size=6), max_size=6),
)
def test_names_of_any_shape_make_a_text_that_is_toml(
    tmp_path_factory: pytest.TempPathFactory, header: list[str], rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.csv"
    made = io.StringIO(newline="")
    names = [name for name in header if name.strip()]
    csv.writer(made, delimiter=";").writerows(
        [names, *(row[: len(names)] for row in rows)]
    )
    path.write_bytes(made.getvalue().encode("utf-8", "replace"))
    done = runner.invoke(app, ["profile", "init", str(path)])
    assert done.exit_code in {0, 2}
    if done.exit_code == 0:
        tomllib.loads(done.stdout)


def test_a_name_is_judged_by_its_parts() -> None:
    assert "bedrag" in explain_absence("totaalSchuldbedrag")
    assert "niet nodig" in explain_absence("teller")
    assert "inwoner zelf" in explain_absence("tel_prive")
    assert make_slug("Wmo export (2026).csv") == "wmo-export-2026-csv"


def test_a_column_holds_no_more_values_than_a_list_needs() -> None:
    column = Column("Status")
    for count in range(100):
        column.look(f"code-{count}")
    assert column.many
    assert not column.codes

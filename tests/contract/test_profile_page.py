"""`signal-source profile init --page`: what is shown, asked, refused and written."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest
from typer.testing import CliRunner

from sources.__main__ import app
from sources.profile import FILL_IN, load_profile
from tests.connector_formats import FORMAT, Record
from tests.profile_pages import Visit, profile_page, write_export
from tests.sources_builders import a_number

COLUMNS = {"column_1": "bsn"}
WORDS = {"status_5_2": "ignores"}
SAID = {
    "order": "day",
    "category": "wmo-maatwerk",
    "informed": "informed-by-letter",
    **{f"function_7_{n}": "Wmo-consulent" for n in range(2)},
    **{f"phone_7_{n}": f"0182 555 10{n}" for n in range(2)},
    "verified": "yes",
}
EVERYTHING = COLUMNS | WORDS | SAID


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "profiel.toml"


@pytest.fixture
def visit(tmp_path: Path, out: Path) -> Iterator[Visit]:
    with profile_page(write_export(tmp_path / "export.csv"), out) as opened:
        yield opened


def test_the_first_rows_stand_beside_what_becomes_of_each_column(visit: Visit) -> None:
    page = visit.open().page
    for text in (a_number(0), "De Wit-4", "Een naam. De index kent niemand bij naam."):
        assert text in page
    assert "De Wit-5" not in page


def test_everything_that_is_to_be_filled_in_is_asked_by_name(visit: Visit) -> None:
    answered = visit.send(visit.open(), "preview")
    assert answered.status == 422
    assert answered.faults == [
        *("column-1", "order", "status-5-2", "category", "informed"),
        *("function-7-0", "phone-7-0", "function-7-1", "phone-7-1", "verified"),
    ]
    assert "<title>Fout: " in answered.page
    assert FILL_IN not in answered.page


def test_it_says_what_who_is_called_may_be_called(visit: Visit) -> None:
    """Another word is refused with the first delivery, to whoever made the profile."""
    before = visit.open()
    assert "Balie, " in before.page
    assert "Wmo-consulent" not in before.page
    after = visit.send(before, "preview", **EVERYTHING)
    assert "Wmo-consulent" in after.page


def test_what_was_filled_in_stays_when_something_else_is_wrong(visit: Visit) -> None:
    answered = visit.send(visit.open(), "preview", **EVERYTHING | {"category": ""})
    assert answered.faults == ["category"]
    fields = answered.fields
    assert fields["column-1"] == "bsn"
    assert fields["status-5-2"] == "ignores"
    assert fields["order"] == "day"
    assert fields["phone-7-1"] == "0182 555 101"


def asked_on(page: str) -> set[str]:
    """The fields that stand beside a thick line."""
    parts = re.findall(
        r'<(?:div|li|fieldset) class="(?:field )?asks".*?name="([^"]+)"',
        page,
        re.DOTALL,
    )
    return set(parts)


def test_everything_that_a_person_must_choose_stands_beside_a_line(
    visit: Visit,
) -> None:
    opened = visit.open()
    faults = set(visit.send(opened, "preview").faults)
    assert faults <= asked_on(opened.page)


def test_what_was_filled_in_has_no_line_any_more(visit: Visit) -> None:
    done = visit.send(visit.open(), "preview", **EVERYTHING)
    assert done.status == 200
    assert asked_on(done.page) == set()


def test_one_contact_for_everybody_is_filled_in_once(visit: Visit, out: Path) -> None:
    once = {name: text for name, text in EVERYTHING.items() if "_7_1" not in name}
    alone = visit.send(visit.open(), "write", **once, same_contact="yes")
    assert alone.status == 200
    contacts = load_profile(out).contacts
    assert {at.function for at in contacts.values()} == {"Wmo-consulent"}
    assert {at.phone for at in contacts.values()} == {"+31182555100"}


def test_office_hours_are_asked_whole_or_not_at_all(visit: Visit, out: Path) -> None:
    """Without them, whoever calls reads that they are unknown."""
    some = EVERYTHING | {"day_mon": "yes", "day_thu": "yes", "hours_from": "09:00"}
    answered = visit.send(visit.open(), "write", **some)
    assert answered.faults == ["hours-from"]
    assert visit.send(answered, "write", **some, hours_to="16:30").status == 200
    for each in load_profile(out).contacts.values():
        (row,) = each.office_hours
        assert (row.days, row.opens, row.closes) == (("mon", "thu"), "09:00", "16:30")


def test_the_day_of_checking_is_that_of_who_says_so(visit: Visit, out: Path) -> None:
    silent = {name: text for name, text in EVERYTHING.items() if name != "verified"}
    assert visit.send(visit.open(), "write", **silent).faults == ["verified"]
    assert not out.exists()


def test_a_fault_of_one_contact_for_everybody_is_said_once(visit: Visit) -> None:
    said = EVERYTHING | {"phone_7_0": "", "same_contact": "yes"}
    assert visit.send(visit.open(), "preview", **said).faults == ["phone-7-0"]


def test_a_meaning_that_is_taken_says_by_which_column(visit: Visit) -> None:
    said = EVERYTHING | {"column_2": "bsn"}
    page = visit.send(visit.open(), "preview", **said).page
    assert "Deze betekenis koos u al bij de kolom BSN." in page


def test_a_preview_shows_five_flags_as_a_colleague_sees_them(visit: Visit) -> None:
    answered = visit.send(visit.open(), "preview", **EVERYTHING)
    assert answered.status == 200
    shown = answered.page.partition('id="preview"')[2].partition("<form")[0]
    assert shown.count("Wmo-maatwerkvoorziening") == 5
    assert "Bel 0182 555 101" in shown
    assert "Contact sinds 1 maart 2026." in shown
    assert "Gelezen: 30. Wordt een signaal: 10. Afgelopen: 10." in shown
    assert "Nog niet begonnen: 10. Afgewezen: 0." in shown
    for hidden in (a_number(0), "De Wit", "Z-0", "Lopend"):
        assert hidden not in shown


def test_a_preview_says_what_would_be_rejected_and_where(
    tmp_path: Path, out: Path
) -> None:
    path = write_export(tmp_path / "export.csv")
    path.write_text(path.read_text().replace(a_number(3), a_number(3)[:-1] + "x"))
    with profile_page(path, out) as visit:
        page = visit.send(visit.open(), "preview", **EVERYTHING).page
    assert "1 keer. BSN: " in page
    assert "Regel 5." in page


def test_a_profile_that_was_completed_is_written_and_loads(
    visit: Visit, out: Path
) -> None:
    answered = visit.send(visit.open(), "write", **EVERYTHING)
    assert answered.status == 200
    assert "Het profiel is geschreven" in answered.page
    assert visit.ends.get(timeout=10)
    profile = load_profile(out)
    assert profile.csv
    assert profile.csv.columns.bsn == "BSN"
    assert profile.codes.status
    assert profile.codes.status.ignores == {"Opgeschort"}
    assert profile.informed == "informed-by-letter"


def test_a_profile_that_is_not_complete_is_not_written(visit: Visit, out: Path) -> None:
    answered = visit.send(visit.open(), "write", **COLUMNS, **SAID)
    assert answered.faults == ["status-5-2"]
    assert not out.exists()


def test_stopping_writes_nothing_and_ends(visit: Visit, out: Path) -> None:
    answered = visit.send(visit.open(), "stop", **EVERYTHING)
    assert "Er is niets geschreven." in answered.page
    assert not visit.ends.get(timeout=10)
    assert not out.exists()


def test_a_page_that_nobody_visits_ends_by_itself(tmp_path: Path, out: Path) -> None:
    path = write_export(tmp_path / "export.csv")
    with profile_page(path, out, silence=0.1) as visit:
        assert not visit.ends.get(timeout=10)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"column_2": "bsn"}, "column-2"),
        ({"column_0": "start"}, "column-4"),
        ({"column_4": "", "column_0": "start"}, "column-0"),
        ({"column_8": "contact"}, "column-8"),
        ({"municipalities": "599"}, "municipalities"),
        ({"municipalities": ""}, "municipalities"),
        ({"informed": "safety-risk", "category": "bijstand"}, "informed"),
        ({"phone_7_0": "12"}, "phone-7-0"),
        ({"function_7_1": "bel 06 1234 5678"}, "function-7-1"),
        ({"name": "Een Naam"}, "main"),
    ],
)
def test_a_choice_that_cannot_hold_is_named(
    visit: Visit, changed: dict[str, str], field: str
) -> None:
    answered = visit.send(visit.open(), "write", **EVERYTHING | changed)
    assert answered.status == 422
    assert field in answered.faults


def test_numbers_that_differ_with_every_row_are_no_numbers_of_the_agency(
    tmp_path: Path, out: Path
) -> None:
    path = write_export(tmp_path / "export.csv")
    lines = path.read_text().splitlines()
    called = [f"{line} 06 1234 {5000 + n}" for n, line in enumerate(lines[1:])]
    text = "\n".join([lines[0], *called])
    path.write_text(re.sub("mevrouw belt niet [0-9]+ ", "", text))
    with profile_page(path, out) as visit:
        said = EVERYTHING | {"column_8": "phone"}
        answered = visit.send(visit.open(), "write", **said)
    assert answered.faults == ["column-8"]
    assert "dat is van inwoners of van familie" in answered.page
    assert not out.exists()


def test_a_status_that_cannot_be_used_is_not_passed_by(
    tmp_path: Path, out: Path
) -> None:
    """Without it every row would count as open; a person may say that it does."""
    path = write_export(tmp_path / "export.csv")
    lines = path.read_text().splitlines()
    story = [line.replace("Lopend", f"zie brief {n}") for n, line in enumerate(lines)]
    path.write_text("\n".join(story) + "\n")
    with profile_page(path, out) as visit:
        first = visit.open()
        said = {
            name: value for name, value in EVERYTHING.items() if name != "status_5_2"
        }
        assert visit.send(first, "preview", **said).faults == ["column-5"]
        assert visit.send(first, "preview", **said, column_5="").status == 200


def test_another_status_column_brings_its_own_words(visit: Visit) -> None:
    """What a person chooses is asked about in its turn."""
    chosen = EVERYTHING | {"column_5": "", "column_7": "status"}
    answered = visit.send(visit.open(), "preview", **chosen)
    assert answered.faults[:2] == ["status-7-0", "status-7-1"]
    assert "function-all-0" in answered.names


def test_what_a_file_holds_is_never_markup(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "x.csv"
    evil = "<script>alert(1)</script>"
    rows = [f"{a_number(n)};1-3-2026;{evil};<b>{n % 2}" for n in range(20)]
    path.write_text("\n".join([f'BSN;Start;Naam{evil};Status"onload=x', *rows]))
    with profile_page(path, out) as visit:
        first = visit.open()
        answered = visit.send(first, "preview")
        for page in (first.page, answered.page):
            assert "<script" not in page
            assert "<b>" not in page
            assert '"onload' not in page


def test_a_standards_own_file_asks_only_what_the_agency_knows(
    tmp_path: Path, out: Path
) -> None:
    path = tmp_path / "bericht.xml"
    path.write_bytes(FORMAT["iwmo-3.2"].write([Record()]))
    said = {
        "category": "wmo-maatwerk",
        "municipalities": "9901",
        "informed": "discussed",
        "function_all_0": "Wmo-consulent",
        "phone_all_0": "0182 555 101",
        "verified": "yes",
    }
    with profile_page(path, out) as visit:
        first = visit.open()
        assert not any(name.startswith("column-") for name in first.names)
        shown = visit.send(first, "preview", **said).page
        assert "Bel 0182 555 101" in shown
        assert visit.send(first, "write", **said).status == 200
    assert load_profile(out).format == "iwmo-3.2"


def wait_for(path: Path) -> str:
    """What the browser noted, which runs beside the page."""
    for _ in range(100):
        if path.exists() and (text := path.read_text()):
            return text
        sleep(0.05)
    raise AssertionError(path.name)


def run_command(path: Path, out: Path, *, until: str) -> tuple[int, str]:
    """Run the command itself, with a browser that only notes what it should open."""
    noted, browser = path.with_name("opened"), path.with_name("browser")
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {noted}\n')
    browser.chmod(0o700)
    program = [sys.executable, "-m", "sources", "profile", "init", str(path)]
    with subprocess.Popen(  # noqa: S603 - our own program
        [*program, "--page", "--out", str(out)],
        env={**os.environ, "BROWSER": str(browser)},  # noqa: TID251 - a process of its own
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        address = process.stdout.readline().split()[-1]
        assert wait_for(noted) == address
        visit = Visit(address)
        visit.send(visit.open(), until, **EVERYTHING)
        said = process.stdout.read()
        assert process.wait(timeout=10) in {0, 1}
    return process.returncode, said


def test_the_command_opens_a_browser_and_writes_a_profile_for_its_owner(
    tmp_path: Path, out: Path
) -> None:
    path = write_export(tmp_path / "export.csv")
    code, said = run_command(path, out, until="write")
    assert code == 0
    assert f"Profiel geschreven: {out}" in said
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert load_profile(out).category == "wmo-maatwerk"


def test_the_command_says_that_nothing_was_written(tmp_path: Path, out: Path) -> None:
    path = write_export(tmp_path / "export.csv")
    code, said = run_command(path, out, until="stop")
    assert code == 1
    assert "Er is niets geschreven." in said
    assert not out.exists()


def test_the_command_refuses_to_begin_where_a_profile_stands_already(
    tmp_path: Path, out: Path
) -> None:
    path = write_export(tmp_path / "export.csv")
    out.write_text("van mij")
    done = CliRunner().invoke(
        app, ["profile", "init", str(path), "--page", "--out", str(out)]
    )
    assert done.exit_code == 2
    assert out.read_text() == "van mij"

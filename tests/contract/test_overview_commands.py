"""Mandates and recounting on the command line: recorded, or refused with a reason."""

from pathlib import Path

import pytest

from tests.index_office import Office
from tests.store_builders import an_oin

ORGANISATION = f"--organisation={an_oin(1)}"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    assert made.run("migrate")[0] == 0
    assert made.run("keys", "create")[0] == 0
    assert made.load()[0] == 0
    return made


def _mandates(office: Office) -> list[tuple[object, ...]]:
    return office.ask("SELECT subject, until FROM account_mandate")


def test_a_mandate_is_given_until_a_day_and_recorded(office: Office) -> None:
    before = office.kinds().count("administration")
    done = office.run("account", "mandate", "anke", ORGANISATION, "--until=2099-12-31")
    assert done == (0, "has a mandate until 2099-12-31\n")
    assert _mandates(office) == [("anke", "2099-12-31")]
    assert office.kinds().count("administration") == before + 1


def test_a_new_mandate_replaces_the_old_one(office: Office) -> None:
    for until in ("2099-12-31", "2098-06-30"):
        office.run("account", "mandate", "anke", ORGANISATION, f"--until={until}")
    assert _mandates(office) == [("anke", "2098-06-30")]


def test_a_mandate_that_is_over_before_it_begins_is_refused(office: Office) -> None:
    before = office.kinds()
    code, said = office.run(
        "account", "mandate", "anke", ORGANISATION, "--until=2020-01-01"
    )
    assert code == 1
    assert "in the past" in said
    assert office.kinds() == before


def test_a_mandate_ends_at_once_and_only_once(office: Office) -> None:
    office.run("account", "mandate", "anke", ORGANISATION, "--until=2099-12-31")
    assert office.run("account", "end-mandate", "anke", ORGANISATION)[0] == 0
    assert _mandates(office) == []
    assert office.run("account", "end-mandate", "anke", ORGANISATION)[0] == 1


def test_an_unknown_organisation_gives_no_mandate(office: Office) -> None:
    unknown = f"--organisation={an_oin(99)}"
    done = office.run("account", "mandate", "anke", unknown, "--until=2099-12-31")
    assert done[0] == 1


def test_days_are_counted_anew_on_request_and_that_is_recorded(office: Office) -> None:
    before = office.kinds().count("administration")
    period = ("--from=2026-01-01", "--until=2026-12-31")
    code, said = office.run("overview", "recount", *period)
    assert (code, said.split()[0]) == (0, "0")
    assert office.kinds().count("administration") == before + 1

"""`signal-source status`, and what else only looks: what is there, and what is not."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sources.__main__ import app
from sources.cli.commands import complete
from sources.outbox.deliveries import name_rejects
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.agency_settings import an_agency_with_settings
from tests.sources_builders import (
    SECRET,
    Agency,
    a_number,
    a_row,
    a_wrong_number,
)

pytestmark = pytest.mark.anyio


runner = CliRunner()


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency_with_settings(tmp_path)


@pytest.mark.parametrize("verb", [["status"], ["deliveries", "show"]])
def test_what_only_looks_makes_no_outbox_and_says_that_it_is_gone(
    agency: Agency, verb: list[str]
) -> None:
    """An empty one in its place would have a new name and say that all is well."""
    settings = str(agency.folder / "agency.toml")
    said = runner.invoke(app, [*verb, "--settings", settings])
    assert said.exit_code == 1
    assert "Hier is geen postvak (outbox.sqlite)" in said.stderr
    assert "outbox restart" in said.stderr
    assert not agency.outbox_path.exists()


def test_of_an_outbox_that_sent_nothing_nothing_is_called_proven(
    agency: Agency,
) -> None:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)):
        pass
    settings = str(agency.folder / "agency.toml")
    said = runner.invoke(app, ["evidence", "--fetch", "--settings", settings])
    assert (said.exit_code, said.stdout) == (1, "")
    assert "niets verstuurd; er is niets te bewijzen" in said.stderr


async def test_the_status_says_what_stands_in_failed_without_a_name(
    agency: Agency,
) -> None:
    agency.write(a_row())
    await agency.publish()
    failed = agency.folder / "in" / "failed"
    failed.mkdir(parents=True)
    (failed / f"{a_number(1)}.csv").write_text("x")
    settings = agency.folder / "agency.toml"
    feed = '[[feeds]]\nname = "bijstand"\nprofile = "p.toml"\nfolder = "in"\n'
    settings.write_text(f"{settings.read_text()}\n{feed}")
    words = ["status", "--settings", str(settings)]
    said = runner.invoke(app, words, env={"COLUMNS": "200"}).stdout
    assert "in de map failed van feed bijstand: 1 bestand." in said
    assert a_number(1) not in said
    assert json.loads(runner.invoke(app, [*words, "--json"]).stdout)["failed"] == {
        "bijstand": 1
    }


async def test_of_many_cases_the_first_are_named_and_all_when_asked(
    agency: Agency,
) -> None:
    agency.write(*(a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 21)))
    await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        outbox.connection.execute("UPDATE signal SET not_begun = 1")
    words = ["status", "--settings", str(agency.folder / "agency.toml")]
    said = runner.invoke(app, words, env={"COLUMNS": "900"}).stdout
    assert "Z-2 en nog 8 (alle: `signal-source status --all" in said
    everything = runner.invoke(app, [*words, "--all"], env={"COLUMNS": "900"}).stdout
    assert "Z-9" in everything
    assert "en nog" not in everything


async def test_the_file_of_rejects_is_named(agency: Agency) -> None:
    agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_wrong_number()))
    done = await agency.publish()
    file = agency.folder / "rejects" / name_rejects(done)
    file.parent.mkdir(exist_ok=True)
    file.touch()
    words = ["status", "--settings", str(agency.folder / "agency.toml")]
    said = runner.invoke(app, words, env={"COLUMNS": "900"}).stdout
    assert f"Afgewezen records: {file}" in said


def test_what_one_line_gave_is_not_said_of_the_next(agency: Agency) -> None:
    settings = str(agency.folder / "agency.toml")
    said = runner.invoke(app, ["status", "--settings", settings])
    assert f"--settings {settings}" in said.stderr
    assert complete("`signal-source status`") == "`signal-source status`"

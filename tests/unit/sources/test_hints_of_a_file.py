"""What `check` says of a file, `publish` says of it too, sent or held."""

from pathlib import Path

import anyio.to_thread
import pytest
from typer.testing import CliRunner

from sources.__main__ import app
from sources.cli.delivery_words import show_summary, summarise
from sources.cli.hints import Hints, describe_hints, find_hints
from sources.errors import DeliveryHeld
from sources.outbox.not_begun import name_not_begun
from sources.outbox.standing import keep_registration
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.refused_beforehand import NOT_SO
from tests.agency_settings import an_agency_with_settings
from tests.held_builders import publish, rows
from tests.sources_builders import (
    NOW,
    PROFILE,
    SECRET,
    Agency,
    a_number,
    a_profile,
    a_row,
)
from tests.sources_parties import OIN, REGISTERED
from tests.unit.sources.test_deliveries_command import write_publication

pytestmark = pytest.mark.anyio
runner = CliRunner()
WIDE = {"COLUMNS": "400"}
UNREAD = PROFILE.replace('end = "Eind"\n', "").replace(
    '[contacts.ANDER]\nfunction = "Klantmanager Zuid"',
    '[contacts.ANDER]\nfunction = "Ander woord"',
)
LISTED = REGISTERED.model_copy(update={"contactFunctions": ["Klantmanager Inkomen"]})


@pytest.fixture
async def agency(tmp_path: Path) -> Agency:
    """Two cases are told; the next file has an end that is not read, and pauses."""
    made = an_agency_with_settings(tmp_path)
    made.index.registration = LISTED
    made.profile = a_profile(UNREAD)
    await publish(made, *rows(2))
    return made


def hinted(agency: Agency) -> Hints:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return find_hints(outbox, agency.profile, agency.file, OIN)


def let_op(said: str) -> set[str]:
    """The hints; not that the counts of a check hold once these are mended."""
    said = said.replace(NOT_SO, "")
    return {line for line in said.splitlines() if line.startswith("Let op: ")}


async def check(agency: Agency) -> set[str]:
    profile = agency.folder / "profile.toml"
    profile.write_text(UNREAD)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        keep_registration(outbox, LISTED, NOW)
    given = [
        "--profile",
        str(profile),
        "--settings",
        str(agency.folder / "agency.toml"),
    ]
    words = ["check", str(agency.file), *given]
    said = await anyio.to_thread.run_sync(
        lambda: runner.invoke(app, words, env=WIDE).stdout
    )
    return let_op(said)


async def test_what_is_sent_is_said_with_all_that_check_said(
    agency: Agency, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    paused = [row | {"Stand": "aanvraag", "Eind": "2026-02-01"} for row in rows(4)]
    agency.write(*paused)
    before = await check(agency)
    assert len(before) == 4, "a word, an end, flags that stay, and most have not begun"
    done = await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        summary = summarise(outbox, done, agency.folder)
        named = name_not_begun(outbox, "test")
    capsys.readouterr()
    show_summary(summary, named, hinted(agency))
    assert let_op(capsys.readouterr().out) == before


async def test_what_is_held_is_said_with_it_too(agency: Agency) -> None:
    agency.write(a_row(BSN=a_number(9), Eind="2026-02-01"), *rows(2)[1:])
    words = write_publication(agency)
    (agency.folder / "profile.toml").write_text(UNREAD)
    before = await check(agency)
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    told = await anyio.to_thread.run_sync(
        lambda: runner.invoke(app, words, env=WIDE).stderr
    )
    hints = {line for line in before if "andere persoon" not in line}
    assert hints <= let_op(told)
    assert len(hints) == 2


async def test_a_machine_reads_the_same_names_of_both(agency: Agency) -> None:
    agency.write(*rows(2, Eind="2026-02-01"))
    said = describe_hints(hinted(agency))
    assert said["endsUnread"] == ["Eind"]
    assert set(said) == {"unfit", "endsUnread", "statusUnread"}

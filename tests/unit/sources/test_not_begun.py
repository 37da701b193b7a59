"""A known case whose status says that it has not begun: its flag stays, and is said."""

import json
from pathlib import Path

import anyio.to_thread
import pytest
from typer.testing import CliRunner

from signal_index.wire.deliveries import DeliveryKind
from sources.__main__ import app
from sources.cli.delivery_words import show_summary, summarise
from sources.cli.own_files import read_own
from sources.judging.words import say_not_begun
from sources.outbox.deliveries import OpenDelivery, find_newest
from sources.outbox.not_begun import name_not_begun
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.settings import load_settings
from tests.agency_settings import an_agency_with_settings
from tests.held_builders import rows
from tests.sources_builders import (
    PROFILE,
    SECRET,
    Agency,
    a_number,
    a_row,
    a_wrong_number,
    shows,
)
from tests.unit.sources.test_deliveries_command import ask

pytestmark = pytest.mark.anyio
PAUSED = {"Stand": "aanvraag"}


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency_with_settings(tmp_path)


async def deliver(
    agency: Agency, *written: dict[str, str], kind: DeliveryKind = DeliveryKind.FULL
) -> OpenDelivery:
    agency.write(*written)
    return await agency.publish(kind=kind)


def named(agency: Agency) -> list[str]:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return list(name_not_begun(outbox, "test"))


@pytest.mark.parametrize("kind", DeliveryKind)
async def test_a_known_case_keeps_its_flag_and_is_counted_and_named(
    agency: Agency, kind: DeliveryKind
) -> None:
    await deliver(agency, *rows(4))
    before = agency.index.shown()
    new = a_row(Zaak="Z-9", BSN=a_number(9), **PAUSED)
    done = await deliver(agency, *rows(3), rows(4)[3] | PAUSED, new, kind=kind)
    assert agency.index.shown() == before
    assert (done.not_begun, done.not_begun_told) == (2, 1)
    assert named(agency) == ["Z-4"]


async def test_the_same_file_once_more_says_it_again(agency: Agency) -> None:
    await deliver(agency, *rows(2))
    for _ in range(2):
        done = await deliver(agency, rows(2)[0], rows(2)[1] | PAUSED)
        assert (done.not_begun, done.not_begun_told) == (1, 1)
    assert named(agency) == ["Z-2"]


@pytest.mark.parametrize(
    ("then", "left"),
    [
        ({"Stand": "open"}, []),
        ({"Stand": "open", "Team": "ANDER"}, []),
        ({"Stand": "dicht", "Eind": "2026-11-01"}, []),
        (PAUSED, ["Z-2"]),
        (PAUSED | {"BSN": a_wrong_number()}, ["Z-2"]),
        ({"Stand": "vaag"}, ["Z-2"]),
    ],
)
async def test_it_is_said_until_a_delivery_says_it_otherwise(
    agency: Agency, then: dict[str, str], left: list[str]
) -> None:
    await deliver(agency, *rows(2))
    await deliver(agency, rows(2)[0], rows(2)[1] | PAUSED)
    await deliver(agency, rows(2)[0], rows(2)[1] | then)
    assert named(agency) == left


async def test_of_two_provisions_of_one_number_the_open_one_is_not_meant(
    agency: Agency,
) -> None:
    first = a_row(Zaak="Z-1", Begin="2026-01-05")
    second = a_row(Zaak="Z-1", Begin="2026-03-05")
    await deliver(agency, first, second)
    done = await deliver(agency, first, second | PAUSED)
    assert (done.not_begun, done.not_begun_told) == (1, 1)
    one = await deliver(agency, first, second)
    assert one.not_begun_told == 0


async def test_changes_of_others_leave_it_said(agency: Agency) -> None:
    await deliver(agency, *rows(2))
    await deliver(agency, rows(2)[1] | PAUSED, kind=DeliveryKind.DELTA)
    await deliver(agency, rows(3)[2], kind=DeliveryKind.DELTA)
    assert named(agency) == ["Z-2"]
    assert shows((a_number(3), "bijstand")) < agency.index.shown()


async def test_publish_and_show_say_which_and_a_machine_how_many(
    agency: Agency, capsys: pytest.CaptureFixture[str]
) -> None:
    await deliver(agency, *rows(2))
    done = await deliver(agency, rows(2)[0], rows(2)[1] | PAUSED)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (newest, *_) = find_newest(outbox, limit=1)
        summary = summarise(outbox, newest, Path())
    assert "Z-2" not in json.dumps(summary), "a planner keeps no case number"
    show_summary(summary, named(agency))
    shown = capsys.readouterr().out
    told = ask(agency, "show", str(done.id)).stdout
    for said in (shown, told):
        assert "1 zaak heeft al een vlaggetje" in said
        assert "Z-2" in said
        assert "blijft staan" in said.replace("\n", " ")
    (last, first) = json.loads(ask(agency, "show", "--json").stdout)
    assert (last["notBegunTold"], first["notBegunTold"]) == (1, 0)


async def test_a_held_delivery_counts_it_too(agency: Agency) -> None:
    await deliver(agency, *rows(2))
    agency.write(rows(2)[0] | {"BSN": a_number(77)}, rows(2)[1] | PAUSED)
    with pytest.raises(Exception, match="wacht op u"):
        await agency.publish()
    (last, *_) = json.loads(ask(agency, "show", "--json").stdout)
    assert (last["state"], last["notBegunTold"]) == ("held", 1)


def test_where_nothing_stands_nothing_is_said() -> None:
    assert not [*say_not_begun(0)]
    (one,) = say_not_begun(2, ["Z-1", ""])
    assert "2 zaken hebben" in one
    assert "Z-1 en nog 1 (meer is hier niet bekend)." in one


async def test_check_and_rehearse_say_it_before_anything_is_sent(
    agency: Agency,
) -> None:
    await deliver(agency, *rows(2))
    agency.write(rows(2)[0], rows(2)[1] | PAUSED)
    profile, settings = agency.folder / "profile.toml", agency.folder / "agency.toml"
    profile.write_text(PROFILE)
    words = ["check", str(agency.file), "--profile", str(profile)]
    words += ["--settings", str(settings)]

    def run(*more: str) -> str:
        return CliRunner().invoke(app, [*words, *more]).stdout

    said = await anyio.to_thread.run_sync(run)
    assert "Nog niet begonnen: 1." in said
    assert 'die "nog niet begonnen" betekent: Z-2.' in said.replace("\n", " ")
    told = json.loads(await anyio.to_thread.run_sync(run, "--json"))
    assert (told["notBegun"], told["notBegunTold"]) == (1, 1)
    ((_, made),) = read_own(load_settings(settings), [agency.profile], [agency.file])
    assert made.not_begun_told == 1
    assert any("blijft staan" in one for one in made.warnings)

"""Whoever reads of a delivery that waits learns what to do next, a machine too."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from signal_index.wire.deliveries import DeliveryKind
from sources.__main__ import app
from sources.cli.edge import Bars
from sources.cli.publish import describe_stop, say_replaced
from sources.errors import DeliveryHeld, OutboxBusy, shorten
from sources.intake.files import FileIntake
from sources.outbox.deliveries import get_delivery
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.task import Task
from sources.restarting import set_aside
from sources.settings import load_settings
from sources.standing_words import remedy_strays
from tests.agency_settings import an_agency_with_settings
from tests.held_builders import answer, hold, rows, take_over_lost, waiting
from tests.sources_builders import NOW, PROFILE, SECRET, Agency, approve_held

pytestmark = pytest.mark.anyio


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency_with_settings(tmp_path)


def an_outbox(agency: Agency) -> Outbox:
    return Outbox(agency.outbox_path, OutboxKey(SECRET))


async def publish_twenty(agency: Agency) -> None:
    agency.write(*rows(20))
    await agency.publish()


async def test_a_machine_reads_too_what_was_finished_before_a_file_that_waits(
    agency: Agency,
) -> None:
    """Otherwise four withdrawals went out that its summary does not know."""
    await publish_twenty(agency)
    held = await hold(agency, *rows(16))
    given = load_settings(agency.folder / "agency.toml")
    with an_outbox(agency) as outbox:
        approve_held(outbox)
    agency.write(*rows(8))
    with pytest.raises(DeliveryHeld) as refusal:
        await agency.publish()
    with an_outbox(agency) as outbox:
        first = get_delivery(outbox, held.delivery)
    bars = Bars(quiet=True)
    bars.hints = {"unfit": ["een soort die de index niet kent"]}
    bars.finished(first)
    said = describe_stop(given, refusal.value, bars)
    assert (said["state"], said["rejectsFile"]) == ("held", None)
    assert said["awaited"] == {
        "withoutFlag": 0,
        "formerPerson": 0,
        "formerKind": 0,
        "rejected": 0,
    }
    assert said["unfit"] == bars.hints["unfit"], "as one that was sent"
    (resumed,) = json.loads(json.dumps(said))["resumed"]
    assert (resumed["delivery"], resumed["withdrawn"]) == (str(held.delivery), 4)
    stopped = describe_stop(given, OutboxBusy(), bars)
    assert (stopped["state"], stopped["resumed"]) == ("stopped", [resumed])


@pytest.mark.parametrize(("count", "waits"), [(20, False), (15, True)])
async def test_a_newer_file_says_which_one_that_waited_it_replaced(
    agency: Agency, count: int, *, waits: bool
) -> None:
    await publish_twenty(agency)
    held = await hold(agency, *rows(16))
    agency.write(*rows(count))
    with an_outbox(agency) as outbox:
        run = agency.make_run(outbox)
        intake = FileIntake(agency.file, agency.profile)
        task = Task(intake, agency.profile, DeliveryKind.FULL)
        try:
            await run.publish(task)
        except DeliveryHeld:
            assert waits
        assert run.replaced == [held.delivery]
        (said,) = say_replaced(run.replaced)
        assert f"De levering {shorten(held.delivery)} wachtte op uw antwoord" in said
        again = agency.make_run(outbox)
        try:
            await again.publish(task)
        except DeliveryHeld:
            assert waits
        assert again.replaced == []


async def test_signals_of_an_outbox_before_are_taken_back_by_an_answer_first(
    agency: Agency,
) -> None:
    """The same file again would only ask the same again."""
    await publish_twenty(agency)
    agency.outbox_path.unlink()
    set_aside(agency.outbox_path, OutboxKey(SECRET), now=NOW)
    with an_outbox(agency) as outbox:
        assert await take_over_lost(outbox, agency.index) == 20
        assert remedy_strays(outbox).startswith("Lever alles aan")
    agency.write(*rows(4))
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    with an_outbox(agency) as outbox:
        assert remedy_strays(outbox).startswith("Beantwoord eerst")
    (held,) = waiting(agency)
    assert answer(agency, held, "dropped")
    with an_outbox(agency) as outbox:
        assert remedy_strays(outbox).startswith("Lever alles aan")


def test_doctor_names_commands_as_they_can_be_copied(agency: Agency) -> None:
    """Also those within what it found, of an outbox that is damaged."""
    agency.outbox_path.write_bytes(b"no outbox at all" * 64)
    settings, profile = agency.folder / "agency.toml", agency.folder / "profile.toml"
    profile.write_text(PROFILE)
    words = ["doctor", "--settings", str(settings), "--profile", str(profile)]
    said = CliRunner().invoke(app, words).stdout
    assert f"signal-source reconcile --settings {settings} --profile {profile}" in said
    assert f"restart --lost POSTVAK --settings {settings}`" in said

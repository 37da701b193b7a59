"""A delivery that waits: what an answer does, and what takes its place."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from signal_index.wire.deliveries import DeliveryKind
from sources.cli.edge import Bars
from sources.errors import ChangesWait, DeliveryHeld, shorten
from sources.outbox.deliveries import find_unfinished, get_delivery
from sources.outbox.holding import (
    HELD_FOR,
)
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.held_builders import answer, hold, publish, rows, waiting
from tests.sources_builders import (
    SECRET,
    Agency,
    a_number,
    a_row,
    an_agency,
    shows,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return an_agency(tmp_path)


async def test_what_ended_while_it_was_held_is_not_told_any_more(
    agency: Agency,
) -> None:
    """A new case is no reject of the index, and a known one is taken back."""
    await publish(agency, *rows(20))
    tomorrow = (agency.now + timedelta(days=1)).date().isoformat()
    ending = {"Eind": tomorrow}
    new = a_row(Zaak="Z-30", BSN=a_number(30), **ending)
    held = await hold(agency, rows(1)[0] | ending, *rows(14)[1:], new)
    agency.now += timedelta(days=5)
    assert answer(agency, held, "approved")
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (done,) = await agency.make_run(outbox).finish_unfinished()
    assert (done.counts.accepted, done.counts.withdrawn) == (0, 7)
    assert agency.index.shown() == shows(
        *((a_number(n), "bijstand") for n in range(2, 15))
    )


async def test_what_is_approved_goes_on_as_it_was_read(agency: Agency) -> None:
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    assert answer(agency, held, "approved")
    agency.write(*rows(20))  # whatever stands in the file by now
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (closed,) = await agency.make_run(outbox).finish_unfinished()
    assert closed.id == held.delivery
    assert len(agency.index.shown()) == 16
    assert waiting(agency) == []


async def test_what_was_approved_earlier_is_said_before_anything_else(
    agency: Agency, capsys: pytest.CaptureFixture[str]
) -> None:
    """Otherwise its withdrawals look like those of the file that was given."""
    await publish(agency, *rows(20))
    first = await hold(agency, *rows(16))
    assert answer(agency, first, "approved")
    agency.write(*rows(8))
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    assert agency.heard.earlier == [first.delivery]
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        Bars(quiet=False).finished(get_delivery(outbox, first.delivery))
    said = f"levering {shorten(first.delivery)} van test, 0 verstuurd, 4 "
    assert said in capsys.readouterr().err


async def test_what_was_rejected_of_a_delivery_that_waits_is_told(
    agency: Agency,
) -> None:
    """By whoever reads it: a person is sent to the file of rejects to answer."""
    await publish(agency, *rows(20))
    await hold(agency, a_row(Zaak="F-1", BSN="1"), *rows(15))
    assert [one.place.line for one in agency.heard.rejects] == [2]


async def test_what_is_dropped_was_never_sent(agency: Agency) -> None:
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    assert answer(agency, held, "dropped")
    await publish(agency, *rows(20))
    assert len(agency.index.shown()) == 20
    assert waiting(agency) == []


async def test_an_answer_about_another_difference_is_none(agency: Agency) -> None:
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    assert not answer(agency, replace(held, digest=bytes(20)), "approved")
    assert not waiting(agency)[0].is_approved


async def test_what_changed_since_it_was_approved_is_asked_about_anew(
    agency: Agency,
) -> None:
    """The index lost a signal meanwhile: the difference is not what was approved."""
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    answer(agency, held, "approved")
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        with outbox.transaction("mend") as connection:
            connection.execute(
                "DELETE FROM signal WHERE reference ="
                " (SELECT min(reference) FROM signal)"
            )
        assert await agency.make_run(outbox).finish_unfinished() == []
    (anew,) = waiting(agency)
    assert (anew.delivery, anew.is_approved) == (held.delivery, False)
    assert anew.digest != held.digest


async def test_the_same_file_again_is_not_read_again(agency: Agency) -> None:
    await publish(agency, *rows(20))
    held = await hold(agency, *rows(16))
    with pytest.raises(DeliveryHeld) as refusal:
        await agency.publish()
    assert refusal.value.delivery == held.delivery


async def test_a_newer_file_is_judged_against_what_was_sent(agency: Agency) -> None:
    await publish(agency, *rows(20))
    await hold(agency, *rows(12))
    await publish(agency, *rows(19))
    assert len(agency.index.shown()) == 19
    assert waiting(agency) == []


async def test_another_profile_delivers_meanwhile(agency: Agency) -> None:
    await publish(agency, *rows(20))
    await hold(agency, *rows(16))
    named = agency.profile.model_copy(update={"name": "x", "beside": ("test",)})
    other = replace(agency, profile=named)
    await publish(other, a_row(Zaak="Y-1", BSN=a_number(50)))
    await publish(other, a_row(Zaak="Y-1", BSN=a_number(50), Stand="dicht"))
    assert len(agency.index.shown()) == 20
    assert len(waiting(agency)) == 1
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert find_unfinished(outbox) == []


async def test_what_nobody_answers_about_is_dropped_in_time(agency: Agency) -> None:
    await publish(agency, *rows(20))
    await hold(agency, *rows(16))
    agency.now += HELD_FOR + timedelta(hours=1)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        await agency.make_run(outbox).finish_unfinished()
        left = outbox.connection.execute("SELECT count(*) FROM held_case").fetchone()
    assert waiting(agency) == []
    assert left[0] == 0


@pytest.mark.parametrize("said", ["approved", "dropped"])
async def test_changes_that_wait_are_answered_before_the_next_ones_go(
    agency: Agency, said: str
) -> None:
    """A newer file of changes does not say them again: it cannot take their place."""
    await publish(agency, *rows(20))
    ended = rows(8, Eind="2026-06-01")
    agency.write(*ended)
    with pytest.raises(DeliveryHeld):
        await agency.publish(kind=DeliveryKind.DELTA)
    agency.write(a_row(Zaak="Z-21", BSN=a_number(21)))
    with pytest.raises(ChangesWait, match="wacht nog op u") as told:
        await agency.publish(kind=DeliveryKind.DELTA)
    (held,) = waiting(agency)
    for part in ("8 van 20 bekende zaken", "geen wijziging van test", "6 december"):
        assert part in str(told.value)
    assert answer(agency, held, said)
    await agency.publish(kind=DeliveryKind.DELTA)
    assert len(agency.index.shown()) == (13 if said == "approved" else 21)


async def test_a_whole_file_takes_the_place_of_changes_that_wait(
    agency: Agency,
) -> None:
    await publish(agency, *rows(20))
    agency.write(*rows(8, Eind="2026-06-01"))
    with pytest.raises(DeliveryHeld):
        await agency.publish(kind=DeliveryKind.DELTA)
    await publish(agency, *rows(19))
    assert len(agency.index.shown()) == 19
    assert waiting(agency) == []

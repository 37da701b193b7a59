"""Changes are said once: what of them was never told is owed, and nobody is silent."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from signal_index.wire.deliveries import DeliveryKind
from sources.cli.delivery_words import say_owed
from sources.cli.status import summarise
from sources.errors import ChangesWait, ClockDiffers, DeliveryHeld, EvaluationStopped
from sources.outbox.abandoning import abandon_delivery
from sources.outbox.deliveries import find_unfinished
from sources.outbox.holding import HELD_FOR
from sources.outbox.let_go import find_let_go
from sources.outbox.owed import Owed, find_owed, forget_owed
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import parse_profile
from tests.held_builders import answer, publish, rows, waiting
from tests.sources_builders import (
    PROFILE,
    SECRET,
    Agency,
    a_number,
    a_row,
    an_agency,
    shows,
)
from tests.sources_parties import OIN

pytestmark = pytest.mark.anyio
LATE = HELD_FOR + timedelta(hours=1)


@pytest.fixture
async def agency(tmp_path: Path) -> Agency:
    made = an_agency(tmp_path)
    await publish(made, *rows(20))
    return made


async def hold_changes(agency: Agency) -> None:
    """Eight cases end, one is new and one says nothing new: that is asked about."""
    new = a_row(Zaak="Z-30", BSN=a_number(30))
    agency.write(*rows(8, Stand="dicht"), rows(9)[8], new)
    with pytest.raises(DeliveryHeld):
        await agency.publish(kind=DeliveryKind.DELTA)


def owed(agency: Agency) -> list[Owed]:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return find_owed(outbox)


async def let_lapse(agency: Agency) -> None:
    agency.now += LATE
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        await agency.make_run(outbox).finish_unfinished()


async def test_changes_that_lapse_are_owed_by_name(
    agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "sources")
    await hold_changes(agency)
    assert owed(agency) == []
    await let_lapse(agency)
    assert waiting(agency) == []
    (one,) = owed(agency)
    assert sorted(one.names) == sorted([f"Z-{n}" for n in range(1, 9)] + ["Z-30"])
    said = "\n".join(say_owed(one))
    assert "Lever 9 zaken opnieuw aan" in said
    assert "Z-30" in said
    assert "Z-" not in str(one.say()), "an error is logged and told: it names no case"
    events = [json.loads(line) for line in caplog.messages]
    logged = {one["event"]: one for one in events}
    assert logged["delivery-lapsed"]["kind"] == "delta"
    assert logged["changes-owed"]["count"] == 9


async def test_what_lapsed_stays_owed_until_each_case_is_named_again(
    agency: Agency,
) -> None:
    await hold_changes(agency)
    await let_lapse(agency)
    agency.write(*rows(3, Stand="dicht"))
    await agency.publish(kind=DeliveryKind.DELTA)
    (one,) = owed(agency)
    assert len(one.names) == 6
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert summarise(outbox, OIN)["owed"] == [
            {"delivery": str(one.delivery), "cases": 6}
        ]
    await publish(agency, *rows(20)[3:])
    assert owed(agency) == []


async def test_somebody_may_say_that_they_need_not_come(agency: Agency) -> None:
    await hold_changes(agency)
    await let_lapse(agency)
    (one,) = owed(agency)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert forget_owed(outbox, one.delivery)
        assert not forget_owed(outbox, one.delivery)
    assert owed(agency) == []


@pytest.mark.parametrize("said", ["approved", "dropped"])
async def test_changes_behind_a_full_one_that_is_dropped_are_owed(
    agency: Agency, said: str
) -> None:
    """It took their place and said more; without it nothing says what they said."""
    await hold_changes(agency)
    agency.write(*rows(9))
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    (held,) = waiting(agency)
    assert owed(agency) == [], "the one that waits says it all"
    assert answer(agency, held, said)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        await agency.make_run(outbox).finish_unfinished()
    assert bool(owed(agency)) is (said == "dropped")


async def test_changes_take_no_full_deliverys_place(agency: Agency) -> None:
    """They do not say what it says: it would be forgotten, with all it would end."""
    agency.write(*rows(12))
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    (held,) = waiting(agency)
    agency.write(a_row(Zaak="Z-30", BSN=a_number(30)))
    with pytest.raises(ChangesWait, match="wacht nog op u"):
        await agency.publish(kind=DeliveryKind.DELTA)
    assert waiting(agency) == [held]
    assert answer(agency, held, "approved")
    await agency.publish(kind=DeliveryKind.DELTA)
    assert len(agency.index.shown()) == 13


async def test_changes_that_somebody_let_go_of_are_owed(agency: Agency) -> None:
    agency.evaluator.budget = agency.evaluator.asked
    agency.write(*(a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in (30, 31)))
    with pytest.raises(EvaluationStopped):
        await agency.publish(kind=DeliveryKind.DELTA)
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        (one,) = find_unfinished(outbox)
        assert abandon_delivery(outbox, one.id, one.profile) == 2
        (left,) = find_owed(outbox)
    assert sorted(left.names) == ["Z-30", "Z-31"]


async def test_a_full_one_that_lapses_owes_nothing(agency: Agency) -> None:
    agency.write(*rows(12))
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    await let_lapse(agency)
    assert owed(agency) == []
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert [one.how for one in find_let_go(outbox, limit=5)] == ["outdated"]


async def test_a_clock_ahead_lets_nothing_lapse(agency: Agency) -> None:
    await hold_changes(agency)
    agency.ahead = timedelta(days=400)
    with (
        Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox,
        pytest.raises(ClockDiffers),
    ):
        await agency.make_run(outbox).finish_unfinished()
    agency.ahead = timedelta()
    assert len(waiting(agency)) == 1


async def test_an_opened_case_without_a_number_is_owed_by_its_day_and_line(
    agency: Agency,
) -> None:
    """Nobody is named: the line of the agency's own file says which it was."""
    named = PROFILE.replace('name = "test"', 'name = "zonder"\nbeside = ["test"]')
    agency.profile = parse_profile(named.replace('case_number = "Zaak"\n', ""))
    phones = {n: f"06 1234 {5000 + n}" for n in range(40, 47)}
    agency.write(*(a_row(BSN=a_number(n), Telefoon=phones[n]) for n in phones))
    with pytest.raises(DeliveryHeld):
        await agency.publish(kind=DeliveryKind.DELTA)
    await let_lapse(agency)
    (one,) = owed(agency)
    called = "sinds 5 januari 2026, bij Klantmanager Inkomen"
    assert one.names == [f"{called} (regel {n})" for n in range(2, 9)]
    assert shows((a_number(40), "bijstand")).isdisjoint(agency.index.shown())

"""Nothing is withdrawn while what would take its place is refused."""

from datetime import timedelta
from pathlib import Path

import pytest

from sources.errors import DeliveryHeld, EvaluationStopped, NotRegistered
from sources.outbox.holding import find_held
from sources.outbox.standing import count_signals
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.builders import anew
from tests.sources_builders import (
    PROFILE,
    SECRET,
    Agency,
    a_number,
    a_profile,
    a_row,
    an_agency,
    approve_held,
    shows,
)
from tests.sources_parties import REGISTERED, taking

pytestmark = pytest.mark.anyio
OTHER = PROFILE.replace('"bijstand"', '"schuldhulp"')
SOURCE = REGISTERED.sources[0]
BOTH = taking("bijstand", "schuldhulp")


@pytest.fixture
async def agency(tmp_path: Path) -> Agency:
    """Thirty cases are told, as a kind that the source is registered for."""
    made = an_agency(tmp_path)
    made.index.registration = BOTH
    made.write(*(a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(30)))
    await made.publish()
    made.profile = a_profile(OTHER)
    return made


def shown(kind: str) -> set[tuple[str, str]]:
    return shows(*((a_number(n), kind) for n in range(30)))


async def test_a_kind_that_is_not_registered_is_refused_before_anything(
    agency: Agency,
) -> None:
    agency.index.registration = REGISTERED
    with pytest.raises(NotRegistered, match="schuldhulp in gemeente 9901"):
        await agency.publish()
    assert agency.index.shown() == shown("bijstand")
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        assert (find_held(outbox), count_signals(outbox)) == ([], 30)


async def test_a_kind_that_is_taken_of_nobody_is_refused_before_anything(
    agency: Agency,
) -> None:
    closed = [anew(one, mayPublish=False) for one in BOTH.sources[0].coverage]
    agency.index.registration = anew(BOTH, sources=[anew(SOURCE, coverage=closed)])
    with pytest.raises(NotRegistered):
        await agency.publish()
    assert agency.index.shown() == shown("bijstand")


async def test_an_approval_of_what_is_refused_leaves_it_waiting(agency: Agency) -> None:
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    agency.index.registration = REGISTERED
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        approve_held(outbox)
        with pytest.raises(NotRegistered):
            await agency.make_run(outbox).finish_unfinished()
        assert agency.index.shown() == shown("bijstand")
        (waits,) = find_held(outbox)
        assert not waits.is_approved, "the next run does not stop at it"
        agency.index.registration = BOTH
        approve_held(outbox)
        await agency.make_run(outbox).finish_unfinished()
    assert agency.index.shown() == shown("schuldhulp")


async def test_what_the_index_refuses_after_all_takes_no_flag_away(
    agency: Agency,
) -> None:
    agency.index.refuse = lambda _: "category-not-open"
    done = await agency.publish(approve=True)
    assert (done.counts.withdrawn, done.counts.rejected) == (0, 30)
    assert agency.index.shown() == shown("bijstand")
    agency.index.refuse = lambda _: ""
    done = await agency.publish(approve=True)
    assert (done.counts.withdrawn, done.counts.accepted) == (30, 30)
    assert agency.index.shown() == shown("schuldhulp")


async def test_a_flag_stays_until_holders_evaluate_what_replaces_it(
    agency: Agency,
) -> None:
    agency.evaluator.budget = agency.evaluator.asked
    agency.now += timedelta(days=20)  # what was evaluated is forgotten
    with pytest.raises(EvaluationStopped):
        await agency.publish(approve=True)
    assert agency.index.shown() == shown("bijstand")
    agency.evaluator.budget = 10**9
    await agency.publish(approve=True)
    assert agency.index.shown() == shown("schuldhulp")


async def test_what_was_replaced_and_not_withdrawn_is_taken_back_later(
    agency: Agency,
) -> None:
    agency.index.keeps_signals = True
    await agency.publish(approve=True)
    assert agency.index.shown() == shown("bijstand") | shown("schuldhulp")
    agency.index.keeps_signals = False
    await agency.publish(approve=True)
    assert agency.index.shown() == shown("schuldhulp")

"""An outbox that is empty or put back from a backup is noticed before it sends."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sources.errors import (
    EvaluationStopped,
    IndexUnreachable,
    OutboxElsewhere,
    OutboxEmpty,
    OutboxOutdated,
    OutboxReplaced,
    TooManyUnknown,
)
from sources.outbox.last_heard import find_newest_own, make_delivery_id
from sources.outbox.standing import (
    find_differed,
    find_elsewhere,
    find_reconciled,
)
from sources.outbox_key import OutboxKey
from sources.publisher.admission import keep_newest, live_beside
from sources.publisher.pipeline import Sender
from sources.restarting import set_aside, take_over
from tests.held_builders import take_over_lost
from tests.sources_builders import NOW, SECRET, Agency, an_agency
from tests.sources_parties import NOTICE_KEY, OIN
from tests.unit.sources.test_whose_signals_they_are import (
    an_outbox,
    beside,
    compare,
    rows,
    shown,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = an_agency(tmp_path)
    made.write(*rows(1, 4))
    return made


def keep_backup(agency: Agency) -> Path:
    return Path(shutil.copy(agency.outbox_path, agency.folder / "backup"))


async def test_a_backup_that_was_put_back_is_not_believed(agency: Agency) -> None:
    await agency.publish()
    backup = keep_backup(agency)
    agency.write(*rows(3, 4))
    await agency.publish(approve=True)
    shutil.copy(backup, agency.outbox_path)
    agency.write(*rows(1, 4))
    for _ in range(2):
        with pytest.raises(OutboxOutdated, match="reconcile"):
            await agency.publish()
    assert agency.index.shown_often() == shown(3, 4)


async def test_a_backup_that_was_compared_goes_on_and_doubles_nothing(
    agency: Agency,
) -> None:
    await agency.publish()
    backup = keep_backup(agency)
    agency.write(*rows(3, 6))
    await agency.publish(approve=True)
    shutil.copy(backup, agency.outbox_path)
    assert not (await compare(agency)).equal
    await agency.publish()
    assert agency.index.shown_often() == shown(3, 4, 5, 6)
    assert (await compare(agency)).equal


async def test_a_lost_outbox_that_turns_up_after_all_sends_nothing_any_more(
    agency: Agency,
) -> None:
    """Its signals are gone; told anew from there each person would have two flags."""
    await agency.publish()
    backup = keep_backup(agency)
    agency.outbox_path.unlink()
    with an_outbox(agency) as outbox:
        successor = outbox.id
        await take_over_lost(outbox, agency.index)
    await agency.publish(approve=True)
    shutil.copy(backup, agency.outbox_path)
    agency.write(*rows(1, 3))
    with pytest.raises(OutboxReplaced, match=str(successor)):
        await agency.publish()
    with pytest.raises(OutboxReplaced, match="outbox restart"):
        await compare(agency, confirmed=True)
    assert agency.index.shown_often() == shown(1, 2, 3, 4)
    agency.outbox_path.unlink()  # what `outbox restart` does with it
    with an_outbox(agency) as outbox:
        assert await take_over_lost(outbox, agency.index) == 4
    assert (await agency.publish(approve=True)).counts.withdrawn == 4
    assert agency.index.shown_often() == shown(1, 2, 3)


async def test_signals_of_another_outbox_are_named_also_where_this_one_has_history(
    agency: Agency,
) -> None:
    await agency.publish()
    elsewhere = agency.folder / "elsewhere"
    elsewhere.mkdir()
    other = replace(agency, folder=elsewhere)
    with an_outbox(other) as outbox:
        live_beside(outbox)
    other.write(*rows(5, 6))
    await other.publish()
    await agency.publish()
    with an_outbox(agency) as outbox, an_outbox(other) as second:
        assert find_elsewhere(outbox) == {second.id: 2}
        assert find_elsewhere(second) == {}
        sender = Sender(OIN, OIN, NOTICE_KEY, lambda: NOW)
        assert await take_over(outbox, agency.index, sender, [second.id]) == 2
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(1, 2, 3, 4)
    with an_outbox(agency) as outbox:
        assert find_elsewhere(outbox) == {}


async def test_what_was_gone_already_is_not_called_withdrawn(agency: Agency) -> None:
    await agency.publish()
    backup = keep_backup(agency)
    agency.write(*rows(1, 3))
    await agency.publish(approve=True)
    shutil.copy(backup, agency.outbox_path)
    with an_outbox(agency) as outbox:
        await keep_newest(outbox, agency.index)
    assert (await agency.publish(approve=True)).counts.withdrawn == 0


async def test_a_comparison_that_asks_first_does_not_let_a_backup_through(
    agency: Agency,
) -> None:
    await agency.publish()
    backup = keep_backup(agency)
    agency.write(*rows(1, 20))
    await agency.publish()
    shutil.copy(backup, agency.outbox_path)
    with pytest.raises(TooManyUnknown, match="dit postvak niet kent"):
        await compare(agency)
    with pytest.raises(OutboxOutdated):
        await agency.publish()


async def test_the_newest_copy_is_never_taken_for_an_older_one(agency: Agency) -> None:
    """Also where the answer to the end of a delivery that was let go of is lost."""
    await agency.publish()
    close = agency.index.close_delivery

    async def close_and_lose(delivery: object) -> None:
        await close(delivery)  # type: ignore[arg-type]
        raise IndexUnreachable("weg")

    agency.index.close_delivery = close_and_lose  # type: ignore[method-assign]
    agency.write(*rows(1, 5))
    with pytest.raises(IndexUnreachable):
        await agency.publish()
    agency.index.close_delivery = close  # type: ignore[method-assign]
    agency.write(*rows(1, 6))
    await agency.publish()
    assert agency.index.shown_often() == shown(1, 2, 3, 4, 5, 6)


async def test_what_another_outbox_delivered_makes_no_copy_old(agency: Agency) -> None:
    with an_outbox(agency) as first, an_outbox(beside(agency)) as second:
        theirs = make_delivery_id(second.id)
        own = make_delivery_id(first.id)
        assert find_newest_own(first, [theirs, own]) == own
        assert find_newest_own(first, [theirs]) is None


async def test_an_empty_file_is_not_a_new_outbox(agency: Agency) -> None:
    await agency.publish()
    agency.outbox_path.write_bytes(b"")
    with pytest.raises(OutboxEmpty, match="outbox restart"):
        await agency.publish()
    assert set_aside(agency.outbox_path, OutboxKey(SECRET), now=NOW) is not None
    with pytest.raises(OutboxElsewhere):
        await agency.publish()
    with an_outbox(agency) as outbox:
        assert await take_over_lost(outbox, agency.index) == 4
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(1, 2, 3, 4)


async def test_an_empty_outbox_lets_the_next_run_in(agency: Agency) -> None:
    """Nothing stays locked by a run that was refused."""
    agency.outbox_path.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(OutboxEmpty):
            await agency.publish()
    agency.outbox_path.unlink()
    await agency.publish()
    assert agency.index.shown_often() == shown(1, 2, 3, 4)


async def test_that_both_sides_differed_is_kept_until_they_are_equal(
    agency: Agency,
) -> None:
    await agency.publish()
    assert (await compare(agency)).equal
    agency.index.lose_one()
    agency.now += timedelta(days=1)
    assert not (await compare(agency)).equal
    with an_outbox(agency) as outbox:
        assert find_differed(outbox) == NOW + timedelta(days=1)
        assert find_reconciled(outbox) == NOW
    await agency.publish()
    assert (await compare(agency)).equal
    with an_outbox(agency) as outbox:
        assert find_differed(outbox) is None


async def test_a_run_that_stopped_half_way_is_no_older_copy(agency: Agency) -> None:
    agency.evaluator.budget = 2
    with pytest.raises(EvaluationStopped):
        await agency.publish()
    agency.evaluator.budget = 10
    await agency.publish()
    assert agency.index.shown_often() == shown(1, 2, 3, 4)

"""A profile with another name, a second outbox, one begun anew: never two flags."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from keys.municipality import MunicipalityCode
from signal_index.wire.reconciling import ReconcilingScope
from signal_index.wire.values import Slug
from sources.clock import day_of
from sources.errors import (
    DeliveryHeld,
    DeliveryUnderWay,
    EvaluationStopped,
    OutboxElsewhere,
    OutboxSound,
    OutboxUnsure,
    ProfileOverlaps,
    RenameRefused,
    TooManyUnknown,
)
from sources.judging.rules import Doubt
from sources.outbox.renaming import rename_profile
from sources.outbox.standing import find_reconciled
from sources.outbox.store import Outbox
from sources.outbox.strays import count_strays
from sources.outbox_key import OutboxKey
from sources.publisher.admission import live_beside
from sources.publisher.pipeline import Sender
from sources.reconciling import Reconciled, reconcile
from sources.restarting import set_aside, take_over
from tests.held_builders import named, take_over_lost, waiting
from tests.sources_builders import (
    NOW,
    PROFILE,
    SECRET,
    Agency,
    a_number,
    a_profile,
    a_row,
    a_wrong_number,
    an_agency,
    shows,
)
from tests.sources_parties import NOTICE_KEY, OIN

pytestmark = pytest.mark.anyio


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = an_agency(tmp_path)
    made.write(*rows(1, 4))
    return made


def rows(first: int, last: int) -> list[dict[str, str]]:
    return [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(first, last + 1)]


def shown(*numbers: int) -> list[tuple[str, str]]:
    return sorted(pair for n in numbers for pair in shows((a_number(n), "bijstand")))


def an_outbox(agency: Agency) -> Outbox:
    return Outbox(agency.outbox_path, OutboxKey(SECRET))


def beside(agency: Agency) -> Agency:
    """The same agency on another machine, with an outbox of its own."""
    folder = agency.folder / "elsewhere"
    folder.mkdir()
    return replace(agency, folder=folder)


async def compare(agency: Agency, *, confirmed: bool = False) -> Reconciled:
    scope = ReconcilingScope(
        source=OIN,
        categories=[Slug("bijstand")],
        municipalities=[MunicipalityCode("9901"), MunicipalityCode("9902")],
        on=day_of(agency.now),
        salt=bytes(16),
    )
    sender = Sender(OIN, OIN, NOTICE_KEY, lambda: agency.now)
    with an_outbox(agency) as outbox:
        return await reconcile(outbox, agency.index, sender, scope, confirmed=confirmed)


async def test_a_renamed_profile_is_refused_with_how_to_go_on(agency: Agency) -> None:
    await agency.publish()
    agency.profile = a_profile(name='"nieuw"')
    with pytest.raises(ProfileOverlaps, match="profile rename test nieuw"):
        await agency.publish()
    assert agency.index.shown_often() == shown(1, 2, 3, 4)


async def test_a_profile_that_was_renamed_goes_on_with_its_signals(
    agency: Agency,
) -> None:
    await agency.publish()
    with an_outbox(agency) as outbox:
        assert rename_profile(outbox, "test", "nieuw") == 4
    agency.profile = a_profile(name='"nieuw"')
    agency.write(*rows(2, 5))
    done = await agency.publish(approve=True)
    assert (done.counts.unchanged, done.counts.accepted) == (3, 1)
    assert agency.index.shown_often() == shown(2, 3, 4, 5)


async def test_a_name_that_was_given_up_is_refused_like_a_new_one(
    agency: Agency,
) -> None:
    await agency.publish()
    with an_outbox(agency) as outbox:
        rename_profile(outbox, "test", "nieuw")
    with pytest.raises(ProfileOverlaps, match="profile rename nieuw test"):
        await agency.publish()


async def test_a_name_taken_up_again_marks_no_case_of_the_renamed_one(
    agency: Agency,
) -> None:
    """Two registrations may count their cases alike: each case is its own."""
    await agency.publish()
    with an_outbox(agency) as outbox:
        rename_profile(outbox, "test", "nieuw")
    agency.profile = a_profile(
        PROFILE.replace("valid_months", 'beside = ["nieuw"]\nvalid_months')
    )
    agency.write(a_row(Zaak="Z-1", BSN=a_number(9)))
    await agency.publish()
    assert agency.index.shown_often() == shown(1, 2, 3, 4, 9)


@pytest.mark.parametrize("names", [("onbekend", "nieuw"), ("test", "test")])
async def test_a_rename_that_cannot_be_is_refused(
    agency: Agency, names: tuple[str, str]
) -> None:
    await agency.publish()
    with an_outbox(agency) as outbox, pytest.raises(RenameRefused):
        rename_profile(outbox, *names)


async def test_nothing_is_renamed_under_a_delivery_that_is_half_sent(
    agency: Agency,
) -> None:
    agency.evaluator.budget = 0
    with pytest.raises(EvaluationStopped):
        await agency.publish()
    with an_outbox(agency) as outbox, pytest.raises(DeliveryUnderWay):
        rename_profile(outbox, "test", "nieuw")


async def test_a_second_outbox_of_the_same_is_refused(agency: Agency) -> None:
    await agency.publish()
    second = beside(agency)
    second.write(*rows(1, 4))
    with pytest.raises(OutboxElsewhere, match="outbox restart"):
        await second.publish()
    assert agency.index.shown_often() == shown(1, 2, 3, 4)


async def test_two_outboxes_by_choice_never_withdraw_each_others_signals(
    agency: Agency,
) -> None:
    await agency.publish()
    second = beside(agency)
    with an_outbox(second) as outbox:
        live_beside(outbox)
    second.write(*(a_row(Zaak=f"Y-{n}", BSN=a_number(n)) for n in (11, 12)))
    await second.publish()
    for each in (agency, second):
        assert (await compare(each, confirmed=True)).equal
    second.write()
    await second.publish(approve=True)
    assert agency.index.shown_often() == shown(1, 2, 3, 4)


async def test_an_outbox_has_an_id_of_its_own_that_stays(agency: Agency) -> None:
    with an_outbox(agency) as outbox:
        first = outbox.id
    with an_outbox(agency) as outbox:
        assert outbox.id == first
    with an_outbox(beside(agency)) as outbox:
        assert outbox.id != first
    await agency.publish()
    told = {row["outbox"] for row in agency.index.state["signals"].values()}  # type: ignore[index]  # JSON has no types
    assert told == {str(UUID(int=first.int))}


async def test_a_lost_outbox_does_not_withdraw_what_it_does_not_know(
    agency: Agency,
) -> None:
    await agency.publish()
    agency.outbox_path.unlink()
    with pytest.raises(OutboxElsewhere, match="outbox restart"):
        await compare(agency, confirmed=True)
    assert agency.index.shown_often() == shown(1, 2, 3, 4)
    with an_outbox(agency) as outbox:
        assert find_reconciled(outbox) is None


async def test_an_outbox_without_a_signal_is_never_called_equal(agency: Agency) -> None:
    agency.write(*({**row, "Eind": "2026-02-01"} for row in rows(1, 4)))
    with pytest.raises(DeliveryHeld):  # it waits: the index heard of none
        await agency.publish()
    empty = await compare(agency)
    assert (empty.equal, empty.needs_delivery) == (False, True)
    agency.write(*rows(1, 4))
    await agency.publish()
    agency.outbox_path.unlink()
    await restart(agency)
    waits = await compare(agency)
    assert (waits.equal, waits.needs_delivery, waits.strays) == (False, True, 4)
    with an_outbox(agency) as outbox:
        assert find_reconciled(outbox) is None
    await agency.publish(approve=True)
    assert (await compare(agency)).equal


async def restart(agency: Agency) -> int:
    set_aside(agency.outbox_path, OutboxKey(SECRET), now=NOW)
    with an_outbox(agency) as outbox:
        return await take_over_lost(outbox, agency.index)


async def test_a_lost_outbox_begins_anew_and_doubles_no_flag(agency: Agency) -> None:
    await agency.publish()
    agency.outbox_path.unlink()
    assert await restart(agency) == 4
    agency.write(*rows(2, 5))
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(2, 3, 4, 5)
    assert (await compare(agency)).equal
    agency.write(*rows(2, 4))
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(2, 3, 4)


async def test_nobody_is_without_a_flag_while_an_outbox_begins_anew(
    agency: Agency,
) -> None:
    await agency.publish()
    agency.outbox_path.unlink()
    await restart(agency)
    agency.evaluator.budget = agency.evaluator.asked
    with pytest.raises(EvaluationStopped):
        await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(1, 2, 3, 4)
    agency.evaluator.budget = 10**9
    agency.write(*rows(3, 6))
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(3, 4, 5, 6)


async def test_a_record_that_is_rejected_does_not_lose_its_old_signal_unasked(
    agency: Agency,
) -> None:
    """Nobody knows which of the old signals is its: somebody looks first."""
    await agency.publish()
    agency.outbox_path.unlink()
    await restart(agency)
    agency.write(*rows(1, 3), a_row(Zaak="Z-4", BSN=a_wrong_number()))
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    assert agency.index.shown_often() == shown(1, 2, 3, 4)
    (held,) = waiting(agency)
    found = [(one.doubt, one.count, one.of) for one in held.findings]
    assert found == [(Doubt.OLD_SIGNALS, 1, 4), (Doubt.OLD_PERSONS, 4, 4)]
    assert named(agency, held, Doubt.OLD_SIGNALS) != []
    agency.write(*rows(1, 4))
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(1, 2, 3, 4)
    assert (await compare(agency)).equal


async def begin_anew_with(agency: Agency, *written: dict[str, str]) -> list[Doubt]:
    """Lose an outbox of twelve cases and deliver; gives what is asked about it."""
    agency.write(*(a_case(n) for n in range(1, 13)))
    await agency.publish()
    agency.outbox_path.unlink()
    await restart(agency)
    agency.write(*written)
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    assert agency.index.shown_often() == shown(*range(1, 13))
    (held,) = waiting(agency)
    return [one.doubt for one in held.findings]


def a_case(n: int, **changed: str) -> dict[str, str]:
    """Each has a first day of its own."""
    return a_row(Zaak=f"Z-{n}", BSN=a_number(n), Begin=f"2026-01-{n:02}") | changed


async def test_a_slipped_file_after_beginning_anew_takes_no_flag_away(
    agency: Agency,
) -> None:
    """The first day landed in the column of the end: every record looks over."""
    slipped = [a_case(n, Eind=f"2026-01-{n:02}") for n in range(1, 13)]
    found = await begin_anew_with(agency, *slipped)
    assert found == [Doubt.CASES_GONE, Doubt.OPEN_THOUGH_OVER, Doubt.OLD_PERSONS]


async def test_a_truncated_file_after_beginning_anew_takes_no_flag_away(
    agency: Agency,
) -> None:
    found = await begin_anew_with(agency, a_case(1), a_case(2), a_case(3))
    assert found == [Doubt.CASES_GONE, Doubt.OLD_PERSONS]


async def test_other_first_days_after_beginning_anew_are_asked_about(
    agency: Agency,
) -> None:
    other = [a_case(n, Begin=f"2025-{n:02}-01") for n in range(1, 13)]
    found = await begin_anew_with(agency, *other)
    assert found == [Doubt.OTHER_STARTS, Doubt.OLD_PERSONS]


async def test_other_persons_after_beginning_anew_are_asked_about(
    agency: Agency,
) -> None:
    """A column of persons that slipped by one row: no count can say so."""
    others = [a_case(n, BSN=a_number(n % 12 + 1)) for n in range(1, 13)]
    found = await begin_anew_with(agency, *others)
    assert found == [Doubt.OLD_PERSONS]


async def test_the_one_other_outbox_may_be_in_use(agency: Agency) -> None:
    """It is taken over by whoever says that it is gone, and by nobody else."""
    await agency.publish()
    agency.outbox_path.unlink()
    sender = Sender(OIN, OIN, NOTICE_KEY, lambda: NOW)
    with an_outbox(agency) as outbox, pytest.raises(OutboxUnsure, match="--lost"):
        await take_over(outbox, agency.index, sender)
    with an_outbox(agency) as outbox:
        assert count_strays(outbox) == 0


async def test_beginning_anew_can_be_done_again(agency: Agency) -> None:
    await agency.publish()
    agency.outbox_path.unlink()
    assert (await restart(agency), await restart(agency)) == (4, 4)
    await agency.publish(approve=True)
    assert agency.index.shown_often() == shown(1, 2, 3, 4)


async def test_an_outbox_that_is_sound_does_not_begin_anew(agency: Agency) -> None:
    await agency.publish()
    with pytest.raises(OutboxSound):
        await restart(agency)
    assert not list(agency.folder.glob("*.damaged-*"))


async def test_what_only_the_index_has_of_this_outbox_is_still_asked_about(
    agency: Agency,
) -> None:
    agency.write(*rows(1, 15))
    await agency.publish()
    with an_outbox(agency) as outbox:
        outbox.connection.execute("DELETE FROM signal")
    with pytest.raises(TooManyUnknown):
        await compare(agency)

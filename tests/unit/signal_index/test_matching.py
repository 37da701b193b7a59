"""Boxes, sheets and steps of matches, as functions of values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from keys.pseudonym import SealedRow
from policy.catalogue import load_catalogue
from policy.vocabulary import LoopActId
from signal_index.errors import MatchOver
from signal_index.ledger import DisclosureKey
from signal_index.matching import (
    STEPS_AT_MOST,
    BoxAt,
    MatchAct,
    MatchBox,
    MatchRows,
    MatchSide,
    MatchState,
    SheetAt,
    SignalAt,
    SignalNow,
    SignalOf,
    Stage,
    Step,
    advance,
    decide_step,
    fold_steps,
    open_match_box,
    open_sheet,
    open_step,
    seal_case,
    seal_match_box,
    seal_sheets,
    seal_step,
    stands,
    take_bracket,
)
from signal_index.overview.public_holidays import add_working_days
from signal_index.proof import DisclosureRefused
from signal_index.signals import SignalState
from tests.ledger_builders import a_person

KEY = DisclosureKey(2026, bytes(range(32)))
PERSON = SealedRow(bytes(16), bytes(range(32)))
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def a_box(*partners: str) -> MatchBox:
    names = {2026: bytes(32), 2027: bytes(32)}
    return MatchBox(
        "x" * 40, uuid4(), MatchRows(partners, PERSON, a_person().about, names)
    )


def a_side() -> MatchSide:
    own, other = SignalOf("x" * 40, uuid4()), SignalOf("y" * 40, uuid4())
    return MatchSide(
        uuid4(), uuid4(), 0, own, other, PERSON,
        date(2026, 12, 1), uuid4(),
    )  # fmt: skip


def test_a_box_is_as_long_for_every_kind_and_at_the_end_of_the_year() -> None:
    pairs = load_catalogue().loop_acts[LoopActId.MATCH].named_pairs
    kinds = {of for of, _ in pairs}
    boxes = [a_box(*sorted(to for of, to in pairs if of == kind)) for kind in kinds]
    boxes += [a_box(), a_box(*sorted(kinds))]
    at = BoxAt(UUID(int=1), "9901", date(2026, 12, 8))
    sealed = [seal_match_box(at, box, KEY) for box in boxes]
    assert len({len(one) for one in sealed}) == 1
    for box, one in zip(boxes, sealed, strict=True):
        assert open_match_box(at, one, KEY) == box
    for changed in (
        {"id": UUID(int=2)},
        {"municipality": "9902"},
        {"until": NOW.date()},
    ):
        with pytest.raises(DisclosureRefused):
            open_match_box(at._replace(**changed), sealed[0], KEY)


@pytest.mark.parametrize("most", [0, 1, 13, 14, 40, 500])
def test_sheets_of_one_day_are_as_long_as_the_longest_needs(most: int) -> None:
    counts = (0, most // 2, most)
    sides = {
        SheetAt(uuid4(), "9901", "0" * 20, NOW.date()): [a_side() for _ in range(count)]
        for count in counts
    }
    sealed = seal_sheets(sides, KEY)
    assert len({len(one) for one in sealed.values()}) == 1
    for at, one in sealed.items():
        assert open_sheet(at, one, KEY) == sides[at]


def test_what_is_made_shows_no_count_but_a_bracket() -> None:
    made = [take_bracket(count) for count in range(200)]
    assert made == sorted(made)
    assert all(one >= max(count, 1) for count, one in enumerate(made))
    assert set(made) == {1, 2, 4, 8, 16, 32, 64, 128, 192, 256}


def test_a_step_and_a_case_are_as_long_as_each_other() -> None:
    handle = bytes(16)
    steps = [Step(act, 1, NOW) for act in MatchAct]
    sealed = [seal_step(handle, one, KEY) for one in steps]
    assert [open_step(handle, one, KEY) for one in sealed] == steps
    sealed.append(seal_case(handle, "x" * 126, KEY))
    assert len({len(one) for one in sealed}) == 1


def test_who_leads_is_who_said_so_last_and_done_is_the_end() -> None:
    state = MatchState()
    for act, side in (
        (MatchAct.TAKE_LEAD, 0),
        (MatchAct.LEAVE_LEAD, 1),
        (MatchAct.NOT_AGREED, 1),
        (MatchAct.AGREED, 0),
    ):
        step = decide_step(state, act, side, NOW)
        state = state if step is None else advance(state, step)
    assert (state.lead, state.stage, state.number) == (0, Stage.AGREED, 3)
    assert decide_step(state, MatchAct.TAKE_LEAD, 0, NOW) is None
    done = advance(state, Step(MatchAct.DONE, 1, NOW))
    assert decide_step(done, MatchAct.DONE, 0, NOW) is None
    for act in (MatchAct.TAKE_LEAD, MatchAct.AGREED, MatchAct.NOT_AGREED):
        with pytest.raises(MatchOver):
            decide_step(done, act, 1, NOW)


def test_after_so_many_steps_it_can_only_be_closed() -> None:
    steps = [Step(MatchAct.TAKE_LEAD, place % 2, NOW) for place in range(STEPS_AT_MOST)]
    state = fold_steps(steps)
    with pytest.raises(MatchOver):
        decide_step(state, MatchAct.TAKE_LEAD, 0, NOW)
    assert decide_step(state, MatchAct.DONE, 0, NOW) is not None


def test_ten_working_days_count_no_holidays_and_begin_anew_with_a_step() -> None:
    found = date(2026, 12, 18)  # a Friday; Christmas and New Year lie between
    assert add_working_days(found, 10) == date(2027, 1, 5)
    state = MatchState()
    assert not state.is_overdue(found, date(2027, 1, 5))
    assert state.is_overdue(found, date(2027, 1, 6))
    led = advance(state, Step(MatchAct.TAKE_LEAD, 0, NOW + timedelta(days=30)))
    assert not led.is_overdue(found, date(2027, 1, 6))
    agreed = advance(state, Step(MatchAct.AGREED, 0, NOW))
    assert agreed.follow_up_by(found) is None


def a_signal(**changed: object) -> SignalNow:
    made = SignalNow(
        at=SignalAt((bytes(16),), uuid4()),
        id=uuid4(),
        source="1",
        category="bijstand",
        municipality="9901",
        state=SignalState.ACTIVE,
        valid_from=date(2026, 11, 1),
        valid_until=date(2027, 1, 1),
        confirmed_on=NOW.date(),
        informed="discussed",
        contact_holder=uuid4(),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        {"source": "1"},
        {"municipality": "9902"},
        {"state": SignalState.RESTRICTED},
        {"state": SignalState.ENDED},
        {"valid_from": date(2026, 12, 2)},
        {"valid_until": date(2026, 11, 30)},
        {"confirmed_on": NOW.date() - timedelta(days=731)},
    ],
)
def test_a_match_stands_while_both_show_at_two_sources_here(
    changed: dict[str, object],
) -> None:
    one, other = a_signal(), a_signal(source="2")
    assert stands(one, other, "9901", NOW)
    assert not stands(one, replace(other, **changed), "9901", NOW)  # type: ignore[arg-type]
    assert not stands(one, None, "9901", NOW)

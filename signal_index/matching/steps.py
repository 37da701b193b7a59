"""Steps: what the two sides said of a match, one row each, and what follows from them.

- A step has a name that only the key gives: of the match and the number of the step.
  Two sides that act at once write the same name, and the second is refused.
- Nothing of a match is rewritten: a copy of the database before an act and one after it
  differ by one row that points at nothing, and by the count of its day (`Tally`).
- What was not shown to one who looked is over for both (`gone`): what vanished, for
  whatever reason, does not come back and tell why it was gone.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import reduce
from operator import xor
from typing import Any, Final
from uuid import UUID

from signal_index.days import day_of
from signal_index.errors import MatchOver
from signal_index.ledger import DisclosureKey
from signal_index.overview.public_holidays import add_working_days
from signal_index.returning.sealing import seal, unseal

FOLLOW_UP_WORKING_DAYS: Final = 10
STEPS_AT_MOST: Final = 32
"""Enough to change one's mind; then it can only be closed."""

STEP_BYTES: Final = 256
_LABEL: Final = b"signal-index/match-step/1\0"
_NAME_BYTES: Final = 16


class MatchAct(StrEnum):
    """What a side says of a match. `gone` is nobody's: it was not shown any more."""

    TAKE_LEAD = "take-lead"
    LEAVE_LEAD = "leave-lead"
    AGREED = "agreed"
    NOT_AGREED = "not-agreed"
    DONE = "done"
    GONE = "gone"


class Stage(StrEnum):
    """How far a match is."""

    OPEN = "open"
    AGREED = "agreed"
    NOT_AGREED = "not-agreed"
    DONE = "done"


_STAGES: Final = {
    MatchAct.AGREED: Stage.AGREED,
    MatchAct.NOT_AGREED: Stage.NOT_AGREED,
    MatchAct.DONE: Stage.DONE,
}


_WORDS: Final = frozenset({MatchAct.AGREED, MatchAct.NOT_AGREED})


@dataclass(frozen=True, slots=True)
class Step:
    """One act, of side 0 or 1, and when."""

    act: MatchAct
    side: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MatchState:
    """What follows from all steps. `number`: how many there were.

    `settled`: the last word on whether something was agreed, also when it is done.
    """

    stage: Stage = Stage.OPEN
    lead: int | None = None
    number: int = 0
    last: Step | None = None
    settled: Step | None = None
    is_gone: bool = False

    def follow_up_by(self, found: date) -> date | None:
        """Give the last day for something to follow; None where an answer stands."""
        if self.stage is not Stage.OPEN:
            return None
        since = found if self.last is None else day_of(self.last.at)
        return add_working_days(since, FOLLOW_UP_WORKING_DAYS)

    def is_overdue(self, found: date, today: date) -> bool:
        """Tell whether ten working days passed in which nothing followed."""
        last = self.follow_up_by(found)
        return last is not None and today > last


def fold_steps(steps: Sequence[Step]) -> MatchState:
    """Give what follows from the steps of a match, in their order."""
    return reduce(advance, steps, MatchState())


def advance(state: MatchState, step: Step) -> MatchState:
    """Give what holds after one more step."""
    return MatchState(
        stage=_STAGES.get(step.act, state.stage),
        lead=_lead_after(state.lead, step),
        number=state.number + 1,
        last=step,
        settled=step if step.act in _WORDS else state.settled,
        is_gone=state.is_gone or step.act is MatchAct.GONE,
    )


def decide_step(
    state: MatchState, act: MatchAct, side: int, now: datetime
) -> Step | None:
    """Give the step that this act is, or None where it says what holds already.

    Raises `MatchOver` after it was done, and where as many steps were made as may be.
    """
    step = Step(act, side, now)
    after = advance(state, step)
    if (after.stage, after.lead) == (state.stage, state.lead):
        return None
    is_full = state.number >= STEPS_AT_MOST and act is not MatchAct.DONE
    if state.stage is Stage.DONE or is_full:
        raise MatchOver
    return step


def derive_step_handle(key: DisclosureKey, match: UUID, number: int) -> bytes:
    """Give the name of a step, counted from 0."""
    return _derive(key, b"step", match.bytes, number.to_bytes(4, "big"))


def derive_case_handle(
    key: DisclosureKey, source: str, reference: UUID, number: int
) -> bytes:
    """Give the name under which a source keeps what it calls a case, each time anew.

    Whoever takes the signal over has another case, sealed under another key.
    """
    told = (source.encode(), reference.bytes, number.to_bytes(4, "big"))
    return _derive(key, b"case", *told)


def seal_step(handle: bytes, step: Step, key: DisclosureKey) -> bytes:
    """Seal a step for its row: one length, whatever was said."""
    facts = {"a": step.act.value, "s": step.side, "t": step.at.isoformat()}
    return _seal(handle, facts, key)


def open_step(handle: bytes, sealed: bytes, key: DisclosureKey) -> Step:
    """Open a step, or raise `DisclosureRefused`."""
    facts = unseal(key.match_seal, UUID(bytes=handle), _LABEL, sealed)
    return Step(MatchAct(facts["a"]), facts["s"], datetime.fromisoformat(facts["t"]))


def seal_case(handle: bytes, case: str, key: DisclosureKey) -> bytes:
    """Seal what a source calls a case (sealed by its machine) as long as a step."""
    return _seal(handle, {"c": case}, key)


def open_case(handle: bytes, sealed: bytes, key: DisclosureKey) -> str:
    """Open what a source calls a case, or raise `DisclosureRefused`."""
    return str(unseal(key.match_seal, UUID(bytes=handle), _LABEL, sealed)["c"])


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows there are, and the sum of their names (exclusive or)."""

    count: int
    names: int

    @classmethod
    def of(cls, handles: Collection[bytes]) -> Tally:
        """Give the tally of these rows."""
        return cls(len(handles), reduce(xor, map(int.from_bytes, handles), 0))

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, self.names ^ other.names)


def derive_tally_handle(key: DisclosureKey, until: date) -> bytes:
    """Give the name of the row that counts the rows of a last day."""
    return _derive(key, b"tally", until.isoformat().encode())


def seal_tally(handle: bytes, tally: Tally, key: DisclosureKey) -> bytes:
    """Seal a tally as long as a step."""
    return _seal(handle, {"n": tally.count, "x": f"{tally.names:032x}"}, key)


def open_tally(handle: bytes, sealed: bytes, key: DisclosureKey) -> Tally:
    """Open a tally, or raise `DisclosureRefused`."""
    facts = unseal(key.match_seal, UUID(bytes=handle), _LABEL, sealed)
    return Tally(facts["n"], int(facts["x"], 16))


def _seal(handle: bytes, facts: dict[str, Any], key: DisclosureKey) -> bytes:
    return seal(key.match_seal, UUID(bytes=handle), _LABEL, facts, STEP_BYTES)


def _lead_after(lead: int | None, step: Step) -> int | None:
    match step.act:
        case MatchAct.TAKE_LEAD:
            return step.side
        case MatchAct.LEAVE_LEAD:
            return 1 - step.side
        case _:
            return lead


def _derive(key: DisclosureKey, *parts: bytes) -> bytes:
    told = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return hmac.digest(key.match_find, told, "sha256")[:_NAME_BYTES]

"""What a lookup leaves for its sources to hear: decided before, boxed with the answer.

- Where a municipality has established `notice-of-lookup`, every lookup there leaves a
  box for each person: told or silent, hit or miss, of one length, in one statement.
- Which kinds may be told of is the policy's to say, for each person by how this citizen
  was informed; where it denies, or cannot say, the box is there and tells nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from keys.municipality import MunicipalityCode
from keys.pseudonym import SealedRow, StoredPoint
from policy.errors import LoopActDenied, NoDecision, PolicyError
from policy.loop import LoopQuestion, decide_loop, is_established
from policy.policy import Policy
from policy.vocabulary import Caller, CategoryId, LoopActId, Permit, Subject
from signal_index.citizens.embargo import derive_embargo_row
from signal_index.keyring import IndexKeys
from signal_index.ledger import Entry, Group, Opened
from signal_index.returning import CallBack, LookedUp, Mark, SealedBox
from signal_index.row_keys import RowKeys
from signal_index.signals import StoredSignal
from signal_index.store.notices import make_box

_ACT = LoopActId.NOTICE_OF_LOOKUP


@dataclass(frozen=True, slots=True, repr=False)
class Telling:
    """For each person asked about: of which kinds a source may hear; embargoes."""

    permit: Permit
    told: tuple[frozenset[CategoryId], ...]
    persons: tuple[SealedRow, ...]
    call_back: CallBack | None


def find_telling(
    policy: Policy,
    permit: Permit,
    points: Sequence[StoredPoint],
    rows: RowKeys,
    *,
    call_back: CallBack | None,
    now: datetime,
) -> Telling | None:
    """Say what may be told of a permitted lookup; None where the act is closed."""
    if not is_established(policy, _ACT, permit.municipality, now=now):
        return None
    return Telling(
        permit=permit,
        told=tuple(_told(policy, permit, one, now) for one in permit.subjects),
        persons=tuple(derive_embargo_row(rows, one) for one in points),
        call_back=call_back,
    )


def close_boxes(
    telling: Telling,
    entries: Sequence[Entry],
    signals: Sequence[Sequence[StoredSignal]],
    keys: IndexKeys,
) -> tuple[SealedBox, ...]:
    """Close a box for each person of a lookup."""
    permit = telling.permit
    return tuple(
        make_box(
            permit.municipality,
            LookedUp(
                entry=entry.id,
                organisation=permit.caller.organisation,
                purpose=str(permit.purpose),
                person=telling.persons[place],
                marks=_marks(signals[place], telling.told[place]),
                call_back=telling.call_back,
            ),
            keys,
            entry.facts.recorded_at,
        )
        for place, entry in enumerate(entries)
    )


def find_permitted(
    policy: Policy, act: LoopActId, caller: Caller, one: Opened, now: datetime
) -> frozenset[str]:
    """Say of which kinds of a recorded lookup an act is permitted now, to who asks now.

    Of a notice: of which kinds a source hears what came of it.
    """
    catalogue = policy.catalogue
    informed = one.text(Group.WHY, "informed")
    try:
        asked = LoopQuestion(
            act=act,
            municipality=MunicipalityCode(caller.municipality),
            categories=tuple(
                {catalogue.parse_category(kind) for kind, _ in one.flags or ()}
            ),
            caller=caller,
            purpose=catalogue.parse_purpose(one.text(Group.WHY, "purpose") or ""),
            informed=None if informed is None else catalogue.parse_informed(informed),
            broken_glass=one.text(Group.WHY, "breakGlass") is not None,
        )
    except PolicyError:
        return frozenset()  # a word that the catalogue has no more
    return _decide(policy, asked, now) if asked.categories else frozenset()


def _told(
    policy: Policy, permit: Permit, subject: Subject, now: datetime
) -> frozenset[CategoryId]:
    asked = LoopQuestion(
        act=_ACT,
        municipality=permit.municipality,
        categories=tuple(one.id for one in permit.categories),
        caller=permit.caller,
        purpose=permit.purpose,
        informed=subject.informed,
        broken_glass=permit.review,
    )
    return _decide(policy, asked, now)


def _decide(
    policy: Policy, asked: LoopQuestion, now: datetime
) -> frozenset[CategoryId]:
    try:
        return decide_loop(policy, asked, now=now).categories
    except (LoopActDenied, NoDecision):
        # Silence is safe: the lookup itself was permitted, and is answered.
        return frozenset()


def _marks(
    signals: Sequence[StoredSignal], told: Collection[CategoryId]
) -> tuple[Mark, ...]:
    return tuple(
        Mark(str(one.category), one.id, place)
        for place, one in enumerate(signals)
        if one.category in told
    )

"""How the organisation calls a case: sealed by its own machine, or noted at the desk.

The desk does not know a case: the agency's machine seals how it is called, under a key
that the two share, and the index carries that. Of a signal by hand it knows the case
itself. Without either a signal has its reference alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from desk.callers import Caller
from desk.desk import Desk
from desk.involved.keeping import Note
from keys.case_name import find_unclear, shorten
from keys.case_seal import CaseKey
from keys.errors import CaseNotReadable
from signal_index.wire.notices import ReturnNotice
from signal_index.wire.values import eleven_proof

_NUMBER_LENGTH: Final = 9

ByHand = Mapping[UUID, Note]
"""What the desk noted of signals that were given by hand, by reference."""
NOBODY: Final[ByHand] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as a page shows it: how it is called, empty where that is not known.

    `is_clear`: the name is of this case alone; of any other its end of a reference
    stands beside it. `person`: whom of a household, of a signal by hand, as the lookup
    of `asked` had them.
    """

    reference: UUID
    name: str
    is_clear: bool
    person: int | None = None
    asked: datetime | None = None

    @property
    def short(self) -> str:
        """Give the end of its reference."""
        return shorten(self.reference)


def is_citizen_number(typed: str) -> bool:
    """Tell whether somebody searches by what could be a citizen's number: never so.

    As people write one: in groups too. With a hyphen it is a case number (2026-12345).
    """
    digits = "".join(one for one in typed if one not in " .\u00a0")
    is_nine = len(digits) == _NUMBER_LENGTH and digits.isascii() and digits.isdigit()
    return is_nine and eleven_proof(digits)


def tell_apart(
    named: Mapping[UUID, str], by_hand: ByHand = NOBODY
) -> Mapping[UUID, ShownCase]:
    """Give each case as a page shows it, told apart from the others."""
    persons = {
        one: (note.person, note.asked) for one, note in by_hand.items() if note.person
    }
    unclear = find_unclear(
        {
            one: f"{name}, {persons[one]}" if name and one in persons else name
            for one, name in named.items()
        }
    )
    return {
        one: ShownCase(one, name, one not in unclear, *persons.get(one, (None, None)))
        for one, name in named.items()
    }


async def find_by_hand(desk: Desk, caller: Caller) -> ByHand:
    """Give what was noted of signals that people here gave by hand, by reference."""
    if desk.signalling is None:
        return {}
    kept = await desk.signalling.kept.list_all(caller.person.sub)
    return {one.reference: one.note for one in kept if one.note is not None}


def name_case(
    reference: UUID,
    sealed: str | None,
    key: CaseKey | None,
    by_hand: ByHand,
) -> str:
    """Give how a case is called; empty where nobody said so that this desk can read."""
    note = by_hand.get(reference)
    noted = "" if note is None else note.case
    if sealed is None or key is None:
        return noted
    try:
        return key.open(reference, sealed)
    except CaseNotReadable:
        return noted


def name_all(
    notices: Iterable[ReturnNotice], key: CaseKey | None, by_hand: ByHand
) -> Mapping[UUID, str]:
    """Give how the cases of these notices are called, or else as they were noted.

    What the first tells that says it counts for all.
    """
    named: dict[UUID, str] = {}
    for notice in notices:
        for one in notice.signals:
            called = name_case(one.reference, one.case, key, by_hand)
            named[one.reference] = named.get(one.reference) or called
    return named

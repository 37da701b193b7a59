"""How the organisation calls a case: sealed by its own machine, or noted at the desk.

The desk does not know a case: the agency's machine seals how it is called, under a key
that the two share, and the index carries that. Of a signal by hand it knows the case
itself. Without either a signal has its reference alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from desk.callers import Caller
from desk.desk import Desk
from keys.case_seal import CaseKey
from keys.errors import CaseNotReadable


async def find_cases_by_hand(desk: Desk, caller: Caller) -> Mapping[UUID, str]:
    """Give the cases of signals that the caller gave by hand, by reference."""
    if desk.signalling is None:
        return {}
    kept = await desk.signalling.kept.list_all(caller.person.sub)
    return {one.reference: one.note.case for one in kept if one.note is not None}


def name_case(
    reference: UUID,
    sealed: str | None,
    key: CaseKey | None,
    by_hand: Mapping[UUID, str],
) -> str:
    """Give how a case is called; empty where nobody said so that this desk can read."""
    noted = by_hand.get(reference, "")
    if sealed is None or key is None:
        return noted
    try:
        return key.open(reference, sealed)
    except CaseNotReadable:
        return noted

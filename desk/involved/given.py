"""Say by the own case numbers what the organisation gave of a citizen already.

The index knows these signals by their references alone, and tells only those of the
organisation that asks. What people gave by hand is noted here; what a delivery told is
known to the organisation's own system.
"""

from typing import Final

from desk.callers import Caller
from desk.desk import Desk
from desk.holders import Passed
from desk.index import read_problem
from desk.involved.acts import get_signalling
from desk.involved.standing import fetch_standing
from desk.moments import format_day_of
from desk.relay_wire import RelayedGiven, RelayProblem

_SLUG: Final = "given-already"
_COORDINATES: Final = "casusregie"


async def name_given(
    desk: Desk, caller: Caller, category: str, passed: Passed
) -> Passed:
    """Give an answer on, and where it asks about others of this citizen, in words."""
    if passed.status != 409:
        return passed
    problem = read_problem(passed)
    if problem.type.rpartition("/")[2] != _SLUG:
        return passed
    kept = get_signalling(desk, caller).kept
    listed = (await fetch_standing(desk, caller)).signals
    said, given = [], []
    for reference in problem.references:
        known = await kept.find(reference, caller.person.sub)
        note = None if known is None else known.note
        is_own, by_hand = known is not None and known.is_own, reference in listed
        given.append(
            RelayedGiven(
                reference=reference,
                caseReference=None if note is None else note.case,
                byHand=by_hand,
                isOwn=is_own,
            )
        )
        if note is None:
            key = "unknown" if by_hand else "delivered"
            said.append(desk.texts.get(f"involved.given-already.{key}"))
        else:
            key = "own" if is_own else "colleague"
            text = f"involved.given-already.{key}"
            day = format_day_of(note.given)
            said.append(desk.texts.get(text, day=day, case=note.case))
    key = "coordinates" if category == _COORDINATES else "keep"
    said.append(desk.texts.get(f"involved.given-already.{key}"))
    body = RelayProblem(
        type=problem.type,
        title=desk.texts.get("involved.given-already"),
        status=problem.status,
        detail=" ".join(said),
        references=problem.references,
        given=given,
    )
    text = body.model_dump_json(exclude_defaults=True)
    return Passed(passed.status, passed.media_type, text.encode())

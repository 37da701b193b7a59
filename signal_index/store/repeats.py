"""The entries of one question about one person: the first, and those asked again.

A lookup whose connection broke is answered again within five minutes, and recorded
again (`decision.repeat`). To whoever asked it is one lookup with one outcome.

- What belongs together has the same user, person, question (`req`) and tickets. Tickets
  are spent once, so that no other lookup can pass for a repeat of this one.
- A flag's home is the entry that showed it first: there stands what is said of it. It
  is known by its mark: which signal it was, whoever is called about it since.
- A person has another name in another year of the ledger: what was asked again over New
  Year stands by itself.

Proven by tests/attack/test_a_repeat_is_no_lookup_of_its_own.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.ledger import DisclosureKey, Group, Kind, Opened, Outcome
from signal_index.proof import Json
from signal_index.store.many_rows import in_parts
from signal_index.store.near_entries import find_near
from signal_index.store.opened_entries import open_entries
from signal_index.store.tickets import REPEAT_FOR

Question = Sequence[Opened]
"""The entries of one question about one person: the first of them, then its repeats."""

_PART: Final = 50
"""Entries at a time: what is looked through lies between the first and the last."""


async def find_questions(
    conn: AsyncConnection,
    entries: Collection[UUID],
    keys: Mapping[int, DisclosureKey],
) -> Mapping[UUID, Question]:
    """Find, for each of these lookups that was asked more than once, all its entries.

    What was asked once is not among them.
    """
    near: dict[UUID, set[UUID]] = defaultdict(set)
    for part in in_parts(sorted(entries), _PART):
        for one, other in await find_near(conn, part, REPEAT_FOR):
            near[one] |= {one, other}
    if not near:
        return {}
    opened = await open_entries(conn, set[UUID]().union(*near.values()), keys)
    found: dict[UUID, Question] = {}
    for entry, others in near.items():
        around = [opened[one] for one in sorted(others) if one in opened]
        question = _put_together(entry, around)
        if len(question) > 1:
            found[entry] = question
    return found


def find_home(
    question: Question, entry: UUID, flag: int | None
) -> tuple[UUID, int | None]:
    """Find the entry that first showed a flag of this entry, and its place there.

    None is the lookup as a whole, and that is the first. What keeps no marks (a match)
    is never asked again, and its flags are its own.
    """
    if flag is None:
        return question[0].entry, None
    shown = {one.entry: one.marks for one in question}
    if flag >= len(shown[entry]):
        return entry, flag
    wanted = shown[entry][flag]
    return next(
        (one, marks.index(wanted)) for one, marks in shown.items() if wanted in marks
    )


def _put_together(entry: UUID, around: Sequence[Opened]) -> Question:
    """Give the question that an entry belongs to, out of what stands around it."""
    asked = next((_asks(one) for one in around if one.entry == entry), None)
    same = [one for one in around if asked is not None and _asks(one) == asked]
    firsts = [one for one in same if not one.is_repeat][:1]
    question = [*firsts, *(one for one in same if one.is_repeat)]
    return question if entry in {one.entry for one in question} else ()


def _asks(one: Opened) -> tuple[Json, Json] | None:
    """Give what no other answered question has; None for what is no such entry."""
    if one.kind is not Kind.LOOKUP or not one.texts(Group.WHAT, "tickets"):
        return None
    if one.text(Group.DECISION, "outcome") != Outcome.ANSWERED.value:
        return None
    return one.value(Group.WHAT, "tickets"), one.value(Group.WHAT, "req")

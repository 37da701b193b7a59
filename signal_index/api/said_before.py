"""What came of an answer's flags, in this user's own words at their earlier lookups.

- Only what they said themselves, of the same citizen in the same case: what "Mijn
  bevragingen" tells them too (`store.own_flags`). Nobody else's words are read.
- It is read after the answer was committed, by as many statements whatever was found:
  whether there are any depends on what this user asked, and on nothing of the person.

Proven by tests/attack/test_only_ones_own_words_come_back.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from signal_index.api.context import Index
from signal_index.api.lookup_run import Draft
from signal_index.api.transactions import looking
from signal_index.identifiers import read_uuid7_instant
from signal_index.signals import StoredSignal
from signal_index.store.outcomes import Said, find_outcomes
from signal_index.store.own_flags import find_asked, find_same
from signal_index.store.repeats import Question
from signal_index.store.standing import Standing
from signal_index.successions import Held, Succession
from signal_index.wire.lookups import SaidBefore


async def find_said_before(
    index: Index, draft: Draft, standing: Standing
) -> Sequence[Sequence[SaidBefore]]:
    """Find, for each person of an answer, what its user said of these flags before."""
    keys = index.keys.disclosures
    found = [one for before in draft.before for one in before]
    if not found:
        return [[] for _ in draft.before]
    async with looking(index.engine) as conn:
        asked = await find_asked(conn, found, keys)
        shown = [one for question in asked for one in question]
        said = await find_outcomes(conn, shown, keys)
    of = dict(zip((one.entry for one in found), asked, strict=True))
    since = standing.successions
    return [
        list(_tell([of[one.entry] for one in before], signals, said, since))
        for before, signals in zip(draft.before, draft.signals, strict=True)
    ]


def _tell(
    asked: Sequence[Question],
    signals: Sequence[StoredSignal],
    said: Mapping[UUID, Said],
    since: Sequence[Succession],
) -> Iterator[SaidBefore]:
    """Tell what was said of the flags of one person that the answer shows again."""
    questions = {one[0].entry: one for one in asked}
    alike = dict.fromkeys(questions)
    flags = find_same(list(questions.values()), alike, since).values()
    same = {(one.held, one.number, one.among): one for one in flags}
    shown = [Held(str(one.category), one.source, one.contact_id) for one in signals]
    among, number = Counter(shown), Counter[Held]()
    for place, held in enumerate(shown):
        number[held] += 1
        before = same.get((held, number[held], among[held]))
        if before is None:
            continue
        entry, flag = before.find_said(said)
        code = said.get(entry, {}).get(flag)
        if code is not None:
            yield SaidBefore(
                place=place,
                entryId=entry,
                flag=flag,
                at=read_uuid7_instant(entry),
                outcome=code,
            )

"""What came of an answer's flags, in this user's own words at their earlier lookups.

- Only what they said themselves, of the same citizen in the same case: what "Mijn
  bevragingen" tells them too (`store.own_flags`). Nobody else's words are read.
- It is read after the answer was committed, by as many statements whatever was found:
  whether there are any depends on what this user asked, and on nothing of the person.

Proven by tests/attack/test_only_ones_own_words_come_back.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from signal_index.api.context import Index
from signal_index.api.lookup_run import Draft
from signal_index.api.transactions import looking
from signal_index.identifiers import read_uuid7_minute
from signal_index.ledger import DisclosureKey, Entry, read_marks
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
        list(
            _tell(
                [of[one.entry] for one in before],
                entry,
                keys[entry.year],
                signals,
                said=said,
                since=since,
            )
        )
        for before, entry, signals in zip(
            draft.before, draft.entries, draft.signals, strict=True
        )
    ]


def _tell(
    asked: Sequence[Question],
    entry: Entry,
    key: DisclosureKey,
    signals: Sequence[StoredSignal],
    *,
    said: Mapping[UUID, Said],
    since: Sequence[Succession],
) -> Iterator[SaidBefore]:
    """Tell what was said of the flags of one person that the answer shows again."""
    questions = {one[0].entry: one for one in asked}
    flags = find_same(list(questions.values()), since).values()
    same = {(one.held, one.mark): one for one in flags}
    marks = read_marks(entry.id, entry.facts.what or {}, key)
    for place, (one, mark) in enumerate(zip(signals, marks, strict=True)):
        before = same.get((Held(str(one.category), one.source, one.contact_id), mark))
        if before is None:
            continue
        at, flag = before.find_said(said)
        code = said.get(at, {}).get(flag)
        if code is not None:
            yield SaidBefore(
                place=place,
                entryId=at,
                flag=flag,
                at=read_uuid7_minute(at),
                outcome=code,
            )

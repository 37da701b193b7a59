"""Reading back what was asked, without by whom and about whom: to replay a policy.

- Of each lookup three groups are opened: role, why, decision. Person, who and what stay
  closed; what comes out is counted by question and names nobody.
- Newest first and in batches, so that it can stop at a number and say so; a batch is
  all that is in memory, and it is opened in a thread.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.municipality import MunicipalityCode
from policy.replay import RecordedQuestion
from policy.vocabulary import OrganisationKind, Role
from signal_index.identifiers import first_id
from signal_index.ledger import DisclosureKey, Kind, open_disclosures
from signal_index.proof import DisclosureRefused, Group, JsonObject, parse_disclosure
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.ledger import ledger_disclosure, ledger_entry

_Row = Row[Any, Any, Any, Any, Any]
"""Id, year, organisation, municipality and seal of one lookup."""

BATCH: Final = 500
MOST_QUESTIONS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """Questions with how often each was asked; `is_all`: none was left out."""

    questions: Mapping[RecordedQuestion, int]
    is_all: bool

    @property
    def count(self) -> int:
        """Give how many questions were read."""
        return sum(self.questions.values())


@dataclass(frozen=True, slots=True, repr=False)
class QuestionOpener:
    """What opening takes: whose entries, the keys, what each organisation is."""

    scope: OfficerScope
    keys: Mapping[int, DisclosureKey]
    kinds: Mapping[str, OrganisationKind]


async def read_recorded_questions(
    conn: AsyncConnection, reader: QuestionOpener, *, since: datetime
) -> Recorded:
    """Give the newest lookups since an instant, at most `MOST_QUESTIONS` of them.

    What was erased, or sealed under a key that is gone, is not among them. Nor is what
    does not open: then they are not all.
    """
    found: Counter[RecordedQuestion] = Counter()
    is_whole = True
    before: UUID | None = None
    read = 0
    while read < MOST_QUESTIONS:
        rows = await _find(conn, reader.scope, since, before)
        opened = await asyncio.to_thread(_open_all, rows, reader)
        found.update(one for one in opened if one is not None)
        is_whole = is_whole and None not in opened
        read += len(rows)
        if len(rows) < BATCH:
            return Recorded(found, is_all=is_whole)
        before = rows[-1].entry_id
    more = await _find(conn, reader.scope, since, before)
    return Recorded(found, is_all=is_whole and not more)


async def _find(
    conn: AsyncConnection, scope: OfficerScope, since: datetime, before: UUID | None
) -> Sequence[_Row]:
    entry = ledger_entry.c
    statement = (
        select(
            entry.entry_id,
            entry.year,
            entry.organisation,
            entry.municipality,
            ledger_disclosure.c.sealed,
        )
        .join_from(ledger_entry, ledger_disclosure)
        .where(within(scope, entry.municipality, entry.organisation))
        .where(entry.kind == Kind.LOOKUP.value)
        .where(entry.entry_id >= first_id(since))
        .order_by(entry.entry_id.desc())
        .limit(BATCH)
    )
    if before is not None:
        statement = statement.where(entry.entry_id < before)
    return (await conn.execute(statement)).all()


def _open_all(
    rows: Sequence[_Row], reader: QuestionOpener
) -> list[RecordedQuestion | None]:
    """Open these; None for one that was altered."""
    found: list[RecordedQuestion | None] = []
    for row in rows:
        key, kind = reader.keys.get(row.year), reader.kinds.get(row.organisation)
        if key is None or kind is None:
            continue
        try:
            texts = open_disclosures(row.entry_id, row.sealed, key=key)
        except DisclosureRefused:
            found.append(None)
            continue
        found.append(
            _question(
                MunicipalityCode(row.municipality),
                kind,
                role=parse_disclosure(texts[Group.ROLE]).value or {},
                why=parse_disclosure(texts[Group.WHY]).value or {},
                decision=parse_disclosure(texts[Group.DECISION]).value or {},
            )
        )
    return found


def _question(
    place: MunicipalityCode,
    kind: OrganisationKind,
    *,
    role: JsonObject,
    why: JsonObject,
    decision: JsonObject,
) -> RecordedQuestion:
    known = {str(one) for one in Role}
    return RecordedQuestion(
        municipality=place,
        organisation_kind=kind,
        roles=frozenset(Role(one) for one in _texts(role, "roles") if one in known),
        purpose=str(why.get("purpose", "")),
        legal_basis=str(why.get("legalBasis", "")),
        has_case_reference=why.get("caseReference") is not None,
        informed=_text(why, "informed"),
        break_glass=_text(why, "breakGlass"),
        grounds=frozenset(_texts(decision, "grounds")),
    )


def _text(group: JsonObject, name: str) -> str | None:
    value = group.get(name)
    return value if isinstance(value, str) else None


def _texts(group: JsonObject, name: str) -> list[str]:
    value = group.get(name)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [str(one) for one in value]

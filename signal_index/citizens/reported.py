"""What a citizen's report is put together from: their signals, and who looked.

- Rows are found under a `ReportPermit` only, in the categories that it names.
- An entry is read without the groups about whom, who and role: a citizen is told which
  organisation looked, when, why and what was shown. Not which employee (GDPR art. 15;
  CJEU 22 June 2023, C-579/21), and not the person's number in the ledger, in which a
  gap would show what an embargo leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from keys.pseudonym import RowKeySecret, StoredPoint, derive_sealed_row
from policy.reports import ReportPermit
from policy.vocabulary import CategoryId
from signal_index.ledger import KINDS, ShownFlag
from signal_index.proof import Group, JsonObject, Kind

LOOKUP_GROUPS: Final = (Group.WHY, Group.WHAT, Group.DECISION)
"""The groups of a lookup that its citizen may see, and that their proof opens."""

REPORTED_KINDS: Final = tuple(kind for kind, rule in KINDS.items() if rule.is_told)
"""The kinds of entries that stand in a report: who looked, and who checked on that.

Never an embargo, nor an approval; what else is recorded about a person shows nothing
of them to anyone.
"""


@dataclass(frozen=True, slots=True, repr=False)
class OwnSearch:
    """Where a citizen's own rows stand: row key to category."""

    permit: ReportPermit
    rows: Mapping[bytes, CategoryId]


@dataclass(frozen=True, slots=True)
class ReportedSignal:
    """A signal about the citizen, whether or not a lookup would show it today."""

    row_key: bytes
    source: str
    reference: UUID
    category: str
    state: str
    valid_from: date
    valid_until: date
    ended_on: date | None
    informed_code: str
    informed_on: date
    contact: Mapping[str, object]


@dataclass(frozen=True, slots=True, repr=False)
class ReportedEntry:
    """That somebody looked: opened, but for the groups no citizen is shown."""

    entry: UUID
    kind: Kind
    at: datetime
    organisation: str
    why: JsonObject
    what: JsonObject
    decision: JsonObject

    @property
    def is_lookup(self) -> bool:
        """Tell a lookup from an officer's search or report."""
        return self.kind is Kind.LOOKUP

    @property
    def purpose(self) -> str:
        """Give the id of the purpose, or nothing."""
        return str(self.why.get("purpose") or "")

    @property
    def shown(self) -> Sequence[ShownFlag]:
        """Give the flags that the answer showed."""
        flags = self.what.get("flags")
        if not isinstance(flags, Sequence) or isinstance(flags, str):
            return ()
        return tuple(
            ShownFlag(str(flag.get("category")), str(flag.get("source")))
            for flag in flags
            if isinstance(flag, Mapping)
        )

    @property
    def groups(self) -> Sequence[Group]:
        """Give the groups that the citizen's proof of this entry opens."""
        return LOOKUP_GROUPS if self.is_lookup else ()


def derive_own_search(
    permit: ReportPermit, point: StoredPoint, key: RowKeySecret
) -> OwnSearch:
    """Give where the rows of the permit's person stand, in its categories."""
    return OwnSearch(
        permit,
        {derive_sealed_row(key, point, id_).row_key: id_ for id_ in permit.categories},
    )

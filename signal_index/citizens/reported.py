"""What a citizen's report is put together from: their signals, and who looked.

- Rows are found under a `ReportPermit` only, in the categories that it names.
- An entry is read without the groups about whom and who: a citizen is told which
  organisation looked, in which role, when, why, what was shown and whether that was in
  order; the team only where the municipality's policy says so. Not which employee
  (GDPR art. 15; CJEU 22 June 2023, C-579/21), and not the person's number in the
  ledger, in which a gap would show what an embargo leaves out: the index counts the
  gaps (`store.found_entries.count_missing`), of which an embargo makes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from keys.pseudonym import StoredPoint
from policy.errors import UnknownCode
from policy.reports import ReportPermit
from policy.vocabulary import CategoryId, LoopActId, Role
from signal_index.labels import Labels
from signal_index.ledger import KINDS
from signal_index.proof import Group, JsonObject, Kind
from signal_index.row_keys import RowKeys
from signal_index.wire.citizen_reports import (
    ReportedCheck,
    ReportedEntry,
    ReportedLookup,
    ReportedMatch,
    ReportedReview,
    ShownSignal,
)

LOOKUP_GROUPS: Final = (Group.ABOUT, Group.WHY, Group.WHAT, Group.DECISION)
"""The groups of a lookup that its citizen may see, and that their proof opens."""

CHECK_GROUPS: Final = (Group.ABOUT,)
"""That a check was about them, and nothing of what for."""

READ_GROUPS: Final = (*LOOKUP_GROUPS, Group.ROLE)
"""What is read to tell it: the role too, of which the proof would open the team."""

_LOOKING: Final = (Role.GENERALIST, Role.GENERALIST_SAFETY)

REPORTED_KINDS: Final = tuple(kind for kind, rule in KINDS.items() if rule.is_told)
"""The kinds of entries that stand in a report: who looked, and who checked on that.

Never an embargo, nor an approval; what else is recorded about a person shows nothing
of them to anyone.
"""


REQUEST_OF_ANOTHER: Final = "request-of-another"
"""The ground of a report that was asked about another than the request's person."""


class Use(StrEnum):
    """What a line of a report is: it decides what the citizen's proof of it opens."""

    LOOKUP = "lookup"
    MATCH = "match"
    CHECK = "check"

    @classmethod
    def of(cls, line: ReportedEntry) -> Use:
        """Say what this line is."""
        if isinstance(line, ReportedCheck):
            return cls.CHECK
        return cls.MATCH if isinstance(line, ReportedMatch) else cls.LOOKUP

    @property
    def groups(self) -> Sequence[Group]:
        """Give the groups that the citizen's proof of it opens."""
        return CHECK_GROUPS if self is Use.CHECK else LOOKUP_GROUPS


@dataclass(frozen=True, slots=True, repr=False)
class OwnSearch:
    """Where a citizen's own rows stand: row key to category."""

    permit: ReportPermit
    rows: Mapping[bytes, CategoryId]


def derive_own_search(
    permit: ReportPermit, point: StoredPoint, keys: RowKeys
) -> OwnSearch:
    """Give where the rows of the permit's person may stand, in its categories."""
    return OwnSearch(
        permit,
        {row: id_ for id_ in permit.categories for row in keys.find(point, id_)},
    )


def name_request_row(request: UUID) -> str:
    """Name, in the place of a category, a person within one request for access.

    With a slash, as no category has: it is the row of no signal, nor of another
    request of the same person.
    """
    return f"register/access-request/{request}"


def tell_entry(
    groups: Mapping[Group, JsonObject | None] | None,
    labels: Labels,
    *,
    entry: UUID,
    kind: Kind,
    at: datetime,
    organisation: str | None,
    review: ReportedReview | None = None,
) -> ReportedEntry:
    """Say to a citizen that somebody looked, or checked on that; not proven yet.

    Without groups the entry does not open: that somebody was there is said all the
    same, and that it cannot be read what for.
    """
    said: dict[str, Any] = {
        "entryId": entry,
        "at": at,
        "organisation": labels.organisation(organisation),
        "proof": None,
    }
    if kind is Kind.MATCH:
        return _tell_match(said, groups, labels)
    if kind is not Kind.LOOKUP:
        return ReportedCheck(**{**said, "kind": _name_check(kind, groups)})
    groups = groups or {Group.DECISION: {"outcome": "unreadable"}}
    why = groups.get(Group.WHY) or {}
    decision = groups[Group.DECISION] or {}
    catalogue = labels.catalogue
    outcome: Any = decision.get("outcome") or "failed"
    purpose = _text(why, "purpose") or ""
    role = groups.get(Group.ROLE) or {}
    sees_team = catalogue.file.citizens_see_teams
    return ReportedLookup(
        **said,
        purpose=purpose,
        purposeLabel=labels.purpose(purpose),
        purposeText=_explain(labels, purpose),
        legalBasis=labels.of(catalogue.legal_bases, _text(why, "legalBasis")),
        roles=list(_tell_roles(role)),
        team=_text(role, "team") if sees_team else None,
        informed=labels.of(catalogue.informed, _text(why, "informed")),
        breakGlass=labels.of(catalogue.break_glass_reasons, _text(why, "breakGlass")),
        outcome=outcome,
        repeat=decision.get("repeat") is True,
        shown=list(_tell_flags(groups.get(Group.WHAT) or {}, labels)),
        review=review,
    )


def _tell_roles(role: JsonObject) -> Iterator[str]:
    """Name the roles in which people look up, of those that this one had."""
    held = role.get("roles")
    for one in _LOOKING:
        if isinstance(held, Sequence) and one.value in held:
            yield one.value


def _tell_match(
    said: Mapping[str, Any],
    groups: Mapping[Group, JsonObject | None] | None,
    labels: Labels,
) -> ReportedMatch:
    """Say that two organisations were told of each other, with both names."""
    outcome: Any = "unreadable" if groups is None else "answered"
    groups = groups or {}
    shown = list(_tell_flags(groups.get(Group.WHAT) or {}, labels))
    act = labels.catalogue.loop_acts[LoopActId.MATCH]
    why = groups.get(Group.WHY) or {}
    purpose = _text(why, "purpose") or ""
    both = " en ".join(sorted({one.organisation for one in shown}))
    return ReportedMatch(
        **{**said, "organisation": both},
        purpose=purpose,
        purposeLabel=labels.purpose(purpose),
        purposeText=act.citizen_text,
        legalBasis=_text(why, "legalBasis"),
        outcome=outcome,
        shown=shown,
    )


def _name_check(kind: Kind, groups: Mapping[Group, JsonObject | None] | None) -> str:
    """Name what was done: of a follow or a wish also which act it was."""
    if kind not in {Kind.FOLLOW, Kind.OWN_WISH}:
        return kind.value
    what = None if groups is None else groups[Group.WHAT]
    return f"{kind.value}-{_text(what or {}, 'act') or 'unreadable'}"


def _tell_flags(what: JsonObject, labels: Labels) -> Iterator[ShownSignal]:
    flags = what.get("flags")
    for flag in flags if isinstance(flags, Sequence) else ():
        if isinstance(flag, Mapping):
            category = str(flag.get("category"))
            yield ShownSignal(
                category=category,
                categoryLabel=labels.category(category),
                organisation=labels.organisation(str(flag.get("source"))),
            )


def _explain(labels: Labels, purpose: str) -> str | None:
    """Find the sentences for citizens of a purpose; none where it left the list."""
    catalogue = labels.catalogue
    try:
        return catalogue.purposes[catalogue.parse_purpose(purpose)].citizen_text
    except UnknownCode:
        return None


def _text(group: JsonObject, name: str) -> str | None:
    found = group.get(name)
    return found if isinstance(found, str) else None

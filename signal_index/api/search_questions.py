"""What an officer asks of the ledger: which days, whose entries, and why.

- Each search names its purpose, from the catalogue's closed list; only some purposes
  allow a citizen's number.
- Days are calendar days in the Netherlands, both included; at most `DAYS_MAXIMUM` of
  them, unless a citizen or a case is asked for: of those there are few.
- A user, team or case is one of an organisation: that must be named beside it, except
  where the officer's scope is a single organisation anyway.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from policy.catalogue import Catalogue
from signal_index.api.reading import verify_code
from signal_index.ledger import Kind, Outcome
from signal_index.overview.hours import bounds_of
from signal_index.store.scope import OfficerScope
from signal_index.store.search import LedgerSearch
from signal_index.wire.errors import InvalidField
from signal_index.wire.searching import KINDS, Search
from signal_index.wire.values import Slug

DAYS_MAXIMUM: Final = 366
BREAK_GLASS: Final = "break-glass"


def make_search(
    body: Search, scope: OfficerScope, catalogue: Catalogue
) -> LedgerSearch:
    """Make the search that a body asks for, or raise `InvalidField`.

    The citizen is not in it yet: that takes two tickets.
    """
    _verify_why(body, catalogue)
    _verify_days(body)
    if body.purpose is not None:
        verify_code(body.purpose, "purpose", catalogue.purposes)
    outcome = body.outcome
    return LedgerSearch(
        scope=scope,
        since=bounds_of(body.from_)[0],
        until=bounds_of(body.until)[1],
        kinds=frozenset(_kind(one) for one in body.kinds or [Slug(Kind.LOOKUP)]),
        organisation=_find_organisation(body, scope),
        user=body.user,
        team=body.team,
        case=body.caseReference,
        purpose=body.purpose,
        outcome=None if outcome in {None, BREAK_GLASS} else Outcome(outcome),
        broke_glass=outcome == BREAK_GLASS,
    )


def _verify_why(body: Search, catalogue: Catalogue) -> None:
    verify_code(body.why, "why", catalogue.officer_purposes)
    if body.citizen is not None and not catalogue.officer_purposes[body.why].citizen:
        raise InvalidField("why", "not-for-a-citizen")


def _verify_days(body: Search) -> None:
    first, last = body.from_, body.until
    is_narrow = body.citizen is not None or body.caseReference is not None
    if last < first:
        raise InvalidField("until", "before-start")
    if (last - first).days >= DAYS_MAXIMUM and not is_narrow:
        raise InvalidField("from", "period-too-long")
    if not date(2000, 1, 1) <= first <= last <= date(2999, 1, 1):
        raise InvalidField("from", "day-out-of-range")


def _find_organisation(body: Search, scope: OfficerScope) -> str | None:
    own = scope.organisation
    if own is not None and body.organisation not in {None, own}:
        raise InvalidField("organisation", "out-of-scope")
    found = body.organisation or own
    is_needed = {body.user, body.team, body.caseReference} != {None}
    if is_needed and found is None:
        raise InvalidField("organisation", "missing")
    return found


def _kind(code: str) -> Kind:
    verify_code(code, "kinds", KINDS)
    return Kind(code)

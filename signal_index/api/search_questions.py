"""What an officer asks of the ledger, read from a body: every field by itself.

- Each search names its purpose, from the catalogue's closed list; only some purposes
  allow a citizen's number.
- Days are calendar days in the Netherlands, both included; at most `DAYS_MAXIMUM` of
  them, unless a citizen or a case is asked for: of those there are few.
- A user, team or case is one of an organisation: that must be named beside it, except
  where the officer's scope is a single organisation anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from policy.catalogue import Catalogue
from policy.vocabulary import PurposeId
from signal_index.api.person_asked import PERSON_KEYS, parse_person_body
from signal_index.errors import UnknownEntry
from signal_index.ledger import Kind, Outcome
from signal_index.notice import InvalidField, parse_slug, parse_uuid
from signal_index.notice.fields import (
    parse_day,
    parse_int,
    parse_list,
    parse_object,
    parse_oin,
    parse_text,
)
from signal_index.proof import JsonObject
from signal_index.store.ledger_reading import Page
from signal_index.store.scope import OfficerScope
from signal_index.store.search import LedgerSearch
from signal_index.wire.persons import NamedPerson

DAYS_MAXIMUM: Final = 366
PAGE_DEFAULT: Final = 50
PAGE_MAXIMUM: Final = 200
BREAK_GLASS: Final = "break-glass"
OUTCOMES: Final = ("answered", "refused", "failed", BREAK_GLASS)
KINDS: Final = tuple(kind for kind in Kind if kind is not Kind.FIRST_LEAF)

_HERE: Final = ZoneInfo("Europe/Amsterdam")
_TEXT_MAXIMUM: Final = 255
REQUIRED: Final = ("why", "from", "until")
_OF_AN_ORGANISATION: Final = ("user", "team", "caseReference")
OPTIONAL: Final = (
    *("organisation", "purpose", "outcome", "kinds", "citizen", "cursor", "limit"),
    *_OF_AN_ORGANISATION,
)


@dataclass(frozen=True, slots=True, repr=False)
class SearchQuestion:
    """One search: why, for what, from where; and the citizen, if it is about one."""

    why: str
    search: LedgerSearch
    page: Page
    citizen: NamedPerson | None
    recorded: JsonObject
    """What the ledger keeps of it: the fields as they were asked, no citizen."""


def parse_search(
    body: object, scope: OfficerScope, catalogue: Catalogue
) -> SearchQuestion:
    """Give the search that a body asks for, or raise `InvalidField`."""
    item = parse_object(body, REQUIRED, OPTIONAL)
    citizen = _citizen(item)
    why = parse_why(item["why"], catalogue, is_about_citizen=citizen is not None)
    first, last = parse_day(item["from"], "from"), parse_day(item["until"], "until")
    is_narrow = citizen is not None or item.get("caseReference") is not None
    _check_days(first, last, is_narrow=is_narrow)
    outcome = _choice(item, "outcome", OUTCOMES)
    purpose = _purpose(item, catalogue)
    search = LedgerSearch(
        scope=scope,
        since=start_of(first),
        until=start_of(last + timedelta(days=1)),
        kinds=_kinds(item),
        organisation=_organisation(item, scope),
        user=_text(item, "user"),
        team=_text(item, "team"),
        case=_text(item, "caseReference"),
        purpose=None if purpose is None else str(purpose),
        outcome=None if outcome in {None, BREAK_GLASS} else Outcome(str(outcome)),
        broke_glass=outcome == BREAK_GLASS,
    )
    return SearchQuestion(why, search, _page(item), citizen, _recorded(item))


def parse_why(value: object, catalogue: Catalogue, *, is_about_citizen: bool) -> str:
    """Give the officer's purpose, or raise `InvalidField`."""
    purpose = catalogue.officer_purposes.get(parse_slug(value, "why"))
    if purpose is None:
        raise InvalidField("why", "unknown-code")
    if is_about_citizen and not purpose.citizen:
        raise InvalidField("why", "not-for-a-citizen")
    return purpose.id


def start_of(day: date) -> datetime:
    """Give the first instant of a calendar day in the Netherlands."""
    return datetime.combine(day, time(), _HERE)


def parse_entry_id(text: str) -> UUID:
    """Give an entry's id; what has another form is an id that no entry has."""
    try:
        return parse_uuid(text, "entryId")
    except InvalidField as error:
        raise UnknownEntry from error


def _citizen(item: Mapping[str, object]) -> NamedPerson | None:
    value = item.get("citizen")
    if value is None:
        return None
    return parse_person_body(parse_object(value, PERSON_KEYS, field="citizen"))


def _check_days(first: date, last: date, *, is_narrow: bool) -> None:
    if last < first:
        raise InvalidField("until", "before-start")
    if (last - first).days >= DAYS_MAXIMUM and not is_narrow:
        raise InvalidField("from", "period-too-long")
    if not date(2000, 1, 1) <= first <= last <= date(2999, 1, 1):
        raise InvalidField("from", "day-out-of-range")


def _organisation(item: Mapping[str, object], scope: OfficerScope) -> str | None:
    value = item.get("organisation")
    asked = None if value is None else str(parse_oin(value, "organisation"))
    own = scope.organisation
    if own is not None and asked not in {None, own}:
        raise InvalidField("organisation", "out-of-scope")
    found = asked or own
    is_needed = any(item.get(name) is not None for name in _OF_AN_ORGANISATION)
    if is_needed and found is None:
        raise InvalidField("organisation", "missing")
    return found


def _purpose(item: Mapping[str, object], catalogue: Catalogue) -> PurposeId | None:
    value = item.get("purpose")
    if value is None:
        return None
    return catalogue.parse_purpose(parse_slug(value, "purpose"))


def _choice(
    item: Mapping[str, object], name: str, choices: tuple[str, ...]
) -> str | None:
    value = item.get(name)
    if value is None:
        return None
    if value not in choices:
        raise InvalidField(name, "unknown-code")
    return str(value)


def _kinds(item: Mapping[str, object]) -> frozenset[Kind]:
    value = item.get("kinds")
    if value is None:
        return frozenset({Kind.LOOKUP})
    names = parse_list(value, "kinds", maximum=len(KINDS))
    if not names or any(name not in KINDS for name in names):
        raise InvalidField("kinds", "unknown-code")
    return frozenset(Kind(str(name)) for name in names)


def _text(item: Mapping[str, object], name: str) -> str | None:
    value = item.get(name)
    return None if value is None else parse_text(value, name, maximum=_TEXT_MAXIMUM)


def _page(item: Mapping[str, object]) -> Page:
    limit = parse_int(item.get("limit", PAGE_DEFAULT), "limit", minimum=1)
    if limit > PAGE_MAXIMUM:
        raise InvalidField("limit", "out-of-range")
    cursor = item.get("cursor")
    return Page(limit, None if cursor is None else parse_uuid(cursor, "cursor"))


def _recorded(item: Mapping[str, object]) -> JsonObject:
    kept = {name: value for name, value in item.items() if value is not None}
    if kept.pop("citizen", None) is not None:
        kept["byCitizen"] = True
    del kept["why"]
    return cast("JsonObject", kept)

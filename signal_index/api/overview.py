"""What was looked up in a period, counted, for an officer's screen.

- Nothing here is about one lookup, nor about a person asked about. Which colleagues
  looked most is, and so looking at it is itself an entry (kind `search`).
- Numbers are exact: this is for the officer, who may see the entries too. What leaves
  the desk goes by `signal_index.api.general_reports`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.callers import Officer
from signal_index.api.context import get_index
from signal_index.api.labels import Labels
from signal_index.api.overview_answers import describe_overview
from signal_index.api.overview_counts import Wanted, find_period, open_period
from signal_index.api.reading import give_json, read_json
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing
from signal_index.ledger import Kind
from signal_index.notice import InvalidField, parse_label, parse_oin, parse_slug
from signal_index.notice.fields import parse_day, parse_object
from signal_index.overview.hours import day_of
from signal_index.proof import JsonObject
from signal_index.store.ledger import insert_entries

LONGEST_DAYS: Final = 366
FILTERS: Final = ("organisation", "team", "purpose")

routes = Routes()


@dataclass(frozen=True, slots=True)
class Asked:
    """A period, both days included, and which lookups of it."""

    first: date
    last: date
    wanted: Wanted

    def record(self) -> JsonObject:
        """Give what the ledger keeps of the question."""
        return {
            "from": self.first.isoformat(),
            "until": self.last.isoformat(),
            "organisation": self.wanted.organisation,
            "team": self.wanted.team,
            "purpose": self.wanted.purpose,
        }


@routes.post("/overviews")
async def show_overview(request: Request, caller: Officer) -> Response:
    """Give the counts of a period of at most 366 days."""
    index, scope = get_index(request), caller.scope
    item = parse_object(await read_json(request), ("from", "until"), FILTERS)
    asked = parse_asked(item, longest=LONGEST_DAYS)
    now = index.clock()
    today = day_of(now)
    async with committing(index.engine) as conn:
        sealed = await find_period(conn, scope, asked.first, asked.last, today)
        what: JsonObject = {"act": "overview", **asked.record()}
        record = record_act(Kind.SEARCH, caller.caller, what, index.keys, now)
        await insert_entries(conn, [record])
    everything = await open_period(sealed, Wanted(), index.keys)
    narrowed = await open_period(sealed, asked.wanted, index.keys)
    catalogue = index.catalogue_in(scope.municipality)
    labels = Labels(await index.standing.get(now), catalogue)
    return give_json(describe_overview(sealed, narrowed, everything, labels))


def parse_asked(item: Mapping[str, object], *, longest: int) -> Asked:
    """Give the period and the filters of a question, or raise `InvalidField`."""
    first, last = parse_day(item["from"], "from"), parse_day(item["until"], "until")
    if last < first:
        raise InvalidField("until", "before-start")
    if (last - first).days >= longest:
        raise InvalidField("until", "period-too-long")
    organisation, team, purpose = (item.get(name) for name in FILTERS)
    wanted = Wanted(
        None if organisation is None else parse_oin(organisation, "organisation"),
        None if team is None else parse_label(team, "team"),
        None if purpose is None else parse_slug(purpose, "purpose"),
    )
    return Asked(first, last, wanted)

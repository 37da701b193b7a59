"""What was looked up in a period, counted, for an officer's screen.

- Nothing here is about one lookup, nor about a person asked about. Which colleagues
  looked most is, and so looking at it is itself an entry (kind `search`).
- Numbers are exact: this is for the officer, who may see the entries too. What leaves
  the desk goes by `signal_index.api.general_reports`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from signal_index.api.acting import acting
from signal_index.api.callers import Officer
from signal_index.api.context import TheIndex
from signal_index.api.match_view import SeenMatch, end_gone, find_counted
from signal_index.api.overview_answers import make_overview
from signal_index.api.overview_counts import find_period, open_period
from signal_index.api.routing import Routes
from signal_index.days import day_of
from signal_index.labels import Labels
from signal_index.ledger import Kind
from signal_index.matching import Stage
from signal_index.store.follows import count_follows
from signal_index.wire import overview as wire
from signal_index.wire.values import Oin

routes = Routes("toezicht")


@routes.post("/overviews", "Overzicht van bevragingen in een periode")
async def show_overview(
    body: wire.OverviewQuestion, index: TheIndex, caller: Officer
) -> wire.Overview:
    """Count the lookups of a period of at most 366 days."""
    async with acting(index, caller.caller, Kind.SEARCH) as act:
        today = day_of(act.now)
        sealed = await find_period(
            act.conn, caller.scope, body.from_, body.until, today
        )
        followed = await count_follows(act.conn, caller.scope, today)
        matched = await find_counted(index, act.conn, caller.scope, act.now)
        await act.record({"act": "overview", **body.model_dump(mode="json")})
    await end_gone(index, matched, act.now)
    everything = await open_period(sealed, wire.LookupFilter(), index.keys)
    narrowed = await open_period(sealed, body, index.keys)
    labels = await index.labels_in(caller.scope.municipality)
    made = make_overview(sealed, narrowed, everything, labels)
    return made.model_copy(
        update={
            "openFollows": _name(followed, labels),
            "matches": _count_matches(matched.items, labels, today),
            "matchesUnreadable": matched.unreadable,
        }
    )


def _name(
    counts: Sequence[tuple[str, int, int]], labels: Labels
) -> list[wire.OpenFollows]:
    return [
        wire.OpenFollows(
            organisation=Oin(oin),
            organisationName=labels.organisation(oin),
            follows=follows,
            users=users,
        )
        for oin, follows, users in counts
    ]


def _count_matches(
    seen: Sequence[SeenMatch], labels: Labels, today: date
) -> list[wire.MatchCounts]:
    by_source: dict[str, list[SeenMatch]] = defaultdict(list)
    for one in seen:
        by_source[one.own.source].append(one)
    return [
        wire.MatchCounts(
            organisation=Oin(oin),
            organisationName=labels.organisation(oin),
            matches=len(mine),
            unanswered=sum(
                one.state.is_overdue(one.held.side.found, today) for one in mine
            ),
            settled=sum(one.state.stage is not Stage.OPEN for one in mine),
        )
        for oin, mine in sorted(by_source.items())
    ]

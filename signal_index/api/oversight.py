"""Who watches the watcher: what officers searched, reported and judged.

- For the data protection officer (GDPR art. 39(1)(b): monitors compliance). What this
  officer does stands among it, and looking at it is recorded like any search.
- Never about whom: an act tells that a citizen was asked about, not which.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.api.acting import acting
from signal_index.api.callers import DataProtectionOfficer
from signal_index.api.context import Index, TheIndex
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit
from signal_index.api.routing import Routes
from signal_index.labels import Labels
from signal_index.ledger import Group, Kind, Opened
from signal_index.store.oversight import find_officers_acts
from signal_index.store.scope import OfficerScope
from signal_index.wire import oversight as wire

COUNTED_FOR: Final = timedelta(days=30)
COUNTED_MAXIMUM: Final = 5_000
routes = Routes("toezicht")


@routes.get("/officers-acts", "Wat officers met het inzagelogboek deden")
async def list_officers_acts(
    index: TheIndex,
    caller: DataProtectionOfficer,
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.OfficersActs:
    """List what officers did, newest first, and how often in the last 30 days."""
    labels = await index.labels_in(caller.scope.municipality)
    keys = index.keys.disclosures
    async with acting(index, caller.caller, Kind.SEARCH) as act:
        found: list[Opened] = []
        acts = find_officers_acts(act.conn, caller.scope, keys, before=cursor)
        async for one in acts:
            found.append(one)
            if len(found) > limit:
                break
        since = act.now - COUNTED_FOR
        people, is_all = await _count(act.conn, index, caller.scope, since)
        shown = found[:limit]
        await act.record({"act": "officers-acts", "shown": len(shown)})
    return wire.OfficersActs(
        items=[_tell(one, labels) for one in shown],
        next=shown[-1].entry if len(found) > limit else None,
        people=people,
        since=since,
        complete=is_all,
    )


async def _count(
    conn: AsyncConnection, index: Index, scope: OfficerScope, since: datetime
) -> tuple[list[wire.CountedOfficer], bool]:
    counts: dict[tuple[str, str], Counter[Kind]] = {}
    roles: dict[tuple[str, str], list[str]] = {}
    count = 0
    keys = index.keys.disclosures
    async for act in find_officers_acts(conn, scope, keys, since=since):
        count += 1
        if count > COUNTED_MAXIMUM:
            break
        name = (act.organisation or "", act.text(Group.WHO, "sub") or "")
        roles.setdefault(name, act.texts(Group.ROLE, "roles"))
        counts.setdefault(name, Counter())[act.kind] += 1
    people = [
        wire.CountedOfficer(
            organisation=name[0],
            user=name[1],
            roles=roles[name],
            acts=_acts(counts[name]),
        )
        for name in sorted(counts)
    ]
    return people, count <= COUNTED_MAXIMUM


def _acts(counts: Counter[Kind]) -> list[wire.ActCount]:
    return [
        wire.ActCount.model_validate({"kind": kind.value, "count": count})
        for kind, count in sorted(counts.items())
    ]


def _tell(one: Opened, labels: Labels) -> wire.OfficersAct:
    return wire.OfficersAct.model_validate(
        {
            "entryId": one.entry,
            "at": one.recorded_at,
            "kind": one.kind.value,
            "act": one.text(Group.WHAT, "act"),
            "organisation": one.organisation or "",
            "user": one.text(Group.WHO, "sub"),
            "roles": one.texts(Group.ROLE, "roles"),
            "purposeLabel": labels.purpose(one.text(Group.WHY, "purpose")),
            "aboutCitizen": bool(one.value(Group.WHAT, "tickets")),
            "lookupEntryId": one.text(Group.WHAT, "entry"),
        }
    )

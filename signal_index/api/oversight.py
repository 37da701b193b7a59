"""Who watches the watcher: what officers searched, reported and judged.

- For the data protection officer (GDPR art. 39(1)(b): monitors compliance). What this
  officer does stands among it, and looking at it is recorded like any search.
- Never about whom: an act tells that a citizen was asked about, not which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.callers import DataProtectionOfficer
from signal_index.api.context import Index, get_index
from signal_index.api.reading import give_json, read_cursor, read_limit, read_query
from signal_index.api.recording import record_act
from signal_index.api.review_shapes import Shape, group_of
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing
from signal_index.labels import Labels
from signal_index.ledger import Group, Kind, Opened
from signal_index.notice.fields import encode_instant
from signal_index.proof import JsonObject
from signal_index.store.ledger import insert_entries
from signal_index.store.oversight import find_officers_acts
from signal_index.store.scope import OfficerScope

COUNTED_FOR: Final = timedelta(days=30)
COUNTED_MAXIMUM: Final = 5_000
routes = Routes()


@dataclass(slots=True)
class _Person:
    """How often one officer did what, lately."""

    roles: tuple[str, ...]
    acts: Counter[str] = field(default_factory=Counter)


@routes.get("/officers-acts")
async def list_officers_acts(
    request: Request, caller: DataProtectionOfficer
) -> Response:
    """List what officers did, newest first, and how often in the last 30 days."""
    index = get_index(request)
    query = read_query(request, ("cursor", "limit"))
    limit, before = read_limit(query), read_cursor(query)
    now = index.clock()
    keys = index.keys.disclosures
    async with committing(index.engine) as conn:
        shown: list[Opened] = []
        acts = find_officers_acts(conn, caller.scope, keys, before=before)
        async for act in acts:
            shown.append(act)
            if len(shown) > limit:
                break
        people, is_all = await _count(conn, index, caller.scope, now - COUNTED_FOR)
        what: JsonObject = {"act": "officers-acts", "shown": min(limit, len(shown))}
        entry = record_act(Kind.SEARCH, caller.caller, what, index.keys, now)
        await insert_entries(conn, [entry])
    labels = await index.labels_in(caller.scope.municipality)
    return give_json(
        {
            "items": [_shape(one, labels) for one in shown[:limit]],
            "next": str(shown[limit - 1].entry) if len(shown) > limit else None,
            "people": [_shape_person(name, one) for name, one in people.items()],
            "since": encode_instant(now - COUNTED_FOR),
            "complete": is_all,
        }
    )


async def _count(
    conn: AsyncConnection, index: Index, scope: OfficerScope, since: datetime
) -> tuple[Mapping[str, _Person], bool]:
    people: dict[str, _Person] = {}
    count = 0
    keys = index.keys.disclosures
    async for act in find_officers_acts(conn, scope, keys, since=since):
        count += 1
        if count > COUNTED_MAXIMUM:
            return people, False
        name = str(group_of(act, Group.WHO).get("sub") or "")
        person = people.setdefault(name, _Person(_roles(act)))
        person.acts[act.kind.value] += 1
    return dict(sorted(people.items())), True


def _shape(one: Opened, labels: Labels) -> Shape:
    what = group_of(one, Group.WHAT)
    return {
        "entryId": str(one.entry),
        "at": encode_instant(one.recorded_at),
        "kind": one.kind.value,
        "act": what.get("act"),
        "user": group_of(one, Group.WHO).get("sub"),
        "roles": list(_roles(one)),
        "purposeLabel": labels.purpose(one.text(Group.WHY, "purpose")),
        "aboutCitizen": bool(what.get("tickets")),
        "lookupEntryId": what.get("entry"),
    }


def _shape_person(name: str, one: _Person) -> Shape:
    return {
        "user": name,
        "roles": list(one.roles),
        "acts": [
            {"kind": kind, "count": count} for kind, count in sorted(one.acts.items())
        ],
    }


def _roles(one: Opened) -> tuple[str, ...]:
    roles = group_of(one, Group.ROLE).get("roles")
    return tuple(map(str, roles)) if isinstance(roles, list) else ()

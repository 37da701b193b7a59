"""An approved report with persons, with the fields of NEN 7513.

The same right as the report itself: asked by an officer with a mandate, approved by
another person, given to who asked only; each page that is given is an entry.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.callers import Officer
from signal_index.api.context import get_index
from signal_index.api.reading import give_json, read_json
from signal_index.api.recording import record_act
from signal_index.api.report_rows import Reader, Row, find_rows
from signal_index.api.routing import Routes
from signal_index.api.specific_reports import verify_given
from signal_index.api.transactions import committing
from signal_index.ledger import Kind
from signal_index.ledger.nen7513 import FIELDS, Logged, describe_event
from signal_index.notice import parse_uuid
from signal_index.notice.fields import parse_object
from signal_index.proof import JsonObject, Leaf
from signal_index.store.ledger import insert_entries
from signal_index.store.opened_days import find_leaves
from signal_index.store.report_requests import get_request

routes = Routes()


@routes.post("/specific-reports/{request_id}/nen7513")
async def read_as_nen7513(
    request: Request, caller: Officer, request_id: str
) -> Response:
    """Give a page of an approved report with the fields of NEN 7513."""
    index, who = get_index(request), caller.caller
    wanted = parse_uuid(request_id, "requestId")
    after = parse_object(await read_json(request), (), ("after",)).get("after")
    page_after = None if after is None else parse_uuid(after, "after")
    now = index.clock()
    standing = await index.standing.get(now)
    async with committing(index.engine) as conn:
        found = await get_request(conn, wanted, caller.scope, index.keys)
        await verify_given(conn, found, who, now)
        reader = Reader(found, caller.scope, index.keys, standing.organisations)
        rows, following = await find_rows(conn, reader, page_after)
        leaves = await find_leaves(conn, [row.sealed.entry for row in rows])
        what: JsonObject = {
            "act": "nen7513-given",
            "request": str(found.id),
            "rows": len(rows),
            "after": None if page_after is None else str(page_after),
        }
        record = record_act(Kind.REPORT, who, what, index.keys, now)
        await insert_entries(conn, [record])
    source = index.names.ledger_origin
    return give_json(
        {
            "fields": list(FIELDS),
            "items": [_event(row, leaves[row.sealed.entry], source) for row in rows],
            "next": None if following is None else str(following),
        }
    )


def _event(row: Row, leaf: Leaf, source: str) -> Mapping[str, str | None]:
    return describe_event(
        Logged(
            entry=row.sealed.entry,
            kind=leaf.kind,
            outcome=leaf.outcome,
            recorded_at=row.sealed.recorded_at,
            organisation=leaf.organisation,
            municipality=leaf.municipality,
            policy=leaf.policy,
            groups=row.groups,
            person=row.person,
            source=source,
        )
    )

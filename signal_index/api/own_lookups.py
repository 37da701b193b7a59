"""A caller's own lookups: what came of each, its prints, the list. No person in any.

Reading one's own history is itself an entry of the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from policy.catalogue import Catalogue
from policy.errors import UnknownPurpose
from policy.vocabulary import Caller
from signal_index.api.callers import ActivePerson
from signal_index.api.context import Index, get_index
from signal_index.api.reading import (
    give_json,
    read_cursor,
    read_json,
    read_limit,
    read_query,
)
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing
from signal_index.ledger import Group, Kind
from signal_index.notice import parse_slug, parse_uuid
from signal_index.notice.fields import encode_instant, parse_object
from signal_index.proof import JsonObject
from signal_index.store.ledger import insert_entries
from signal_index.store.ledger_reading import OwnEntry, Owner, Page, find_own_entries
from signal_index.store.outcomes import (
    LookupOutcome,
    find_outcomes,
    store_outcome,
    verify_own_answer,
    verify_own_lookup,
)

routes = Routes()


@routes.post("/lookups/{entry_id}/outcome")
async def say_outcome(
    request: Request, caller: ActivePerson, entry_id: str
) -> Response:
    """Say once what came of a lookup: whether there was contact, or why not."""
    index = get_index(request)
    entry = parse_uuid(entry_id, "entryId")
    item = parse_object(await read_json(request), ("outcome",))
    who = caller.caller
    outcome = index.catalogue_in(who.municipality).parse_outcome(
        parse_slug(item["outcome"], "outcome")
    )
    said = LookupOutcome(entry, who.municipality, who.organisation, outcome)
    what: JsonObject = {"entry": str(entry), "outcome": outcome.value}
    now = index.clock()
    async with committing(index.engine) as conn:
        await verify_own_lookup(conn, _owner(index, who), entry)
        await store_outcome(conn, said, now=now)
        record = record_act(Kind.OUTCOME, who, what, index.keys, now)
        await insert_entries(conn, [record])
    return Response(status_code=204)


@routes.post("/lookups/{entry_id}/print")
async def tell_print(request: Request, caller: ActivePerson, entry_id: str) -> Response:
    """Record that an answer goes on paper, before it does; each print is an entry.

    Only who got the answer can print it. What is on the paper is not told: the citizen
    chose it.
    """
    index = get_index(request)
    entry = parse_uuid(entry_id, "entryId")
    who = caller.caller
    parse_object(await read_json(request), ())
    what: JsonObject = {"entry": str(entry)}
    async with committing(index.engine) as conn:
        await verify_own_answer(conn, _owner(index, who), entry)
        record = record_act(Kind.PRINT, who, what, index.keys, index.clock())
        await insert_entries(conn, [record])
    return Response(status_code=204)


@routes.get("/own-lookups")
async def list_own_lookups(request: Request, caller: ActivePerson) -> Response:
    """List the caller's own lookups, newest first; about whom is not in it."""
    index = get_index(request)
    query = read_query(request, ("cursor", "limit"))
    limit = read_limit(query)
    page = Page(limit + 1, read_cursor(query))
    who = caller.caller
    async with committing(index.engine) as conn:
        found = await find_own_entries(conn, _owner(index, who), Kind.LOOKUP, page)
        shown = found[:limit]
        said = await find_outcomes(conn, [one.entry for one in shown])
        what: JsonObject = {"shown": len(shown)}
        record = record_act(Kind.OWN_HISTORY, who, what, index.keys, index.clock())
        await insert_entries(conn, [record])
    catalogue = index.catalogue_in(who.municipality)
    return give_json(
        {
            "items": [_item(one, said.get(one.entry), catalogue) for one in shown],
            "next": str(shown[-1].entry) if len(found) > limit else None,
        }
    )


def _owner(index: Index, caller: Caller) -> Owner:
    return Owner(caller.organisation, caller.subject, index.keys.disclosures)


def _item(
    one: OwnEntry, said: str | None, catalogue: Catalogue
) -> Mapping[str, object]:
    why = one.groups.get(Group.WHY) or {}
    decision = one.groups.get(Group.DECISION) or {}
    purpose = str(why.get("purpose", ""))
    return {
        "entryId": str(one.entry),
        "at": encode_instant(one.recorded_at),
        "purpose": purpose,
        "purposeLabel": _label(catalogue, purpose),
        "caseReference": why.get("caseReference"),
        "outcome": decision.get("outcome"),
        "contactOutcome": said,
    }


def _label(catalogue: Catalogue, purpose: str) -> str:
    try:
        return catalogue.purposes[catalogue.parse_purpose(purpose)].label
    except UnknownPurpose:
        return purpose

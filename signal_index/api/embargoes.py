"""Embargoes on a citizen's report: placed for safety, with an end and a second person.

- Placing names the person as a report does, with tickets of its own; the list names
  nobody.
- From the moment it is placed it holds, while it waits for the second pair of eyes
  (`/approvals`, kind `embargo`): what was given away cannot be taken back.
- Each act is a ledger entry of kind `embargo`; none stands in any citizen's report.
- What comes of its approval is noted where that is decided (`api.approvals`).
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets

from keys.municipality import MunicipalityCode
from keys.pseudonym import KeyVersion
from policy.key import calendar_day
from signal_index.api.acting import acting
from signal_index.api.approvals import record_approval
from signal_index.api.callers import MunicipalOfficer, MunicipalPrivacyOfficer
from signal_index.api.context import Index, TheIndex
from signal_index.api.person_asked import (
    PERSON_FACTS,
    PersonAct,
    PersonAsked,
    arrive,
    record_about_person,
    spending,
)
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit, cut_page, verify_code
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.citizens.embargo import (
    MATTER,
    EmbargoState,
    derive_embargo_row,
    find_embargo_categories,
    is_allowed_end,
)
from signal_index.citizens.terms import draw_reference
from signal_index.errors import EmbargoOver, UnknownEmbargo
from signal_index.events import Event
from signal_index.identifiers import new_uuid7
from signal_index.ledger import Kind, Outcome
from signal_index.notice.text import encode_compact
from signal_index.proof import JsonObject
from signal_index.store import embargoes as store
from signal_index.store.approvals import Matter, request_approval
from signal_index.store.ledger_reading import Page
from signal_index.wire import embargoes as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.values import Id

routes = Routes("rechten van inwoners")


@routes.post(
    "/embargoes",
    "Veiligheid tijdelijk buiten het rapport van één inwoner houden",
    status=201,
    raises=PERSON_FACTS,
)
async def place_embargo(
    body: wire.NewEmbargo, index: TheIndex, caller: MunicipalPrivacyOfficer
) -> wire.Embargo:
    """Keep categories about safety out of one citizen's report until a day."""
    catalogue = index.catalogue_in(caller.scope.municipality)
    allowed = find_embargo_categories(catalogue)
    for code in body.categories:
        verify_code(code, "categories", allowed)
    verify_code(body.reason, "reason", catalogue.embargo_reasons)
    if not is_allowed_end(body.until, calendar_day(index.clock())):
        raise InvalidField("until", "day-out-of-range")
    asked = await arrive(index, body, caller.caller)
    return await asyncio.shield(_place(index, asked, body, caller.scope.municipality))


@routes.get("/embargoes", "Embargo's van de gemeente; over wie staat er niet in")
async def list_embargoes(
    index: TheIndex,
    caller: MunicipalOfficer,
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.EmbargoPage:
    """List the municipality's embargoes, the newest first; about whom is in none."""
    place = caller.scope.municipality
    labels = await index.labels_in(place)
    page = Page(limit + 1, cursor)
    async with looking(index.engine) as conn:
        found = await store.list_embargoes(
            conn, place, page, labels, index.keys, now=index.clock()
        )
    if found.unreadable:
        index.events.write(Event.EMBARGOES_UNREADABLE, count=found.unreadable)
    shown, following = cut_page(found.items, limit)
    return wire.EmbargoPage(items=shown, next=following, unreadable=found.unreadable)


@routes.post(
    "/embargoes/{embargo_id}/lifting",
    "Een embargo eerder beëindigen",
    status=204,
    raises=(UnknownEmbargo, EmbargoOver),
)
async def lift_embargo(
    embargo_id: Id,
    body: wire.Lifting,
    index: TheIndex,
    caller: MunicipalPrivacyOfficer,
) -> None:
    """Lift an embargo before its end, for a reason of the list."""
    place = caller.scope.municipality
    liftings = index.catalogue_in(place).embargo_liftings
    verify_code(body.reason, "reason", liftings)
    what: JsonObject = {
        "act": "embargo-lifted",
        "embargo": str(embargo_id),
        "reason": body.reason,
    }
    async with acting(index, caller.caller, Kind.EMBARGO) as act:
        await store.lift_embargo(
            act.conn, embargo_id, place, body.reason, keys=index.keys, now=act.now
        )
        await act.record(what)


async def _place(
    index: Index, asked: PersonAsked, said: wire.NewEmbargo, place: MunicipalityCode
) -> wire.Embargo:
    labels = await index.labels_in(place)
    rows = index.keys.row_keys
    row = derive_embargo_row(rows, asked.point)
    codes = sorted({str(code) for code in said.categories})
    id_ = new_uuid7(asked.at)
    what: JsonObject = {
        "act": "embargo-placed",
        "embargo": str(id_),
        "categories": codes,
        "reason": said.reason,
        "until": said.until.isoformat(),
    }
    matter = Matter(MATTER, place, _digest(what), MATTER)
    async with spending(index, asked, Kind.EMBARGO, rows) as act:
        waiting = await request_approval(
            act.conn, matter, asked.caller, index.receipt_key, now=asked.at
        )
        placed = wire.Embargo(
            id=id_,
            reference=draw_reference(secrets.randbelow),
            categories=labels.name(labels.catalogue.categories, codes),
            reason=said.reason,
            reasonLabel=labels.of(labels.catalogue.embargo_reasons, said.reason),
            until=said.until,
            placedAt=asked.at,
            approvalId=waiting.id,
            state=EmbargoState.AWAITING.value,
            lifting=None,
            liftingLabel=None,
            liftedAt=None,
        )
        await store.insert_embargo(
            act.conn,
            placed,
            municipality=place,
            organisation=asked.caller.organisation,
            row=row,
            key_version=KeyVersion(asked.tickets[0].key_version),
            keys=index.keys,
        )
        done = PersonAct(what, Outcome.RECORDED)
        await record_about_person(act, asked, done)
        await record_approval(act, "requested", waiting)
    return placed


def _digest(what: JsonObject) -> bytes:
    """Digest exactly this embargo, SHA-256: what it says, with its id.

    About whom it is stands in its own row alone, which is stamped: a digest over that
    row would still name the person to who kept a row key that was destroyed.
    """
    return hashlib.sha256(encode_compact(what)).digest()

"""Embargoes on a citizen's report: placed for safety, with an end and a second person.

- Placing names the person as a report does, with tickets of its own; the list names
  nobody.
- From the moment it is placed it holds, while it waits for the second pair of eyes
  (`/approvals`, kind `embargo`): what was given away cannot be taken back.
- Each act is a ledger entry of kind `embargo`; none stands in any citizen's report.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from keys.base64url import encode_b64u
from keys.municipality import MunicipalityCode
from keys.pseudonym import KeyVersion
from policy.catalogue import Catalogue
from policy.key import calendar_day
from signal_index.api.access_requests import parse_code, verify_whole_municipality
from signal_index.api.approvals import record_approval
from signal_index.api.callers import Officer, PrivacyOfficer
from signal_index.api.context import Index, get_index
from signal_index.api.person_asked import (
    PERSON_KEYS,
    PersonAct,
    PersonAsked,
    arrive,
    parse_person_body,
    record_about_person,
    spending,
)
from signal_index.api.reading import (
    give_json,
    read_cursor,
    read_json,
    read_limit,
    read_query,
)
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing, looking
from signal_index.citizens.embargo import (
    EmbargoState,
    derive_embargo_row,
    find_embargo_categories,
    is_allowed_end,
)
from signal_index.citizens.report import category_label
from signal_index.citizens.terms import draw_reference
from signal_index.identifiers import new_uuid7
from signal_index.ledger import Kind, Outcome
from signal_index.notice import InvalidField, parse_day, parse_uuid
from signal_index.notice.fields import encode_instant, parse_list, parse_object
from signal_index.notice.text import encode_compact
from signal_index.proof import JsonObject
from signal_index.store.approvals import Matter, request_approval
from signal_index.store.embargoes import (
    NewEmbargo,
    PlacedEmbargo,
    insert_embargo,
    lift_embargo,
    list_embargoes,
)
from signal_index.store.ledger import insert_entries
from signal_index.store.ledger_reading import Page

KIND: Final = "embargo"
_OWN_KEYS: Final = ("categories", "reason", "until")
_MOST_CATEGORIES: Final = 20

routes = Routes()


@routes.post("/embargoes")
async def place_embargo(request: Request, caller: PrivacyOfficer) -> Response:
    """Keep categories about safety out of one citizen's report until a day."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    catalogue = index.catalogue_in(caller.scope.municipality)
    item = parse_object(await read_json(request), (*PERSON_KEYS, *_OWN_KEYS))
    categories = _categories(item["categories"], catalogue)
    reason = parse_code(item["reason"], "reason", catalogue.embargo_reasons)
    until = parse_day(item["until"], "until")
    if not is_allowed_end(until, calendar_day(index.clock())):
        raise InvalidField("until", "day-out-of-range")
    body = parse_person_body(item)
    asked = await arrive(index, body, caller.caller)
    said = _Said(categories, reason, until)
    made = await asyncio.shield(_place(index, asked, said, caller.scope.municipality))
    return give_json(_render(made, catalogue), 201)


@routes.get("/embargoes")
async def list_all(request: Request, caller: Officer) -> Response:
    """List the municipality's embargoes, the newest first; about whom is in none."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    catalogue = index.catalogue_in(caller.scope.municipality)
    query = read_query(request, ("cursor", "limit"))
    limit = read_limit(query)
    page = Page(limit + 1, read_cursor(query))
    async with looking(index.engine) as conn:
        found = await list_embargoes(
            conn, caller.scope.municipality, page, now=index.clock()
        )
    shown = found[:limit]
    return give_json(
        {
            "items": [_render(one, catalogue) for one in shown],
            "next": str(shown[-1].id) if len(found) > limit else None,
        }
    )


@routes.post("/embargoes/{embargo_id}/lifting")
async def lift(request: Request, caller: PrivacyOfficer, embargo_id: str) -> Response:
    """Lift an embargo before its end, for a reason of the list."""
    index = get_index(request)
    verify_whole_municipality(caller.scope)
    catalogue = index.catalogue_in(caller.scope.municipality)
    wanted = parse_uuid(embargo_id, "embargoId")
    item = parse_object(await read_json(request), ("reason",))
    reason = parse_code(item["reason"], "reason", catalogue.embargo_liftings)
    now = index.clock()
    what: JsonObject = {
        "act": "embargo-lifted",
        "embargo": str(wanted),
        "reason": reason,
    }
    async with committing(index.engine) as conn:
        await lift_embargo(conn, wanted, caller.scope.municipality, reason, now)
        entry = record_act(Kind.EMBARGO, caller.caller, what, index.keys, now)
        await insert_entries(conn, [entry])
    return Response(status_code=204)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the officer said of an embargo, besides whom it is about."""

    categories: tuple[str, ...]
    reason: str
    until: date


async def _place(
    index: Index, asked: PersonAsked, said: _Said, municipality: MunicipalityCode
) -> PlacedEmbargo:
    id_ = new_uuid7(asked.at)
    row = derive_embargo_row(index.keys.row_key, asked.point)
    what: JsonObject = {
        "act": "embargo-placed",
        "embargo": str(id_),
        "categories": list(said.categories),
        "reason": said.reason,
        "until": said.until.isoformat(),
    }
    matter = Matter(KIND, municipality, _digest(what, row.row_key), KIND)
    async with spending(index, asked) as conn:
        waiting = await request_approval(conn, matter, asked.caller, now=asked.at)
        new = NewEmbargo(
            id=id_,
            municipality=municipality,
            organisation=asked.caller.organisation,
            reference=draw_reference(secrets.randbelow),
            row=row,
            key_version=KeyVersion(asked.tickets[0].key_version),
            categories=said.categories,
            reason=said.reason,
            until=said.until,
            placed_at=asked.at,
            approval_id=waiting.id,
        )
        await insert_embargo(conn, new)
        act = PersonAct(Kind.EMBARGO, what, Outcome.RECORDED)
        await record_about_person(conn, index, asked, act)
        entry = record_approval(index, asked.caller, "requested", waiting)
        await insert_entries(conn, [entry])
    return _placed(new)


def _digest(what: JsonObject, row_key: bytes) -> bytes:
    """Give the SHA-256 of exactly this embargo: what it says, and under which row."""
    text = encode_compact({**what, "row": encode_b64u(row_key)})
    return hashlib.sha256(text).digest()


def _categories(value: object, catalogue: Catalogue) -> tuple[str, ...]:
    """Read which categories; only those that the catalogue opens to an embargo."""
    allowed = {str(one): one for one in find_embargo_categories(catalogue)}
    given = parse_list(value, "categories", maximum=_MOST_CATEGORIES)
    codes = {parse_code(one, "categories", allowed) for one in given}
    if not codes:
        raise InvalidField("categories", "missing")
    return tuple(sorted(codes))


def _render(one: PlacedEmbargo, catalogue: Catalogue) -> Mapping[str, object]:
    lifted = one.lifted_at
    return {
        "id": str(one.id),
        "reference": one.reference,
        "categories": [
            {"code": code, "label": category_label(catalogue, code)}
            for code in one.categories
        ],
        "reason": one.reason,
        "reasonLabel": catalogue.embargo_reasons.get(one.reason, one.reason),
        "until": one.until.isoformat(),
        "placedAt": encode_instant(one.placed_at),
        "approvalId": str(one.approval_id),
        "state": one.state.value,
        "lifting": one.lifting,
        "liftingLabel": catalogue.embargo_liftings.get(one.lifting or "", one.lifting),
        "liftedAt": None if lifted is None else encode_instant(lifted),
    }


def _placed(new: NewEmbargo) -> PlacedEmbargo:
    return PlacedEmbargo(
        id=new.id,
        reference=new.reference,
        categories=new.categories,
        reason=new.reason,
        until=new.until,
        placed_at=new.placed_at,
        approval_id=new.approval_id,
        lifting=None,
        lifted_at=None,
        state=EmbargoState.AWAITING,
    )

"""Organisations without an export: whom to call there, so that they can signal by hand.

Their administrator stores the contact person with their own access token, signed by the
desk's key, as the page Contactpersonen does.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from deploy.town.found import LEAD
from deploy.town.login import fetch_access_token
from deploy.town.parties import SCHOOL_DESK, TEAM_DESK, DeskOf, find_account
from deploy.town.places import Places
from deploy.town.processes import PartyFailed
from deploy.town.provider import desk_client
from keys import clock
from signal_index.notice import parse_notice_key, sign_contact
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.values import Oin

SCOPE = "openid publish"
CONTACTS = (
    (SCHOOL_DESK, "ingrid", "Intern begeleider", "+31182555401"),
    (TEAM_DESK, "tom", LEAD, "+31182555001"),
)


def contact_of(desk: DeskOf) -> UUID:
    """Give the id of the one contact person of a desk."""
    named = uuid5(NAMESPACE_URL, f"https://{desk.client_id}.example/contact")
    return UUID(bytes=named.bytes, version=4)  # version 5 are own numbers


def settle_contacts(places: Places) -> None:
    """Store each contact person; told again nothing changes. Raises `PartyFailed`."""
    with ThreadPoolExecutor(1) as pool:  # perhaps called from within a loop
        pool.submit(asyncio.run, _store_all(places)).result()


async def _store_all(places: Places) -> None:
    for desk, username, function, phone in CONTACTS:
        who, client = find_account(username), desk_client(places, desk)
        token = await fetch_access_token(places.issuer, client, who, SCOPE)
        url = f"{places.index_url}/v1/contact-holders/{contact_of(desk)}"
        body = _sign(places, desk, _contact(function, phone, clock.now().date()))
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(timeout=30) as http:
            answer = await http.put(url, json=body, headers=headers)
        if answer.is_error:
            raise PartyFailed(f"the contact of {desk.name}: {answer.status_code}")


def _sign(places: Places, desk: DeskOf, said: ContactHolder) -> dict[str, Any]:
    path = places.source_keys(desk) / "notice-key.jwk"
    key, own = parse_notice_key(path.read_bytes()), Oin(desk.organisation)
    contact = contact_of(desk)
    token = sign_contact(key, contact, own, said, iss=own, now=clock.now())
    return {"contactHolder": token}


def _contact(function: str, phone: str, today: date) -> ContactHolder:
    days = ["mon", "tue", "wed", "thu", "fri"]
    return ContactHolder.model_validate(
        {
            "function": function,
            "phone": phone,
            "officeHours": [{"days": days, "from": "08:30", "to": "17:00"}],
            "lastVerified": today,
        }
    )

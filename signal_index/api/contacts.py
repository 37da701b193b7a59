"""Contact holders: whom a generalist calls, tended by the agency itself.

One that nobody confirmed for 180 days is shown as stale; thirty days before, its agency
is reminded. Handing over a caseload moves every signal of one contact to another in one
act, without a new notice: what was signed stays as evidence of what was signed.

What is stored of one is what its organisation signed, with the signature: whoever shows
it in an answer holds it against the organisation's key
(docs/decisions/0064-a-number-is-called-when-its-source-signed-it.md).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from signal_index.answers import CONTACT_STALE_AFTER
from signal_index.api.acting import acting
from signal_index.api.callers import OwnSource
from signal_index.api.context import Index, TheIndex
from signal_index.api.routing import Routes
from signal_index.api.submissions import find_signer, get_source
from signal_index.api.transactions import looking
from signal_index.contact_words import Words
from signal_index.days import day_of
from signal_index.errors import (
    ContactChanged,
    TooManyContactHolders,
    UnknownContactHolder,
    UnknownSource,
)
from signal_index.ledger import Kind
from signal_index.notice import (
    InvalidSignature,
    SignedInTheFuture,
    parse_signed_contact,
)
from signal_index.notice.text import digest_compact
from signal_index.store.agencies import (
    count_signals_of_contacts,
    hand_over,
)
from signal_index.store.contact_labels import find_labels
from signal_index.store.contacts import list_contact_holders, store_contact_holder
from signal_index.store.readable import read_each
from signal_index.store.standing import Standing
from signal_index.wire import contact_holders as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.signed_contacts import (
    OWN_NUMBER_VERSION,
    ContactBody,
    name_own_number,
)
from signal_index.wire.values import Id

REMIND_BEFORE: Final = timedelta(days=30)

routes = Routes("aanleveren")


@routes.put(
    "/contact-holders/{contact_holder}",
    "Een contactpersoon vastleggen",
    also=201,
    raises=(
        InvalidSignature,
        SignedInTheFuture,
        UnknownSource,
        UnknownContactHolder,
        ContactChanged,
        TooManyContactHolders,
    ),
)
async def store_contact(
    contact_holder: Id,
    body: ContactBody,
    index: TheIndex,
    caller: OwnSource,
    response: Response,
) -> wire.StoredContactHolder:
    """Store whom a generalist calls, and how; the same id again replaces it.

    What it is called stands in the lists of its organisation (`own-registration`). To
    confirm that it still holds, it is signed again with a later `lastVerified`. Who
    says what it `replaces` overwrites nothing that somebody else stored meanwhile.
    """
    owner = (str(caller.organisation), str(caller.caller.municipality))
    standing = await index.standing.get(index.clock())
    holder = _open(body, contact_holder, caller.organisation, standing, index.clock())
    async with acting(index, caller.caller, Kind.ADMINISTRATION) as act:
        words = await find_words(act.conn, index, standing, owner[0])
        words.verify(holder)
        is_new = await store_contact_holder(
            act.conn,
            owner,
            holder,
            replaces=body.replaces,
            most=index.contact_holders,
            now=act.now,
        )
        said = holder.model_dump(mode="json", exclude={"id"})
        await act.record(
            {
                "act": "contact-holder",
                "id": str(contact_holder),
                "digest": digest_compact(said),
            }
        )
    response.status_code = 201 if is_new else 200
    return holder


@routes.get("/contact-holders", "De eigen contactpersonen")
async def list_contacts(index: TheIndex, caller: OwnSource) -> wire.ContactHolders:
    """List the caller's own contact holders: how many signals, stale from when."""
    async with looking(index.engine) as conn:
        found, broken = await list_contact_holders(conn, caller.organisation)
        signals = await count_signals_of_contacts(conn, caller.organisation)
    today = day_of(index.clock())
    items, beyond = read_each(
        found, lambda one: _own(one, today, signals.get(one.id, 0))
    )
    return wire.ContactHolders(
        items=items,
        unreadable=[
            wire.UnreadableContactHolder(id=id_, signals=signals.get(id_, 0))
            for id_ in (*broken, *(one.id for one in beyond))
        ],
    )


@routes.post(
    "/contact-holders/{contact_holder}/hand-over",
    "Alle signalen van een contactpersoon overdragen",
    raises=(UnknownContactHolder,),
)
async def hand_over_caseload(
    contact_holder: Id, body: wire.HandOver, index: TheIndex, caller: OwnSource
) -> wire.HandedOver:
    """Give every signal of one contact holder to another, in one act."""
    if contact_holder == body.to:
        raise InvalidField("to", "same-contact-holder")
    async with acting(index, caller.caller, Kind.ADMINISTRATION) as act:
        moved = await hand_over(act.conn, caller.organisation, contact_holder, body.to)
        await act.record(
            {
                "act": "hand-over",
                "from": str(contact_holder),
                "to": str(body.to),
                "signals": moved,
            }
        )
    return wire.HandedOver(signals=moved)


def _open(
    body: ContactBody, id_: UUID, own: str, standing: Standing, now: datetime
) -> wire.StoredContactHolder:
    """Give what this organisation signed of the contact holder that the path names.

    Raises `InvalidSignature`, `SignedInTheFuture`, `InvalidField`, or `UnknownSource`
    where it does not send for that source.
    """
    signer = find_signer(body.contactHolder, own, standing)
    said, signature = parse_signed_contact(body.contactHolder, signer, now=now)
    if said.id != id_:
        raise InvalidField("id", "does-not-match")
    if said.contactHolder.lastVerified > day_of(now):
        raise InvalidField("lastVerified", "in-the-future")
    get_source(said.source, own, standing)
    _verify_own_number(id_, said.source)
    details = said.contactHolder.model_dump(mode="json")
    return wire.StoredContactHolder.model_validate(
        {**details, "id": id_, "source": said.source, "signature": signature}
    )


def _verify_own_number(id_: UUID, source: str) -> None:
    """Hold that nobody takes the place of another organisation's own number.

    Nor of one that joins later: an id that follows from a name is no other's.
    """
    if id_.version == OWN_NUMBER_VERSION and id_ != name_own_number(source):
        raise InvalidField("id", "does-not-match")


async def find_words(
    conn: AsyncConnection, index: Index, standing: Standing, organisation: str
) -> Words:
    """Find what an organisation's contact holders may be called, by what it delivers.

    An organisation that sends for several sources has the functions of them all.
    """
    functions: set[str] = set(index.catalogue.contact_functions.values())
    for source in standing.sources.values():
        if organisation in source.submitters:
            for place, category in standing.find_places(source.oin):
                catalogue = index.catalogue_in(place)
                functions |= catalogue.find_contact_functions([category])
    own = await find_labels(conn, organisation, index.receipt_key, now=index.clock())
    return Words(functions, own)


def _own(
    one: wire.StoredContactHolder, today: date, signals: int
) -> wire.OwnContactHolder:
    """Say from when a contact is shown as stale, and whether to remind of it now."""
    stale_on = one.lastVerified + CONTACT_STALE_AFTER
    return wire.OwnContactHolder(
        **dict(one),
        staleFrom=stale_on + timedelta(days=1),
        stale=today > stale_on,
        remind=today > stale_on - REMIND_BEFORE,
        signals=signals,
    )

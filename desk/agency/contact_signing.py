"""Sign whom to call, as the organisation: what a person typed, or saw and confirmed.

The index gives a page what to show. So nothing that it says is signed unseen: who
confirms in the list, confirms what the organisation signed before (`is_held`), exactly
as it stood there (`mark`). What else there is, is signed where every field of it is
seen, and with the day of today.
"""

import hashlib
from uuid import UUID

from desk.desk import Desk
from desk.errors import ContactsSignedElsewhere
from desk.index import verify_done
from signal_index.notice import sign_contact
from signal_index.wire.contact_holders import ContactHolder, OwnContactHolder
from signal_index.wire.lookups import FlagContact
from signal_index.wire.own_registration import OwnRegistration
from signal_index.wire.signed_contacts import ContactBody
from signal_index.wire.values import Oin

_DETAILS = frozenset(ContactHolder.model_fields)


async def store_signed(
    desk: Desk,
    token: str,
    place: tuple[UUID, Oin],
    said: ContactHolder,
    seen: OwnContactHolder | None = None,
) -> None:
    """Sign contact details and have the index store them, or raise what it said.

    `token` is the access token of who asks, `place` the id and for whose signals,
    `seen` what is replaced: `ContactOvertaken` where another stands by then.
    Raises `ContactsSignedElsewhere` where this desk has no key to sign with.
    """
    key = desk.notice_key
    if key is None:
        raise ContactsSignedElsewhere
    id_, source = place
    organisation = Oin(desk.settings.organisation)
    signed = sign_contact(key, id_, source, said, iss=organisation, now=desk.clock())
    stands = None if seen is None or seen.signature is None else seen.signature.value
    body = ContactBody(contactHolder=signed, replaces=stands)
    path = f"/v1/contact-holders/{id_}"
    verify_done(await desk.index.pass_on(path, token, body, method="PUT"))


def choose_source(known: OwnRegistration, signed_for: str | None = None) -> Oin:
    """Give for whose signals a contact holder is: as it was signed, if that is ours.

    One that came along with signals of another source is for the own organisation.
    """
    own = [one.source for one in known.sources]
    if signed_for in own:
        return Oin(signed_for)
    return Oin(own[0] if own and known.organisation not in own else known.organisation)


def read_details(known: OwnContactHolder) -> ContactHolder:
    """Give the details alone, as they are signed."""
    said = known.model_dump(mode="json", include=set(_DETAILS))
    return ContactHolder.model_validate(said)


def mark(known: OwnContactHolder) -> str:
    """Give a mark of the details that a page shows."""
    said = read_details(known).model_dump_json()
    return hashlib.sha256(said.encode()).hexdigest()


async def is_held(desk: Desk, one: OwnContactHolder, known: OwnRegistration) -> bool:
    """Tell whether others see these details: they are signed, for a source of ours."""
    if one.source not in {each.source for each in known.sources}:
        return False
    said = {**one.model_dump(include=set(FlagContact.model_fields)), "stale": one.stale}
    return await desk.contacts.find_fault(FlagContact.model_validate(said)) is None

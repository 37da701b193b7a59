"""Contact details that an agency signed, and holders that know its key."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from keys.holder.organisations import AnyOrganisation
from keys.jose import PublicKey, parse_public_key
from signal_index.notice import (
    NoticeKey,
    new_notice_key,
    parse_signed_contact,
    parse_signer_key,
    sign_contact,
)
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.lookups import FlagContact
from signal_index.wire.notices import ReturnNotices
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Label, Oin, Phone
from tests.builders import a_contact_holder
from tests.holders_builders import LOOKUP_OIN, NOON, a_source

SIGNED_BY = Oin("00000001000000000077")
SIGNING_KEY = new_notice_key()
CONTACT = uuid.UUID(int=77)


def public_key(key: NoticeKey) -> PublicKey:
    """The public half, as key holders know it."""
    return parse_public_key(json.loads(key.encode_public()))


def known_source(oin: str, *keys: NoticeKey) -> AnyOrganisation:
    """A source as holders know it, with the keys by which it signs."""
    return a_source(oin, notice_keys=[public_key(key) for key in keys]).entry


def a_flag_contact(
    holder: ContactHolder | None = None,
    *,
    key: NoticeKey = SIGNING_KEY,
    oin: Oin = SIGNED_BY,
    id: uuid.UUID = CONTACT,  # noqa: A002 - as the wire names it
    at: datetime = NOON,
    stale: bool = False,
) -> FlagContact:
    """Whom to call, as an answer says it and its source signed it."""
    said = holder or a_contact_holder()
    token = sign_contact(key, id, oin, said, iss=oin, now=at)
    signer = parse_signer_key(oin, key.encode_public())
    _, signature = parse_signed_contact(token, signer, now=at)
    details = said.model_dump(mode="json") | {"signature": signature}
    more = {"id": id, "source": oin, "stale": stale}
    return FlagContact.model_validate(details | more)


def a_told_contact(**changed: object) -> dict[str, Any]:
    """The same as JSON; what is changed afterwards is signed by nobody."""
    return a_flag_contact().model_dump(mode="json") | changed


def a_call_back(
    oin: str = LOOKUP_OIN, *, key: NoticeKey = SIGNING_KEY, at: datetime = NOON
) -> str:
    """The own number of who looks up, as its desk signs it for a lookup."""
    own = Oin(oin)
    said = ContactHolder(
        function=Label("Wijkteam Oost"),
        phone=Phone("+31182555100"),
        lastVerified=at.date(),
    )
    return sign_contact(key, name_own_number(own), own, said, iss=own, now=at)


def whom(contact: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """The function and the number of a contact holder."""
    return None if contact is None else (contact["function"], contact["phone"])


CALLED = ("Wijkteam Oost", "+31182555100")
"""Whom `a_call_back` names."""


async def as_it_is(page: ReturnNotices) -> ReturnNotices:
    """Hold nothing: for tests of what comes before and after that."""
    return page

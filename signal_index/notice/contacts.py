"""Contact details, signed by their source: what the index stores and a reader verifies.

- Signed are the details, their id, for whose signals they are, who signs and when: one
  cannot take another's place, nor pass to another organisation.
- The text that is signed has one form (keys sorted, no white space, nothing that is
  null), so that whoever has the details can write it again, and no JWS need travel.
- An older one still holds. Whoever reads remembers `signature.at` of what stands now,
  and shows when the details were last confirmed, which is signed as well. What was
  signed for one lookup stands with that lookup: newer ones do not make it older.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from joserfc import jws
from pydantic import BaseModel

from keys.base64url import decode_b64u, encode_b64u
from signal_index.notice.errors import InvalidSignature
from signal_index.notice.keys import NoticeKey, SignerKey, parse_signer_key
from signal_index.notice.signing import (
    ALGORITHM,
    CLOCK_SKEW,
    REGISTRY,
    open_signed,
    read_kid,
    verified_payload,
)
from signal_index.notice.text import encode_compact
from signal_index.wire.contact_holders import ContactHolder, ContactSignature
from signal_index.wire.errors import InvalidField
from signal_index.wire.lookups import FlagContact
from signal_index.wire.model import parse_body, parse_value
from signal_index.wire.notices import ReturnNotice
from signal_index.wire.signed_contacts import SignedContact, name_own_number
from signal_index.wire.values import Oin

CONTACT_TYPE: Final = "signal-contact+jwt"
_DETAILS: Final = set(ContactHolder.model_fields)
_STALE_AFTER: Final = timedelta(days=181)
"""Half a year, and a day for where it is another day."""
_SIGNED_BEFORE: Final = timedelta(minutes=20)
"""How long before its lookup a number may be signed: as long as a ticket lives, the
minute that an entry names, and clocks that differ."""


class ContactFault(StrEnum):
    """Why nobody may call by the contact details of an answer."""

    UNSIGNED = "unsigned"
    KEY_UNKNOWN = "key-unknown"
    CHANGED = "changed"
    OLDER = "older"
    STALE = "stale"


def sign_contact(
    key: NoticeKey,
    id_: UUID,
    source: Oin,
    holder: ContactHolder,
    *,
    iss: Oin,
    now: datetime,
) -> str:
    """Sign one contact holder, for the signals of one source."""
    said = SignedContact(
        iss=iss, iat=int(now.timestamp()), id=id_, source=source, contactHolder=holder
    )
    header, payload = _header(key.kid), _encode(said)
    return jws.serialize_compact(header, payload, key.reveal(), registry=REGISTRY)


def parse_signed_contact(
    token: str, signer: SignerKey, *, now: datetime
) -> tuple[SignedContact, ContactSignature]:
    """Open contact details whose signature holds, and keep what is needed to show it.

    Raises `NoticeError`, or `InvalidField`; also for a text in another form than the
    one: nobody could write it again.
    """
    said = open_signed(token, signer, CONTACT_TYPE, SignedContact, now)
    value = token.rpartition(".")[2]
    if f"{_signed_text(said, signer.kid)}.{value}" != token:
        raise InvalidField("contactHolder", "wrong-form")
    signature = ContactSignature.model_validate(
        {"by": said.iss, "at": said.iat, "kid": signer.kid, "value": value}
    )
    return said, signature


def read_own_number(
    token: str, organisation: Oin, *, now: datetime
) -> tuple[ContactHolder, ContactSignature]:
    """Read an organisation's own number, as it says that it signed it.

    Its form alone is held, and that it is of this organisation, a function and a number
    and nothing more: whoever shows it holds it against a key. Raises `InvalidField`.
    """
    try:
        kid = read_kid(token)
        said = parse_body(SignedContact, decode_b64u(token.split(".")[1]))
    except (InvalidSignature, ValueError):
        raise InvalidField("callBack", "wrong-form") from None
    value = token.rpartition(".")[2]
    signed = {"by": said.iss, "at": said.iat, "kid": kid, "value": value}
    signature = parse_value(ContactSignature, signed)
    if f"{_signed_text(said, kid)}.{value}" != token:
        raise InvalidField("callBack", "wrong-form")
    if {said.iss, said.source} != {organisation} or said.id != name_own_number(
        organisation
    ):
        raise InvalidField("callBack", "does-not-match")
    if said.iat > (now + CLOCK_SKEW).timestamp():
        raise InvalidField("callBack", "in-the-future")
    details = said.contactHolder
    bare = {"function", "phone", "lastVerified"}
    if details.model_dump(exclude=bare, exclude_defaults=True):
        raise InvalidField("callBack", "not-allowed")
    return details, signature


class NamedContact(NamedTuple):
    """A contact holder that a model names, and for which lookup it was signed.

    `asked_at`: when that was; None where it is said to stand now.
    """

    contact: FlagContact
    asked_at: datetime | None


def find_contacts(
    said: object, asked_at: datetime | None = None
) -> Iterator[NamedContact]:
    """Give every contact holder that a model names, however deep."""
    if isinstance(said, FlagContact):
        yield NamedContact(said, asked_at)
    elif isinstance(said, BaseModel):
        if isinstance(said, ReturnNotice) and said.lookedUp is not None:
            asked_at = said.lookedUp.at
        for name in type(said).model_fields:
            yield from find_contacts(getattr(said, name), asked_at)
    elif isinstance(said, list):
        for each in said:
            yield from find_contacts(each, asked_at)


def without_contacts(said: Any, false: Container[int]) -> Any:  # noqa: ANN401 - of one type
    """Give the same model without these contact holders, by their `id()`."""
    if isinstance(said, FlagContact):
        return None if id(said) in false else said
    if isinstance(said, BaseModel):
        changed = {
            name: without_contacts(getattr(said, name), false)
            for name in type(said).model_fields
        }
        return said.model_copy(update=changed)
    if isinstance(said, list):
        return [without_contacts(each, false) for each in said]
    return said


def verify_contact(contact: FlagContact, signer: SignerKey) -> None:
    """Hold what an answer says of a contact holder against its source's key.

    Raises `InvalidSignature` where anything was changed since: a number, the hours, a
    word, the id, or whose flag it stands beside; also into what no contact holder can
    be. `stale` is not signed; `lastVerified` is.
    """
    signature = contact.signature
    if signature is None or signature.kid != signer.kid:
        raise InvalidSignature
    if signature.by != signer.organisation:
        raise InvalidSignature
    try:
        details = _read_details(contact)
    except InvalidField:
        raise InvalidSignature from None
    said = SignedContact(
        iss=signature.by,
        iat=signature.at,
        id=contact.id,
        source=contact.source,
        contactHolder=details,
    )
    token = f"{_signed_text(said, signer.kid)}.{signature.value}"
    verified_payload(token, signer.jwk, CONTACT_TYPE)


def find_contact_fault(
    named: NamedContact, jwk: Mapping[str, str] | None, *, today: date
) -> ContactFault | None:
    """Say why nobody may call by these details; None where they hold.

    `jwk`: the key that `signature` names, as somebody else than the index states it of
    who may sign for this source; None where nobody does. Of a lookup they were signed
    at that time, and not for one before it. Whether what stands now is older than
    others only who saw both knows.
    """
    contact, asked_at = named
    if contact.signature is None:
        return ContactFault.UNSIGNED
    if jwk is None:
        return ContactFault.KEY_UNKNOWN
    try:
        verify_contact(contact, parse_signer_key(contact.signature.by, jwk))
    except InvalidSignature:
        return ContactFault.CHANGED
    if asked_at and contact.signature.at < (asked_at - _SIGNED_BEFORE).timestamp():
        return ContactFault.OLDER
    is_old = today - contact.lastVerified > _STALE_AFTER
    return ContactFault.STALE if is_old and not contact.stale else None


def _read_details(contact: FlagContact) -> ContactHolder:
    said = contact.model_dump(mode="json", include=_DETAILS, exclude_none=True)
    return parse_value(ContactHolder, said)


def _header(kid: str) -> dict[str, str]:
    return {"alg": ALGORITHM, "typ": CONTACT_TYPE, "kid": kid}


def _signed_text(said: SignedContact, kid: str) -> str:
    return f"{encode_b64u(encode_compact(_header(kid)))}.{encode_b64u(_encode(said))}"


def _encode(said: SignedContact) -> bytes:
    """Write what is signed in its one form."""
    value = said.model_dump(mode="json", exclude_none=True)
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()

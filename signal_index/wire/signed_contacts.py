"""Contact details as their source signs them: what is sent, and what is signed.

The signature stays with the details, so that whoever reads them in an answer can hold
them against the source's key (`signal_index.notice.verify_contact`).
"""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.model import RequestModel
from signal_index.wire.signals import Signed
from signal_index.wire.values import Id, OinText, SignatureText, SignedText

_OWN_NUMBERS: Final = UUID("8f2d6c1e-6f0b-4a55-9d0e-3c1b7a52e914")

OWN_NUMBER_VERSION: Final = 5
"""Of every id of an own number, and of no other contact holder's."""


def name_own_number(organisation: str) -> UUID:
    """Name the contact holder that is an organisation's own number, of no person.

    It follows from the OIN (RFC 9562, version 5): nobody says which one it is.
    """
    return uuid5(_OWN_NUMBERS, organisation)


class SignedContact(Signed):
    """One contact holder, as it is signed: its id, and for whose signals it is."""

    id: Id
    source: OinText
    contactHolder: ContactHolder


class ContactBody(RequestModel):
    """A contact holder that its organisation signed.

    `replaces`: the signature (its `value`) of what stood when whoever says this read
    it. Where another stands by now nothing is stored; null replaces whatever stands.
    """

    contactHolder: SignedText
    replaces: SignatureText | None = None

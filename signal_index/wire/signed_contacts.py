"""Contact details as their source signs them: what is sent, and what is signed.

The signature stays with the details, so that whoever reads them in an answer can hold
them against the source's key (`signal_index.notice.verify_contact`).
"""

from __future__ import annotations

from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.model import RequestModel
from signal_index.wire.signals import Signed
from signal_index.wire.values import Id, OinText, SignedText


class SignedContact(Signed):
    """One contact holder, as it is signed: its id, and for whose signals it is."""

    id: Id
    source: OinText
    contactHolder: ContactHolder


class ContactBody(RequestModel):
    """A contact holder that its organisation signed."""

    contactHolder: SignedText

"""Values that are valid by default: override the one thing a test is about."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime, timedelta

from keys.municipality import MunicipalityCode
from keys.pseudonym import Pseudonym
from signal_index.notice import (
    SALT_BYTES,
    subject_commitment,
)
from signal_index.wire.contact_holders import ContactHolder, StoredContactHolder
from signal_index.wire.deliveries import Delivery, DeliveryCounts, DeliveryKind, Hearing
from signal_index.wire.model import Model
from signal_index.wire.signals import Notice, SubjectProof, Withdrawal, WithdrawalReason
from tests.holders_builders import NOON, SOURCE_OIN

TODAY = NOON.date()
PLACE = MunicipalityCode("9901")


def anew(said: Model, **changed: object) -> Model:
    """The same with these members changed, and read as strictly."""
    return type(said).model_validate(said.model_dump() | changed)


def a_contact_holder(**changed: object) -> ContactHolder:
    """A function that can be called, verified lately."""
    holder: dict[str, object] = {
        "function": "Consulent",
        "phone": "+31101234567",
        "lastVerified": TODAY - timedelta(days=10),
        "officeHours": [
            {"days": ["mon", "tue", "wed"], "from": "09:00", "to": "17:00"}
        ],
        "deputy": {"function": "Teamleider", "phone": "+31101234568"},
    }
    return ContactHolder.model_validate(holder | changed)


def a_stored_contact(
    oin: str = SOURCE_OIN,
    *,
    at: datetime = NOON,
    id: uuid.UUID | None = None,  # noqa: A002 - as the wire names it
) -> StoredContactHolder:
    """One as the index stores it; the signature is of no key."""
    signature = {
        "by": oin,
        "at": int(at.timestamp()),
        "kid": "no-key",
        "value": "A" * 86,
    }
    return StoredContactHolder.model_validate(
        {
            **a_contact_holder().model_dump(mode="json"),
            "id": id or uuid.uuid4(),
            "source": oin,
            "signature": signature,
        }
    )


def a_notice(contact_holder: uuid.UUID, **changed: object) -> Notice:
    """A notice of the debt-help agency about somebody; the subject is not real yet."""
    notice: dict[str, object] = {
        "reference": uuid.uuid4(),
        "version": 1,
        "source": SOURCE_OIN,
        "subject": bytes(32),
        "category": "schuldhulpverlening",
        "contactHolder": contact_holder,
        "validFrom": TODAY - timedelta(days=30),
        "validUntil": TODAY + timedelta(days=300),
        "municipality": PLACE,
        "informed": {"code": "discussed", "on": TODAY - timedelta(days=30)},
    }
    return Notice.model_validate(notice | changed)


def about(notice: Notice, n: Pseudonym) -> tuple[Notice, SubjectProof]:
    """The notice about this person, and what travels beside it."""
    salt = secrets.token_bytes(SALT_BYTES)
    bound = notice.model_copy(update={"subject": subject_commitment(salt, n)})
    proof = SubjectProof(reference=notice.reference, pseudonym=n.encoded, salt=salt)
    return bound, proof


def a_withdrawal(of: Notice, **changed: object) -> Withdrawal:
    """A withdrawal of this notice, because it ended today."""
    withdrawal: dict[str, object] = {
        "reference": of.reference,
        "version": of.version + 1,
        "source": of.source,
        "reason": WithdrawalReason.ENDED,
        "on": TODAY,
    }
    return Withdrawal.model_validate(withdrawal | changed)


def a_delivery(until: datetime = NOON, **changed: object) -> Delivery:
    """A closed delivery of the debt-help agency, of nothing new."""
    none = dict.fromkeys(DeliveryCounts.model_fields, 0)
    delivery: dict[str, object] = {
        "delivery": uuid.uuid4(),
        "source": SOURCE_OIN,
        "kind": DeliveryKind.DELTA,
        "from": until - timedelta(days=1),
        "until": until,
        "categories": ["schuldhulpverlening"],
        "municipalities": [PLACE],
        "counts": none,
        "hearing": Hearing.HEARD,
    }
    return Delivery.model_validate(delivery | changed)


def a_day(days: int) -> date:
    """The day so many days from today."""
    return TODAY + timedelta(days=days)

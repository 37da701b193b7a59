"""Values that are valid by default: override the one thing a test is about."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta

from keys.municipality import MunicipalityCode
from keys.pseudonym import Pseudonym
from signal_index.notice import (
    SALT_BYTES,
    ContactHolder,
    Delivery,
    DeliveryCounts,
    DeliveryKind,
    Deputy,
    Informed,
    Label,
    Notice,
    OfficeHours,
    Oin,
    Phone,
    Slug,
    SubjectProof,
    Withdrawal,
    WithdrawalReason,
    subject_commitment,
)
from tests.holders_builders import NOON, SOURCE_OIN

TODAY = NOON.date()
PLACE = MunicipalityCode("9901")


def a_contact_holder(**changed: object) -> ContactHolder:
    """A function that can be called, verified lately."""
    holder = ContactHolder(
        function=Label("Schuldhulpverlener"),
        phone=Phone("+31101234567"),
        last_verified=TODAY - timedelta(days=10),
        name=None,
        out_of_hours_phone=None,
        office_hours=(OfficeHours(("mon", "tue", "wed"), "09:00", "17:00"),),
        deputy=Deputy(Label("Teamleider"), Phone("+31101234568")),
    )
    return replace(holder, **changed)  # type: ignore[arg-type]  # fields by name


def a_notice(contact_holder: uuid.UUID, **changed: object) -> Notice:
    """A notice of the debt-help agency about somebody; the subject is not real yet."""
    notice = Notice(
        reference=uuid.uuid4(),
        version=1,
        source=Oin(SOURCE_OIN),
        subject=bytes(32),
        category=Slug("schuldhulpverlening"),
        contact_holder=contact_holder,
        valid_from=TODAY - timedelta(days=30),
        valid_until=TODAY + timedelta(days=300),
        municipality=PLACE,
        informed=Informed(Slug("discussed"), TODAY - timedelta(days=30)),
    )
    return replace(notice, **changed)  # type: ignore[arg-type]  # fields by name


def about(notice: Notice, n: Pseudonym) -> tuple[Notice, SubjectProof]:
    """The notice about this person, and what travels beside it."""
    salt = secrets.token_bytes(SALT_BYTES)
    bound = replace(notice, subject=subject_commitment(salt, n))
    return bound, SubjectProof(notice.reference, n.encoded, salt)


def a_withdrawal(of: Notice, **changed: object) -> Withdrawal:
    """A withdrawal of this notice, because it ended today."""
    withdrawal = Withdrawal(
        reference=of.reference,
        version=of.version + 1,
        source=of.source,
        reason=WithdrawalReason.ENDED,
        on=TODAY,
    )
    return replace(withdrawal, **changed)  # type: ignore[arg-type]  # fields by name


def a_delivery(until: datetime = NOON, **changed: object) -> Delivery:
    """A closed delivery of the debt-help agency, of nothing new."""
    delivery = Delivery(
        delivery=uuid.uuid4(),
        source=Oin(SOURCE_OIN),
        kind=DeliveryKind.DELTA,
        starts=until - timedelta(days=1),
        ends=until,
        categories=(Slug("schuldhulpverlening"),),
        municipalities=(PLACE,),
        counts=DeliveryCounts(0, 0, 0, 0, 0),
    )
    return replace(delivery, **changed)  # type: ignore[arg-type]  # fields by name


def a_day(days: int) -> date:
    """The day so many days from today."""
    return TODAY + timedelta(days=days)

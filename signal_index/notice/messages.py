"""Notices and withdrawals: what a source says about its own client, as it is signed.

- Nothing here names a person. `subject` is SHA-256(salt || N): whoever keeps the
  signed text as evidence cannot tell who it is about without the salt.
- There is no field for what is in the case file.
- `source` is whose signal it is; who sends it stands in the signature (`iss`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from keys.base64url import encode_b64u
from keys.municipality import MunicipalityCode
from keys.pseudonym import Pseudonym
from signal_index.notice.errors import InvalidField
from signal_index.notice.fields import (
    Oin,
    Slug,
    parse_b64u,
    parse_day,
    parse_int,
    parse_municipality,
    parse_object,
    parse_oin,
    parse_slug,
    parse_uuid,
)

SALT_BYTES: Final = 16
COMMITMENT_BYTES: Final = 32

_NOTICE: Final = (
    "reference",
    "version",
    "source",
    "subject",
    "category",
    "contactHolder",
    "validFrom",
    "validUntil",
    "municipality",
    "informed",
)
_WITHDRAWAL: Final = ("reference", "version", "source", "reason", "on")


class WithdrawalReason(StrEnum):
    """Why a signal ends.

    What was entered in error, and what was about someone who died, is erased at once,
    also where a statute allows keeping what has ended.
    """

    ENDED = "ended"
    ENTERED_IN_ERROR = "entered-in-error"
    MOVED_AWAY = "moved-away"
    DECEASED = "deceased"
    AGE_LIMIT = "age-limit"

    @property
    def allows_keeping(self) -> bool:
        """Whether an ended signal may stay where a statute allows that."""
        return self not in {type(self).ENTERED_IN_ERROR, type(self).DECEASED}


@dataclass(frozen=True, slots=True)
class Informed:
    """That the citizen knows of the signal, or the coded reason why not yet."""

    code: Slug
    on: date


@dataclass(frozen=True, slots=True)
class Notice:
    """What a source publishes: that there is contact, and whom to call."""

    reference: UUID
    version: int
    source: Oin
    subject: bytes
    category: Slug
    contact_holder: UUID
    valid_from: date
    valid_until: date
    municipality: MunicipalityCode
    informed: Informed


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A source takes a signal back, by reference alone."""

    reference: UUID
    version: int
    source: Oin
    reason: WithdrawalReason
    on: date


def subject_commitment(salt: bytes, n: Pseudonym) -> bytes:
    """Bind a pseudonym without naming it: SHA-256(salt || N), 32 bytes.

    With 16 random bytes of salt that nobody keeps, the signed evidence names nobody.
    """
    if len(salt) != SALT_BYTES:
        raise InvalidField("salt", "wrong-form")
    return hashlib.sha256(salt + n.encoded).digest()


def encode_notice(notice: Notice) -> dict[str, object]:
    """Give the wire form of a notice, as it is signed."""
    return {
        "reference": str(notice.reference),
        "version": notice.version,
        "source": notice.source,
        "subject": encode_b64u(notice.subject),
        "category": notice.category,
        "contactHolder": str(notice.contact_holder),
        "validFrom": notice.valid_from.isoformat(),
        "validUntil": notice.valid_until.isoformat(),
        "municipality": notice.municipality,
        "informed": {
            "code": notice.informed.code,
            "on": notice.informed.on.isoformat(),
        },
    }


def parse_notice(value: object) -> Notice:
    """Give a notice from its wire form, or raise `InvalidField`."""
    item = parse_object(value, _NOTICE, field="notice")
    informed = parse_object(item["informed"], ("code", "on"), field="informed")
    notice = Notice(
        reference=parse_uuid(item["reference"], "reference"),
        version=parse_int(item["version"], "version", minimum=1),
        source=parse_oin(item["source"], "source"),
        subject=parse_b64u(item["subject"], "subject", length=COMMITMENT_BYTES),
        category=parse_slug(item["category"], "category"),
        contact_holder=parse_uuid(item["contactHolder"], "contactHolder"),
        valid_from=parse_day(item["validFrom"], "validFrom"),
        valid_until=parse_day(item["validUntil"], "validUntil"),
        municipality=parse_municipality(item["municipality"], "municipality"),
        informed=Informed(
            parse_slug(informed["code"], "informed"), parse_day(informed["on"], "on")
        ),
    )
    if notice.valid_until < notice.valid_from:
        raise InvalidField("validUntil", "before-start")
    return notice


def encode_withdrawal(withdrawal: Withdrawal) -> dict[str, object]:
    """Give the wire form of a withdrawal, as it is signed."""
    return {
        "reference": str(withdrawal.reference),
        "version": withdrawal.version,
        "source": withdrawal.source,
        "reason": withdrawal.reason.value,
        "on": withdrawal.on.isoformat(),
    }


def parse_withdrawal(value: object) -> Withdrawal:
    """Give a withdrawal from its wire form, or raise `InvalidField`."""
    item = parse_object(value, _WITHDRAWAL, field="withdrawal")
    try:
        reason = WithdrawalReason(parse_slug(item["reason"], "reason"))
    except ValueError as error:
        raise InvalidField("reason", "unknown-code") from error
    return Withdrawal(
        reference=parse_uuid(item["reference"], "reference"),
        version=parse_int(item["version"], "version", minimum=1),
        source=parse_oin(item["source"], "source"),
        reason=reason,
        on=parse_day(item["on"], "on"),
    )

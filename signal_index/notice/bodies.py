"""The request bodies around a signed message: N and salt travel beside it, unsigned.

Both are checked on arrival and never stored. A `SubjectProof` therefore has no repr.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from keys.base64url import encode_b64u
from signal_index.notice.fields import (
    parse_b64u,
    parse_int,
    parse_list,
    parse_object,
    parse_text,
    parse_uuid,
)
from signal_index.notice.messages import SALT_BYTES
from signal_index.notice.signing import BATCH_MAXIMUM

POINT_BYTES: Final = 32
TOKEN_MAXIMUM: Final = 2**20


@dataclass(frozen=True, slots=True, repr=False)
class SubjectProof:
    """Who a notice is about: the pseudonym as sent (32 bytes, unchecked) and salt."""

    reference: UUID
    pseudonym: bytes
    salt: bytes

    def __repr__(self) -> str:
        return "<SubjectProof>"


@dataclass(frozen=True, slots=True)
class NoticeBody:
    """The body of `PUT /v1/signals/{reference}`; the path gives the reference."""

    key_version: int
    token: str
    subject: SubjectProof


@dataclass(frozen=True, slots=True, repr=False)
class PersonEventBody:
    """The body of `POST /v1/person-events`: the pseudonym as sent, unchecked."""

    key_version: int
    token: str
    pseudonym: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class BatchBody:
    """The body of `POST /v1/signal-batches`."""

    key_version: int
    token: str
    subjects: Mapping[UUID, SubjectProof]


def encode_notice_body(body: NoticeBody) -> dict[str, object]:
    """Give the wire form of a single notice's request."""
    return {
        "keyVersion": body.key_version,
        "notice": body.token,
        "pseudonym": encode_b64u(body.subject.pseudonym),
        "salt": encode_b64u(body.subject.salt),
    }


def parse_notice_body(reference: UUID, value: object) -> NoticeBody:
    """Give the parts of a single notice's request, or raise `InvalidField`."""
    item = parse_object(value, ("keyVersion", "notice", "pseudonym", "salt"))
    return NoticeBody(
        parse_int(item["keyVersion"], "keyVersion", minimum=1),
        parse_text(item["notice"], "notice", maximum=TOKEN_MAXIMUM),
        SubjectProof(
            reference,
            parse_b64u(item["pseudonym"], "pseudonym", length=POINT_BYTES),
            parse_b64u(item["salt"], "salt", length=SALT_BYTES),
        ),
    )


def encode_person_event_body(
    key_version: int, token: str, subject: SubjectProof
) -> dict[str, object]:
    """Give the wire form of a person event's request."""
    return {
        "keyVersion": key_version,
        "event": token,
        "pseudonym": encode_b64u(subject.pseudonym),
        "salt": encode_b64u(subject.salt),
    }


def parse_person_event_body(value: object) -> PersonEventBody:
    """Give the parts of a person event's request, or raise `InvalidField`."""
    item = parse_object(value, ("keyVersion", "event", "pseudonym", "salt"))
    return PersonEventBody(
        parse_int(item["keyVersion"], "keyVersion", minimum=1),
        parse_text(item["event"], "event", maximum=TOKEN_MAXIMUM),
        parse_b64u(item["pseudonym"], "pseudonym", length=POINT_BYTES),
        parse_b64u(item["salt"], "salt", length=SALT_BYTES),
    )


def encode_withdrawal_body(token: str) -> dict[str, object]:
    """Give the wire form of a withdrawal's request."""
    return {"withdrawal": token}


def parse_withdrawal_body(value: object) -> str:
    """Give the signed withdrawal in a request, or raise `InvalidField`."""
    item = parse_object(value, ("withdrawal",))
    return parse_text(item["withdrawal"], "withdrawal", maximum=TOKEN_MAXIMUM)


def encode_batch_body(
    key_version: int, token: str, subjects: Sequence[SubjectProof]
) -> dict[str, object]:
    """Give the wire form of a batch's request."""
    return {
        "keyVersion": key_version,
        "batch": token,
        "subjects": [
            {
                "reference": str(subject.reference),
                "pseudonym": encode_b64u(subject.pseudonym),
                "salt": encode_b64u(subject.salt),
            }
            for subject in subjects
        ],
    }


def parse_batch_body(value: object) -> BatchBody:
    """Give the parts of a batch's request, or raise `InvalidField`."""
    item = parse_object(value, ("keyVersion", "batch", "subjects"))
    subjects = parse_list(item["subjects"], "subjects", maximum=BATCH_MAXIMUM)
    proofs = [_parse_subject(subject) for subject in subjects]
    return BatchBody(
        parse_int(item["keyVersion"], "keyVersion", minimum=1),
        parse_text(item["batch"], "batch", maximum=TOKEN_MAXIMUM),
        # Of a doubled reference the first counts, as it does among the notices.
        {proof.reference: proof for proof in reversed(proofs)},
    )


def _parse_subject(value: object) -> SubjectProof:
    item = parse_object(value, ("reference", "pseudonym", "salt"), field="subjects")
    return SubjectProof(
        parse_uuid(item["reference"], "reference"),
        parse_b64u(item["pseudonym"], "pseudonym", length=POINT_BYTES),
        parse_b64u(item["salt"], "salt", length=SALT_BYTES),
    )

"""Sign what a source publishes, and open what was signed.

- Compact JWS with Ed25519 (RFC 8037, RFC 9864), `typ` per kind of message, so that a
  signed batch can never pass for a notice.
- A batch carries one signature over all its items; an item that is no notice is kept
  as `InvalidField`, so that one bad item never sinks the rest.
- The key names who submits: `iss` must be the organisation the key belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from signal_index.notice.errors import InvalidSignature, SignedInTheFuture
from signal_index.notice.keys import NoticeKey, SignerKey
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_body, parse_value
from signal_index.wire.person_events import PersonEvent, SignedPersonEvent
from signal_index.wire.signals import (
    Notice,
    Signed,
    SignedItems,
    SignedNotice,
    SignedWithdrawal,
    Withdrawal,
)
from signal_index.wire.values import Oin

ALGORITHM: Final = "Ed25519"
_NOTICE_TYPE: Final = "signal-notice+jwt"
_BATCH_TYPE: Final = "signal-batch+jwt"
_EVENT_TYPE: Final = "signal-person-event+jwt"
_WITHDRAWAL_TYPE: Final = "signal-withdrawal+jwt"
CLOCK_SKEW: Final = timedelta(seconds=60)
_KID_MAXIMUM: Final = 128

_Item = TypeVar("_Item", Notice, Withdrawal)
_Signed = TypeVar("_Signed", bound=Signed)


class _Registry(jws.JWSRegistry):
    """joserfc's registry, with room for a batch of 1,000 items."""

    max_payload_length = 2**20


REGISTRY: Final = _Registry(algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A batch whose signature held; an item that is malformed says so itself."""

    submitted_by: Oin
    batch: UUID
    notices: tuple[Notice | InvalidField, ...]
    withdrawals: tuple[Withdrawal | InvalidField, ...]
    outbox: UUID | None = None
    replaces: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What a source wants to send at once; `replaces`: outboxes that are gone."""

    batch: UUID
    notices: tuple[Notice, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    outbox: UUID | None = None
    replaces: tuple[UUID, ...] = ()


def sign_notice(key: NoticeKey, notice: Notice, *, iss: Oin, now: datetime) -> str:
    """Sign one notice as its submitter."""
    said = SignedNotice(iss=iss, iat=_seconds(now), notice=notice)
    return _sign(key, _NOTICE_TYPE, said)


def sign_withdrawal(
    key: NoticeKey, withdrawal: Withdrawal, *, iss: Oin, now: datetime
) -> str:
    """Sign one withdrawal as its submitter."""
    said = SignedWithdrawal(iss=iss, iat=_seconds(now), withdrawal=withdrawal)
    return _sign(key, _WITHDRAWAL_TYPE, said)


def sign_batch(key: NoticeKey, batch: Batch, *, iss: Oin, now: datetime) -> str:
    """Sign up to 1,000 notices and withdrawals with one signature.

    Raises `InvalidField` for an empty batch, or one that is larger.
    """
    said = parse_value(
        SignedItems,
        {
            "iss": iss,
            "iat": _seconds(now),
            "batch": batch.batch,
            "outbox": batch.outbox,
            "replaces": list(batch.replaces),
            "notices": list(batch.notices),
            "withdrawals": list(batch.withdrawals),
        },
    )
    return _sign(key, _BATCH_TYPE, said)


def sign_person_event(
    key: NoticeKey, event: PersonEvent, *, iss: Oin, now: datetime
) -> str:
    """Sign what a population register says about a person."""
    said = SignedPersonEvent(iss=iss, iat=_seconds(now), event=event)
    return _sign(key, _EVENT_TYPE, said)


def read_kid(token: str) -> str:
    """Give the id of the key that a message SAYS signed it; proves nothing yet."""
    try:
        header = jws.extract_compact(token.encode(), registry=REGISTRY).headers()
    except (JoseError, ValueError) as error:
        raise InvalidSignature from error
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= _KID_MAXIMUM:
        raise InvalidSignature
    return kid


def parse_signed_notice(
    token: str, signer: SignerKey, *, now: datetime
) -> SignedNotice:
    """Open a notice whose signature holds, or raise `NoticeError`, `InvalidField`."""
    return open_signed(token, signer, _NOTICE_TYPE, SignedNotice, now)


def parse_signed_withdrawal(
    token: str, signer: SignerKey, *, now: datetime
) -> SignedWithdrawal:
    """Open a withdrawal whose signature holds, or raise the same."""
    return open_signed(token, signer, _WITHDRAWAL_TYPE, SignedWithdrawal, now)


def parse_signed_batch(token: str, signer: SignerKey, *, now: datetime) -> SignedBatch:
    """Open a batch whose one signature holds: its items, each good or malformed."""
    said = open_signed(token, signer, _BATCH_TYPE, SignedItems, now)
    return SignedBatch(
        said.iss,
        said.batch,
        tuple(_attempt(Notice, item) for item in said.notices),
        tuple(_attempt(Withdrawal, item) for item in said.withdrawals),
        said.outbox,
        tuple(said.replaces),
    )


def parse_signed_person_event(
    token: str, signer: SignerKey, *, now: datetime
) -> SignedPersonEvent:
    """Open an event whose signature holds, or raise `NoticeError`, `InvalidField`."""
    return open_signed(token, signer, _EVENT_TYPE, SignedPersonEvent, now)


def _attempt(model: type[_Item], item: object) -> _Item | InvalidField:
    try:
        return parse_value(model, item)
    except InvalidField as error:
        return error


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _sign(key: NoticeKey, typ: str, said: Signed) -> str:
    header = {"alg": ALGORITHM, "typ": typ, "kid": key.kid}
    payload = said.model_dump_json()
    return jws.serialize_compact(header, payload, key.reveal(), registry=REGISTRY)


def open_signed(
    token: str, signer: SignerKey, typ: str, model: type[_Signed], now: datetime
) -> _Signed:
    """Open a message of one kind whose signature holds, or raise `NoticeError`.

    Raises `InvalidField` for one that is signed and has another form.
    """
    said = parse_body(model, verified_payload(token, signer.jwk, typ))
    if said.iss != signer.organisation:
        raise InvalidSignature
    if said.iat > (now + CLOCK_SKEW).timestamp():
        raise SignedInTheFuture
    return said


def verified_payload(token: str, key: OKPKey, typ: str) -> bytes:
    """Give what this key signed as a message of this kind; or `InvalidSignature`."""
    try:
        opened = jws.deserialize_compact(token.encode(), key, registry=REGISTRY)
    except (JoseError, ValueError) as error:
        raise InvalidSignature from error
    header = opened.headers()
    if header.get("typ") != typ or header.get("kid") != key.kid:
        raise InvalidSignature
    return opened.payload

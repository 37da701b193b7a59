"""Sign what a source publishes, and open what was signed.

- Compact JWS with Ed25519 (RFC 8037, RFC 9864), `typ` per kind of message, so that a
  signed batch can never pass for a notice.
- A batch carries one signature over all its items; an item that is no notice is kept
  as `InvalidField`, so that one bad item never sinks the rest.
- The key names who submits: `iss` must be the organisation the key belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from signal_index.notice.errors import (
    InvalidField,
    InvalidSignature,
    SignedInTheFuture,
)
from signal_index.notice.fields import (
    Oin,
    parse_int,
    parse_json,
    parse_list,
    parse_object,
    parse_oin,
    parse_uuid,
)
from signal_index.notice.keys import NoticeKey, SignerKey
from signal_index.notice.messages import (
    Notice,
    Withdrawal,
    encode_notice,
    encode_withdrawal,
    parse_notice,
    parse_withdrawal,
)
from signal_index.notice.person_events import (
    PersonEvent,
    encode_person_event,
    parse_person_event,
)
from signal_index.notice.text import encode_compact

BATCH_MAXIMUM: Final = 1_000
_ALGORITHM: Final = "Ed25519"
_NOTICE_TYPE: Final = "signal-notice+jwt"
_BATCH_TYPE: Final = "signal-batch+jwt"
_EVENT_TYPE: Final = "signal-person-event+jwt"
_WITHDRAWAL_TYPE: Final = "signal-withdrawal+jwt"
_CLOCK_SKEW: Final = timedelta(seconds=60)
_KID_MAXIMUM: Final = 128

_T = TypeVar("_T")


class _Registry(jws.JWSRegistry):
    """joserfc's registry, with room for a batch of 1,000 items."""

    max_payload_length = 2**20


_REGISTRY: Final = _Registry(algorithms=[_ALGORITHM])


@dataclass(frozen=True, slots=True)
class SignedNotice:
    """A notice whose signature held."""

    submitted_by: Oin
    notice: Notice


@dataclass(frozen=True, slots=True)
class SignedWithdrawal:
    """A withdrawal whose signature held."""

    submitted_by: Oin
    withdrawal: Withdrawal


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A batch whose signature held; an item that is malformed says so itself."""

    submitted_by: Oin
    batch: UUID
    notices: tuple[Notice | InvalidField, ...]
    withdrawals: tuple[Withdrawal | InvalidField, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a source wants to send at once."""

    batch: UUID
    notices: tuple[Notice, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()


def sign_notice(key: NoticeKey, notice: Notice, *, iss: Oin, now: datetime) -> str:
    """Sign one notice as its submitter."""
    return _sign(key, _NOTICE_TYPE, iss, now, {"notice": encode_notice(notice)})


def sign_withdrawal(
    key: NoticeKey, withdrawal: Withdrawal, *, iss: Oin, now: datetime
) -> str:
    """Sign one withdrawal as its submitter."""
    body = {"withdrawal": encode_withdrawal(withdrawal)}
    return _sign(key, _WITHDRAWAL_TYPE, iss, now, body)


def sign_batch(key: NoticeKey, batch: Batch, *, iss: Oin, now: datetime) -> str:
    """Sign up to 1,000 notices and withdrawals with one signature."""
    if not 1 <= len(batch.notices) + len(batch.withdrawals) <= BATCH_MAXIMUM:
        raise InvalidField("notices", "too-many")
    body = {
        "batch": str(batch.batch),
        "notices": [encode_notice(item) for item in batch.notices],
        "withdrawals": [encode_withdrawal(item) for item in batch.withdrawals],
    }
    return _sign(key, _BATCH_TYPE, iss, now, body)


def sign_person_event(
    key: NoticeKey, event: PersonEvent, *, iss: Oin, now: datetime
) -> str:
    """Sign what a population register says about a person."""
    return _sign(key, _EVENT_TYPE, iss, now, {"event": encode_person_event(event)})


def read_kid(token: str) -> str:
    """Give the id of the key that a message SAYS signed it; proves nothing yet."""
    try:
        header = jws.extract_compact(token.encode(), registry=_REGISTRY).headers()
    except (JoseError, ValueError) as error:
        raise InvalidSignature from error
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= _KID_MAXIMUM:
        raise InvalidSignature
    return kid


def parse_signed_notice(
    token: str, signer: SignerKey, *, now: datetime
) -> SignedNotice:
    """Check the signature and give the notice, or raise `NoticeError`."""
    issuer, body = _open(token, signer, _NOTICE_TYPE, ("notice",), now)
    return SignedNotice(issuer, parse_notice(body["notice"]))


def parse_signed_withdrawal(
    token: str, signer: SignerKey, *, now: datetime
) -> SignedWithdrawal:
    """Check the signature and give the withdrawal, or raise `NoticeError`."""
    issuer, body = _open(token, signer, _WITHDRAWAL_TYPE, ("withdrawal",), now)
    return SignedWithdrawal(issuer, parse_withdrawal(body["withdrawal"]))


def parse_signed_batch(token: str, signer: SignerKey, *, now: datetime) -> SignedBatch:
    """Check the one signature and give the items, each good or malformed."""
    keys = ("batch", "notices", "withdrawals")
    issuer, body = _open(token, signer, _BATCH_TYPE, keys, now)
    notices = parse_list(body["notices"], "notices", maximum=BATCH_MAXIMUM)
    withdrawals = parse_list(body["withdrawals"], "withdrawals", maximum=BATCH_MAXIMUM)
    if not 1 <= len(notices) + len(withdrawals) <= BATCH_MAXIMUM:
        raise InvalidField("notices", "too-many")
    return SignedBatch(
        issuer,
        parse_uuid(body["batch"], "batch"),
        tuple(_attempt(parse_notice, item) for item in notices),
        tuple(_attempt(parse_withdrawal, item) for item in withdrawals),
    )


def parse_signed_person_event(
    token: str, signer: SignerKey, *, now: datetime
) -> tuple[Oin, PersonEvent]:
    """Check the signature and give who sent which event, or raise `NoticeError`."""
    issuer, body = _open(token, signer, _EVENT_TYPE, ("event",), now)
    return issuer, parse_person_event(body["event"])


def _attempt(parse: Callable[[object], _T], item: object) -> _T | InvalidField:
    try:
        return parse(item)
    except InvalidField as error:
        return error


def _sign(
    key: NoticeKey, typ: str, iss: Oin, now: datetime, body: Mapping[str, object]
) -> str:
    header = {"alg": _ALGORITHM, "typ": typ, "kid": key.kid}
    payload = {"iss": iss, "iat": int(now.timestamp()), **body}
    return jws.serialize_compact(
        header, encode_compact(payload), key.reveal(), registry=_REGISTRY
    )


def _open(
    token: str,
    signer: SignerKey,
    typ: str,
    keys: tuple[str, ...],
    now: datetime,
) -> tuple[Oin, Mapping[str, object]]:
    payload = _verified_payload(token, signer.jwk, typ)
    body = parse_object(parse_json(payload), ("iss", "iat", *keys))
    if parse_oin(body["iss"], "iss") != signer.organisation:
        raise InvalidSignature
    issued = parse_int(body["iat"], "iat")
    if issued > (now + _CLOCK_SKEW).timestamp():
        raise SignedInTheFuture
    return signer.organisation, body


def _verified_payload(token: str, key: OKPKey, typ: str) -> bytes:
    try:
        opened = jws.deserialize_compact(token.encode(), key, registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        raise InvalidSignature from error
    header = opened.headers()
    if header.get("typ") != typ or header.get("kid") != key.kid:
        raise InvalidSignature
    return opened.payload

"""Sign the documents of joining, and open what was signed.

What `open_request` holds, in this order:

1. the request is signed by each key that it names: request, notice and client key;
2. the invitation in it is signed by the index that the reader knows;
3. it names the organisation that was invited, and the algorithm of the client's key;
4. it was made, and is taken in, while the invitation is valid.

That an invitation is used once, only who takes requests in can tell.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

from keys.base64url import decode_b64u, encode_b64u
from keys.config_document import Document, parse_document
from keys.errors import (
    AcceptanceForged,
    ConfigMalformed,
    InvitationExpired,
    InvitationForged,
    JoinRequestForged,
    JoinRequestMismatch,
)
from keys.joining.documents import (
    Acceptance,
    Envelope,
    Invitation,
    JoinRequest,
    algorithm_of,
    parse_client_jwk,
)
from keys.jose import ALGORITHM, PrivateKey, PublicKey

INVITATION_TYPE: Final = "signal-invitation+json"
REQUEST_TYPE: Final = "signal-join-request+json"
ACCEPTANCE_TYPE: Final = "signal-acceptance+json"


class _Registry(jws.JWSRegistry):
    """joserfc's registry, with room for a request that holds an invitation."""

    max_payload_length = 64 * 1024


_REGISTRY: Final = _Registry(algorithms=["Ed25519", "PS256"])


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs or must have signed, and how."""

    key: Key
    kid: str
    algorithm: str = ALGORITHM

    def header(self, typ: str) -> dict[str, object]:
        """Give the one header that a signature of this key may have."""
        return {"alg": self.algorithm, "typ": typ, "kid": self.kid}


@dataclass(frozen=True, slots=True)
class Opened:
    """An invitation that its own key signed; the fingerprint says whose key it is."""

    invitation: Invitation
    payload: bytes


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """A request that held; only `open_request` makes one."""

    invitation: Invitation
    said: JoinRequest
    payload: bytes

    @property
    def digest(self) -> str:
        """Give the SHA-256 by which acceptances and ledger name it, b64u."""
        return digest_request(self.payload)


def digest_request(payload: bytes) -> str:
    """Give the SHA-256 of a request's payload, b64u."""
    return encode_b64u(hashlib.sha256(payload).digest())


def read_document(data: bytes) -> Envelope:
    """Read the form of a signed document, or raise `ConfigMalformed`."""
    return parse_document(Envelope, data)


def sign_invitation(invitation: Invitation, key: PrivateKey) -> bytes:
    """Sign an invitation with the index's key."""
    return _sign(invitation, INVITATION_TYPE, [_own(key)])


def open_invitation(document: bytes, *, now: datetime) -> Opened:
    """Open an invitation that its own key signed and that is valid now.

    Raises `InvitationForged`, `InvitationExpired`, or `ConfigMalformed`. Whether the
    key is the index's must be asked: `verify_fingerprint`.
    """
    signed = read_document(document)
    invitation, payload = _open_invitation(signed)
    if not invitation.issued_at <= now < invitation.expires_at:
        raise InvitationExpired("the invitation is not valid any more, or not yet")
    return Opened(invitation, payload)


def sign_request(
    said: JoinRequest, request: PrivateKey, notice: PrivateKey, client: Key
) -> bytes:
    """Sign a request with every key that it names."""
    public = parse_client_jwk(said.client_key)
    signing = Signer(client, str(public.kid), algorithm_of(public))
    return _sign(said, REQUEST_TYPE, [_own(request), _own(notice), signing])


def open_request(
    document: bytes, *, index_keys: Sequence[PublicKey], now: datetime
) -> OpenedRequest:
    """Open a request that holds, or raise a leaf of `JoiningRefused`."""
    opened = open_own_request(document)
    if opened.invitation.key not in index_keys:
        raise InvitationForged("this index did not make the invitation")
    _verify_terms(opened, now)
    return opened


def open_own_request(document: bytes) -> OpenedRequest:
    """Open a request as whoever made it: signed by all its keys, whenever it was.

    Never to take somebody in with: whose invitation it answers is not asked.
    """
    signed = read_document(document)
    payload = _read_payload(signed)
    said = parse_document(JoinRequest, payload)
    client = parse_client_jwk(said.client_key)
    signers = [
        _known(said.request_key),
        _known(said.notice_key),
        Signer(client, str(client.kid), algorithm_of(client)),
    ]
    if not _is_signed(signed, REQUEST_TYPE, signers):
        raise JoinRequestForged("not signed by each key that it names")
    invitation, _ = _open_invitation(said.invitation)
    return OpenedRequest(invitation, said, payload)


def _verify_terms(opened: OpenedRequest, now: datetime) -> None:
    invitation, said = opened.invitation, opened.said
    algorithm = algorithm_of(parse_client_jwk(said.client_key))
    if said.organisation != invitation.organisation:
        raise JoinRequestMismatch("another organisation was invited")
    if algorithm != invitation.client_algorithm:
        raise JoinRequestMismatch("the client's key is of another kind than was asked")
    for moment in (said.made_at, now):
        if not invitation.issued_at <= moment < invitation.expires_at:
            raise InvitationExpired("the invitation is not valid any more, or not yet")


def sign_acceptance(acceptance: Acceptance, key: PrivateKey) -> bytes:
    """Sign that a request was taken in."""
    return _sign(acceptance, ACCEPTANCE_TYPE, [_own(key)])


def open_acceptance(
    document: bytes, keys: Sequence[PublicKey]
) -> tuple[Acceptance, PublicKey]:
    """Open an acceptance that one of these keys signed, and say which.

    Raises `AcceptanceForged`, or `ConfigMalformed`.
    """
    signed = read_document(document)
    for key in keys:
        if _is_signed(signed, ACCEPTANCE_TYPE, [_known(key)]):
            return parse_document(Acceptance, _read_payload(signed)), key
    raise AcceptanceForged("no party of the invitation signed this")


def _open_invitation(signed: Envelope) -> tuple[Invitation, bytes]:
    payload = _read_payload(signed)
    invitation = parse_document(Invitation, payload)
    if not _is_signed(signed, INVITATION_TYPE, [_known(invitation.key)]):
        raise InvitationForged("the invitation was changed, or nobody signed it")
    return invitation, payload


def _own(key: PrivateKey) -> Signer:
    return Signer(key.jose, key.kid)


def _known(key: PublicKey) -> Signer:
    return Signer(key.jose, key.kid)


def _sign(said: Document, typ: str, signers: Sequence[Signer]) -> bytes:
    payload = said.model_dump_json(by_alias=True).encode()
    tokens = [
        jws.serialize_compact(
            signer.header(typ), payload, signer.key, registry=_REGISTRY
        ).split(".")
        for signer in signers
    ]
    document = {
        "payload": tokens[0][1],
        "signatures": [
            {"protected": protected, "signature": signature}
            for protected, _, signature in tokens
        ],
    }
    return json.dumps(document, indent=2).encode() + b"\n"


def _read_payload(signed: Envelope) -> bytes:
    try:
        return decode_b64u(signed.payload)
    except ValueError:
        raise ConfigMalformed("payload: not base64url") from None


def _is_signed(signed: Envelope, typ: str, signers: Sequence[Signer]) -> bool:
    """Tell whether exactly these keys signed, each in its place and only so."""
    if len(signed.signatures) != len(signers):
        return False
    for member, signer in zip(signed.signatures, signers, strict=True):
        token = f"{member.protected}.{signed.payload}.{member.signature}"
        try:
            opened = jws.deserialize_compact(
                token.encode("ascii"), signer.key, registry=_REGISTRY
            )
        except (JoseError, ValueError):
            return False
        if opened.headers() != signer.header(typ):
            return False
    return True

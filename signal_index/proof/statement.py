"""What the receipt key signs: compact JWS of one type each, under one exact header."""

from collections.abc import Sequence

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from signal_index.proof.errors import SignatureRefused

_ALGORITHM = "Ed25519"


def statement_header(kid: str, typ: str) -> dict[str, str]:
    """Give the only header under which a statement of this type is accepted."""
    return {"alg": _ALGORITHM, "kid": kid, "typ": typ}


def open_statement(token: str, keys: Sequence[OKPKey], typ: str) -> bytes:
    """Give the payload that one of the receipt keys signed under this type.

    Raises `SignatureRefused`; an empty list of keys accepts nothing.
    """
    for key in keys:
        try:
            signed = jws.deserialize_compact(token, key, algorithms=[_ALGORITHM])
        except (JoseError, ValueError):
            continue
        if signed.protected == statement_header(str(key.kid), typ):
            return signed.payload
    raise SignatureRefused(f"no receipt key that we were given signed this {typ}")

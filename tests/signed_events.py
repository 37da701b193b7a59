"""A case system that signs its events, as the NL API Design Rules have it."""

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping

from joserfc.jwk import OKPKey, RSAKey
from joserfc.jws import JWSRegistry

HTTP_HEADERS = "http://uri.etsi.org/19182/HttpHeaders"
KEY = OKPKey.generate_key("Ed25519", {"kid": "zaaksysteem-1"})
OTHER_KEY = OKPKey.generate_key("Ed25519", {"kid": "zaaksysteem-1"})
RSA_KEY = RSAKey.generate_key(2048, {"kid": "zaaksysteem-rsa"})


def public_of(key: OKPKey | RSAKey) -> bytes:
    return json.dumps({**key.as_dict(private=False), "kid": key.kid}).encode()


def digest_of(body: bytes) -> str:
    return f"SHA-256={b64encode(hashlib.sha256(body).digest()).decode()}"


def encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(
    body: bytes,
    *,
    key: OKPKey | RSAKey = KEY,
    header: Mapping[str, object] | None = None,
    algorithm: str | None = None,
) -> dict[str, str]:
    """The two headers of a signed request; `header` changes what is protected."""
    name = algorithm or ("PS256" if isinstance(key, RSAKey) else "Ed25519")
    protected: dict[str, object] = {
        "alg": name,
        "kid": key.kid,
        "b64": False,
        "crit": ["sigD", "b64"],
        "sigD": {"mId": HTTP_HEADERS, "pars": ["digest"]},
    } | dict(header or {})
    encoded = encode(json.dumps(protected).encode())
    digest = digest_of(body)
    message = f"{encoded}.digest: {digest}".encode()
    signature = (
        b"" if name == "none" else JWSRegistry.algorithms[name].sign(message, key)
    )
    return {"Digest": digest, "Payload-Signature": f"{encoded}..{encode(signature)}"}

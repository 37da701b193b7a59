import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys.ed25519 import verify_sodium
from keys.errors import InvalidToken, SignatureInvalid, UnusableKey
from keys.jose import (
    PrivateKey,
    Verify,
    open_compact,
    parse_private_key,
    parse_public_key,
    sign_compact,
    verify_openssl,
)

TYPE = "signal-test+jwt"


def _b64u(data: object) -> str:
    encoded = urlsafe_b64encode(json.dumps(data).encode())
    return encoded.rstrip(b"=").decode()


def test_claims_come_back_as_they_were_signed() -> None:
    key = PrivateKey.generate()
    claims = {"iss": "00000001000000000001", "name": "Čapková", "n": 4}
    token = sign_compact(key, TYPE, claims)
    assert open_compact(token, TYPE, lambda _: key.public) == claims


def test_another_key_s_signature_is_refused() -> None:
    token = sign_compact(PrivateKey.generate("a"), TYPE, {})
    other = PrivateKey.generate("a").public
    with pytest.raises(SignatureInvalid):
        open_compact(token, TYPE, lambda _: other)


def test_a_key_under_another_name_is_refused() -> None:
    key = PrivateKey.generate("a")
    renamed = parse_public_key({**key.public.jwk, "kid": "b"})
    with pytest.raises(SignatureInvalid):
        open_compact(sign_compact(key, TYPE, {}), TYPE, lambda _: renamed)


def test_a_message_of_another_type_is_refused() -> None:
    key = PrivateKey.generate()
    token = sign_compact(key, "signal-other+jwt", {})
    with pytest.raises(InvalidToken):
        open_compact(token, TYPE, lambda _: key.public)


@pytest.mark.parametrize("alg", ["none", "HS256", "EdDSA", "ES256"])
def test_another_algorithm_is_refused(alg: str) -> None:
    key = PrivateKey.generate()
    signature = sign_compact(key, TYPE, {}).rpartition(".")[2]
    header = _b64u({"alg": alg, "typ": TYPE, "kid": key.kid})
    for forged in (f"{header}.{_b64u({})}.{signature}", f"{header}.{_b64u({})}."):
        with pytest.raises(InvalidToken):
            open_compact(forged, TYPE, lambda _: key.public)


def test_changed_claims_are_refused() -> None:
    key = PrivateKey.generate()
    header, _, signature = sign_compact(key, TYPE, {"count": 1}).split(".")
    forged = f"{header}.{_b64u({'count': 2})}.{signature}"
    with pytest.raises(SignatureInvalid):
        open_compact(forged, TYPE, lambda _: key.public)


@pytest.mark.parametrize("member", ["crit", "jwk", "b64", "cty"])
def test_a_header_with_more_in_it_is_refused(member: str) -> None:
    key = PrivateKey.generate()
    header = {"alg": "Ed25519", "typ": TYPE, "kid": key.kid, member: []}
    signed = f"{_b64u(header)}.{_b64u({})}"
    private = key.jose.private_key
    assert isinstance(private, Ed25519PrivateKey)
    signature = private.sign(signed.encode())
    token = f"{signed}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    with pytest.raises(SignatureInvalid):
        open_compact(token, TYPE, lambda _: key.public)


@pytest.mark.parametrize("verify", [verify_openssl, verify_sodium])
def test_both_libraries_judge_a_signature_alike(verify: Verify) -> None:
    key = PrivateKey.generate()
    token = sign_compact(key, TYPE, {"n": 1})
    assert open_compact(token, TYPE, lambda _: key.public, verify=verify) == {"n": 1}
    signed, _, signature = token.rpartition(".")
    raw = bytearray(urlsafe_b64decode(signature + "=="))
    for place in (0, 31, 32, 63):
        changed = bytearray(raw)
        changed[place] ^= 1
        forged = f"{signed}.{urlsafe_b64encode(changed).rstrip(b'=').decode()}"
        with pytest.raises(SignatureInvalid):
            open_compact(forged, TYPE, lambda _: key.public, verify=verify)
    with pytest.raises(SignatureInvalid):
        verify(key.public.raw, b"", b"")


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "a.b.c.d", "é.é.é", "{}"])
def test_junk_is_refused_as_a_token(token: str) -> None:
    with pytest.raises(InvalidToken):
        open_compact(token, TYPE, lambda _: PrivateKey.generate().public)


def test_claims_are_an_object() -> None:
    key = PrivateKey.generate()
    token = sign_compact(key, TYPE, [])  # type: ignore[arg-type]  # what is tested
    with pytest.raises(InvalidToken):
        open_compact(token, TYPE, lambda _: key.public)


def test_a_private_key_survives_its_file_form() -> None:
    key = PrivateKey.generate()
    assert parse_private_key(key.jwk).public == key.public


def test_a_public_key_has_no_private_part() -> None:
    assert set(PrivateKey.generate().public.jwk) == {"kty", "crv", "kid", "x"}


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"crv": "X25519"},
        {"kid": ""},
        {"kid": 3},
        {"kid": "k" * 200},
        {"x": "AA"},
        {"x": ""},
        {"d": "AA"},
    ],
)
def test_a_key_of_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UnusableKey):
        parse_public_key({**PrivateKey.generate().public.jwk, **change})


def test_a_public_key_is_no_private_one() -> None:
    with pytest.raises(UnusableKey):
        parse_private_key(PrivateKey.generate().public.jwk)


def test_a_private_key_has_no_repr() -> None:
    key = PrivateKey.generate()
    assert repr(key) == str(key) == "<PrivateKey>"

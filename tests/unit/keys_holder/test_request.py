import hashlib
from base64 import urlsafe_b64decode
from dataclasses import replace

import pytest

from keys.errors import InvalidRequest
from keys.jose import open_compact
from keys.request import (
    MAX_POINTS,
    REQUEST_TYPE,
    Act,
    RequestTerms,
    compute_req,
    new_request_key,
    sign_request,
)
from tests.holders_builders import NOON

POINT = bytes(range(32))
TERMS = RequestTerms(
    issuer="00000001000000000001",
    audience="holder-1",
    subject="user-1",
    act=Act.LOOKUP,
    key_version=3,
    epoch=2,
    pair=(1, 3),
    points=(POINT, POINT[::-1]),
)


def _req(**changed: object) -> str:
    terms = replace(TERMS, **changed)  # type: ignore[arg-type]  # fields by name
    return compute_req(
        terms.act, terms.key_version, terms.epoch, terms.pair, terms.points
    )


def test_req_is_the_digest_that_the_wire_format_describes() -> None:
    written = (
        b"signal-keys/req/1\n\x06lookup\x00\x00\x00\x03\x00\x00\x00\x02\x02\x01\x03"
        b"\x00\x00\x00\x02" + POINT + POINT[::-1]
    )
    assert urlsafe_b64decode(_req() + "=") == hashlib.sha256(written).digest()


@pytest.mark.parametrize(
    "changed",
    [
        {"act": Act.PUBLISH},
        {"key_version": 4},
        {"epoch": 3},
        {"pair": (1, 2)},
        {"points": (POINT[::-1], POINT)},
        {"points": (POINT,)},
    ],
)
def test_req_depends_on_everything_it_binds(changed: dict[str, object]) -> None:
    assert _req(**changed) != _req()


@pytest.mark.parametrize(
    "changed",
    [
        {"points": ()},
        {"points": (POINT,) * (MAX_POINTS + 1)},
        {"points": (POINT[:31],)},
        {"pair": (1,)},
        {"pair": (2, 1)},
        {"pair": (1, 1)},
        {"pair": (0, 1)},
        {"pair": (1, 256)},
        {"key_version": 0},
        {"epoch": 2**32},
    ],
)
def test_terms_that_no_holder_can_be_asked_are_refused(
    changed: dict[str, object],
) -> None:
    with pytest.raises(InvalidRequest):
        _req(**changed)


def test_a_request_says_what_the_wire_format_says() -> None:
    key = new_request_key()
    token = sign_request(key, TERMS, now=NOON)
    claims = open_compact(token, REQUEST_TYPE, lambda _: key.public)
    assert claims.pop("jti")
    assert claims == {
        "iss": "00000001000000000001",
        "aud": "holder-1",
        "sub": "user-1",
        "act": "lookup",
        "count": 2,
        "keyVersion": 3,
        "epoch": 2,
        "pair": [1, 3],
        "req": _req(),
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 60,
    }


def test_every_signing_gives_a_request_of_its_own() -> None:
    key = new_request_key()
    assert sign_request(key, TERMS, now=NOON) != sign_request(key, TERMS, now=NOON)

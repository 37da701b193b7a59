"""An access token is taken only when everything about it holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from policy.vocabulary import Assurance, Role
from signal_index.api.tokens import TokenVerifier
from signal_index.errors import CallerUnknown
from signal_index.notice.text import encode_compact
from tests.holders_builders import AUDIENCE, LOOKUP_OIN, NOON
from tests.tokens import TokenIssuer, person_claims

pytestmark = pytest.mark.anyio
ISSUER = TokenIssuer()


def _verifier(issuer: TokenIssuer = ISSUER) -> TokenVerifier:
    return TokenVerifier([issuer.settings], AUDIENCE, issuer)


async def test_a_valid_token_says_who_it_is() -> None:
    claims = await _verifier().parse_token(ISSUER.sign(person_claims(NOON)), NOON)
    assert (claims.subject, claims.organisation) == ("user-1", LOOKUP_OIN)
    assert claims.roles == {Role.GENERALIST}
    assert claims.assurance is Assurance.SUBSTANTIAL


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://other.test"},
        {"iss": None},
        {"aud": "https://other.test"},
        {"aud": ["https://other.test"]},
        {"aud": None},
        {"exp": int(NOON.timestamp())},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": None},
        {"iat": int(NOON.timestamp()) - 301},
        {"iat": int(NOON.timestamp()) + 60},
        {"nbf": int(NOON.timestamp()) + 60},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"org": None},
        {"org": "12"},
        {"client_id": None},
        {"azp": "another-client"},
        {"roles": "generalist"},
        {"municipality": "Ons Dorp"},
        {"trainings": [{"code": "veilig-thuis-2026"}]},
        {"trainings": ["veilig-thuis-2026"]},
        {"loa": "sky-high"},
        {"cnf": {"x5t#S256": "abc"}},
    ],
)
async def test_a_token_that_says_something_else_is_refused(
    changed: dict[str, Any],
) -> None:
    token = ISSUER.sign(person_claims(NOON, **changed))
    with pytest.raises(CallerUnknown):
        await _verifier().parse_token(token, NOON)


@pytest.mark.parametrize("typ", ["JWT", "signal-ticket+jwt", None])
async def test_a_token_of_another_type_is_refused(typ: str | None) -> None:
    token = ISSUER.sign(person_claims(NOON), typ=typ)
    with pytest.raises(CallerUnknown):
        await _verifier().parse_token(token, NOON)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "e30.e30.e30", "x" * 9_000, "é"])
async def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(CallerUnknown):
        await _verifier().parse_token(token, NOON)


async def test_a_token_without_signature_is_refused() -> None:
    head = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0"
    body = ISSUER.sign(person_claims(NOON)).split(".")[1]
    with pytest.raises(CallerUnknown):
        await _verifier().parse_token(f"{head}.{body}.", NOON)


async def test_the_public_key_is_no_shared_secret() -> None:
    public = str(ISSUER.key.as_dict(private=False)["x"])
    key = OctKey.import_key(public.encode())
    token = jws.serialize_compact(
        {"alg": "HS256", "typ": "at+jwt", "kid": "login-1"},
        encode_compact(person_claims(NOON)),
        key,
    )
    with pytest.raises(CallerUnknown):
        await _verifier().parse_token(token, NOON)


async def test_a_token_of_another_signer_is_refused() -> None:
    stranger = TokenIssuer(OKPKey.generate_key("Ed25519"))
    with pytest.raises(CallerUnknown):
        await _verifier().parse_token(stranger.sign(person_claims(NOON)), NOON)


async def test_an_issuer_speaks_only_for_its_own_organisations() -> None:
    settings = ISSUER.settings.model_copy(update={"organisations": ("9" * 20,)})
    verifier = TokenVerifier([settings], AUDIENCE, ISSUER)
    with pytest.raises(CallerUnknown):
        await verifier.parse_token(ISSUER.sign(person_claims(NOON)), NOON)


async def test_a_verified_token_is_remembered_for_half_a_minute() -> None:
    issuer = TokenIssuer()
    verifier, token = _verifier(issuer), issuer.sign(person_claims(NOON))
    for seconds in (0, 10, 29):
        await verifier.parse_token(token, NOON + timedelta(seconds=seconds))
    assert issuer.asked == 1
    await verifier.parse_token(token, NOON + timedelta(seconds=30))
    assert issuer.asked == 2


async def test_a_remembered_token_is_not_taken_after_it_expired() -> None:
    issuer = TokenIssuer()
    verifier = _verifier(issuer)
    late = NOON + timedelta(seconds=295)
    token = issuer.sign(person_claims(NOON))
    await verifier.parse_token(token, late)
    with pytest.raises(CallerUnknown):
        await verifier.parse_token(token, late + timedelta(seconds=5))


async def test_a_role_we_do_not_know_gives_nothing() -> None:
    token = ISSUER.sign(person_claims(NOON, roles=["generalist", "king"]))
    assert (await _verifier().parse_token(token, NOON)).roles == {Role.GENERALIST}

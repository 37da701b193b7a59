from dataclasses import replace
from datetime import date, timedelta

import pytest

from keys.base64url import encode_b64u
from keys.holder.admission import Admitted, admit, admit_statement
from keys.holder.errors import (
    ActNotAllowed,
    OrganisationUnknown,
    RequestExpired,
    RequestMalformed,
    RequestMisdirected,
    RequestMismatch,
    RequestStale,
    RequestUnsigned,
    StatementAhead,
)
from keys.holder.organisations import collect_organisations
from keys.jose import PrivateKey, sign_compact
from keys.request import (
    REQUEST_TYPE,
    Act,
    RequestKey,
    compute_req,
    sign_request,
    sign_statement_request,
)
from tests.holders_builders import NOON, some_holders, some_point

HOLDERS = some_holders()
IDENTITY = HOLDERS.holders[1].keys.identity
KNOWN = collect_organisations(
    [HOLDERS.lookup.entry, HOLDERS.source.entry, HOLDERS.auditor.entry]
)
POINTS = (some_point(),)


def some_claims(**changed: object) -> dict[str, object]:
    claims: dict[str, object] = {
        "iss": HOLDERS.lookup.oin,
        "aud": "holder-1",
        "sub": "user-1",
        "act": "lookup",
        "count": 1,
        "keyVersion": 1,
        "epoch": 1,
        "pair": [1, 2],
        "req": compute_req(Act.LOOKUP, 1, 1, (1, 2), POINTS),
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 60,
        "jti": "6fd2a3f6-3c9e-4d7c-8a29-1d0c8c7f5a11",
    }
    return claims | changed


def admitted(
    claims: dict[str, object], key: RequestKey = HOLDERS.lookup.key
) -> Admitted:
    token = sign_compact(key, REQUEST_TYPE, claims)
    return admit(token, POINTS, IDENTITY, KNOWN, now=NOON)


def test_a_request_in_order_is_admitted() -> None:
    assert admitted(some_claims()).organisation == HOLDERS.lookup.entry


def test_what_the_desk_signs_is_what_a_holder_admits() -> None:
    token = sign_request(HOLDERS.lookup.key, HOLDERS.terms(), now=NOON)
    given = admit(token, POINTS, IDENTITY, KNOWN, now=NOON)
    assert (given.claims.sub, given.claims.count) == ("user-1", 1)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"iss": "00000009999999999999"}, OrganisationUnknown),
        ({"iss": None}, OrganisationUnknown),
        ({"act": "publish"}, ActNotAllowed),
        ({"act": "everything"}, ActNotAllowed),
        ({"aud": "holder-2"}, RequestMisdirected),
        ({"aud": ["holder-1"]}, RequestMalformed),
        ({"pair": [2, 3]}, RequestMisdirected),
        ({"pair": [1, 2, 3]}, RequestMalformed),
        ({"pair": [1]}, RequestMalformed),
        ({"pair": [1, 9]}, RequestMalformed),
        ({"pair": [2, 1]}, RequestMalformed),
        ({"pair": [1, 1]}, RequestMalformed),
        ({"keyVersion": 2}, RequestStale),
        ({"epoch": 2}, RequestStale),
        ({"keyVersion": "1"}, RequestMalformed),
        ({"count": 2}, RequestMismatch),
        ({"count": True}, RequestMalformed),
        ({"req": encode_b64u(bytes(32))}, RequestMismatch),
        ({"act": "officer-search"}, RequestMismatch),
        ({"pair": [1, 3]}, RequestMismatch),
        ({"sub": ""}, RequestMalformed),
        ({"sub": "x" * 257}, RequestMalformed),
        ({"jti": "1"}, RequestMalformed),
        ({"extra": 1}, RequestMalformed),
        ({"exp": int(NOON.timestamp()) + 61}, RequestExpired),
        ({"exp": int(NOON.timestamp())}, RequestExpired),
        ({"iat": int(NOON.timestamp()) - 1}, RequestExpired),
    ],
)
def test_a_request_out_of_order_is_refused(
    changed: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        admitted(some_claims(**changed))


@pytest.mark.parametrize(
    "left_out", ["aud", "sub", "count", "keyVersion", "epoch", "pair", "exp", "jti"]
)
def test_no_claim_may_be_left_out(left_out: str) -> None:
    claims = some_claims()
    del claims[left_out]
    with pytest.raises(RequestMalformed):
        admitted(claims)


@pytest.mark.parametrize(
    "later", [timedelta(seconds=60), timedelta(days=1), -timedelta(seconds=31)]
)
def test_a_request_is_worth_nothing_outside_its_minute(later: timedelta) -> None:
    token = sign_request(HOLDERS.lookup.key, HOLDERS.terms(), now=NOON)
    with pytest.raises(RequestExpired):
        admit(token, POINTS, IDENTITY, KNOWN, now=NOON + later)


def test_a_clock_may_run_half_a_minute_ahead() -> None:
    ahead = NOON + timedelta(seconds=30)
    token = sign_request(HOLDERS.lookup.key, HOLDERS.terms(), now=ahead)
    assert admit(token, POINTS, IDENTITY, KNOWN, now=NOON).claims.count == 1


def test_another_key_than_the_organisation_s_is_refused() -> None:
    stranger = PrivateKey.generate(HOLDERS.lookup.key.kid)
    with pytest.raises(RequestUnsigned):
        admitted(some_claims(), stranger)


def test_a_token_of_another_type_is_no_request() -> None:
    token = sign_compact(HOLDERS.lookup.key, "signal-ticket+jwt", some_claims())
    with pytest.raises(RequestMalformed):
        admit(token, POINTS, IDENTITY, KNOWN, now=NOON)


def test_an_organisation_with_two_kinds_signs_each_with_its_own_key() -> None:
    source = HOLDERS.source.entry.model_copy(update={"oin": HOLDERS.lookup.oin})
    both = collect_organisations([HOLDERS.lookup.entry, source])
    claims = some_claims(
        act="publish", req=compute_req(Act.PUBLISH, 1, 1, (1, 2), POINTS)
    )
    token = sign_compact(HOLDERS.lookup.key, REQUEST_TYPE, claims)
    with pytest.raises(RequestUnsigned):
        admit(token, POINTS, IDENTITY, both, now=NOON)


def a_statement_request(day: date, key: RequestKey = HOLDERS.auditor.key) -> str:
    auditor = HOLDERS.auditor.oin
    signed = sign_statement_request(key, auditor, "holder-1", day, now=NOON)
    return f"Bearer {signed}"


def test_an_auditor_may_ask_a_day() -> None:
    day = NOON.date()
    token = a_statement_request(day)
    asked = admit_statement(token, day, IDENTITY, KNOWN, now=NOON)
    assert asked.claims.day == day


def test_a_request_for_one_day_opens_no_other() -> None:
    day = NOON.date()
    with pytest.raises(RequestMismatch):
        admit_statement(
            a_statement_request(day), day - timedelta(days=1), IDENTITY, KNOWN, now=NOON
        )


def test_a_day_that_has_not_begun_has_no_statement() -> None:
    day = NOON.date() + timedelta(days=1)
    with pytest.raises(StatementAhead):
        admit_statement(a_statement_request(day), day, IDENTITY, KNOWN, now=NOON)


def test_a_statement_request_for_another_holder_is_refused() -> None:
    day = NOON.date()
    other = replace(IDENTITY, index=2, id="holder-2")
    with pytest.raises(RequestMisdirected):
        admit_statement(a_statement_request(day), day, other, KNOWN, now=NOON)


def test_a_statement_request_is_no_evaluation_request() -> None:
    token = a_statement_request(NOON.date()).removeprefix("Bearer ")
    with pytest.raises(RequestMalformed):
        admit(token, POINTS, IDENTITY, KNOWN, now=NOON)

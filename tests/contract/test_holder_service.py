"""The holder's routes as the wire format describes them, through its real app."""

import json
from functools import cache
from typing import Any

import httpx
import pytest

from keys.base64url import encode_b64u
from keys.config import parse_pins, verify_config
from keys.holder.app import ROUTES, openapi_text
from keys.holder.errors import HolderNotReady
from keys.holder.evaluations import MAX_BODY
from keys.request import Act, sign_request, sign_statement_request
from tests.holders_builders import NOON, FakeMeter, Holders, some_holders, some_point

URL = "https://holder-1/v1"


@cache
def read_document() -> Any:  # noqa: ANN401 - JSON
    return json.loads(openapi_text())


@pytest.fixture
def holders() -> Holders:
    return some_holders(per_user=2)


def a_body(holders: Holders, holder: int = 1, **changed: object) -> dict[str, object]:
    request = sign_request(
        holders.lookup.key, holders.terms(holder, **changed), now=holders.clock()
    )
    return {"request": request, "points": [encode_b64u(some_point())]}


async def post(holders: Holders, body: dict[str, object]) -> httpx.Response:
    async with holders.client() as client:
        return await client.post(f"{URL}/evaluations", json=body)


@pytest.mark.anyio
async def test_an_evaluation_has_the_members_of_the_wire_format(
    holders: Holders,
) -> None:
    response = await post(holders, a_body(holders))
    answer = response.json()
    assert response.status_code == 200
    assert set(answer) == {
        "holder",
        "keyVersion",
        "epoch",
        "evaluations",
        "proof",
        "ticket",
    }
    assert (answer["holder"], answer["keyVersion"], answer["epoch"]) == (1, 1, 1)
    assert [len(each) for each in answer["evaluations"]] == [43]
    assert len(answer["proof"]) == 86


@pytest.mark.anyio
async def test_publishing_is_answered_without_a_ticket(holders: Holders) -> None:
    source = holders.source
    terms = holders.terms(issuer=source.oin, subject=source.oin, act=Act.PUBLISH)
    request = sign_request(source.key, terms, now=NOON)
    points = [encode_b64u(some_point())]
    response = await post(holders, {"request": request, "points": points})
    assert response.status_code == 200
    assert "ticket" not in response.json()


@pytest.mark.anyio
async def test_the_key_config_is_served_as_the_holders_signed_it(
    holders: Holders,
) -> None:
    async with holders.client() as client:
        response = await client.get(f"{URL}/key-config")
    config = verify_config(
        response.content,
        parse_pins(holders.dealing.pins),
        accepted_origin="dealt",
        known=None,
        now=NOON,
    )
    assert config == holders.config


@pytest.mark.anyio
async def test_health_says_which_share_is_in_use(holders: Holders) -> None:
    async with holders.client() as client:
        response = await client.get(f"{URL}/health")
    assert response.json() == {
        "status": "ok",
        "holder": 1,
        "keyVersion": 1,
        "epoch": 1,
        "keyConfig": {
            "serial": 1,
            "validUntil": "2027-11-23T12:00:00Z",
            "daysLeft": 365,
            "warning": "none",
        },
    }


@pytest.mark.anyio
async def test_a_holder_whose_config_expired_is_not_well(holders: Holders) -> None:
    holders.clock.moment = holders.config.valid_until
    async with holders.client() as client:
        response = await client.get(f"{URL}/health")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"


@pytest.mark.anyio
async def test_a_statement_is_a_signed_token(holders: Holders) -> None:
    auditor, day = holders.auditor, NOON.date()
    request = sign_statement_request(
        auditor.key, auditor.oin, "holder-1", day, now=NOON
    )
    async with holders.client() as client:
        response = await client.get(
            f"{URL}/statements/{day}", headers={"Authorization": f"Bearer {request}"}
        )
    assert response.headers["content-type"] == "application/jose"
    assert response.text.count(".") == 2


@pytest.mark.anyio
async def test_a_spent_budget_says_when_to_come_back(holders: Holders) -> None:
    for _ in range(2):
        await post(holders, a_body(holders))
    response = await post(holders, a_body(holders))
    assert response.status_code == 429
    assert response.headers["retry-after"] == str(12 * 3600)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "/problems/budget-spent"


@pytest.mark.parametrize(
    ("changed", "status", "slug"),
    [
        ({"issuer": "00000009999999999999"}, 403, "organisation-unknown"),
        ({"act": Act.PUBLISH}, 403, "act-not-allowed"),
        ({"audience": "holder-2"}, 403, "wrong-holder"),
        ({"epoch": 7}, 409, "stale-key-version"),
        ({"points": (some_point(),) * 2}, 400, "request-mismatch"),
    ],
)
@pytest.mark.anyio
async def test_a_refusal_is_a_problem_with_its_name(
    holders: Holders, changed: dict[str, object], status: int, slug: str
) -> None:
    response = await post(holders, a_body(holders, 1, **changed))
    assert (response.status_code, response.json()["type"]) == (
        status,
        f"/problems/{slug}",
    )
    assert set(response.json()) == {"type", "title", "status", "detail"}
    assert str(status) in read_document()["paths"]["/evaluations"]["post"]["responses"]


@pytest.mark.anyio
async def test_the_document_of_a_holder_is_public_and_whole(holders: Holders) -> None:
    async with holders.client() as client:
        response = await client.get(f"{URL}/openapi.json")
    assert response.json() == read_document()
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["api-version"] == read_document()["info"]["version"]
    described = {
        (path, method.upper())
        for path, item in read_document()["paths"].items()
        for method in item
    }
    assert described == {(route.path, route.method) for route in ROUTES}


@pytest.mark.anyio
async def test_a_body_that_is_not_declared_as_json_is_refused(
    holders: Holders,
) -> None:
    async with holders.client() as client:
        response = await client.post(
            f"{URL}/evaluations", content=json.dumps(a_body(holders))
        )
    assert response.status_code == 415


@pytest.mark.anyio
async def test_a_body_larger_than_any_request_is_refused(holders: Holders) -> None:
    async with holders.client() as client:
        response = await client.post(
            f"{URL}/evaluations",
            content=b" " * (MAX_BODY + 1),
            headers={"Content-Type": "application/json"},
        )
    assert response.status_code == 413


@pytest.mark.anyio
async def test_a_text_that_cannot_be_written_is_400_in_every_field(
    holders: Holders,
) -> None:
    body = a_body(holders)
    changed = [{**body, "request": "\ud800"}, {**body, "points": ["\ud800"]}]
    told = []
    async with holders.client() as client:
        for one in (*changed, {**body, "\ud800": 1}):
            sent = json.dumps(one)
            headers = {"Content-Type": "application/json"}
            answer = await client.post(
                f"{URL}/evaluations", content=sent, headers=headers
            )
            told.append(answer.status_code)
    assert told == [400, 400, 400]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/evaluations", 405),
        ("POST", "/v1/key-config", 405),
        ("GET", "/v1/evaluations/", 404),
        ("GET", "/", 404),
        ("GET", "/openapi.json", 404),
        ("GET", "/v1/statements/2026-11-23", 401),
    ],
)
@pytest.mark.anyio
async def test_there_is_no_other_way_in(
    holders: Holders, method: str, path: str, status: int
) -> None:
    async with holders.client() as client:
        response = await client.request(method, f"https://holder-1{path}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("fault", "status"), [(HolderNotReady(), 503), (RuntimeError("secret"), 500)]
)
@pytest.mark.anyio
async def test_a_fault_inside_is_a_problem_without_words(
    holders: Holders, fault: Exception, status: int
) -> None:
    meter = holders.holders[1].meter
    assert isinstance(meter, FakeMeter)
    meter.broken = fault
    response = await post(holders, a_body(holders))
    assert response.status_code == status
    assert "secret" not in response.text + holders.holders[1].log.getvalue()


@pytest.mark.anyio
async def test_no_answer_may_be_cached(holders: Holders) -> None:
    response = await post(holders, a_body(holders))
    assert response.headers["cache-control"] == "no-store"

"""The API holds to the NL API Design Rules 2.1, in its description and its answers."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from signal_index.api.edge import BATCH_BODY_MAXIMUM, BODY_MAXIMUM, SECURITY_HEADERS
from signal_index.api.subjects import SUBJECTS
from tests.builders import a_contact_holder, a_delivery
from tests.holders_builders import a_bsn
from tests.index_document import read_document, schema_of
from tests.world import SECURITY_TEXT, World

pytestmark = pytest.mark.anyio
FAILURES = {"406", "429", "500", "503"}
_SAID_OF_A_SCHEMA = {"contentEncoding", "default", "description"}
METHODS = {"get", "put", "post", "delete", "patch"}


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in read_document()["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield path, method, operation


def _answer_schema(path: str, method: str, answer: httpx.Response) -> str:
    responses = read_document()["paths"][path][method]["responses"]
    found = responses.get(str(answer.status_code)) or responses["default"]
    (content,) = found["content"].values()
    return str(content["schema"]["$ref"].rpartition("/")[2])


def _named_in(value: object) -> set[str]:
    """Name the schemas that this refers to, directly or through another."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        for one in _walk(waiting.pop()):
            name = str(one.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(read_document()["components"]["schemas"][name])
    return found


def _walk(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        for below in value.values():
            yield from _walk(below)
    elif isinstance(value, list):
        for below in value:
            yield from _walk(below)


async def test_the_document_says_nothing_that_no_schema_knows() -> None:
    places = [one["schema"] for one in _walk(read_document()) if "in" in one]
    places += read_document()["components"]["schemas"].values()
    schemas = [one for place in places for one in _walk(place) if "type" in one]
    said = {key for one in schemas if isinstance(one["type"], str) for key in one}
    known = set(Draft202012Validator.VALIDATORS) | _SAID_OF_A_SCHEMA
    assert said <= known


async def test_what_only_answers_hold_may_grow() -> None:
    """A desk of yesterday reads what the index answers today (decision 28).

    But for what a source signs: with a member more it is signed by nobody.
    """
    asked: set[str] = set()
    answered: set[str] = set()
    for _, _, operation in _operations():
        asked |= _named_in(operation.get("requestBody"))
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                answered |= _named_in(response)
    schemas = read_document()["components"]["schemas"]
    closed = {one for one in answered if "additionalProperties" in schemas[one]}
    assert closed - {"Deputy", "OfficeHours"} <= asked


async def test_every_route_is_described_and_nothing_else() -> None:
    live = {
        (re.sub(r":path}", "}", named.path), named.method.lower())
        for subject in SUBJECTS
        for named in subject.named
    }
    assert live == {(path, method) for path, method, _ in _operations()}


async def test_whatever_can_be_read_can_be_asked_without_its_body() -> None:
    read = [
        one.methods
        for subject in SUBJECTS
        for one in subject.served
        if "GET" in (one.methods or ())
    ]
    assert read
    assert all(one == {"GET", "HEAD"} for one in read)


async def test_the_description_is_whole() -> None:
    assert read_document()["openapi"].startswith("3.1")
    assert read_document()["info"]["contact"].keys() == {"name", "url", "email"}
    schemas = read_document()["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    used = {one["$ref"] for one in _walk(read_document()) if "$ref" in one}
    assert used <= {f"#/components/schemas/{name}" for name in schemas}


async def test_each_operation_says_who_may_call_it_and_how_it_fails() -> None:
    for _, _, operation in _operations():
        assert "security" in operation
        statuses = operation["responses"].keys() - {"default"}
        assert statuses >= FAILURES or "default" in operation["responses"]
    ids = [operation["operationId"] for _, _, operation in _operations()]
    assert len(set(ids)) == len(ids)


async def test_paths_are_kebab_case_and_members_camel_case() -> None:
    for path, _, operation in _operations():
        for part in path.strip("/").split("/"):
            assert re.fullmatch(r"[a-z0-9.-]+|\{[a-z_]+\}", part)
        for parameter in operation.get("parameters", []):
            assert parameter["in"] == "path" or parameter["name"].isalpha()
    names = {
        name
        for schema in _walk(read_document()["components"]["schemas"])
        for name in schema.get("properties", {})
    }
    assert [name for name in names if not re.fullmatch(r"[a-z][a-zA-Z]*", name)] == []


async def test_the_description_is_public_to_any_page(world: World) -> None:
    async with world.http() as client:
        answer = await client.get("/v1/openapi.json")
    assert answer.json() == read_document()
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_the_type_of_a_problem_leads_to_a_page_that_explains_it(
    world: World,
) -> None:
    async with world.http() as client:
        problem = (await client.get("/v1/own-lookups")).json()
        page = await client.get(problem["type"], headers={"accept": "text/html"})
        no_page = await client.get("/v1/problems/nothing-of-ours")
        no_json = await client.get(
            problem["type"], headers={"accept": "application/json"}
        )
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert SECURITY_HEADERS.items() <= dict(page.headers).items()
    assert problem["title"] in page.text
    assert problem["detail"] in page.text
    assert (no_page.status_code, no_json.status_code) == (404, 406)


async def test_security_txt_is_there(world: World) -> None:
    async with world.http() as client:
        answer = await client.get("/.well-known/security.txt")
    assert answer.text == SECURITY_TEXT


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/health", 200),
        ("GET", "/v1/openapi.json", 200),
        ("GET", "/v1/health/", 404),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1", 404),
        ("GET", "/", 404),
        ("GET", "/v1/ledger/checkpoint", 404),
        ("GET", "/v1/ledger/2026/tile/entries/000", 401),
        ("GET", "/v1/ledger/2026/tile/../entries/000", 404),
        ("DELETE", "/v1/lookups", 405),
        ("GET", "/v1/lookups", 405),
        ("GET", "/v1/signals", 401),
        ("GET", "/v1/own-lookups", 401),
    ],
)
async def test_every_answer_carries_version_and_security_headers(
    world: World, method: str, path: str, status: int
) -> None:
    async with world.http() as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["api-version"] == "1.0.0"
    assert SECURITY_HEADERS.keys() <= set(answer.headers)
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert schema_of("Problem").is_valid(answer.json())


async def test_a_wrong_method_is_told_all_that_are_taken(world: World) -> None:
    taken: dict[str, set[str]] = {}
    for path, method, _ in _operations():
        methods = {"GET", "HEAD"} if method == "get" else {method.upper()}
        taken.setdefault(path, set()).update(methods)
    told = {}
    async with world.http() as client:
        for path in taken:
            asked = "/v1" + re.sub(r"\{\w+\}", str(uuid.UUID(int=1)), path)
            answer = await client.request("TRACE", asked)
            assert answer.status_code == 405
            told[path] = set(answer.headers["allow"].split(", "))
    assert told == taken


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-type": "text/plain"}, b"{}", 415),
        ({}, b"{}", 415),
        ({"content-type": "application/json", "accept": "text/html"}, b"{}", 406),
        ({"content-type": "application/json"}, b"{", 400),
        ({"content-type": "application/json"}, b"[]", 400),
        ({"content-type": "application/json"}, b"\xff", 400),
        ({"content-type": "application/json; charset=utf-8"}, b"{}", 400),
        ({"content-type": "application/json"}, b" " * (BODY_MAXIMUM + 1), 413),
    ],
)
async def test_a_body_that_is_not_what_it_should_be_is_refused(
    world: World, headers: dict[str, str], body: bytes, status: int
) -> None:
    headers = {**headers, "authorization": f"Bearer {world.a_token()}"}
    async with world.http() as client:
        answer = await client.post("/v1/lookups", content=body, headers=headers)
    assert answer.status_code == status


async def test_a_body_without_an_announced_length_is_capped_too(world: World) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(BATCH_BODY_MAXIMUM // 65_536 + 2):
            yield b" " * 65_536

    headers = {"content-type": "application/json"}
    async with world.http() as client:
        answer = await client.post(
            "/v1/signal-batches", content=endless(), headers=headers
        )
    assert answer.status_code == 413


@pytest.mark.parametrize("query", ["?limit=0", "?limit=x", "?cursor=1", "?bogus=1"])
async def test_a_query_we_do_not_know_is_refused(world: World, query: str) -> None:
    token = world.a_source_token(world.debt_help)
    answer = await world.send("GET", f"/signals{query}", token)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"purpose": "nieuwsgierig"},
        {"purpose": "<script>"},
        {"purpose": None},
        {"legalBasis": "geen"},
        {"municipality": "Ons Dorp"},
        {"subjects": []},
        {"subjects": [{"pseudonym": "A" * 43, "informed": None}]},
        {"caseReference": "Z-2026-001234"},
        {"breakGlass": {"reason": "haast"}},
        {"keyVersion": "1"},
        {"unexpected": 1},
    ],
)
async def test_what_cannot_be_a_question_is_400_without_an_echo(
    world: World, changed: dict[str, Any]
) -> None:
    body = {**await world.ask([a_bsn(1)]), **changed}
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 400
    for sent in ("nieuwsgierig", "script", "Ons Dorp", "Z-2026", "unexpected"):
        assert sent not in answer.text


async def test_a_question_under_another_key_is_409(world: World) -> None:
    body = await world.ask([a_bsn(1)], keyVersion=7)
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 409


async def test_live_answers_are_what_the_description_says(world: World) -> None:
    person, source = world.a_token(), world.a_source_token(world.debt_help)
    (notice,) = await world.publish(world.debt_help, [a_bsn(1)])
    lookup = await world.ask([a_bsn(1), a_bsn(2)])
    refused = await world.ask([a_bsn(1)], caseReference=None)
    (part,) = await world.look_up([a_bsn(1)])
    contact = a_contact_holder().model_dump(mode="json")
    asked: list[tuple[str, str, str, object]] = [
        ("/health", "/health", person, None),
        ("/lookups", "/lookups", person, lookup),
        ("/lookups", "/lookups", person, refused),
        ("/lookups", "/lookups", person, {}),
        ("/own-lookups", "/own-lookups?limit=1", person, None),
        ("/catalogue", "/catalogue", person, None),
        ("/signals", "/signals", source, None),
        ("/contact-holders", "/contact-holders", source, None),
        (
            "/contact-holders/{contact_holder}",
            f"/contact-holders/{uuid.uuid4()}",
            source,
            contact,
        ),
        ("/deliveries", "/deliveries", source, a_delivery().model_dump(mode="json")),
        ("/signals/{reference}", f"/signals/{notice.reference}", source, {}),
        (
            "/lookups/{entry_id}/outcome",
            f"/lookups/{part['entryId']}/outcome",
            person,
            {"outcome": "nothing", "flag": None},
        ),
    ]
    for template, path, token, body in asked:
        (method,) = (
            one
            for one in read_document()["paths"][template]
            if ("requestBody" in read_document()["paths"][template][one])
            is (body is not None)
        )
        answer = await world.send(method.upper(), path, token, body)
        schema = schema_of(_answer_schema(template, method, answer))
        assert [error.message for error in schema.iter_errors(answer.json())] == []

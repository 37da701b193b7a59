"""What the relay's document says of another party's answers, that party says too."""

import json
from typing import Any

import pytest
from fastapi.routing import APIRoute

from desk.following import relay as following
from desk.involved import relay as involved
from desk.relay import openapi_text as relay_text
from desk.relay import router
from desk.relay_wire import PREFIX
from keys.holder.app import openapi_text as holder_text
from signal_index.api.subjects import openapi_text as index_text
from tests.desk_builders import Browser, Town
from tests.unit.desk.test_relay import log_in_with_csrf, look_up

RELAY: dict[str, Any] = json.loads(relay_text())
INDEX: dict[str, Any] = json.loads(index_text())
HOLDER: dict[str, Any] = json.loads(holder_text())
MIRRORED = [
    ("post", "/evaluations", HOLDER, "/evaluations"),
    ("post", "/lookups", INDEX, "/lookups"),
    ("post", "/lookups/{entry}/outcome", INDEX, "/lookups/{entry_id}/outcome"),
    ("post", "/lookups/{entry}/print", INDEX, "/lookups/{entry_id}/print"),
    ("post", "/lookups/{entry}/follow", INDEX, "/lookups/{entry_id}/follow"),
    ("get", "/follows", INDEX, "/follows"),
    ("post", "/follows/{follow}/end", INDEX, "/follows/{follow_id}/end"),
    ("post", "/abandoned-requests", INDEX, "/abandoned-requests"),
    ("get", "/catalogue", INDEX, "/catalogue"),
    ("get", "/own-lookups", INDEX, "/own-lookups"),
    ("get", "/hand-signal-options", INDEX, "/hand-signal-options"),
]


BY_HAND = {
    ("/hand-signals", "get"),
    ("/hand-signals", "post"),
    ("/hand-signals/{reference}/withdrawal", "post"),
    ("/hand-signals/{reference}/confirmation", "post"),
    ("/hand-signals/{reference}/hand-over", "post"),
}


def _answers(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method]["responses"]
    return found


def _schema(document: dict[str, Any], answer: dict[str, Any]) -> Any:  # noqa: ANN401
    """The schema of an answer, with what it refers to written out."""

    def write_out(value: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(value, list):
            return [write_out(one) for one in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            name = value["$ref"].rpartition("/")[2]
            return write_out(document["components"]["schemas"][name])
        return {key: write_out(one) for key, one in value.items()}

    return write_out(answer.get("content"))


def test_the_relay_names_every_status_that_it_passes_on() -> None:
    for method, path, other, its_path in MIRRORED:
        own = _answers(RELAY, method, path)
        passed = set(_answers(other, method, its_path))
        if other is HOLDER:  # but for a spent budget, a refusal is a 424 of the desk
            assert {"424"} <= set(own)
            passed = {"200", "429"}
        assert passed <= set(own), path


def test_what_passes_unchanged_has_the_same_form_in_both_documents() -> None:
    for method, path, other, its_path in MIRRORED:
        own, its = _answers(RELAY, method, path), _answers(other, method, its_path)
        (done,) = (status for status in own if status.startswith("2"))
        assert _schema(RELAY, own[done]) == _schema(other, its[done]), path


def test_every_route_of_the_relay_is_described_and_no_page() -> None:
    live = {
        (route.path.removeprefix(PREFIX), method.lower())
        for route in (
            *router.routes,
            *involved.router.routes,
            *following.router.routes,
        )
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    described = {
        (path, method) for path, item in RELAY["paths"].items() for method in item
    }
    assert described == live
    mirrored = {(path, method) for method, path, _, _ in MIRRORED}
    own = {("/key-config", "get"), ("/pins", "get"), ("/openapi.json", "get")}
    own |= BY_HAND  # signed and noted at the desk: the index has other bodies
    assert described == mirrored | own


@pytest.mark.anyio
async def test_the_document_of_the_relay_is_public(browser: Browser) -> None:
    answer = await browser.get(f"{PREFIX}/openapi.json")
    assert answer.json() == RELAY
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.anyio
async def test_every_answer_of_the_relay_carries_its_version(
    town: Town, browser: Browser
) -> None:
    refused = await browser.get(f"{PREFIX}/pins")
    await log_in_with_csrf(browser)
    answers = [refused, await browser.get(f"{PREFIX}/pins")]
    answers.append(await look_up(town, browser))
    assert {one.status_code for one in answers} == {200, 401}
    version = RELAY["info"]["version"]
    assert {one.headers["api-version"] for one in answers} == {version}

"""Somebody sends what only looks like what was asked: doubled, converted, endless.

Held against an ordinary route (FastAPI and a model) and against the lookup (plain, for
speed): both are as strict, name the field, and never repeat what was sent.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from signal_index.wire.embargoes import NewEmbargo
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_body, parse_json
from tests.citizen_builders import CitizensDesk
from tests.holders_builders import a_bsn
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

GOOD: dict[str, Any] = {
    "keyVersion": 1,
    "tickets": ["a.b.c", "d.e.f"],
    "pseudonym": "A" * 43,
    "categories": ["veilig-thuis"],
    "reason": "protect-child",
    "until": "2027-01-01",
}
CHANGED: list[tuple[str, object, str, str]] = [
    ("keyVersion", "1", "keyVersion", "not-a-number"),
    ("keyVersion", True, "keyVersion", "not-a-number"),
    ("keyVersion", 1.0, "keyVersion", "not-a-number"),
    ("keyVersion", None, "keyVersion", "not-a-number"),
    ("keyVersion", 0, "keyVersion", "out-of-range"),
    ("keyVersion", 2**31, "keyVersion", "out-of-range"),
    ("keyVersion", 10**300, "keyVersion", "out-of-range"),
    ("until", 1_798_761_600, "until", "not-text"),
    ("until", "2027-1-1", "until", "wrong-form"),
    ("until", "2027-02-30", "until", "wrong-form"),
    ("until", "2027-01-01T00:00:00Z", "until", "wrong-form"),
    ("reason", "\ud800", "reason", "wrong-form"),
    ("reason", "protect-child\u0000", "reason", "wrong-form"),
    ("reason", ["protect-child"], "reason", "not-text"),
    ("categories", "veilig-thuis", "categories", "not-a-list"),
    ("categories", {"0": "veilig-thuis"}, "categories", "not-a-list"),
    ("categories", [], "categories", "too-many"),
    ("tickets", ["\udfff", "d.e.f"], "tickets", "wrong-form"),
    ("tickets", ["a.b.c"] * 3, "tickets", "too-many"),
    ("pseudonym", "A" * 42 + "=", "pseudonym", "wrong-form"),
    ("pseudonym", "A" * 42 + "B", "pseudonym", "wrong-form"),
    ("salary", 1, "body", "unknown-field"),
]


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(InvalidField) as refused:
        parse_body(NewEmbargo, text)
    return refused.value.field, refused.value.code


def test_what_only_looks_like_it_is_refused_by_its_field() -> None:
    assert parse_body(NewEmbargo, json.dumps(GOOD)).keyVersion == 1
    told = {
        (field, repr(value)[:20]): refusal(json.dumps({**GOOD, field: value}))
        for field, value, _, _ in CHANGED
    }
    assert told == {
        (field, repr(value)[:20]): (named, code)
        for field, value, named, code in CHANGED
    }


def test_a_text_that_cannot_be_written_is_no_text_wherever_it_stands() -> None:
    for text in ("\ud800", "a\udfffb", "\u0000", "a\b", "\u001f"):
        for field, value in (("reason", text), ("categories", [text])):
            assert refusal(json.dumps({**GOOD, field: value}))[0] == field
    with pytest.raises(InvalidField):
        parse_json(b'{"reason": "\xed\xa0\x80"}')
    said = "\U0001f600 \t\n \u00e9"
    assert parse_json(json.dumps({"reason": said})) == {"reason": said}


def test_what_is_missing_is_named() -> None:
    for field in GOOD:
        left = {name: value for name, value in GOOD.items() if name != field}
        assert refusal(json.dumps(left)) == (field, "missing")


BROKEN = [
    '{"reason": "danger-over", "reason": "danger-over"}',
    '{"reason": NaN}',
    '{"reason": Infinity}',
    '{"reason": "danger-over"',
    "",
    "[" * 5_000 + "]" * 5_000,
    '{"reason":' * 5_000 + "1" + "}" * 5_000,
    '{"reason": ' + "9" * 5_000 + "}",
    '{"\\ud800": 1}',
    '{"unknown": [{"below": "\\udfff"}]}',
    '{"unknown": "\\u0000"}',
    '{"a":' * 900 + '"\\ud800"' + "}" * 900,
]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_world(tmp_path_factory.mktemp("world")) as opened:
        yield opened


async def send(world: World, path: str, token: str, text: bytes) -> httpx.Response:
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
    }
    async with world.http() as client:
        return await client.post(f"/v1{path}", content=text, headers=headers)


async def test_what_is_no_json_of_ours_is_400_on_both_kinds_of_route(
    world: World,
) -> None:
    embargo = "/embargoes/6f1c2d3e-0000-4000-8000-000000000000/lifting"
    told = {}
    for number, text in enumerate(BROKEN):
        for path, token in (
            (embargo, world.an_officer()),
            ("/lookups", world.a_token()),
        ):
            answer = await send(world, path, token, text.encode())
            (error,) = answer.json()["errors"]
            told[number, path] = (answer.status_code, error["field"])
    assert set(told.values()) == {(400, "body")}


async def test_nothing_that_was_sent_comes_back(world: World, tmp_path: Path) -> None:
    desk = CitizensDesk(world, tmp_path)
    marker = "Xq7Zk9Wv"
    body = {**await desk.person(a_bsn(1)), **{k: GOOD[k] for k in ("until",)}}
    sent: list[dict[str, object]] = [
        {**body, "categories": [marker], "reason": "protect-child"},
        {**body, "categories": ["veilig-thuis"], "reason": marker},
        {**body, "categories": ["veilig-thuis"], "reason": "x", marker: 1},
        {**body, "categories": ["veilig-thuis"], "reason": "x", "until": marker},
    ]
    for one in sent:
        answer = await desk.send("POST", "/embargoes", one)
        assert answer.status_code == 400
        assert marker not in answer.text
        assert marker not in str(answer.headers)


async def test_a_stranger_learns_nothing_of_a_body(world: World) -> None:
    for text in (b"{", b'{"reason": 1}', b"[" * 5_000):
        answer = await send(
            world, "/embargoes/not-an-id/lifting?bogus=1", "no-token", text
        )
        assert answer.status_code == 401


async def test_a_query_that_a_route_does_not_name_is_refused(world: World) -> None:
    token = world.an_officer()
    told = {}
    for query in (
        "limit=0",
        "limit=1001",
        "limit=1.0",
        "limit=%31%30%30%30%30",
        "limit=1&limit=1",
        "limit=",
        "cursor=1",
        "cursor=6F1C2D3E-0000-4000-8000-000000000000",
        "bogus=1",
        "limit=1&bogus",
    ):
        answer = await world.send("GET", f"/embargoes?{query}", token)
        told[query] = answer.status_code
    assert set(told.values()) == {400}
    assert (await world.send("GET", "/embargoes?limit=1", token)).status_code == 200


async def test_a_doubled_member_of_a_query_is_not_called_unknown(world: World) -> None:
    answer = await world.send("GET", "/embargoes?limit=1&limit=1", world.an_officer())
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("query", "doubled-field")

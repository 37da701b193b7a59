"""Somebody reads the log, hoping that a pseudonym, token or reference slipped in."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from signal_index.events import Event
from tests.holders_builders import a_bsn
from tests.world import open_world

pytestmark = pytest.mark.anyio


async def test_nothing_of_a_person_caller_or_signal_is_logged(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        (notice,) = await world.publish(world.debt_help, [a_bsn(1)])
        body = await world.ask([a_bsn(1)])
        token = world.a_token()
        for sent in (body, {**body, "purpose": "x"}, {**body, "extra": 1}, "junk"):
            await world.send("POST", "/lookups", token, sent)
        await world.send("GET", f"/signals/{notice.reference}", token)
        await world.send("GET", "/lookups?pseudonym=abc", token)
        log = world.log.getvalue()
    pseudonym = str(body["subjects"][0]["pseudonym"])
    raw = base64.urlsafe_b64decode(pseudonym + "=")
    secrets = [
        pseudonym,
        raw.hex(),
        token,
        *body["tickets"],
        str(notice.reference),
        "user-1",
        str(body["caseReference"]),
        "abc",
    ]
    assert log.count("\n") > 6
    assert [secret for secret in secrets if secret in log] == []


async def test_a_fault_is_logged_by_its_kind_alone(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([a_bsn(1)])

        async def broken(_: object) -> object:
            raise RuntimeError(body["subjects"][0]["pseudonym"])

        world.index.lookups.join = broken  # type: ignore[method-assign,assignment]  # a fault
        answer = await world.send("POST", "/lookups", world.a_token(), body)
        log = world.log.getvalue()
    assert answer.status_code == 500
    assert '"kind": "RuntimeError"' in log
    assert body["subjects"][0]["pseudonym"] not in log + answer.text


async def test_every_line_is_an_event_of_the_list(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await world.look_up([a_bsn(1)])
        lines = [json.loads(line) for line in world.log.getvalue().splitlines()]
    for line in lines:
        fields = line.keys() - {"at", "event"}
        assert fields <= Event(line["event"]).fields

"""Somebody tries tokens, gates and signatures, hoping that nobody hears of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from keys.base64url import encode_b64u
from keys.errors import HolderBudgetSpent
from keys.request import sign_request
from signal_index.store.accounts import suspend_account
from tests.holders_builders import LOOKUP_OIN, a_bsn, some_holders, some_point
from tests.store_builders import owning
from tests.world import open_world

pytestmark = pytest.mark.anyio

TRACE = "0af7651916cd43dd8448eb211c80319c"


def stream_of(log: StringIO) -> Sequence[dict[str, Any]]:
    """The lines of the security stream."""
    every = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in every if line.get("stream") == "security"]


async def test_what_the_index_refuses_is_known_and_names_no_account(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        body = await world.ask([a_bsn(1)])
        await world.send("POST", "/lookups", "no-token", body)
        await world.send("GET", "/policy", world.a_token())
        bad = {**body, "tickets": ["a.b.c", "d.e.f"]}
        await world.send("POST", "/lookups", world.a_token(), bad)
        async with world.http() as client:
            token = world.a_token(loa="low")
            headers = {
                "authorization": f"Bearer {token}",
                "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
            }
            await client.post("/v1/lookups", json=body, headers=headers)
        async with owning(world.engine) as conn:
            await suspend_account(conn, LOOKUP_OIN, "user-9", now=world.clock())
        world.index.standing.forget()
        await world.send("GET", "/own-lookups", world.a_token(sub="user-9"))
        found = stream_of(world.log)
        text = world.log.getvalue()
    told = [(line["event"], line.get("route")) for line in found]
    assert told == [
        ("token-refused", "/lookups"),
        ("gate-refused", "/policy"),
        ("ticket-refused", "/lookups"),
        ("question-refused", "/lookups"),
        ("suspended-refused", "/own-lookups"),
    ]
    assert "account" not in found[0]
    assert {line["organisation"] for line in found[1:]} == {LOOKUP_OIN}
    assert len({line["account"] for line in found[1:4]}) == 1
    assert found[3]["trace"] == TRACE
    assert [one for one in ("user-1", "user-9", "unfit") if one in text] == []


async def test_what_a_holder_refuses_is_known_and_names_no_account() -> None:
    holders = some_holders(per_user=10)
    request = sign_request(holders.lookup.key, holders.terms(1), now=holders.clock())
    body = {"request": request, "points": [encode_b64u(some_point())]}
    forged = sign_request(holders.source.key, holders.terms(1), now=holders.clock())
    async with holders.client() as client:
        for sent in (body, body, {**body, "request": forged}):
            await client.post("https://holder-1/v1/evaluations", json=sent)
    with pytest.raises(HolderBudgetSpent):
        await holders.look_up([a_bsn(number) for number in range(11)])
    found = stream_of(holders.holders[1].log)
    assert [line["event"] for line in found] == [
        "replay-refused",
        "token-refused",
        "budget-spent",
    ]
    assert {line["route"] for line in found} == {"/v1/evaluations"}
    assert found[0]["account"] == found[2]["account"]
    assert "user-1" not in holders.holders[1].log.getvalue()


async def test_who_goes_through_many_persons_at_a_holder_is_an_alarm_there() -> None:
    holders = some_holders()
    for start in range(0, 40, 10):
        await holders.look_up([a_bsn(start + number) for number in range(10)])
    await holders.prepare_publication([a_bsn(number) for number in range(100)])
    (alarm,) = stream_of(holders.holders[1].log)
    assert (alarm["event"], alarm["rule"], alarm["count"]) == ("alarm", "burst", 40)
    assert alarm["organisation"] == holders.lookup.oin

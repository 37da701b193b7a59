"""Following is for an open case: nobody is watched, and nobody sees who follows."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from keys.base64url import encode_b64u
from keys.pseudonym import KeyVersion, derive_stored_point
from policy.vocabulary import LoopActId
from signal_index.follows import (
    OPEN_PER_ORGANISATION,
    name_follow_row,
    open_following,
)
from signal_index.store.registry import SourceRecord, add_source
from signal_index.wire.follows import OPEN_PER_USER
from signal_index.wire.sources import SourceState
from tests.follow_builders import (
    FATIMA,
    JORIS,
    ask,
    begin,
    changed,
    follow,
    listed,
    open_follows,
)
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.notice_builders import dump, switch_on
from tests.store_builders import owning
from tests.world import World, open_world
from tests.world_registry import TEAM_OIN

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def world(world: World) -> World:
    await open_follows(world)
    return world


def slug(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - an HTTP answer
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_nobody_is_followed_without_an_own_answer_about_them(
    world: World,
) -> None:
    one, two = await ask(world, [ONE, TWO], FATIMA)
    swapped = {**one, "named": two["named"]}
    answer = await begin(world, swapped)
    assert answer.json()["errors"] == [
        {**answer.json()["errors"][0], "field": "pseudonym", "code": "does-not-match"}
    ]
    assert slug(await begin(world, one, JORIS)) == (404, "unknown-entry")
    elsewhere = {**FATIMA, "org": TEAM_OIN, "client_id": "desk-team"}
    assert slug(await begin(world, one, elsewhere)) == (404, "unknown-entry")
    world.clock.forward(timedelta(hours=25))
    assert slug(await begin(world, one)) == (404, "unknown-entry")
    assert await dump(world, "follow") == []


@pytest.mark.parametrize("informed", ["safety-risk", "investigation-at-risk"])
async def test_it_never_happens_without_the_citizen_knowing(
    world: World, informed: str
) -> None:
    (part,) = await ask(world, [ONE], FATIMA)
    assert slug(await begin(world, part, informed=informed))[0] == 403
    body = {**part["named"]}
    path = f"/lookups/{part['entryId']}/follow"
    bare = await world.send("POST", path, world.a_token(**FATIMA), body)
    assert [one["field"] for one in bare.json()["errors"]] == ["informed"]
    assert await dump(world, "follow") == []


async def test_while_the_act_is_closed_nothing_is_followed_nor_anybody_named(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        (part,) = await ask(world, [ONE], FATIMA)
        assert (part["colleagues"], part["canFollow"]) == ([], False)
        assert slug(await begin(world, part))[0] == 403
        await switch_on(world, LoopActId.FOLLOW)
        await follow(world, ONE)
        (part,) = await ask(world, [ONE], JORIS)
        assert (part["colleagues"], part["canFollow"]) == ([], True)


async def test_who_lost_the_role_is_told_nothing_by_what_stands(world: World) -> None:
    await follow(world, ONE)
    await world.publish(world.debt_help, [ONE])
    without = {**FATIMA, "roles": ["generalist", "generalist-safety"]}
    assert await changed(world, without) == [None]
    assert await changed(world) == [True]


async def test_restricted_trial_and_veilig_thuis_cause_no_message(
    world: World,
) -> None:
    await world.publish(world.income_support, [ONE])
    await follow(world, ONE)
    await world.run_sql("UPDATE signal SET state = 'restricted'")
    assert await changed(world) == [False]
    await world.run_sql("UPDATE signal SET state = 'active'")
    await world.run_sql(
        "UPDATE source SET state = 'trial' WHERE oin = :oin",
        oin=world.income_support.oin,
    )
    assert await changed(world) == [False]
    await world.run_sql(
        "UPDATE source SET state = 'trial' WHERE oin = :oin",
        oin=world.debt_help.oin,
    )
    await world.publish(world.debt_help, [ONE])
    assert await changed(world) == [False]
    (row,) = await dump(world, "follow")
    key = world.index.keys.get_disclosure_key(row["year"])
    (made,) = await listed(world)
    said = open_following(UUID(made["id"]), row["sealed"], key)
    assert "veilig-thuis" not in said.watched


async def test_what_the_own_organisation_did_is_no_change(world: World) -> None:
    """Who takes the lead need not be told so; of everybody else it is told."""
    await follow(world, ONE)
    await world.publish(world.debt_help, [ONE])
    assert await changed(world) == [True]
    where = (frozenset({"schuldhulpverlening"}), frozenset({"9901"}))
    live = SourceState.LIVE
    own = SourceRecord(LOOKUP_OIN, "debt-help", *where, 7, state=live)
    async with owning(world.engine) as conn:
        await add_source(conn, own, now=world.clock())
    await world.run_sql("UPDATE signal SET source = :own", own=LOOKUP_OIN)
    assert await changed(world) == [False]
    await world.publish(world.income_support, [ONE])
    assert await changed(world) == [True]


MORE = """
INSERT INTO follow SELECT lower(hex(randomblob(16))), municipality, organisation, year,
  {owner}, randomblob(16), sealed, until, NULL, NULL, NULL, NULL
FROM follow, (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
  WHERE i < :count) SELECT i FROM n) WHERE id = (SELECT min(id) FROM follow)
"""


async def test_there_are_so_many_open_and_no_more(world: World) -> None:
    await follow(world, ONE)
    await world.run_sql(MORE.format(owner="owner"), count=OPEN_PER_USER - 1)
    (part,) = await ask(world, [TWO], FATIMA)
    assert slug(await begin(world, part)) == (409, "follows-full")
    await follow(world, ONE)  # the same person again is one
    others = OPEN_PER_ORGANISATION - OPEN_PER_USER
    await world.run_sql(MORE.format(owner="randomblob(16)"), count=others)
    (part,) = await ask(world, [TWO], JORIS)
    assert slug(await begin(world, part, JORIS)) == (409, "follows-full")


async def test_a_publication_does_the_same_whether_anybody_follows_or_not(
    world: World,
) -> None:
    """Statements, their order and the answer: nothing of it knows of follows."""
    seen: list[str] = []
    event.listen(
        world.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_: seen.append(statement),
    )
    await world.publish(world.debt_help, [a_bsn(3)])  # what stands has been read
    seen.clear()
    await world.publish(world.debt_help, [TWO])
    alone = list(seen)
    await follow(world, ONE)
    before = await dump(world, "follow")
    seen.clear()
    await world.publish(world.debt_help, [ONE])
    assert seen == alone
    assert not any("follow" in statement for statement in seen)
    assert await dump(world, "follow") == before
    assert await changed(world) == [True]


async def test_a_copy_of_the_database_tells_neither_whom_nor_what(
    world: World,
) -> None:
    for category in (world.debt_help, world.income_support):
        await world.publish(category, [ONE])
    await follow(world, ONE)
    await follow(world, TWO)
    await follow(world, ONE, JORIS)
    rows = await dump(world, "follow")
    assert len({len(row["sealed"]) for row in rows}) == 1  # seen two, seen none
    signals = {bytes(row["row_key"]) for row in await dump(world, "signal")}
    text_of = repr(rows).encode()
    for row in rows:
        assert bytes(row["person_row"]) not in signals
        for part in ("owner", "person_row", "sealed"):
            assert not any(key in bytes(row[part]) for key in signals)
    assert b"Fatima" not in text_of
    assert b"user-1" not in text_of
    found = {
        bytes(value)
        for row in await dump(world, "ledger_disclosure")
        for name, value in row.items()
        if name.startswith("find_") and value is not None
    }
    assert not found & {bytes(row["owner"]) for row in rows}
    pseudonyms = {encode_b64u(key) for key in signals}
    assert not any(each.encode() in text_of for each in pseudonyms)


async def test_one_organisation_finds_nothing_of_another(world: World) -> None:
    """The row of a person is another in each organisation: none finds another's."""
    given = await world.holders.look_up([ONE], "user-1")
    keys = world.index.keys
    scalar = keys.get_scalar(KeyVersion(world.index.key_config.key_version))
    point = derive_stored_point(scalar, given.pseudonyms[0])
    rows = {
        keys.row_keys.seal(point, name_follow_row(oin)).row_key
        for oin in (LOOKUP_OIN, TEAM_OIN)
    }
    await follow(world, ONE)
    (stored,) = await dump(world, "follow")
    assert len(rows) == 2
    own = keys.row_keys.seal(point, name_follow_row(LOOKUP_OIN))
    assert bytes(stored["person_row"]) == own.row_key


async def test_an_answer_is_as_long_with_a_colleague_as_without(world: World) -> None:
    lengths = set()
    for _ in range(2):
        body = await world.ask([ONE], subject=JORIS["sub"])
        answer = await world.send("POST", "/lookups", world.a_token(**JORIS), body)
        lengths.add(len(answer.content))
        await follow(world, ONE)
    assert len(lengths) == 1


async def test_a_code_that_is_guessed_or_of_another_organisation_gives_nothing(
    world: World,
) -> None:
    made = await follow(world, ONE)
    token = world.a_token(**FATIMA)
    body = {"follows": [made["id"]]}
    code = (await world.send("POST", "/follow-offers", token, body)).json()["code"]
    other = {**JORIS, "org": TEAM_OIN, "client_id": "desk-team"}
    for who, said in itertools.product((other,), (code,)):
        answer = await world.send(
            "POST", "/follow-takeovers", world.a_token(**who), {"code": said}
        )
        assert slug(answer) == (404, "unknown-offer")
    wrong = {"code": "AAAA-AAAA-AAAA-AAAA"}
    answer = await world.send(
        "POST", "/follow-takeovers", world.a_token(**JORIS), wrong
    )
    assert slug(answer) == (404, "unknown-offer")
    safety = {**JORIS, "roles": ["generalist", "generalist-safety"]}
    answer = await world.send(
        "POST", "/follow-takeovers", world.a_token(**safety), {"code": code}
    )
    assert answer.status_code == 403
    world.clock.forward(timedelta(days=8))
    answer = await world.send(
        "POST", "/follow-takeovers", world.a_token(**JORIS), {"code": code}
    )
    assert slug(answer) == (404, "unknown-offer")

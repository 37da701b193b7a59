"""What the leader sees of accounts: alarms for officer and SOC, once, and of nobody."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from keys.bsn import Bsn
from keys.errors import HolderBudgetSpent
from keys.municipality import MunicipalityCode
from keys.pseudonym import KeyVersion, derive_stored_point
from keys.security.events import SecurityLog
from keys.security.rules import RULES, Alarm, RuleId
from signal_index.decoys import name_decoys
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.store.acts import Act, Recorder
from signal_index.store.completeness import Reader, count_open
from signal_index.store.connect import reading
from signal_index.store.scope import OfficerScope
from signal_index.store.watching import replace_decoys
from signal_index.upkeep.watching import Watching
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.policy_builders import a_caller
from tests.store_builders import owning
from tests.world import World, open_world

pytestmark = pytest.mark.anyio

BOUNDS = {rule.id: rule.most for rule in RULES}
DECOYS = [a_bsn(number) for number in range(900, 910)]


class Soc:
    """Takes what it is given."""

    def __init__(self) -> None:
        self.alarms: list[Alarm] = []

    def put(self, alarm: Alarm) -> None:
        self.alarms.append(alarm)


class Watched:
    """A world that is watched, with a SOC beside it."""

    def __init__(self, world: World) -> None:
        self.world, self.soc = world, Soc()
        keys = world.index.keys
        security = SecurityLog(
            world.index.events,
            lambda oin, sub: keys.name_account(oin, sub, world.clock()),
            self.soc,
            world.clock,
        )
        self.watching = Watching(world.engine, keys, security, world.clock)

    async def look_up(self, numbers: Sequence[Bsn], sub: str = "user-1") -> None:
        """Look these up, ten at a time, as this user."""
        for start in range(0, len(numbers), 10):
            some = numbers[start : start + 10]
            body = await self.world.ask(some, subject=sub)
            token = self.world.a_token(sub=sub)
            answer = await self.world.send("POST", "/lookups", token, body)
            assert answer.status_code == 200, answer.text

    async def see(self) -> list[dict[str, Any]]:
        """Let the leader look, and give the findings as an officer sees them."""
        self.world.clock.forward(timedelta(minutes=1))
        await self.watching.run()
        officer = self.world.an_officer()
        answer = await self.world.send("GET", "/completeness", officer)
        found: list[dict[str, Any]] = answer.json()["alarms"]
        return found

    async def set_decoys(self, numbers: Sequence[Bsn]) -> None:
        """Watch these numbers, as the administrator's command does."""
        given = await self.world.holders.prepare_publication(numbers)
        keys = self.world.index.keys
        points = [
            derive_stored_point(keys.get_scalar(KeyVersion(1)), one)
            for one in given.pseudonyms
        ]
        async with owning(self.world.engine) as conn:
            await replace_decoys(conn, name_decoys(points, keys))

    async def move_to(self, municipality: str) -> None:
        """Let what was recorded so far be of another municipality."""
        await self.world.run_sql(
            "DROP TRIGGER refuse_ledger_entry_update",
            "UPDATE ledger_entry SET municipality = :place WHERE kind = 'lookup'",
            place=municipality,
        )

    def lines(self, event: str) -> list[dict[str, Any]]:
        """The lines of the stream of this kind."""
        every = [json.loads(one) for one in self.world.log.getvalue().splitlines()]
        return [line for line in every if line["event"] == event]


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    async with open_world(tmp_path) as world:
        yield Watched(world)


def some(count: int, first: int = 1) -> list[Bsn]:
    return [a_bsn(number) for number in range(first, first + count)]


async def test_who_asks_many_persons_is_an_alarm_that_names_who_and_never_whom(
    watched: Watched,
) -> None:
    await watched.look_up(some(BOUNDS[RuleId.BURST]))
    assert await watched.see() == []
    await watched.look_up(some(1, first=500))
    (found,) = await watched.see()
    assert (found["code"], found["weight"]) == ("burst", "alarm")
    assert (found["user"], found["organisation"]) == ("user-1", LOOKUP_OIN)
    assert found["count"] == BOUNDS[RuleId.BURST] + 1
    opened = await watched.world.send(
        "GET", f"/entries/{found['entryId']}", watched.world.an_officer()
    )
    assert opened.status_code == 200


async def test_an_alarm_says_once_and_counts_the_rest(watched: Watched) -> None:
    await watched.look_up(some(40))
    await watched.see()
    await watched.look_up(some(15, first=100))
    (found,) = await watched.see()
    assert found["count"] == 55
    assert len(watched.soc.alarms) == len(watched.lines("alarm")) == 1


async def test_a_flood_by_one_account_mutes_no_other(watched: Watched) -> None:
    await watched.look_up(some(70), sub="flood")
    await watched.see()
    await watched.look_up(some(31, first=200), sub="quiet")
    codes = {(one["user"], one["code"]) for one in await watched.see()}
    assert codes == {("flood", "burst"), ("flood", "enumeration"), ("quiet", "burst")}


async def test_another_leader_counts_on_and_says_nothing_twice(
    watched: Watched,
) -> None:
    await watched.look_up(some(20))
    await watched.see()
    await watched.look_up(some(15, first=100))
    after = Watched(watched.world)
    (found,) = await after.see()
    assert (found["count"], len(after.soc.alarms)) == (35, 1)
    again = Watched(watched.world)
    assert await again.see() == [found]
    assert again.soc.alarms == []


async def test_what_happened_while_nobody_led_is_found_afterwards(
    watched: Watched,
) -> None:
    """Also in an index that was never led; then again by another leader, days later."""
    await watched.look_up(some(31))
    watched.world.clock.forward(timedelta(hours=60))
    assert [one["code"] for one in await watched.see()] == ["burst"]
    await watched.look_up(some(31), sub="user-2")
    watched.world.clock.forward(timedelta(hours=60))
    after = Watched(watched.world)
    assert {one["user"] for one in await after.see()} == {"user-1", "user-2"}
    assert len(after.soc.alarms) == 1


async def test_a_day_in_which_nothing_happened_costs_a_few_statements(
    watched: Watched,
) -> None:
    await watched.look_up(some(31))
    await watched.see()
    said: list[str] = []
    event.listen(
        watched.world.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_: said.append(statement),
    )
    watched.world.clock.forward(timedelta(days=30))
    await watched.watching.run()
    assert 30 <= len(said) < 600  # each window of each rule: 13,000


async def test_an_account_that_goes_on_is_told_to_the_soc_in_each_window(
    watched: Watched,
) -> None:
    await watched.look_up(some(31))
    await watched.see()
    watched.world.clock.forward(timedelta(minutes=10))
    await watched.look_up(some(32, first=100))
    found = {one["code"]: one["count"] for one in await watched.see()}
    assert found == {"burst": 32, "enumeration": 63}
    bursts = [one for one in watched.soc.alarms if one.rule is RuleId.BURST]
    assert [one.count for one in bursts] == [31, 32]
    assert len({one.id for one in bursts}) == 2


async def test_what_grows_after_it_was_closed_is_a_finding_of_its_own(
    watched: Watched,
) -> None:
    await watched.set_decoys(DECOYS)
    await watched.look_up(DECOYS[:1])
    (first,) = await watched.see()
    path = f"/completeness/findings/{first['id']}/closing"
    officer, reason = watched.world.an_officer(), {"reason": "test"}
    closed = await watched.world.send("POST", path, officer, reason)
    assert (closed.status_code, await watched.see()) == (204, [])
    watched.world.clock.forward(timedelta(minutes=20))
    await watched.look_up(DECOYS)
    (again,) = await watched.see()
    assert (again["code"], again["count"]) == ("decoy-asked", len(DECOYS))
    assert await watched.see() == [again]


async def test_an_account_counts_over_municipalities_and_each_is_told(
    watched: Watched,
) -> None:
    await watched.look_up(some(20))
    await watched.move_to("9902")
    await watched.look_up(some(20, first=100))
    (found,) = await watched.see()
    assert (found["code"], found["count"]) == ("burst", 40)
    told = [(one.municipality, one.count) for one in watched.soc.alarms]
    assert told == [("9901", 40), ("9902", 40)]
    entries = {one.entry for one in watched.soc.alarms}
    assert len(entries) == len({one.id for one in watched.soc.alarms}) == 2
    there = Reader(a_caller(), OfficerScope(MunicipalityCode("9902"), None))
    async with reading(watched.world.engine) as conn:
        assert (await count_open(conn, there)).alarm == 1


async def test_refusals_are_counted_a_question_at_a_time(watched: Watched) -> None:
    bad = await watched.world.ask(some(10))
    token = watched.world.a_token(loa="low")
    for _ in range(BOUNDS[RuleId.REFUSAL_SWEEP] + 1):
        answer = await watched.world.send("POST", "/lookups", token, bad)
        assert answer.status_code == 403
    (found,) = await watched.see()
    assert (found["code"], found["count"]) == ("refusal-sweep", 16)


async def test_who_asks_for_a_decoy_is_an_alarm_at_once(watched: Watched) -> None:
    await watched.set_decoys(DECOYS)
    await watched.look_up(some(3))
    assert await watched.see() == []
    await watched.look_up([DECOYS[4]], sub="user-2")
    (found,) = await watched.see()
    assert (found["code"], found["user"]) == ("decoy-asked", "user-2")
    (alarm,) = watched.soc.alarms
    assert (alarm.who.organisation, alarm.entry) == (LOOKUP_OIN, found["entryId"])
    who_asked = watched.world.an_officer(sub="user-2")
    shown = (await watched.world.send("GET", "/completeness", who_asked)).json()
    assert (shown["alarms"], shown["open"]["alarm"]) == ([], 0)


async def test_an_alarm_never_tells_which_decoy_it_was(watched: Watched) -> None:
    await watched.set_decoys(DECOYS)
    said = []
    for number in (DECOYS[0], DECOYS[7]):
        await watched.look_up([number])
        (line, *_) = watched.lines("alarm") or [{}]
        (found,) = await watched.see()
        found.pop("count")
        said.append((line.keys(), found.keys(), found["code"]))
    assert said[0][1:] == said[1][1:]
    (line,) = watched.lines("alarm")
    assert line.keys() <= {
        *("at", "stream", "event", "organisation", "account", "municipality"),
        *("entry", "rule", "count", "since"),
    }
    assert "user-1" not in json.dumps(line)


async def test_an_insider_with_a_list_is_named_after_31_and_stopped_after_200(
    watched: Watched,
) -> None:
    """Ten at a time: the look after the 40th. Who spreads over all pairs has 300 a day
    (tests/attack/test_holder_requests.py)."""
    await watched.set_decoys(DECOYS)
    listed = [*some(34), DECOYS[0], *some(400, first=40)]
    named_after: dict[str, int] = {}
    for start in range(0, 200, 10):
        await watched.look_up(listed[start : start + 10], sub="insider")
        for found in await watched.see():
            named_after.setdefault(found["code"], start + 10)
    with pytest.raises(HolderBudgetSpent):
        await watched.look_up(listed[200:210], sub="insider")
    assert named_after == {"burst": 40, "decoy-asked": 40, "enumeration": 70}


async def test_what_is_administered_and_exported_is_in_the_stream_once(
    watched: Watched,
) -> None:
    await watched.see()
    world = watched.world
    recorder = Recorder(world.index.keys, "operator:ann", world.clock)
    async with owning(world.engine) as conn:
        exported: JsonObject = {"act": "export", "year": 2026}
        await recorder.record(conn, Act(exported, Kind.ADMINISTRATION))
        await recorder.record(conn, Act({"act": "decoys-set"}, Kind.ADMINISTRATION))
    await watched.see()
    await watched.see()
    (export,) = watched.lines("export")
    acts = [line["act"] for line in watched.lines("administered")]
    assert (export["act"], acts.count("decoys-set")) == ("export", 1)
    assert "operator" not in watched.world.log.getvalue()


async def test_in_a_year_without_decoys_it_is_said(watched: Watched) -> None:
    await watched.watching.check_decoys(2026)
    await watched.set_decoys(DECOYS)
    await watched.watching.check_decoys(2026)
    assert watched.lines("decoys-lacking") == []
    await watched.watching.check_decoys(2028)
    assert watched.lines("decoys-lacking") != []

"""The outbox of the processing log: nothing is lost, whatever the collector does."""

import io
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from keys.events import EventLog
from signal_index.errors import SettingsRefused
from signal_index.settings import load_settings
from signal_index.store.connect import DatabaseRole, open_engine
from signal_index.upkeep.processing_log import Collector, ProcessingLog, open_collector
from signal_index.upkeep.processing_record import Register
from tests.holders_builders import a_bsn
from tests.reconcile_world import sequence
from tests.store_builders import owning, write_settings
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]

TRACEPARENT = f"00-{'0a' * 16}-{'0b' * 8}-01"
SUBJECT = "dpl.core.data_subject_id"


@dataclass
class FakeCollector:
    """A collector that writes what it confirms, and fails as it is told."""

    answers: list[Callable[[], httpx.Response]] = field(default_factory=list)
    asked: int = 0
    written: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.answers:
            return self.answers.pop(0)()
        for resource in json.loads(request.content)["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                self.written += scope["spans"]
        return httpx.Response(200, json={})

    @property
    def subjects(self) -> list[str]:
        found = [
            {one["key"]: one["value"]["stringValue"] for one in span["attributes"]}
            for span in self.written
        ]
        return [each[SUBJECT] for each in found if SUBJECT in each]


@pytest.fixture
def collector() -> FakeCollector:
    return FakeCollector()


@pytest.fixture
async def job(world: World, collector: FakeCollector) -> AsyncIterator[ProcessingLog]:
    engine = world.engine
    if engine.dialect.name == "postgresql":
        url = engine.url.render_as_string(hide_password=False)
        engine = open_engine(url, DatabaseRole.UPKEEP)
    async with httpx.AsyncClient(transport=httpx.MockTransport(collector)) as http:
        yield ProcessingLog(
            engine,
            world.index.keys,
            Collector(http, "https://logboek.test/v1/traces", "token", "1.0"),
            Register("https://voorbeeldstad.example/verwerkingen", {}),
            EventLog(world.log, world.clock),
            world.clock,
        )
    if engine is not world.engine:
        await engine.dispose()


def fail(status: int, body: object = None) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(status, json=body if body is not None else {})


def die() -> httpx.Response:
    raise httpx.ConnectError("nobody there")


async def test_each_person_asked_about_is_one_record(
    world: World, job: ProcessingLog, collector: FakeCollector, tmp_path: Path
) -> None:
    await world.look_up([a_bsn(1), a_bsn(2)])
    await sequence(world, tmp_path)
    await job.run()
    assert len(collector.written) == 3
    assert len(set(collector.subjects)) == 2


async def test_nobody_who_asks_is_named_and_nobody_by_a_number(
    world: World, job: ProcessingLog, collector: FakeCollector, tmp_path: Path
) -> None:
    answers = await world.look_up([a_bsn(1)])
    await sequence(world, tmp_path)
    await job.run()
    sent = json.dumps(collector.written)
    assert "user-1" not in sent
    assert answers[0]["entryId"] not in sent
    assert str(a_bsn(1)) not in sent


async def test_a_person_has_one_id_in_all_records_of_a_year(
    world: World, job: ProcessingLog, collector: FakeCollector, tmp_path: Path
) -> None:
    await world.look_up([a_bsn(1)])
    await world.look_up([a_bsn(1)])
    await sequence(world, tmp_path)
    await job.run()
    assert len(collector.subjects) == 2
    assert len(set(collector.subjects)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        die,
        fail(500),
        fail(202),
        fail(400),
        fail(200, {"partialSuccess": {"rejectedSpans": "1"}}),
        fail(200, []),
        lambda: httpx.Response(200, text="ok"),
    ],
)
async def test_what_was_not_confirmed_is_sent_again(
    world: World,
    job: ProcessingLog,
    collector: FakeCollector,
    tmp_path: Path,
    answer: Callable[[], httpx.Response],
) -> None:
    await world.look_up([a_bsn(1)])
    await sequence(world, tmp_path)
    collector.answers = [answer]
    await job.run()
    assert collector.written == []
    world.clock.moment += timedelta(minutes=1)
    await job.run()
    assert len(collector.subjects) == 1


async def test_a_dead_collector_is_left_alone_for_longer_and_longer(
    world: World, job: ProcessingLog, collector: FakeCollector, tmp_path: Path
) -> None:
    await world.look_up([a_bsn(1)])
    await sequence(world, tmp_path)
    collector.answers = [die] * 50
    asked = []
    for _ in range(600):
        await job.run()
        world.clock.moment += timedelta(seconds=5)
        asked.append(collector.asked)
    assert asked[-1] < 15
    assert '"processing-log-delayed"' in world.log.getvalue()


async def test_lookups_go_on_while_the_collector_is_dead_and_all_arrive_later(
    world: World, job: ProcessingLog, collector: FakeCollector, tmp_path: Path
) -> None:
    collector.answers = [die]
    for number in range(1, 4):
        await world.look_up([a_bsn(number)])
        await sequence(world, tmp_path)
        await job.run()
    world.clock.moment += timedelta(minutes=20)
    await job.run()
    assert len(set(collector.subjects)) == 3


async def test_what_was_confirmed_is_not_sent_again(
    world: World, job: ProcessingLog, collector: FakeCollector, tmp_path: Path
) -> None:
    await world.look_up([a_bsn(1)])
    await sequence(world, tmp_path)
    await job.run()
    await job.run()
    assert collector.asked == 1
    await world.look_up([a_bsn(2)])
    await sequence(world, tmp_path)
    await job.run()
    assert len(collector.subjects) == 2


async def test_a_crash_after_the_collector_wrote_sends_the_same_record_again(
    world: World, job: ProcessingLog, collector: FakeCollector, tmp_path: Path
) -> None:
    """At least once: ids follow from the entry, so that a collector knows a double."""
    await world.look_up([a_bsn(1)])
    await sequence(world, tmp_path)
    await job.run()
    first = list(collector.written)
    async with owning(world.engine) as conn:
        await conn.exec_driver_sql("UPDATE processing_log SET position = 0")
    await job.run()
    assert collector.written[len(first) :] == first


async def test_a_refusal_is_processing_too(
    world: World, job: ProcessingLog, collector: FakeCollector, tmp_path: Path
) -> None:
    body = await world.ask([a_bsn(1)], purpose="jeugdhulp-toegang")
    body["legalBasis"] = "jeugdwet-2.3"
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 403
    await sequence(world, tmp_path)
    await job.run()
    assert len(collector.subjects) == 1
    assert {span["status"]["code"] for span in collector.written} == {0}


async def test_the_trace_of_the_caller_goes_with_its_records(
    world: World, job: ProcessingLog, collector: FakeCollector, tmp_path: Path
) -> None:
    body = await world.ask([a_bsn(1)])
    async with world.http() as client:
        headers = {"authorization": f"Bearer {world.a_token()}"}
        headers["traceparent"] = TRACEPARENT
        answer = await client.post("/v1/lookups", json=body, headers=headers)
    assert answer.status_code == 200
    await sequence(world, tmp_path)
    await job.run()
    action, subject = collector.written
    assert (action["traceId"], action["parentSpanId"]) == ("0a" * 16, "0b" * 8)
    assert subject["parentSpanId"] == action["spanId"]
    async with owning(world.engine) as conn:
        left = await conn.exec_driver_sql("SELECT count(*) FROM trace_context")
        assert left.scalar() == 0


async def test_its_log_says_neither_whom_nor_what(
    world: World, job: ProcessingLog, collector: FakeCollector, tmp_path: Path
) -> None:
    await world.look_up([a_bsn(1)])
    await sequence(world, tmp_path)
    collector.answers = [fail(500, {"secret": "of-the-collector"})]
    world.log.truncate(0)
    await job.run()
    line = json.loads(world.log.getvalue().strip("\x00").strip())
    assert {*line} == {"at", "event", "kind", "count"}
    assert isinstance(world.log, io.StringIO)


async def test_no_collector_is_opened_where_none_is_named(tmp_path: Path) -> None:
    settings = load_settings(write_settings(tmp_path))
    async with open_collector(settings) as collector:
        assert collector is None


async def test_a_collector_is_spoken_to_with_the_token_of_its_file(
    tmp_path: Path,
) -> None:
    file = write_settings(tmp_path)
    (tmp_path / "token").write_text("of-the-collector\n")
    file.write_text(
        f"{file.read_text()}\n[processing_log]\n"
        'collector = "https://logboek.test/v1/traces"\n'
        'activities = "https://voorbeeldstad.example/verwerkingen"\n'
        'token_file = "token"\n'
    )
    async with open_collector(load_settings(file)) as collector:
        assert collector is not None
        assert collector.token == "of-the-collector"  # noqa: S105 - of this test
    (tmp_path / "token").unlink()
    with pytest.raises(SettingsRefused):
        async with open_collector(load_settings(file)):
            pass

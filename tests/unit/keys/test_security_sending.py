"""An alarm reaches a SOC as a CloudEvent or as syslog; what is not taken waits."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from keys.errors import KeysError
from keys.events import EventLog
from keys.files import write_secret
from keys.security.rules import Account, Alarm, RuleId
from keys.security.sending import (
    MOST_REFUSALS,
    ROOM,
    AlarmsTo,
    Sender,
    make_syslog,
    open_sender,
    sending,
)

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WHO = Account("00000001000000000001", None, "a" * 32)
ALARM = Alarm(RuleId.DECOY_ASKED, WHO, NOON, 1, NOON, "0190-e", "9901")


@asynccontextmanager
async def a_soc(status: int = 202) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Something on this machine that answers, and keeps what it got."""
    heard: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(65_536))
        answer = (
            f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        writer.write(answer.encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


def a_sender(
    url: str, transport: httpx.AsyncBaseTransport | None = None
) -> tuple[Sender, io.StringIO]:
    said = io.StringIO()
    log, to = EventLog(said), AlarmsTo(url=url)
    return Sender(to, "https://index.test", log, "t0ken", transport), said


async def test_a_cloud_event_says_rule_account_and_entry() -> None:
    async with a_soc() as (port, heard):
        sender, _ = a_sender(f"http://127.0.0.1:{port}/alarms")
        sender.put(ALARM)
        assert await sender.send_waiting()
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert b"application/cloudevents+json" in head
    assert b"Bearer t0ken" in head
    event = json.loads(body)
    assert (event["specversion"], event["type"], event["id"]) == (
        "1.0",
        "nl.signal-index.alarm.decoy-asked",
        ALARM.id,
    )
    assert event["data"]["account"] == "a" * 32
    assert event["data"]["municipality"] == "9901"


async def test_syslog_is_one_framed_message_of_rfc_5424() -> None:
    async with a_soc() as (port, heard):
        sender, _ = a_sender(f"syslog://127.0.0.1:{port}")
        sender.put(ALARM)
        assert await sender.send_waiting()
        await asyncio.sleep(0.05)
    length, _, message = heard[0].partition(b" ")
    assert int(length) == len(message)
    assert message.startswith(b"<106>1 2026-11-23T12:00:00.000+00:00 - signal-index - ")
    assert heard[0] == make_syslog(ALARM, "https://index.test")


async def test_what_is_not_taken_waits_in_its_order_and_is_said() -> None:
    async with a_soc(status=500) as (port, _):
        sender, said = a_sender(f"http://127.0.0.1:{port}")
        sender.put(ALARM)
        assert not await sender.send_waiting()
    assert list(sender.waiting) == [ALARM]
    assert '"alarm-unsent", "reason": "not-taken"' in said.getvalue()
    assert not await sender.send_waiting()
    assert '"not-reached"' in said.getvalue()


async def test_a_soc_that_is_away_fills_no_memory_and_the_first_alarms_stay() -> None:
    sender, said = a_sender("http://127.0.0.1:9/")
    for number in range(ROOM + 2):
        sender.put(Alarm(RuleId.BURST, WHO, NOON, number, NOON))
    assert [sender.waiting[0].count, len(sender.waiting)] == [0, ROOM]
    assert said.getvalue().count("no-room") == 2


async def test_what_waits_at_the_end_is_tried_once_more() -> None:
    async with a_soc() as (port, heard):
        sender, _ = a_sender(f"http://127.0.0.1:{port}")
        async with sending(sender):
            sender.put(ALARM)
    assert len(heard) >= 1


async def test_what_the_soc_refuses_blocks_none_behind_it_and_is_given_up() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_known = json.loads(request.content)["data"]["rule"] != ALARM.rule
        return httpx.Response(202 if is_known else 404)

    sender, said = a_sender("http://127.0.0.1:1/", httpx.MockTransport(answer))
    sender.put(ALARM)
    sender.put(replace(ALARM, rule=RuleId.BURST))
    assert not await sender.send_waiting()
    assert list(sender.waiting) == [ALARM]
    for _ in range(MOST_REFUSALS - 1):
        await sender.send_waiting()
    assert not sender.waiting
    assert said.getvalue().count('"not-taken"') == MOST_REFUSALS
    assert said.getvalue().count('"given-up"') == 1


async def test_whatever_goes_wrong_is_said_and_ends_no_sending() -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    sender, said = a_sender("http://127.0.0.1:1/", httpx.MockTransport(fail))
    running = asyncio.create_task(sender.run())
    sender.put(ALARM)
    await asyncio.sleep(0.05)
    assert '"alarm-unsent", "reason": "not-sent"' in said.getvalue()
    assert not running.done()
    running.cancel()


@pytest.mark.parametrize(
    "url",
    [
        *("http://soc.example", "syslog://soc.example:514", "ftp://x"),
        *("syslog+tls://x", "syslog+tls://soc..example.nl:6514", "https://x:99999/"),
        *("https://x:abc/", "https://ann:geheim@soc.example/"),
    ],
)
def test_where_alarms_cannot_go_is_refused_by_its_setting(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        AlarmsTo(url=url)
    (fault,) = refused.value.errors(include_input=False)
    assert fault["loc"] == ("url",)
    assert "example" not in fault["msg"]


@pytest.mark.parametrize("held", [None, b"", b"\xef\xbb\xbft0ken", b"t0\nken", b"\xf6"])
def test_nothing_starts_with_a_token_that_cannot_be_sent(
    tmp_path: Path, held: bytes | None
) -> None:
    place = AlarmsTo(url="https://soc.example", token_file=tmp_path / "token")
    if held is not None:
        write_secret(tmp_path / "token", held)
    with pytest.raises(KeysError, match=r"^token: "):
        open_sender(place, "x", EventLog(io.StringIO()))

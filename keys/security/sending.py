"""Hands alarms on to a SOC, as they are made: CloudEvents or syslog.

- `https://…`: a CloudEvent 1.0 (structured, JSON) by POST; any 2xx takes it.
- `syslog+tls://host:port`: RFC 5424 over TLS (RFC 5425), facility 13, severity 2.
- In the clear on this machine only (`http://`, `syslog://`). An address or a token with
  which nothing could be sent is refused at the start.
- Whoever makes an alarm never waits. What the SOC does not take is kept in memory, sent
  again later and later, and told in the stream; beyond the room the first ones stay.
  The stream itself, and the officer's findings, are what lasts.
- Whatever goes wrong with one alarm ends no sending: one that is refused goes behind
  the others, and is given up after `MOST_REFUSALS`, said too.

Proven by tests/unit/keys/test_security_sending.py.
"""

import asyncio
import json
import re
import ssl
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict

from keys.errors import KeyFileMalformed
from keys.events import Log
from keys.files import read_secret
from keys.reaching import parse_address
from keys.security.events import SecurityEvent
from keys.security.rules import Alarm

ROOM: Final = 1_000
PATIENCE_SECONDS: Final = 5.0
FIRST_WAIT: Final = 5.0
LONGEST_WAIT: Final = 300.0
_CRITICAL_AUDIT: Final = 13 * 8 + 2
MOST_REFUSALS: Final = 12
"""About half an hour of one alarm by itself."""
_TRY_AGAIN: Final = frozenset({408, 425, 429})
"""What a 4xx says of now, and not of what was sent (RFC 9110, 8470, 6585)."""
_TOKEN: Final = re.compile(rb"[!-~]+")
_TLS: Final = ("https", "syslog+tls")
_CLEAR: Final = ("http", "syslog")


def _parse_place(url: str) -> str:
    place = parse_address(url, _TLS, _CLEAR)
    parts = urlsplit(place)
    if parts.scheme.startswith("syslog") and parts.port is None:
        raise ValueError("syslog needs a port")
    return place


class AlarmsTo(BaseModel):
    """Where alarms go: an address, and for CloudEvents a file with a bearer token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, AfterValidator(_parse_place)]
    token_file: Path | None = None

    def found_from(self, folder: Path) -> "AlarmsTo":
        """Give the same with the file in this folder, where it is relative."""
        if self.token_file is None:
            return self
        return self.model_copy(update={"token_file": folder / self.token_file})


@dataclass
class Sender:
    """Sends what is put in it; `source` is this service's name in what it sends."""

    to: AlarmsTo
    source: str
    log: Log
    token: str | None = None
    transport: httpx.AsyncBaseTransport | None = None
    waiting: deque[Alarm] = field(default_factory=deque)
    refused: Counter[Alarm] = field(default_factory=Counter)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, alarm: Alarm) -> None:
        """Take an alarm; never wait."""
        if len(self.waiting) < ROOM:
            self.waiting.append(alarm)
            self.wake.set()
        else:
            self._say_unsent("no-room", 1)

    async def run(self) -> None:
        """Send until cancelled, in the order in which alarms were made."""
        wait = FIRST_WAIT
        while True:
            await self.wake.wait()
            if await self.send_waiting():
                self.wake.clear()
                wait = FIRST_WAIT
                continue
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def send_waiting(self) -> bool:
        """Try each that waits; tell whether all of it was taken or given up."""
        behind: list[Alarm] = []
        try:
            while self.waiting:
                try:
                    await self._send(self.waiting[0])
                except Exception as error:  # noqa: BLE001 - the edge: it goes on
                    if not _is_of_the_alarm(error):
                        self._say_unsent(_name(error), len(self.waiting) + len(behind))
                        return False
                    self._say_unsent(_name(error), 1)
                    behind += self._keep(self.waiting[0])
                else:
                    del self.refused[self.waiting[0]]
                self.waiting.popleft()
        finally:
            self.waiting.extend(behind)
        return not self.waiting

    def _keep(self, refused: Alarm) -> Sequence[Alarm]:
        """Keep what was refused, or give it up; it goes behind the others."""
        self.refused[refused] += 1
        if self.refused[refused] < MOST_REFUSALS:
            return [refused]
        del self.refused[refused]
        self._say_unsent("given-up", 1)
        return []

    def _say_unsent(self, reason: str, count: int) -> None:
        self.log.write(SecurityEvent.ALARM_UNSENT, reason=reason, count=count)

    async def _send(self, alarm: Alarm) -> None:
        if urlsplit(self.to.url).scheme.startswith("http"):
            await self._post(alarm)
        else:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._write_syslog(alarm)

    async def _post(self, alarm: Alarm) -> None:
        headers = {"content-type": "application/cloudevents+json"}
        if self.token is not None:
            headers["authorization"] = f"Bearer {self.token}"
        body = json.dumps(make_cloud_event(alarm, self.source))
        async with httpx.AsyncClient(
            trust_env=False, timeout=PATIENCE_SECONDS, transport=self.transport
        ) as client:
            answer = await client.post(self.to.url, content=body, headers=headers)
        answer.raise_for_status()

    async def _write_syslog(self, alarm: Alarm) -> None:
        parts = urlsplit(self.to.url)
        tls = ssl.create_default_context() if parts.scheme in _TLS else None
        _, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=tls)
        try:
            writer.write(make_syslog(alarm, self.source))
            await writer.drain()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def open_sender(to: AlarmsTo | None, source: str, log: Log) -> Sender | None:
    """Make what sends; None where nobody is to be told.

    Raises `KeysError` where the token cannot be read: nothing starts unable to tell.
    """
    if to is None:
        return None
    return Sender(to, source, log, _read_token(to.token_file))


@asynccontextmanager
async def sending(sender: Sender | None) -> AsyncIterator[None]:
    """Send while the block lasts, and once more at its end what waits."""
    if sender is None:
        yield
        return
    running = asyncio.create_task(sender.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await sender.send_waiting()


def make_cloud_event(alarm: Alarm, source: str) -> Mapping[str, object]:
    """Write an alarm as a CloudEvent; the same alarm has the same id."""
    return {
        "specversion": "1.0",
        "id": alarm.id,
        "source": source,
        "type": f"nl.signal-index.alarm.{alarm.rule}",
        "time": alarm.at.isoformat(timespec="seconds"),
        "datacontenttype": "application/json",
        "data": _say(alarm),
    }


def make_syslog(alarm: Alarm, source: str) -> bytes:
    """Write an alarm as a framed syslog message (RFC 5424, 6587)."""
    at = alarm.at.isoformat(timespec="milliseconds")
    text = json.dumps({"id": alarm.id, "source": source, **_say(alarm)})
    message = f"<{_CRITICAL_AUDIT}>1 {at} - signal-index - {alarm.rule} - {text}"
    data = message.encode()
    return f"{len(data)} ".encode() + data


def _say(alarm: Alarm) -> Mapping[str, object]:
    said = {
        "rule": alarm.rule.value,
        "organisation": alarm.who.organisation,
        "client": alarm.who.client,
        "account": alarm.who.account,
        "municipality": alarm.municipality,
        "entry": alarm.entry,
        "count": alarm.count,
        "since": alarm.begins.isoformat(timespec="minutes"),
    }
    return {name: value for name, value in said.items() if value is not None}


def _read_token(path: Path | None) -> str | None:
    if path is None:
        return None
    token = read_secret(path).strip()
    if not _TOKEN.fullmatch(token):
        raise KeyFileMalformed(f"{path.name}: must hold a token, of one line of ASCII")
    return token.decode("ascii")


def _name(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return "not-taken"
    is_away = isinstance(error, httpx.HTTPError | OSError)
    return "not-reached" if is_away else "not-sent"


def _is_of_the_alarm(error: Exception) -> bool:
    """Tell whether it may be of this alarm alone, so that others must not wait."""
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
        return status < 500 and status not in _TRY_AGAIN
    return _name(error) == "not-sent"

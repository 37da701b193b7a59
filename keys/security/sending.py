"""Hands alarms on to a SOC, as they are made: CloudEvents or syslog.

- `https://…`: a CloudEvent 1.0 (structured, JSON) by POST; any 2xx takes it.
- `syslog+tls://host:port`: RFC 5424 over TLS (RFC 5425), facility 13, severity 2.
- In the clear on this machine only (`http://`, `syslog://`).
- Whoever makes an alarm never waits. What the SOC does not take is kept in memory, sent
  again later and later, and told in the stream; beyond the room the first ones stay.
  The stream itself, and the officer's findings, are what lasts.

Proven by tests/unit/keys/test_security_sending.py.
"""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict

from keys.errors import KeyFileMalformed
from keys.events import Log
from keys.files import read_secret
from keys.security.events import SecurityEvent
from keys.security.rules import Alarm

ROOM: Final = 1_000
PATIENCE_SECONDS: Final = 5.0
FIRST_WAIT: Final = 5.0
LONGEST_WAIT: Final = 300.0
_CRITICAL_AUDIT: Final = 13 * 8 + 2
_SAFE: Final = frozenset({"https", "syslog+tls"})
_PLAIN: Final = frozenset({"http", "syslog"})


def _safe_place(url: str) -> str:
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in _SAFE | _PLAIN:
        raise ValueError("must be https:// or syslog+tls://")
    if parts.scheme in _PLAIN and not _is_this_machine(parts.hostname):
        raise ValueError("must be https:// or syslog+tls:// off this machine")
    if parts.scheme.startswith("syslog") and parts.port is None:
        raise ValueError("syslog needs a port")
    return url


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class AlarmsTo(BaseModel):
    """Where alarms go: an address, and for CloudEvents a file with a bearer token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, AfterValidator(_safe_place)]
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
    waiting: deque[Alarm] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, alarm: Alarm) -> None:
        """Take an alarm; never wait."""
        if len(self.waiting) < ROOM:
            self.waiting.append(alarm)
            self.wake.set()
        else:
            self.log.write(SecurityEvent.ALARM_UNSENT, reason="no-room", count=1)

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
        """Send what waits; tell whether all of it was taken."""
        while self.waiting:
            try:
                await self._send(self.waiting[0])
            except (httpx.HTTPError, OSError, TimeoutError) as error:
                count, reason = len(self.waiting), _name(error)
                self.log.write(SecurityEvent.ALARM_UNSENT, reason=reason, count=count)
                return False
            self.waiting.popleft()
        return True

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
            trust_env=False, timeout=PATIENCE_SECONDS
        ) as client:
            answer = await client.post(self.to.url, content=body, headers=headers)
        answer.raise_for_status()

    async def _write_syslog(self, alarm: Alarm) -> None:
        parts = urlsplit(self.to.url)
        tls = ssl.create_default_context() if parts.scheme in _SAFE else None
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
    token = read_secret(path).decode("ascii", "replace").strip()
    if not token:
        raise KeyFileMalformed(f"{path.name}: holds no token")
    return token


def _name(error: Exception) -> str:
    is_refused = isinstance(error, httpx.HTTPStatusError)
    return "not-taken" if is_refused else "not-reached"

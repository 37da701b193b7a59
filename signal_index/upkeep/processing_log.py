"""Sends records of what was processed to a Logboek Dataverwerkingen, and confirms them.

- In the order of the tree, so many at a time; the next only once the collector has
  said that it wrote the last (the standard: "MOET het wegschrijven bevestigen").
- A collector that is dead, slow or refuses is asked again, later and later, at most
  every ten minutes; that is said in the log. Meanwhile lookups go on: what they are
  recorded in is the ledger.
- Never sampled. Proven by tests/contract/test_processing_log.py.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Final

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from keys.events import EventLog
from keys.waiting import compute_wait
from signal_index.errors import SettingsRefused
from signal_index.events import Event
from signal_index.keyring import YearKeys
from signal_index.ledger import data_subject_key, open_disclosures
from signal_index.proof import (
    FirstLeaf,
    Group,
    decode_b64u,
    encode_json,
    parse_disclosure,
    parse_leaf,
)
from signal_index.settings import Settings
from signal_index.store.connect import reading, transaction
from signal_index.store.processing_log import (
    Waiting,
    confirm,
    find_places,
    find_waiting,
)
from signal_index.upkeep.processing_record import (
    Processed,
    Register,
    encode_otlp,
    make_records,
)

LOG_SECONDS: Final = 5.0
BATCH: Final = 256
_TIMEOUT: Final = 20.0
_FIRST_WAIT: Final = 10.0
_LONGEST_WAIT: Final = 600.0


class NotConfirmed(Exception):
    """The collector did not say that it wrote; the records are sent again."""


@dataclass(frozen=True, slots=True)
class Collector:
    """Where records go, and how we say who we are."""

    http: httpx.AsyncClient
    url: str
    token: str | None
    version: str


@asynccontextmanager
async def open_collector(settings: Settings) -> AsyncIterator[Collector | None]:
    """Give the collector of the settings, or None where they name none.

    Raises `SettingsRefused` where the token cannot be read.
    """
    at = settings.processing_log
    if at is None:
        yield None
        return
    token = None if at.token_file is None else _read_token(at.token_file)
    async with httpx.AsyncClient(follow_redirects=False, timeout=_TIMEOUT) as http:
        yield Collector(http, at.collector, token, metadata.version("signal-index"))


def _read_token(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as cause:
        raise SettingsRefused("processing_log.token_file: cannot be read") from cause


def register_of(settings: Settings) -> Register:
    """Give where activities and callers are described; empty without a setting."""
    at = settings.processing_log
    return Register("", {}) if at is None else Register(at.activities, at.processors)


@dataclass(slots=True)
class ProcessingLog:
    """The job: what it takes, and how long it waits after a failure."""

    engine: AsyncEngine
    keys: YearKeys
    collector: Collector
    register: Register
    log: EventLog
    clock: Callable[[], datetime]
    _failures: int = field(default=0, init=False)
    _next: datetime | None = field(default=None, init=False)

    async def run(self) -> None:
        """Send what is not confirmed yet; returns at once while it waits."""
        if self._next is not None and self.clock() < self._next:
            return
        async with reading(self.engine) as conn:
            places = await find_places(conn)
        try:
            for year, place in places.items():
                await self._send_year(year, place)
        except NotConfirmed as delay:
            self._wait(type(delay.__cause__ or delay).__name__)
        else:
            self._failures, self._next = 0, None

    async def _send_year(self, year: int, place: int) -> None:
        while True:
            async with reading(self.engine) as conn:
                waiting = await find_waiting(conn, year, place, BATCH)
            if not waiting:
                return
            await self._send(list(self._open(waiting, year)))
            async with transaction(self.engine) as conn:
                await confirm(conn, year, waiting, now=self.clock())
            place = waiting[-1].position + 1

    async def _send(self, processed: Sequence[Processed]) -> None:
        records = make_records(processed, self.register)
        if not records:
            return
        headers = {"Content-Type": "application/json"}
        if self.collector.token is not None:
            headers["Authorization"] = f"Bearer {self.collector.token}"
        body = encode_json(encode_otlp(records, version=self.collector.version))
        try:
            answer = await self.collector.http.post(
                self.collector.url, content=body, headers=headers
            )
        except httpx.HTTPError as cause:
            raise NotConfirmed from cause
        verify_confirmed(answer)

    def _open(self, waiting: Sequence[Waiting], year: int) -> Iterator[Processed]:
        for one in waiting:
            found = open_processed(one, self.keys, year)
            if found is not None:
                yield found

    def _wait(self, kind: str) -> None:
        wait = compute_wait(self._failures, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
        self._failures += 1
        self._next = self.clock() + timedelta(seconds=wait)
        self.log.write(Event.PROCESSING_LOG_DELAYED, kind=kind, count=self._failures)


def open_processed(one: Waiting, keys: YearKeys, year: int) -> Processed | None:
    """Give what an entry says of a data subject; None where it is about none.

    Raises `KeyFilesRefused` where the year's key is gone: a record is never passed over
    because it could not be opened.
    """
    leaf = parse_leaf(one.leaf)
    if isinstance(leaf, FirstLeaf) or one.sealed is None:
        return None
    key = keys.get_disclosure_key(year)
    texts = open_disclosures(one.entry, one.sealed, key=key)
    person = parse_disclosure(texts[Group.PERSON]).value
    if person is None:
        return None
    what = parse_disclosure(texts[Group.WHAT]).value or {}
    req = what.get("req")
    return Processed(
        entry=one.entry,
        kind=leaf.kind,
        outcome=leaf.outcome,
        recorded_at=one.recorded_at,
        activity=leaf.activity,
        organisation=leaf.organisation,
        subject=data_subject_key(key, decode_b64u(str(person["name"])), leaf.kind),
        req=req if isinstance(req, str) else None,
        trace=one.trace,
    )


def verify_confirmed(answer: httpx.Response) -> None:
    """Raise `NotConfirmed` unless the collector says that it wrote everything.

    OTLP: 200, and no rejected spans in its `partialSuccess`.
    """
    if answer.status_code != httpx.codes.OK:
        raise NotConfirmed
    try:
        said = answer.json()
    except ValueError as cause:
        raise NotConfirmed from cause
    if not isinstance(said, dict):
        raise NotConfirmed
    partial = said.get("partialSuccess") or {}
    if not isinstance(partial, dict) or str(partial.get("rejectedSpans", 0)) != "0":
        raise NotConfirmed

"""A world that remembers what was asked of it: a start for requests that get inside.

`open_busy_town` does once what people do all day, over HTTP: publish, look up, answer
a citizen, review, report, propose. Each request that succeeded is kept with its caller
and body, each id that came back by what it is an id of, so that generated requests can
be made from them (`tests.live_requests`).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import httpx

from keys.base64url import decode_b64u
from signal_index.wire.person_events import PersonEventKind
from tests.contract.test_person_events import open_town
from tests.holders_builders import a_bsn
from tests.live_work import (
    do_work_of_agencies,
    do_work_of_generalists,
    do_work_of_officers,
)
from tests.world import World

Claims = dict[str, Any]
_PLAIN = {"id", "items", "alarms", "open", "closed"}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Sent:
    """A request that succeeded: who sent it, and with which body."""

    claims: Claims
    named: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Operation:
    """One operation of the document, and the paths that are its own."""

    method: str
    path: str

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The parameters of a path of this operation; None where it is another's."""
        if method != self.method:
            return None
        form = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        form = form.replace("(?P<path>[^/]+)", "(?P<path>.+)")  # of a tile
        found = re.fullmatch(form, path)
        return None if found is None else found.groupdict()


@dataclass
class Memory:
    """What was asked, by operation, and which ids there are, by what they name."""

    operations: list[Operation]
    sent: dict[Operation, list[Sent]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def keep(self, request: httpx.Request, answer: httpx.Response) -> None:
        """Keep a request that succeeded, and every id in its answer."""
        path = request.url.path.removeprefix("/v1")
        for one in self.operations:
            named = one.match(request.method, path)
            if named is None or answer.status_code >= 300:
                continue
            body = json.loads(request.content) if request.content else None
            self.sent[one].append(Sent(_claims_of(request), named, body))
        kind = answer.headers.get("content-type")
        if answer.content and kind == "application/json":
            for name, value in _ids(answer.json(), path.split("/")[1]):
                self.add_id(name, value)

    def add_id(self, name: str, value: str) -> None:
        """Remember an id once, under its own name and that of its collection."""
        if value not in self.ids[name]:
            self.ids[name].append(value)


def _claims_of(request: httpx.Request) -> Claims:
    token = request.headers["authorization"].removeprefix("Bearer ")
    claims: Claims = json.loads(decode_b64u(token.split(".")[1]))
    return claims


def _ids(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Every id in an answer: a member `id` names what its collection holds."""
    match value:
        case dict():
            for key, below in value.items():
                yield from _ids(below, name if key in _PLAIN else key)
        case list():
            for below in value:
                yield from _ids(below, name)
        case str() if _ID.fullmatch(value):
            yield name, value


@dataclass
class BusyWorld(World):
    """A world in which every request that succeeds is remembered."""

    memory: Memory = field(default_factory=lambda: Memory([]))
    is_opening: bool = True
    is_remembering: bool = True

    async def send(
        self, method: str, path: str, token: str, body: object = None
    ) -> httpx.Response:
        answer = await super().send(method, path, token, body)
        if self.is_remembering:
            self.memory.keep(answer.request, answer)
        assert answer.is_success or not self.is_opening, (path, answer.text)
        return answer


@asynccontextmanager
async def open_busy_town(
    folder: Path, operations: list[Operation]
) -> AsyncIterator[BusyWorld]:
    """Open a world in which a day of work was done and is remembered."""
    async with open_town(folder, None) as town:
        parts = {one.name: getattr(town.world, one.name) for one in fields(World)}
        world = BusyWorld(**parts, memory=Memory(operations))
        town.world = world
        for work in (do_work_of_agencies, do_work_of_generalists, do_work_of_officers):
            await work(world, folder)
        await town.tell(a_bsn(9), PersonEventKind.MOVED_AWAY)
        world.is_opening = False
        yield world

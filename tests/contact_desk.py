"""A desk that holds answers against what holders state, and an operator who writes."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel
from sqlalchemy import text

from desk.contact_checks import ContactChecks
from desk.database import Database
from desk.holders import Holders, HolderTrust
from desk.known_config import KnownConfig
from desk.settings import HolderSettings
from keys.config import ConfigPins
from keys.events import EventLog
from keys.holder.evaluations import Holder
from keys.holder.organisations import Organisations
from keys.holder.stating import state_notice_keys
from keys.quorum import Watch
from keys.security.events import SecurityLog, name_account
from signal_index.notice import ContactFault
from signal_index.wire.lookups import FlagContact
from tests.holder_fakes import INDEX_KEYS
from tests.holders_builders import AUDIENCE, a_bsn
from tests.world import World

ONE = a_bsn(1)
_Model = TypeVar("_Model", bound=BaseModel)


IMPOSTOR = "+31201234567"


class Desk:
    """What a desk does with an answer, and what its security stream says of it."""

    def __init__(self, world: World, checks: ContactChecks, log: io.StringIO) -> None:
        self._world = world
        self._checks = checks
        self._log = log

    async def read(self) -> Mapping[str, Any] | None:
        """Whom the page would show to call about the one flag."""
        body = await self._world.ask([ONE])
        token = self._world.a_token()
        answer = await self._world.send("POST", "/lookups", token, body)
        assert answer.status_code == 200, answer.text
        held = await self._checks.hold_answer(answer.content)
        assert len(held) == len(answer.content)
        (flag,) = json.loads(held)["answers"][0]["flags"]
        contact: Mapping[str, Any] | None = flag["contactHolder"]
        return contact

    async def hold(self, said: _Model) -> _Model:
        """What a page would show of what the index said."""
        return await self._checks.hold(said)

    async def find_fault(self, contact: FlagContact | None) -> ContactFault | None:
        """What the desk has against details that stand now."""
        assert contact is not None
        return await self._checks.find_fault(contact)

    @property
    def faults(self) -> list[str]:
        said = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return [one["reason"] for one in said if one["event"] == "contact-refused"]

    @property
    def alarms(self) -> list[str]:
        said = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return [one["rule"] for one in said if one["event"] == "alarm"]


@asynccontextmanager
async def open_desk(world: World, folder: Path) -> AsyncIterator[Desk]:
    known = {
        index: HolderSettings(index=index, id=place.id, url=place.url)
        for index, place in world.holders.places.items()
    }
    config = world.holders.config
    pins = ConfigPins(keys=tuple(each.config_key for each in config.holders))
    stream = io.StringIO()
    log = SecurityLog(
        EventLog(stream, world.clock),
        lambda oin, sub: name_account(b"key", oin, sub),
        clock=world.clock,
    )
    database = Database(f"sqlite+aiosqlite:///{folder / 'desk.sqlite3'}")
    await database.prepare()
    async with world.holders.client() as http:
        holders = Holders(
            known,
            HolderTrust(lambda: [pins], "dealt", AUDIENCE),
            world.holders.lookup.oin,
            world.holders.lookup.key,
            http,
            clock=world.clock,
            known_config=KnownConfig(database),
            watch=Watch(turn=0),
        )
        yield Desk(world, ContactChecks(holders, log, world.clock), stream)
    await database.close()


async def change_details(world: World, change: Mapping[str, object]) -> None:
    """Do what an operator does: other details, the signature left as it was."""
    details = await read_details(world, str(world.debt_help.contact))
    await write_details(world, str(world.debt_help.contact), {**details, **change})


async def read_details(world: World, contact: str) -> dict[str, Any]:
    async with world.engine.connect() as conn:
        asked = text("SELECT details FROM contact_holder WHERE id = :id")
        found = await conn.execute(asked, {"id": contact.replace("-", "")})
        return dict(json.loads(found.scalar_one()))


async def write_details(
    world: World, contact: str, details: Mapping[str, object]
) -> None:
    await world.run_sql(
        "UPDATE contact_holder SET details = :details WHERE id = :id",
        details=json.dumps(details),
        id=contact.replace("-", ""),
    )


def let_state(world: World, holders: Sequence[int], known: Organisations) -> None:
    """Have these holders state what they would if they knew these alone."""
    for index in holders:
        made = world.holders.holders[index]
        key = INDEX_KEYS
        holder = Holder(made.keys, AUDIENCE, known, made.meter, world.clock, key)
        made.fault = partial(_state, holder)


async def _state(
    holder: Holder, request: httpx.Request, honest: httpx.AsyncBaseTransport
) -> httpx.Response:
    answer = await honest.handle_async_request(request)
    if not request.url.path.endswith("/notice-keys"):
        return answer
    return httpx.Response(200, content=state_notice_keys(holder).encode())

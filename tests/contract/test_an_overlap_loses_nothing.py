"""Three holders at work share their key anew while people look up: nothing is lost.

A refresh and then a replacement, holder by holder, on processes that nobody restarts;
who asks fetches the config each time, keeps what it had, or publishes. Every answer is
held against what an index accepts at that moment. The whole of it, with index, desks
and a publication, runs in `deploy/demo --check --keys`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from deploy.town.ports import Ports
from keys import clock
from keys.client import fetch_config, pseudonymise_anew
from keys.config import ConfigPins, KeyConfig, parse_pins
from keys.files import write_whole
from keys.request import Act
from keys.ticket import verify_ticket_pair
from signal_index.api.key_config_view import FormerConfig, KeyConfigView
from tests.dealing import Dealing
from tests.dealing_files import open_sealer, replace_ticket_key
from tests.holder_processes import HolderProcesses, prepare_holders, write_settings
from tests.holders_builders import AUDIENCE, a_bsn
from tests.overlap_builders import as_distributed, share_anew, write_anew

pytestmark = pytest.mark.anyio
STEP_SECONDS = 1.2
LONGEST_PAUSE = 10.0
"""Seconds, on a machine on which everything else runs too."""


@pytest.fixture
def holders(tmp_path: Path) -> Iterator[HolderProcesses]:
    with Ports() as ports:
        made = prepare_holders(tmp_path, ports, per_user=9_999, change=as_distributed)
        try:
            for index in made.ports:
                made.start(index)
            for index in made.ports:
                made.wait(index)
            yield made
        finally:
            made.stop_all()


@dataclass
class Asking:
    """Asks without end, and holds what comes against what an index accepts."""

    holders: HolderProcesses
    client: httpx.AsyncClient
    view: KeyConfigView
    pins: list[ConfigPins]
    former: list[FormerConfig] = field(default_factory=list)
    is_over: bool = False
    found: set[bytes] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    longest: float = 0.0

    def index_takes(self, following: Dealing) -> None:
        self.former.insert(0, FormerConfig(self.view.current, clock.now()))
        self.view = KeyConfigView(following.config, self.former)

    async def run(self, user: str, act: Act, *, keeps: bool) -> KeyConfig:
        who = self.holders.source if act is Act.PUBLISH else self.holders.lookup
        subject = who.oin if act is Act.PUBLISH else user
        transport = self.holders.transport(self.client, who, subject)
        known: KeyConfig | None = None

        async def fetch() -> KeyConfig:
            return await fetch_config(
                transport,
                self.pins,
                accepted_origin="distributed",
                known=known,
                now=clock.now(),
            )

        known = await fetch()
        while not self.is_over:
            began = time.monotonic()
            if not keeps:
                known = await fetch()
            known, made = await pseudonymise_anew(
                transport, known, fetch, [a_bsn(1)], act
            )
            self.longest = max(self.longest, time.monotonic() - began)
            if act is not Act.PUBLISH:
                now, configs = clock.now(), self.view.list_accepted(clock.now())
                one, _ = verify_ticket_pair(
                    made.tickets, configs, audience=AUDIENCE, now=now
                )
                self.view.note_asked({(one.key_version, one.epoch): now})
            self.found.add(made.pseudonyms[0].encoded)
            self.counts[user] = self.counts.get(user, 0) + 1
        return known


def put(holders: HolderProcesses, index: int, following: Dealing) -> None:
    """Do at one holder what the script says: share beside, pins, then key config."""
    folder = holders.settings(index).parent
    name = f"share-{following.config.epoch}.json"
    write_anew(folder, following, index, name)
    write_whole(folder / "pins.json", following.pins, replace=True)
    write_whole(folder / "key-config.json", following.document, replace=True)


def set_up_in_its_place(
    holders: HolderProcesses, index: int, following: Dealing
) -> None:
    """Have another holder begin where one was lost, at the same address."""
    holders.stop(index)
    folder, new = holders.settings(index).parent, following.holders[index - 1]
    for name in ("share.json", "share-2.json", "ticket.key", "holder.db"):
        (folder / name).unlink(missing_ok=True)
    folder.joinpath("organisations.toml").unlink()
    sealer = open_sealer(folder)
    replace_ticket_key(folder / "ticket.key", new.ticket_key, new.id, sealer)
    put(holders, index, following)
    write_settings(holders, index, new.id)
    holders.start(index)
    holders.wait(index)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30) as made:
        yield made


async def test_a_refresh_and_a_replacement_lose_no_lookup_and_mix_nothing(
    holders: HolderProcesses, client: httpx.AsyncClient
) -> None:
    first = holders.dealing
    second = share_anew(first)
    third = share_anew(second, replaced=3)
    pins = [parse_pins(first.pins), parse_pins(third.pins)]
    asking = Asking(holders, client, KeyConfigView(first.config), pins)
    pids = {index: holders.running[index].pid for index in (1, 2)}
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(asking.run("desk", Act.LOOKUP, keeps=False)),
            tasks.create_task(asking.run("browser", Act.LOOKUP, keeps=True)),
            tasks.create_task(asking.run("agency", Act.PUBLISH, keeps=True)),
        ]
        await asyncio.sleep(STEP_SECONDS)
        asking.index_takes(second)
        for index in (2, 3, 1):
            await asyncio.to_thread(put, holders, index, second)
            await asyncio.sleep(STEP_SECONDS)
        asking.index_takes(third)
        await asyncio.to_thread(put, holders, 1, third)
        await asyncio.sleep(STEP_SECONDS)
        await asyncio.to_thread(set_up_in_its_place, holders, 3, third)
        await asyncio.to_thread(put, holders, 2, third)
        await asyncio.sleep(2 * STEP_SECONDS)
        asking.is_over = True
    assert len(asking.found) == 1, "one person, under one key, throughout"
    assert min(asking.counts.values()) > 5
    assert asking.longest < LONGEST_PAUSE
    assert (await running[0]).epoch == 3
    assert {index: holders.running[index].pid for index in (1, 2)} == pids

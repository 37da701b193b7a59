"""On the last day of the key config holders renew it, one after another, at work.

Real processes and real clocks; each holder gets a new ticket key too. The index has
the next config before the first of them, the client as soon as one holder has it.
"""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from deploy.town.ports import Ports
from keys import clock
from keys.client import fetch_config, pseudonymise
from keys.config import KeyConfig, parse_pins, verify_config
from keys.files import write_whole
from keys.jose import PrivateKey
from keys.renewal import assemble, draft_renewal, sign_draft
from keys.request import Act
from keys.ticket import verify_ticket_pair
from tests.dealing_files import open_sealer, replace_ticket_key
from tests.holder_processes import HolderProcesses, prepare_holders
from tests.holders_builders import AUDIENCE, a_bsn
from tests.keys_builders import signing_keys

pytestmark = pytest.mark.anyio


@pytest.fixture
def holders(tmp_path: Path, ports: Ports) -> Iterator[HolderProcesses]:
    made = prepare_holders(tmp_path, ports, per_user=100_000)
    try:
        for index in made.ports:
            made.start(index)
        for index in made.ports:
            made.wait(index)
        yield made
    finally:
        made.stop_all()


def renew(holders: HolderProcesses, keys: dict[int, PrivateKey]) -> bytes:
    """Have all holders sign the next config."""
    known, pins = holders.dealing.config, parse_pins(holders.dealing.pins)
    new = {f"holder-{index}": key.public for index, key in keys.items()}
    draft = draft_renewal(known, clock.now() + timedelta(days=730), new)
    parts = {
        f"signed-{index}.json": sign_draft(draft, known, key, keys[index].public)
        for index, key in enumerate(signing_keys(holders.dealing), start=1)
    }
    return assemble(parts, known, pins, now=clock.now())


def _take_up(document: bytes, holders: HolderProcesses) -> KeyConfig:
    return verify_config(
        document,
        parse_pins(holders.dealing.pins),
        accepted_origin="dealt",
        known=holders.dealing.config,
        now=clock.now(),
    )


class Asking:
    """Looks up without end, with the newest config each time, and counts."""

    def __init__(self, holders: HolderProcesses, client: httpx.AsyncClient) -> None:
        self.at_index: KeyConfig = holders.dealing.config
        self.done = 0
        self.is_over = False
        self._holders = holders
        self._client = client

    async def run(self, user: str) -> set[bytes]:
        transport = self._holders.transport(self._client, self._holders.lookup, user)
        pins = parse_pins(self._holders.dealing.pins)
        known, found = self._holders.dealing.config, set[bytes]()
        while not self.is_over:
            known = await fetch_config(
                transport, [pins], accepted_origin="dealt", known=known, now=clock.now()
            )
            made = await pseudonymise(transport, known, [a_bsn(1)], Act.LOOKUP)
            verify_ticket_pair(
                made.tickets, [self.at_index], audience=AUDIENCE, now=clock.now()
            )
            found.add(made.pseudonyms[0].encoded)
            self.done += 1
        return found


async def _serials(holders: HolderProcesses, client: httpx.AsyncClient) -> list[int]:
    answers = [
        (await client.get(f"{holders.place(index).url}/v1/health")).json()
        for index in holders.ports
    ]
    return [answer["keyConfig"]["serial"] for answer in answers]


async def test_no_lookup_is_lost_on_the_last_day(holders: HolderProcesses) -> None:
    keys = {index: PrivateKey.generate() for index in holders.ports}
    document = renew(holders, keys)
    async with httpx.AsyncClient(timeout=30) as client:
        said = (await client.get(f"{holders.place(1).url}/v1/health")).json()
        assert (said["status"], said["keyConfig"]["daysLeft"]) == ("warning", 0)
        asking = Asking(holders, client)
        async with asyncio.TaskGroup() as tasks:
            fresh = tasks.create_task(asking.run("user-1"))
            await asyncio.sleep(1)
            asking.at_index = _take_up(document, holders)
            for index in holders.ports:
                folder = holders.settings(index).parent
                write_whole(folder / "key-config.json", document, replace=True)
                await asyncio.sleep(1.5)
                ticket, sealer = folder / "ticket.key", open_sealer(folder)
                replace_ticket_key(ticket, keys[index], folder.name, sealer)
                await asyncio.sleep(1.5)
            asking.is_over = True
        assert await _serials(holders, client) == [2, 2, 2]
    assert len(await fresh) == 1  # the same person under the same key throughout
    assert asking.done > 20
    for index in holders.ports:
        assert '"renewal-refused"' not in holders.log(index)
        assert '"key-config-ends"' in holders.log(index)

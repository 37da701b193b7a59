"""The town's three holders renew the key, share it anew and rotate it, by command.

Each does its part with its own files, and puts the next config in the place of the one
before: the index first. The first holder changes its ticket key too. Somebody looks up
all the while: nothing of it may be lost, and every party counts with the next config in
the end. Raises `CheckFailed` where not.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import httpx

from deploy.town.case_system import CaseSystem, LookupQuestion, build_body
from deploy.town.ceremony import (
    PASSPHRASES,
    pass_passphrase,
    put_beside,
    settle_holder,
    share_anew,
)
from deploy.town.commands import run
from deploy.town.demanding import demand
from deploy.town.parties import TEAM_DESK
from deploy.town.places import HOLDERS, Places
from keys.config_commands import NEXT_PUBLIC_TICKET_KEY, NEXT_TICKET_KEY
from keys.config_document import SignedDocument, parse_document, read_payload
from keys.files import write_whole
from keys.pseudonym import KeyVersion

TAKEN_UP_WITHIN_SECONDS: Final = 120.0
REST_SECONDS: Final = 0.3
LOSES_SHARE: Final = 3
CHANGES_TICKET_KEY: Final = 1
"""The holder that does; the others keep theirs."""


async def renew_key(places: Places, case_system: CaseSystem, person: str) -> int:
    """Renew the key while somebody looks a person up; give how often they did."""
    done = await change_over(
        places, case_system, person, lambda: asyncio.to_thread(_renew, places)
    )
    return done.total()


async def refresh_shares(places: Places, case_system: CaseSystem, person: str) -> int:
    """Have every holder get a new share of the same key, at work; give the lookups."""

    async def share() -> None:
        await change_shares(places, "refresh")

    return (await change_over(places, case_system, person, share)).total()


async def rotate_key(
    places: Places, case_system: CaseSystem, person: str
) -> tuple[int, int]:
    """Have the holders take another key into use, at work.

    Gives the lookups under the former key and those under the next: some of each.
    """

    async def rotated() -> None:
        # Another one as soon as two holders have it: the case system looks each time.
        await change_key(places, case_system.fetch_key)

    former = (await case_system.fetch_key()).key_version
    done = await change_over(places, case_system, person, rotated)
    version = (await case_system.fetch_key()).key_version
    demand(version == former + 1, f"the key version is {version}")
    demand(set(done) == {former, version}, f"lookups by key version: {dict(done)}")
    return done[former], done[version]


async def change_shares(places: Places, kind: str, *, lost: int | None = None) -> None:
    """Hold the call; then the index goes first, and one holder after the other."""
    names = places.holder_names
    name = None if lost is None else places.holder_name(lost)
    waiting = await asyncio.to_thread(share_anew, places.keys, names, kind, lost=name)
    serial = await go_first(places, waiting)
    for index in HOLDERS:
        await settle(places, index, serial)


async def settle(places: Places, index: int, serial: int) -> None:
    """Have a holder serve with its new share, and wait until it does."""
    names = places.holder_names
    await asyncio.to_thread(settle_holder, places.keys, names, index)
    await _wait_until(serial, [_health_of(places, index)])


async def change_key(
    places: Places, after_each: Callable[[], Awaitable[object]]
) -> None:
    """Have the index ask, hold the call, finish at the index, and go over one by one.

    `after_each`: what clients do when one more holder has the next key.
    """
    rotate = ["signal-index", "keys", "rotate"]
    settings = ["--settings", "index.toml"]
    await asyncio.to_thread(run, [*rotate, "begin", *settings], places.index)
    asked = places.index / "keys" / "rotation.json"
    names = places.holder_names
    waiting = await asyncio.to_thread(
        share_anew, places.keys, names, "rotate", rotation=asked
    )
    record = ["--record", str(waiting / "record.json")]
    handed = [str(places.holder_keys(at) / f"hand-over-{at}.json") for at in HOLDERS]
    finish = [*rotate, "finish", *handed, *record, *settings]
    await asyncio.to_thread(run, finish, places.index)
    serial = await go_first(places, waiting)
    for index in HOLDERS:
        await asyncio.to_thread(put_beside, places.holder_keys(index))
        await _wait_until(serial, [_health_of(places, index)])
        await after_each()


async def go_first(places: Places, waiting: Path) -> int:
    """Have the index take up what a ceremony came to, before any holder does.

    Gives its serial.
    """
    document = (waiting / "key-config.json").read_bytes()
    serial = read_payload(parse_document(SignedDocument, document)).serial
    put_in_place(places.keys / "key-config.json", document)
    await _wait_until(serial, [f"{places.index_url}/v1/health"])
    await asyncio.to_thread(_take_record, places, waiting / "record.json")
    return serial


async def change_over(
    places: Places,
    case_system: CaseSystem,
    person: str,
    change: Callable[[], Awaitable[None]],
) -> Counter[KeyVersion]:
    """Have the key changed while somebody looks a person up, who has a flag.

    All must be answered with the same flags; gives how many were, by key version.
    """
    _, flags = await look_up(case_system, person)
    demand(flags, "whom the lookups are about has no flag")
    serial = (await case_system.fetch_key()).serial + 1
    is_over = asyncio.Event()
    looking = asyncio.create_task(_look_up_until(is_over, case_system, person))
    try:
        await change()
        await _wait_for(places, case_system, serial)
    finally:
        is_over.set()
        answered = await looking
    other = [shown for _, shown in answered if shown != flags]
    demand(not other, f"{len(other)} lookups under another key config show other flags")
    return Counter(version for version, _ in answered)


async def _look_up_until(
    is_over: asyncio.Event, case_system: CaseSystem, person: str
) -> list[tuple[KeyVersion, set[str]]]:
    answered = []
    while not is_over.is_set():
        answered.append(await look_up(case_system, person))
        await asyncio.sleep(REST_SECONDS)
    return answered


async def look_up(case_system: CaseSystem, person: str) -> tuple[KeyVersion, set[str]]:
    """Look a person up: under which key version, and which categories showed."""
    found = await case_system.pseudonymise([person])
    reply = await case_system.ask(build_body(found, LookupQuestion()))
    demand(reply.status == 200, f"a lookup while the key changes gave {reply.status}")
    (part,) = reply.answers
    return found.key_version, {flag["category"] for flag in part["flags"]}


def _renew(places: Places) -> None:
    """Draft, sign three times, assemble; then each takes up what came of it."""
    work = places.folder / "renewal"
    work.mkdir(mode=0o700)
    before, pins = str(places.keys / "key-config.json"), str(places.keys / "pins.json")
    known = ["--known", before, "--pins", pins]
    changing = places.holder_keys(CHANGES_TICKET_KEY)
    config = ["signal-keys", "config"]
    opener = pass_passphrase(places.holder_name(CHANGES_TICKET_KEY))
    run([*config, "new-ticket-key", "--into", ".", *opener], changing)
    public = str(changing / NEXT_PUBLIC_TICKET_KEY)
    new_key = ["--ticket-key", f"{places.holder_name(CHANGES_TICKET_KEY)}={public}"]
    days = ["--valid-days", "730"]
    run([*config, "draft", *known, *days, *new_key, "--into", "draft.json"], work)
    signed = [f"signed-{index}.json" for index in HOLDERS]
    for index, into in zip(HOLDERS, signed, strict=True):
        key = ["--key", str(places.holder_keys(index) / "config-signing.key")]
        passphrase = places.keys / PASSPHRASES / places.holder_name(index)
        key += ["--passphrase", str(passphrase)]
        own = ["--ticket-key", public] if index == CHANGES_TICKET_KEY else []
        sign = [*config, "sign", "draft.json", *known, *key, *own, "--yes"]
        run([*sign, "--into", into], work)
    run([*config, "assemble", *signed, *known, "--into", "next.json"], work)
    document = (work / "next.json").read_bytes()
    for folder in (places.keys, *map(places.holder_keys, HOLDERS)):
        put_in_place(folder / "key-config.json", document)
    put_in_place(changing / "ticket.key", (changing / NEXT_TICKET_KEY).read_bytes())


def put_in_place(path: Path, data: bytes) -> None:
    """Replace a file in one step, as its user does with `mv`."""
    write_whole(path, data, replace=True)


def _take_record(places: Places, record: Path) -> None:
    take = ["signal-index", "keys", "take-record", str(record)]
    run([*take, "--settings", "index.toml"], places.index)


async def _wait_for(places: Places, case_system: CaseSystem, serial: int) -> None:
    """Wait until index, holders, desk and case system all count with this serial."""
    await _wait_until(
        serial,
        [
            f"{places.index_url}/v1/health",
            *(_health_of(places, index) for index in HOLDERS),
        ],
    )
    known = (await case_system.fetch_key()).serial  # which has the desk look too
    demand(known == serial, f"the case system knows serial {known}")
    await _wait_until(serial, [f"{places.desk_itself(TEAM_DESK)}/health"])


def _health_of(places: Places, index: int) -> str:
    return f"{places.holder_url(index)}/v1/health"


async def _wait_until(serial: int, health: Sequence[str]) -> None:
    deadline = time.monotonic() + TAKEN_UP_WITHIN_SECONDS
    async with httpx.AsyncClient() as client:
        while True:
            known = [await _read_serial(client, url) for url in health]
            if set(known) == {serial}:
                return
            is_late = time.monotonic() > deadline
            demand(not is_late, f"the next key config is not taken up: {known}")
            await asyncio.sleep(REST_SECONDS)


async def _read_serial(client: httpx.AsyncClient, url: str) -> int:
    said: int = (await client.get(url)).json()["keyConfig"]["serial"]
    return said

"""Fill a founded town that does not run: pseudonyms from its holders, then the year."""

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.town.ceremony import read_key_config
from deploy.town.found import ESTABLISHED_ON, found_town
from deploy.town.parties import AGENCIES
from deploy.town.people import People
from deploy.town.places import HOLDERS, Places
from deploy.town.processes import Processes
from deploy.town.run import holder_parties
from deploy.town.year.calendar import Period
from deploy.town.year.officers import list_searches, review_emergencies
from deploy.town.year.plan import Planner
from deploy.town.year.recording import Inhabitant, Recorder
from deploy.town.year.writing import Written, write_year
from keys import clock
from keys.bsn import parse_bsn
from keys.client import (
    HolderPlace,
    HolderTransport,
    Pseudonymised,
    Signer,
    pseudonymise,
)
from keys.request import Act, load_request_key
from policy.decide import Policy, load_policy
from signal_index.key_files import create_year, load_keys
from signal_index.store.connect import (
    DatabaseRole,
    open_engine,
    reading,
    transaction,
)
from signal_index.store.ledger import insert_entries
from signal_index.store.ledger_tree import find_trees
from signal_index.store.standing import read_standing

SEED = 2026
ENTRIES = 10_000
_ASKS = AGENCIES[1]
_YEAR = timedelta(days=364)


class YearRefused(Exception):
    """The year cannot be written here; says why."""


def fill_year(places: Places, people: People, entries: int) -> Written:
    """Write about `entries` entries that end yesterday; gives what was written.

    Raises `YearRefused` where the town runs, or has run: what a tree holds already
    cannot get a past.
    """
    found_town(places)
    with _standing_still(places):
        with Processes(places.folder, places.log, forks=True) as processes:
            processes.start_together(holder_parties(places))
            inhabitants = asyncio.run(_settle(places, people))
        return asyncio.run(_fill(places, inhabitants, entries))


@contextmanager
def _standing_still(places: Places) -> Iterator[None]:
    """Hold the seat of the leader, which a running index on SQLite has."""
    url = make_url(places.database_url)
    if url.get_backend_name() != "sqlite":
        yield
        return
    with Path(f"{url.database}.leader").open("a") as seat:
        try:
            fcntl.flock(seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise YearRefused("the town runs; stop it first") from None
        yield


async def _settle(places: Places, people: People) -> list[Inhabitant]:
    """Give everybody whom the year is about, under the holders' pseudonyms.

    One agency's key asks for them, out of its bucket for publishing.
    """
    sources = {one.categories[0]: one.organisation for one in AGENCIES}
    known = {bsn: sorted(has) for bsn, has in people.categories.items()}
    for bsn in people.unknown:
        known.setdefault(bsn, [])
    found = await _pseudonymise(places, list(known))
    return [
        Inhabitant(
            found.key_version,
            pseudonym,
            {category: sources[category] for category in has},
        )
        for pseudonym, has in zip(found.pseudonyms, known.values(), strict=True)
    ]


async def _pseudonymise(places: Places, bsns: list[str]) -> Pseudonymised:
    key_file = places.agency(_ASKS.slug) / "keys" / "request-key.jwk"
    oin = _ASKS.organisation
    config = read_key_config(places.keys)
    holders = {
        index: HolderPlace(places.holder_name(index), places.holder_url(index))
        for index in HOLDERS
    }
    async with httpx.AsyncClient(timeout=60) as client:
        signer = Signer(oin, oin, load_request_key(key_file))
        transport = HolderTransport(client, holders, signer)
        numbers = [parse_bsn(bsn) for bsn in bsns]
        return await pseudonymise(transport, config, numbers, Act.PUBLISH)


async def _fill(places: Places, inhabitants: list[Inhabitant], entries: int) -> Written:
    engine = open_engine(places.database_url, DatabaseRole.WEB)
    try:
        now = clock.now()
        period = await _choose_period(places, engine)
        planner = Planner(period, len(inhabitants), seed=SEED)
        policy = await _read_policy(engine)
        keys = load_keys(places.index / "keys")
        recorder = Recorder(keys, policy, inhabitants)
        plan = planner.plan(entries)
        written = await write_year(engine, recorder, plan, until=now)
        async with transaction(engine) as conn:
            await review_emergencies(conn, keys, written.emergencies, until=now)
            searches = list_searches(keys, plan[0].at, now - timedelta(days=1))
            await insert_entries(conn, list(searches))
        return written
    finally:
        await engine.dispose()


async def _choose_period(places: Places, engine: AsyncEngine) -> Period:
    """Give the year that ends yesterday, no earlier than the purposes are open.

    Keys of an earlier year are made: that year's tree begins before this one's.
    """
    async with reading(engine) as conn:
        if await find_trees(conn):
            raise YearRefused("the town has run; begin with an empty folder")
    last = clock.now().date() - timedelta(days=1)
    first = max(ESTABLISHED_ON, last - _YEAR)
    if first > last:
        raise YearRefused("the year has no day yet")
    folder = places.index / "keys"
    for year in range(first.year, last.year + 1):
        if not (folder / f"disclosures-{year}.key").exists():
            create_year(folder, year)
    return Period(first, last)


async def _read_policy(engine: AsyncEngine) -> Policy:
    policy = load_policy()
    async with reading(engine) as conn:
        standing = await read_standing(conn, policy.catalogue, now=clock.now())
    return policy.with_establishments(standing.establishments)

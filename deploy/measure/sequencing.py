"""Measure what the ledger costs: recording, sequencing, proving, verifying, storing.

On a PostgreSQL of its own with the index's own store and sequencer, and a witness in
its own process that cosigns every checkpoint. The verifier runs as an officer runs it.
"""

import secrets
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from statistics import median

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.measure.ledger_made import make_ledger
from deploy.measure.sizes import Sizes
from deploy.town.found import program
from deploy.town.ports import Ports
from deploy.town.postgres import PostgresServer
from deploy.town.processes import Party, Processes, run_command
from deploy.town.settings_files import write_toml
from keys import clock
from keys.events import EventLog
from signal_index.identifiers import new_uuid7
from signal_index.ledger import (
    ENTROPY_BYTES,
    CheckpointKey,
    DecisionGroup,
    DisclosureKey,
    Entry,
    EntryFacts,
    Kind,
    Outcome,
    PersonGroup,
    RoleGroup,
    ShownFlag,
    WhyGroup,
    build_entry,
    commit_about,
    describe_lookup,
    note_key,
    person_find_key,
)
from signal_index.proof import origin_of, parse_witness_key
from signal_index.store.connect import DatabaseRole, open_engine, reading, transaction
from signal_index.store.ledger import insert_entries, raise_person_numbers
from signal_index.store.ledger_proofs import prove_entry
from signal_index.store.schema import migrate
from signal_index.upkeep.cosigning import HttpWitnesses
from signal_index.upkeep.sequencer import Sequencer, sequence_once

DATABASE = "ledger_measured"
GATHERED = 64
A_SECOND = 1_000
_ORIGIN = "index.sequenced.example"
_OIN = "00000001990000000002"
_CITIZENS = 20_000


class LedgerDiffers(Exception):
    """The tree does not hold what was put into it, or the verifier says otherwise."""


@dataclass(frozen=True)
class LedgerCosts:
    """What was measured, under the names of the project's targets."""

    append_cpu_ms: float
    integrated_per_second: float
    proof_ms: float
    verify_million_seconds: float
    bytes_per_entry: float

    def encode(self) -> dict[str, object]:
        """Give the members of `ledger`."""
        return {
            "appendCpuMs": round(self.append_cpu_ms, 4),
            "integratedPerSecond": round(self.integrated_per_second, 1),
            "proofMs": round(self.proof_ms, 3),
            "verifyMillionSeconds": round(self.verify_million_seconds, 2),
            "bytesPerEntry": round(self.bytes_per_entry),
        }


async def measure_ledger(
    server: PostgresServer, folder: Path, sizes: Sizes
) -> LedgerCosts:
    """Measure everything that the ledger costs, on a database of its own."""
    url = server.create_database(DATABASE)
    owner = open_engine(url, None)
    await migrate(owner)
    await owner.dispose()
    web = open_engine(url, DatabaseRole.WEB)
    try:
        async with _sequencer(url, folder) as sequencer:
            entries, cpu, seconds = await _grow(web, sequencer, sizes.sequenced)
        proof_ms = await _measure_proofs(web, entries, sizes.proofs)
    finally:
        await web.dispose()
    return LedgerCosts(
        append_cpu_ms=1000 * cpu / len(entries),
        integrated_per_second=len(entries) / seconds,
        proof_ms=proof_ms,
        verify_million_seconds=_measure_verifier(folder, sizes.verified),
        bytes_per_entry=_measure_size(server) / len(entries),
    )


async def _grow(
    web: AsyncEngine, sequencer: Sequencer, count: int
) -> tuple[Sequence[Entry], float, float]:
    """Record in groups of 64 and sequence each thousand; give CPU and wall seconds."""
    made: list[Entry] = []
    key = DisclosureKey(clock.now().year, b"\x03" * 32)
    cpu = seconds = 0.0
    while len(made) < count:
        before = time.process_time()
        for _ in range(A_SECOND // GATHERED):
            made += await _record(web, key)
        cpu += time.process_time() - before
        started = time.perf_counter()
        await sequence_once(sequencer, now=clock.now())
        seconds += time.perf_counter() - started
    return made, cpu, seconds


async def _record(web: AsyncEngine, key: DisclosureKey) -> Sequence[Entry]:
    """Record gathered lookups as the index does: numbers, entries, one commit."""
    people = [secrets.randbelow(_CITIZENS).to_bytes(32) for _ in range(GATHERED)]
    async with transaction(web) as conn:
        names = [person_find_key(key, name, Kind.LOOKUP) for name in people]
        numbers = await raise_person_numbers(conn, key.year, names)
        entries = [
            build_entry(
                _facts(name, number),
                entropy=secrets.token_bytes(ENTROPY_BYTES),
                key=key,
            )
            for name, number in zip(people, numbers, strict=True)
        ]
        await insert_entries(conn, entries)
    return entries


def _facts(name: bytes, number: int) -> EntryFacts:
    now = clock.now()
    jti = str(new_uuid7(now))
    return EntryFacts(
        entry=new_uuid7(now),
        kind=Kind.LOOKUP,
        recorded_at=now,
        outcome=Outcome.ANSWERED,
        organisation=_OIN,
        municipality="9901",
        activity="lookup-wmo-onderzoek",
        policy="digest-of-the-policy-as-it-was-at-that-moment",
        person=PersonGroup(
            name, number, commit_about(name, 1, secrets.token_bytes(16))
        ),
        who="employee-measured",
        role=RoleGroup(("generalist",), "centrum"),
        why=WhyGroup("wmo-onderzoek", "wmo-2015-2.3.2", "h" * 43, "discussed"),
        what=describe_lookup(
            flags=[
                ShownFlag(kind, _OIN, uuid.uuid4(), secrets.token_bytes(9))
                for kind in ("bijstand", "leerplicht")
            ],
            categories=["bijstand", "leerplicht", "schuldhulpverlening"],
            tickets=[jti, jti],
            req="q" * 43,
        ),
        decision=DecisionGroup(Outcome.ANSWERED),
    )


@asynccontextmanager
async def _sequencer(url: str, folder: Path) -> AsyncIterator[Sequencer]:
    """Give a sequencer whose witness runs in a process of its own."""
    key = CheckpointKey(secrets.token_bytes(32))
    place = folder / "witness"
    create = [program("signal-index"), "witness", "create", str(place), "--name", "w"]
    public = run_command(create, folder).strip()
    told = note_key(key, origin_of(_ORIGIN, clock.now().year)).encode()
    settings = {"key": "witness.key", "memory": "memory.json", "logs": [told]}
    serve = ["witness", "serve", "--settings", str(place / "w.toml")]
    engine = open_engine(url, DatabaseRole.SEQUENCER, pool_size=4)
    with Ports() as ports, Processes(folder, folder / "witness-log") as processes:
        port = ports.hold()
        write_toml(place / "w.toml", {"host": "127.0.0.1", "port": port, **settings})
        address = f"http://127.0.0.1:{port}"
        party = Party("witness", [program("signal-index"), *serve], f"{address}/health")
        processes.start_together([party])
        async with httpx.AsyncClient() as client:
            witnesses = HttpWitnesses(
                client,
                [(parse_witness_key(public), address)],
                1,
                EventLog(StringIO(), clock.now),
            )
            file = folder / "checkpoint.json"
            yield Sequencer(engine, key, _ORIGIN, file, witnesses)
    await engine.dispose()


async def _measure_proofs(
    web: AsyncEngine, entries: Sequence[Entry], count: int
) -> float:
    """Give the median milliseconds of a proof for an entry drawn from all."""
    times = []
    for _ in range(count):
        entry = entries[secrets.randbelow(len(entries))]
        started = time.perf_counter()
        async with reading(web) as conn:
            await prove_entry(conn, entry.id, _OIN)
        times.append(time.perf_counter() - started)
    return 1000 * median(times)


def _measure_verifier(folder: Path, count: int) -> float:
    """Give the wall seconds of `signal-index verify` for a million entries."""
    place = folder / "verified"
    key = make_ledger(place, count)
    started = time.perf_counter()
    said = run_command(
        [program("signal-index"), "verify", str(place), "--key", key], folder
    )
    seconds = timedelta(seconds=time.perf_counter() - started).total_seconds()
    if "every entry is as it was recorded" not in " ".join(said.split()):
        raise LedgerDiffers(said)
    return seconds * 1_000_000 / count


def _measure_size(server: PostgresServer) -> float:
    sized = server.run_sql(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
        "WHERE relkind = 'r' AND relname LIKE 'ledger\\_%'",
        DATABASE,
    )
    return float(sized)

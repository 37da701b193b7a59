"""Fill a ledger with millions of rows as the index itself would have written them.

- A few hundred real entries are built by the index's own code; every row is one of
  them with an id, a moment and keyed hashes of its own. COPY writes them; the indexes
  are made afterwards, by the text that the database has of them.
- What an entry says (4 KiB, sealed) lies apart from the row, in TOAST, and is read only
  for what a page shows: so it is written for those entries alone, and every other row
  carries as many bytes as its pointer would take.
"""

import os
import secrets
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import NamedTuple

import asyncpg

from deploy.town.parties import MUNICIPALITY, TEAM
from signal_index.identifiers import new_uuid7
from signal_index.keyring import IndexKeys
from signal_index.ledger import (
    ENTROPY_BYTES,
    DecisionGroup,
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
    person_find_key,
)
from signal_index.ledger.sealing import NONCE_BYTES, seal_disclosures

USERS = 300
TEAMS = 30
PURPOSES = ("wmo-onderzoek", "schuldhulp-toegang", "leerplicht-uitvoering")
REFUSED_EVERY = 25
BROKEN_EVERY = 1_009
POINTER = b"\0" * 18
ENTRIES = (
    *("entry_id", "year", "kind", "organisation", "municipality", "recorded_at"),
    "leaf",
)
DISCLOSURES = (
    *("entry_id", "year", "municipality", "sealed", "find_user", "find_team"),
    *("find_case", "find_person", "find_purpose", "find_outcome", "find_break_glass"),
)


@dataclass(frozen=True, repr=False)
class Filling:
    """What is written: how many rows, over which period, about which citizens.

    Row `n` of `count` is made at an instant that follows from `n`; the citizens, given
    by their names in this year's ledger, are in one row of `every`.
    """

    keys: IndexKeys
    count: int
    until: datetime
    citizens: tuple[bytes, ...]
    every: int

    def milliseconds(self, number: int) -> int:
        """Give when row `number` was recorded, since 1970."""
        first = int(datetime(self.until.year, 1, 1, tzinfo=UTC).timestamp() * 1000)
        whole = int(self.until.timestamp() * 1000) - first
        return first + whole * number // self.count


def make_id(milliseconds: int, number: int) -> uuid.UUID:
    """Give the id of a row (UUIDv7): its number stands where chance would."""
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62 | number)


def place_of(number: int) -> int:
    """Give which user made a row: some ask ten times as often as others."""
    spread = number * 2_654_435_761 % 1_000_003
    return spread * spread * USERS // 1_000_003**2


def user_name(place: int) -> str:
    """Give by what name the index knows a user."""
    return f"measured-{place:03d}"


def team_name(place: int) -> str:
    """Give the team of a user."""
    return f"team-{place % TEAMS:02d}"


class Sort(NamedTuple):
    """What tells one real entry from another."""

    place: int
    purpose: int
    is_refused: bool
    is_broken: bool


class Rows:
    """The rows of a filling, made from real entries."""

    def __init__(self, filling: Filling) -> None:
        self._filling = filling
        self._kinds = {
            sort: _build(filling, sort)
            for sort in map(
                Sort._make,
                product(
                    range(USERS), range(len(PURPOSES)), (False, True), (False, True)
                ),
            )
        }
        self._persons = tuple(_find_person(filling, name) for name in filling.citizens)

    def entry(self, number: int) -> Entry:
        """Give the real entry that row `number` is made from."""
        purpose = number * 40_503 % 65_537 % len(PURPOSES)
        is_refused, is_broken = number % REFUSED_EVERY == 0, number % BROKEN_EVERY == 0
        return self._kinds[Sort(place_of(number), purpose, is_refused, is_broken)]

    def entries(self) -> Iterator[tuple[object, ...]]:
        """Give the rows of table `ledger_entry`."""
        filling = self._filling
        year, kind = filling.until.year, Kind.LOOKUP.value
        for number in range(filling.count):
            made, moment = self.entry(number), filling.milliseconds(number)
            id_ = make_id(moment, number)
            leaf = made.leaf.replace(str(made.id).encode(), str(id_).encode(), 1)
            at = datetime.fromtimestamp(moment / 1000, UTC)
            yield (id_, year, kind, TEAM, MUNICIPALITY, at, leaf)

    def disclosures(self) -> Iterator[tuple[object, ...]]:
        """Give the rows of table `ledger_disclosure`, but for what they say."""
        filling, persons, every = self._filling, self._persons, self._filling.every
        for number in range(filling.count):
            found, chance = self.entry(number).find_keys, os.urandom(32)
            place = number % every
            person = persons[place] if place < len(persons) else chance[:16]
            yield (
                *(make_id(filling.milliseconds(number), number), filling.until.year),
                *(MUNICIPALITY, POINTER, found.user, found.team, chance[16:], person),
                *(found.purpose, found.outcome, found.break_glass),
            )

    def say(self, number: int) -> tuple[uuid.UUID, bytes]:
        """Give a row's id and what its entry says, sealed under that id."""
        filling = self._filling
        id_ = make_id(filling.milliseconds(number), number)
        made = self.entry(number)
        key = filling.keys.get_disclosure_key(filling.until.year)
        nonce = os.urandom(NONCE_BYTES)
        return id_, seal_disclosures(id_, made.disclosures, key=key, nonce=nonce)


def _build(filling: Filling, sort: Sort) -> Entry:
    """Build a real entry of this sort; its person is nobody."""
    at = filling.until - timedelta(minutes=1)
    outcome = Outcome.REFUSED if sort.is_refused else Outcome.ANSWERED
    tickets = (str(uuid.uuid4()), str(uuid.uuid4()))
    facts = EntryFacts(
        entry=new_uuid7(at),
        kind=Kind.LOOKUP,
        recorded_at=at,
        outcome=outcome,
        organisation=TEAM,
        municipality=MUNICIPALITY,
        activity="lookup",
        policy="0" * 64,
        person=PersonGroup(
            os.urandom(32), 1, commit_about(os.urandom(32), 1, os.urandom(16))
        ),
        who=user_name(sort.place),
        role=RoleGroup(["generalist"], team_name(sort.place)),
        why=WhyGroup(
            purpose=PURPOSES[sort.purpose],
            legal_basis="wmo-2015-2.3.2",
            case_reference=tickets[0],
            break_glass="acute-crisis" if sort.is_broken else None,
        ),
        what=describe_lookup(
            flags=[ShownFlag("bijstand", TEAM, uuid.uuid4(), secrets.token_bytes(9))],
            categories=["bijstand", "schuldhulpverlening"],
            tickets=tickets,
            req=tickets[1],
        ),
        decision=DecisionGroup(outcome),
    )
    key = filling.keys.get_disclosure_key(filling.until.year)
    return build_entry(facts, entropy=os.urandom(ENTROPY_BYTES), key=key)


def _find_person(filling: Filling, name: bytes) -> bytes:
    key = filling.keys.get_disclosure_key(filling.until.year)
    return person_find_key(key, name, Kind.LOOKUP)


async def fill_ledger(url: str, rows: Rows) -> None:
    """Write every row; triggers and indexes are away meanwhile, and come back."""
    conn = await asyncpg.connect(url)
    try:
        made = [row[0] for row in await conn.fetch(_INDEXES)]
        for name in [row[0] for row in await conn.fetch(_INDEX_NAMES)]:
            await conn.execute(f'DROP INDEX "{name}"')
        await conn.execute("SET session_replication_role = replica")
        for table, columns, records in (
            ("ledger_entry", ENTRIES, rows.entries()),
            ("ledger_disclosure", DISCLOSURES, rows.disclosures()),
        ):
            await conn.copy_records_to_table(
                table, columns=list(columns), records=records, timeout=3_600
            )
        await conn.execute("SET maintenance_work_mem = '1GB'")
        for text in made:
            await conn.execute(text, timeout=3_600)
        await conn.execute("VACUUM (ANALYZE) ledger_entry, ledger_disclosure")
    finally:
        await conn.close()


async def write_what_they_say(url: str, rows: Rows, numbers: Collection[int]) -> None:
    """Seal, for these rows, what their entries say, each under its own id."""
    conn = await asyncpg.connect(url)
    try:
        # What is refused of the ledger is refused in every session.
        guards = [row[0] for row in await conn.fetch(_GUARDS)]
        await conn.execute("ALTER TABLE ledger_disclosure DISABLE TRIGGER USER")
        for number in sorted(numbers):
            id_, sealed = rows.say(number)
            await conn.execute(_SAY, id_, sealed)
        for guard in guards:
            await conn.execute(
                f'ALTER TABLE ledger_disclosure ENABLE ALWAYS TRIGGER "{guard}"'
            )
    finally:
        await conn.close()


_OF_THE_LEDGER = """
    FROM pg_indexes WHERE tablename IN ('ledger_entry', 'ledger_disclosure')
    AND indexname LIKE 'ix_%' ORDER BY indexname
"""
_INDEXES = f"SELECT indexdef {_OF_THE_LEDGER}"
_INDEX_NAMES = f"SELECT indexname {_OF_THE_LEDGER}"
_GUARDS = """
    SELECT tgname FROM pg_trigger
    WHERE tgrelid = 'ledger_disclosure'::regclass AND NOT tgisinternal
"""
_SAY = "UPDATE ledger_disclosure SET sealed = $2 WHERE entry_id = $1"

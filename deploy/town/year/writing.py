"""Write the planned year into the index's database, as the index itself would have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from deploy.town.parties import MUNICIPALITY
from deploy.town.year.officers import Emergency
from deploy.town.year.plan import OUTCOMES, PlannedLookup
from deploy.town.year.recording import Recorder, caller_of
from signal_index.api.recording import find_keys_of, record_act
from signal_index.ledger import Entry, Kind
from signal_index.proof import JsonObject
from signal_index.store.connect import transaction
from signal_index.store.ledger import insert_entries, raise_person_numbers
from signal_index.store.outcomes import LookupOutcome, store_outcome
from signal_index.store.reviews import Pick, insert_picks
from signal_index.wire.reviews import Rule

_CHUNK = 250


@dataclass(frozen=True)
class Written:
    """What stands in the ledger now."""

    lookups: int
    entries: int
    emergencies: tuple[Emergency, ...]


async def write_year(
    engine: AsyncEngine,
    recorder: Recorder,
    plan: Sequence[PlannedLookup],
    *,
    until: datetime,
) -> Written:
    """Write the plan; what would have been said after `until` is left unsaid."""
    count, emergencies = 0, []
    for chunk in _chunks(plan):
        async with transaction(engine) as conn:
            entries, broken = await _write_chunk(conn, recorder, chunk, until)
        count += entries
        emergencies += broken
    return Written(len(plan), count, tuple(emergencies))


def _chunks(plan: Sequence[PlannedLookup]) -> Iterator[Sequence[PlannedLookup]]:
    """Give parts of one year each: persons are numbered per year."""
    for _, of_year in groupby(plan, key=lambda one: one.at.astimezone(UTC).year):
        lookups = list(of_year)
        for start in range(0, len(lookups), _CHUNK):
            yield lookups[start : start + _CHUNK]


async def _write_chunk(
    conn: AsyncConnection,
    recorder: Recorder,
    chunk: Sequence[PlannedLookup],
    until: datetime,
) -> tuple[int, list[Emergency]]:
    asked = [recorder.ask(planned) for planned in chunk]
    names = [name for one in asked for name in find_keys_of(one, recorder.keys)]
    numbers = iter(await raise_person_numbers(conn, asked[0].year, names))
    done: list[Entry] = []
    broken: list[Emergency] = []
    for planned, one in zip(chunk, asked, strict=True):
        own = [next(numbers) for _ in planned.persons]
        entries = recorder.record(planned, one, own)
        if planned.reason.break_glass is not None:
            broken += [Emergency(planned, entry.id) for entry in entries]
        done += [*entries, *await _follow_up(conn, recorder, planned, entries, until)]
    await insert_entries(conn, done)
    await insert_picks(conn, [_pick(one) for one in broken])
    return len(done), broken


def _pick(one: Emergency) -> Pick:
    rules: frozenset[Rule] = frozenset({"break-glass"})
    who, at = one.planned.who, one.planned.at
    return Pick(one.entry, MUNICIPALITY, who.organisation, rules, at)


async def _follow_up(
    conn: AsyncConnection,
    recorder: Recorder,
    planned: PlannedLookup,
    entries: Sequence[Entry],
    until: datetime,
) -> Sequence[Entry]:
    """Give the entries of prints and outcomes, and keep what came of each flag."""
    caller, keys = caller_of(planned.who), recorder.keys
    done = []
    if planned.is_printed:
        what = {"entry": str(entries[0].id)}
        done.append(record_act(Kind.PRINT, caller, what, keys, planned.at))
    at = planned.at + planned.outcome_after
    if planned.outcome is None or at > until:
        return done
    for entry in entries:
        for place in range(_count_flags(entry)):
            code = _outcome_of(planned.outcome, place)
            said = LookupOutcome(entry.id, place, MUNICIPALITY, code, uuid4())
            await store_outcome(conn, said, keys.disclosures)
            told: JsonObject = {
                "entry": str(entry.id),
                "flag": place,
                "outcome": code,
            }
            done.append(record_act(Kind.OUTCOME, caller, told, keys, at))
    return done


def _count_flags(entry: Entry) -> int:
    """Count what an answer showed: of a miss nobody says what came of it."""
    flags = (entry.facts.what or {}).get("flags")
    return len(flags) if isinstance(flags, list) else 0


def _outcome_of(first: str, place: int) -> str:
    """Give what came of a flag: of the first as planned, of each next one its own."""
    return OUTCOMES[(OUTCOMES.index(first) + 7 * place) % len(OUTCOMES)]

"""Everybody's day of work, in two towns that differ in one thing: who is signalled.

In both the same signals stand, with matches, embargoes and follows: in one about the
people with whom the day's work is done, in the other about others. Whoever cannot read
what was hidden must not tell the two towns apart: not by a status, a header, a length,
a statement, a row, a leaf or a line of the log. The acts are those of the document and
of the leader; one that nobody does here fails the test.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from keys.bsn import Bsn
from keys.events import EventLog
from keys.pseudonym import KeyVersion, derive_stored_point
from policy.decide import load_policy
from signal_index.api.subjects import openapi_text
from signal_index.ledger import KINDS, Kind, person_find_key
from signal_index.ledger.kinds import ABOUT_PERSON, get_person_label
from signal_index.signals import derive_person_name
from signal_index.store.acts import Recorder
from signal_index.tables.metadata import Instant, metadata
from signal_index.upkeep.counting import Counting
from signal_index.upkeep.expiry import Erasure
from signal_index.upkeep.leader import Upkeep
from signal_index.upkeep.leadership import FileLeadership
from signal_index.upkeep.matching import MatchUpkeep
from signal_index.upkeep.notices import NoticeUpkeep
from signal_index.upkeep.picking import Picking
from signal_index.upkeep.sequencer import Sequencer
from signal_index.upkeep.watching import Watching
from signal_index.wire.person_events import PersonEventKind
from tests.citizen_builders import CHECKPOINT_KEY, CitizensDesk
from tests.contract.test_person_events import Town, open_town
from tests.follow_builders import JORIS, ask, begin, follow, open_follows
from tests.hand_builders import a_hand_signaller
from tests.holders_builders import a_bsn
from tests.live_work import (
    do_work_of_agencies,
    do_work_of_generalists,
    do_work_of_officers,
)
from tests.live_world import Operation
from tests.match_builders import open_matching, run_matches
from tests.notice_builders import dump
from tests.officer_builders import a_citizen, a_search
from tests.portal_builders import begin_messages, view_own
from tests.side_channels import Step, Watched
from tests.source_administrators import an_administrator
from tests.world import LEDGER_ORIGIN, World, open_world

SIGNALLED: Final = [a_bsn(number) for number in range(1, 10)]
OTHERS: Final = [a_bsn(number) for number in range(101, 110)]

OWN: Final = "the citizen's, the officer's, the source's or the user's own to read"
BRACKET: Final = "a source that is matched more often makes all hear more, by brackets"

TELLS: Final[Mapping[str, tuple[set[str], str]]] = {
    "POST /access-requests/{request_id}/report": ({"length", "statements"}, OWN),
    "POST /own-views": ({"statements"}, OWN),
    "POST /own-views/{view_id}/proofs": ({"statements"}, OWN),
    "GET /entries/{entry_id}": ({"length"}, OWN),
    "GET /reviews/{review_id}": ({"length"}, OWN),
    "GET /own-lookups": ({"length"}, OWN),
    "GET /catalogue": ({"length"}, "how many flags they saw today wait for a call"),
    "GET /matches": ({"length", "statements"}, OWN),
    "GET /signals": ({"length"}, OWN),
    "PUT /hand-signals/{reference}": ({"length"}, OWN),
    "GET /signal-endings": ({"length"}, OWN),
    "GET /own-corrections": ({"length"}, OWN),
    "POST /overviews": ({"length"}, OWN),
    "GET /transfers": ({"length"}, "how many signals of a source stand"),
    "GET /corrections": ({"length"}, "which of several signals was disputed"),
    "POST /embargoes": ({"rows"}, "the second embargo of one person has one counter"),
    "POST /person-events": ({"rows"}, "signals that are gone, and their tombstones"),
    "before GET /matches": ({"rows"}, BRACKET),
    "GET /notices": ({"length"}, BRACKET),
    "POST /notices/acknowledgements": ({"rows", "statements"}, BRACKET),
}
"""What of an act may differ, and why: never more than what stands here."""

JOBS_TELL: Final[Mapping[str, tuple[set[str], str]]] = {
    "tell-due": ({"rows"}, "a signal that ends soon stands in the clear"),
    "take-stock": ({"rows"}, "how many signals of a source stand, each day"),
    "erase": ({"rows"}, "signals that are gone"),
    "match": ({"rows"}, BRACKET),
    "pick-reviews": ({"rows"}, "a flag that nobody followed up is picked"),
}
"""The same of the leader's jobs: of rows alone, never of the ledger or the log."""


NAMES_A_PERSON: Final = {"row_key", "person_row", "person_key", "mark", "find_person"}
"""What a column is called by which rows of one person are found."""

MOMENTS: Final[Mapping[str, tuple[set[str], str]]] = {
    "embargo": ({"placed_at"}, "found with the person at hand alone"),
    "access_request": ({"reported_at", "closed_at"}, "of one request, until it closes"),
    "person_event": ({"received_at", "until"}, "says in the clear whose event it is"),
}
"""Where a moment stands beside what names a person, and why."""


def operations() -> list[Operation]:
    """Every operation of the document."""
    paths = json.loads(openapi_text())["paths"]
    methods = {"get", "put", "post", "delete", "patch"}
    return [
        Operation(method.upper(), path)
        for path, said in paths.items()
        for method in said
        if method in methods
    ]


def name_of(step: Step, known: Sequence[Operation]) -> str:
    """What a step is called in the document; what was done before a request, too."""
    before, found, rest = step.name.rpartition("before ")
    words = rest.partition("?")[0].split(" ")
    if len(words) == 2:
        for one in known:
            if one.match(*words) is not None:
                return f"{before}{found}{one.method} {one.path}"
    return step.name


async def hide(world: World, about: Sequence[Bsn], folder: Path) -> None:
    """Let many signals stand about these people, withheld ones among them, and more."""
    await open_follows(world)
    await open_matching(world)
    for agency in (world.debt_help, world.income_support, world.veilig_thuis):
        await world.publish(agency, about)
    await run_matches(world)
    for number in (*SIGNALLED[4:6], *OTHERS[4:6]):
        (part,) = await ask(world, [number], JORIS)
        if number in about:
            await begin(world, part, JORIS)
    desk = CitizensDesk(world, folder)
    for number in about[:4]:
        await desk.place_embargo(number)


async def read_all(world: World) -> None:
    """Read what can be read without naming something, by everybody, and a bit more."""
    officers = [
        world.an_officer(role)
        for role in ("privacy-officer", "data-protection-officer", "auditor")
    ]
    agency = world.debt_help
    readers = [world.a_token(), *officers, world.a_source_token(agency)]
    readers += [an_administrator(world, agency), a_hand_signaller(world, agency)]
    for one in operations():
        if one.method == "GET" and "{" not in one.path:
            for reader in readers:
                await world.send("GET", one.path, reader)
    for path in ("/reviews", "/access-requests"):
        listed = await world.send("GET", path, officers[0])
        (first, *_) = listed.json()["items"]
        await world.send("GET", f"{path}/{first['id']}", officers[0])


async def watched(town: Town) -> Watched:
    """Have the world of a town be looked at."""
    parts = {one.name: getattr(town.world, one.name) for one in fields(World)}
    town.world = world = Watched(**parts)
    return world


async def work_a_day(about: Sequence[Bsn], folder: Path) -> list[Step]:
    """Do everybody's work where these people are signalled; what could be seen."""
    async with open_town(folder, None) as town:
        world = await watched(town)
        await hide(world, about, folder)
        world.watch()
        for work in (do_work_of_agencies, do_work_of_generalists, do_work_of_officers):
            await work(world, folder)
        await town.tell(SIGNALLED[-1], PersonEventKind.DECEASED)
        await read_all(world)
        world.note("the end")
        world.close()
        return world.steps


def differences(
    one: Sequence[Step], other: Sequence[Step], known: Sequence[Operation]
) -> dict[str, set[str]]:
    """By what two towns can be told apart: the signs that differ, by act."""
    assert [name_of(step, known) for step in one] == [
        name_of(step, known) for step in other
    ]
    found: dict[str, set[str]] = defaultdict(set)
    for mine, theirs in zip(one, other, strict=True):
        found[name_of(mine, known)] |= mine.find_unlike(theirs)
    return found


def undeclared(
    found: Mapping[str, set[str]], declared: Mapping[str, tuple[set[str], str]]
) -> dict[str, set[str]]:
    """What differs without standing in a list, with its reason."""
    allowed = {name: signs for name, (signs, _) in declared.items()}
    left = {name: signs - allowed.get(name, set()) for name, signs in found.items()}
    return {name: signs for name, signs in left.items() if signs}


def a_folder(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def test_a_day_of_work_is_the_same_whoever_is_signalled(tmp_path: Path) -> None:
    known = operations()
    one, other = [
        asyncio.run(work_a_day(about, a_folder(tmp_path, str(number))))
        for number, about in enumerate((OTHERS, SIGNALLED))
    ]
    found = differences(one, other, known)
    assert undeclared(found, TELLS) == {}
    done = {name_of(step, known) for step in one if step.is_success}
    assert {f"{one.method} {one.path}" for one in known} - done == set()


async def _lead(count: int, folder: Path) -> list[Step]:
    """So many signals about one person, the others about somebody else: then upkeep."""
    async with open_town(folder, None) as town:
        world = await watched(town)
        await open_matching(world)
        until = world.clock().date() + timedelta(days=25)
        agencies = (world.debt_help, world.income_support, world.veilig_thuis)
        for number, agency in enumerate(agencies):
            about = SIGNALLED[0] if number < count else OTHERS[number]
            await world.publish(agency, [about], validUntil=until)
        await world.look_up([SIGNALLED[0]])
        world.watch()
        jobs = an_upkeep(world, folder).jobs()
        for days in (1, 15, 15):
            world.clock.forward(timedelta(days=days))
            for job in jobs:
                await job.run()
                world.note(job.name)
        world.close()
        return world.steps


def test_the_leaders_work_is_the_same_whoever_is_signalled(tmp_path: Path) -> None:
    """With no signal about whom somebody looked up, with one, and with several."""
    none, one, many = [
        asyncio.run(_lead(count, a_folder(tmp_path, str(count)))) for count in (0, 1, 3)
    ]
    for other in (one, many):
        assert undeclared(differences(none, other, []), JOBS_TELL) == {}


def an_upkeep(world: World, folder: Path) -> Upkeep:
    """All that the leader does, on the world's own database and log."""
    engine, keys, clock = world.engine, world.index.keys, world.clock
    recorder, log = Recorder(keys, "upkeep", clock), EventLog(world.log, clock)
    catalogue = world.index.catalogue
    place = folder / "checkpoint.json"
    erasure = Erasure(engine, recorder, catalogue, log, clock, 5)
    return Upkeep(
        Sequencer(engine, CHECKPOINT_KEY, LEDGER_ORIGIN, place),
        erasure,
        Counting(engine, keys, clock, erasure.first_kept_year, log),
        Picking(engine, recorder, clock),
        NoticeUpkeep(engine, recorder, world.index.keys, catalogue, log, clock),
        MatchUpkeep(engine, recorder, world.index.keys, load_policy(), log, clock, 5),
        Watching(engine, keys, world.index.security, clock),
        keys,
        FileLeadership(folder / "leader"),
        log,
        clock,
    )


@pytest.mark.anyio
async def test_what_tells_of_a_person_by_being_there_has_a_label_of_its_own(
    tmp_path: Path,
) -> None:
    """About somebody whom nobody signals each kind is recorded, but what finds."""
    async with open_world(tmp_path) as world:
        await open_follows(world)
        await open_matching(world)
        nobody = SIGNALLED[1]
        await world.publish(world.debt_help, [SIGNALLED[0]])
        await run_matches(world)
        await follow(world, nobody)
        desk = CitizensDesk(world, tmp_path)
        await desk.report(nobody)
        await desk.place_embargo(nobody)
        citizen = {"why": "citizen-rights", "citizen": await a_citizen(world, 2)}
        officer = world.an_officer()
        await world.send("POST", "/searches", officer, a_search(world, **citizen))
        await begin_messages(world, await view_own(world, nobody))
        kinds = {kind for kind, rule in KINDS.items() if ABOUT_PERSON in rule.forms}
        assert await _find_recorded(world, nobody, kinds) == {
            kind for kind in kinds if not KINDS[kind].finds
        }
        shared = {kind for kind in kinds if get_person_label(kind) == "person"}
        assert shared == {
            kind for kind in kinds if KINDS[kind].is_told and not KINDS[kind].finds
        }


async def _find_recorded(world: World, number: Bsn, kinds: set[Kind]) -> set[Kind]:
    """Of which of these kinds there is an entry about a person."""
    given = await world.holders.prepare_publication([number])
    keys, year = world.index.keys, world.clock().year
    point = derive_stored_point(keys.get_scalar(KeyVersion(1)), given.pseudonyms[0])
    name = derive_person_name(point, keys.get_ledger_name_key(year))
    disclosure = keys.get_disclosure_key(year)
    rows = await dump(world, "ledger_disclosure")
    named = {row["entry_id"]: row["find_person"] for row in rows}
    found = {
        (Kind(row["kind"]), named.get(row["entry_id"]))
        for row in await dump(world, "ledger_entry")
    }
    return {
        kind
        for kind in kinds
        if (kind, person_find_key(disclosure, name, kind)) in found
    }


def test_no_moment_stands_where_one_person_may_have_several_rows() -> None:
    """A moment that two rows share joins them, whatever else keeps them apart."""
    found = {
        table.name: {one.name for one in table.columns if isinstance(one.type, Instant)}
        for table in metadata.tables.values()
        if NAMES_A_PERSON & set(table.columns.keys()) or table.name == "tombstone"
    }
    assert {"signal", "correction", "tombstone", "follow"} <= found.keys()
    assert undeclared(found, MOMENTS) == {}

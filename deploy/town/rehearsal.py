"""`deploy/demo --check`: the whole town without a person, on free ports.

Publishes, looks up, closes the loop, attacks, verifies and searches, in that order;
everything is demanded, and the last line printed is one JSON object. Raises
`CheckFailed` where anything does not hold.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console

from deploy.town.attacks import AttackSucceeded, Scene
from deploy.town.attacks.forked import show_a_fork_to_a_desk
from deploy.town.attacks.requests import (
    CLOSED_PURPOSE,
    ask_for_closed_purpose,
    carry_request_to_another_holder,
    look_up_as_publisher,
    replay_tickets,
)
from deploy.town.attacks.storage import (
    change_ledger_row,
    change_whom_to_call,
    guess_offline,
    hide_from_the_report,
    put_under_anothers_name,
)
from deploy.town.case_system import CaseSystem, LookupQuestion, Reply
from deploy.town.ceremony import verify_key
from deploy.town.citizens import Seen, look_at_own
from deploy.town.completeness import reconcile_today
from deploy.town.databases import Database, opened_places
from deploy.town.demanding import demand
from deploy.town.early_signals import (
    FOUND,
    IN_DOUBT,
    brp_party,
    list_doubts,
    publish_reports,
    write_register,
)
from deploy.town.leak_search import find_leaks
from deploy.town.ledger_tools import export_ledger, verify_export
from deploy.town.loop import SHOWN_FOR_WMO, Loop, close_loop
from deploy.town.parties import ACCOUNTS, DESKS
from deploy.town.people import People, settle_people
from deploy.town.places import Places
from deploy.town.processes import Processes
from deploy.town.publishing import Published, publish_all
from deploy.town.regional_bank import find_clients, publish_clients
from deploy.town.renewing import (
    refresh_shares,
    renew_key,
    rotate_key,
)
from deploy.town.replacing import replace_holder
from deploy.town.run import running_town
from deploy.town.switching import (
    CATEGORY,
    LEGAL_BASIS,
    PURPOSE,
    deliver_ww,
    find_ww_citizen,
    switch_ww_on,
)

LEAST_PUBLISHED = 500
PAST_THE_DESK = ["entry-without-receipt"]
"""What the day must show, and no more: one attack asks the index without the desk."""


Attack = Callable[[Scene], Awaitable[None]]


@dataclass
class Lookups:
    """How often a person was found, not found, and refused."""

    hit: int = 0
    miss: int = 0
    refused: int = 0


@dataclass
class Attacks:
    """How many attacks were tried, and how many of them were stopped."""

    tried: int = 0
    stopped: int = 0


@dataclass
class Result:
    """What the last line says."""

    published: int = 0
    rejected: int = 0
    lookups: Lookups = field(default_factory=Lookups)
    loop: Loop = field(default_factory=Loop)
    citizen: Seen = field(default_factory=Seen)
    attacks: Attacks = field(default_factory=Attacks)
    keys: dict[str, object] = field(default_factory=dict)
    ledger: dict[str, object] = field(default_factory=dict)
    completeness: dict[str, object] = field(default_factory=dict)
    bsnFound: int = 0  # noqa: N815 - the name on the line
    seconds: float = 0


async def rehearse(
    console: Console, database: Database, *, shares_anew: bool = False
) -> None:
    """Run the check in a folder that is thrown away; says one line a step.

    `shares_anew`: the long form, in which the key is shared anew as well, twice.
    """
    folder = _make_folder()
    started = time.monotonic()
    result = Result()
    try:
        people = settle_people(folder / "population")
        with (
            opened_places(folder / "town", database) as places,
            running_town(places) as processes,
        ):
            console.print(f"{len(processes.running)} processes answer")
            result.keys = {"origin": verify_key(places.keys).origin}
            published = publish_all(places, folder / "population")
            _demand_publication(published, people)
            result.published, result.rejected = published.accepted, published.rejected
            console.print(
                f"{published.accepted} published, {published.rejected} rejected"
            )
            small = publish_clients(places, people)
            demand(small.accepted == len(find_clients(people)), "a client is missing")
            _find_reported(console, places, people, processes)
            await _ask_and_attack(
                console, places, people, processes, result, shares_anew=shares_anew
            )
        leaks = find_leaks(_searched(places), people.bsns)
        result.bsnFound = sum(leak.times for leak in leaks)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result.seconds = round(time.monotonic() - started, 1)
    for leak in leaks:
        console.print(f"a BSN stands in {leak.path.name}")
    print(json.dumps(asdict(result)))  # noqa: T201 - the last line, for machines
    demand(not leaks, "a BSN stands where none may stand")
    demand(result.attacks.tried == result.attacks.stopped, "an attack succeeded")


def _make_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="signal-index-check-"))
    folder.chmod(0o711)  # the user postgres must reach its own folder in it
    return folder


def _find_reported(
    console: Console, places: Places, people: People, processes: Processes
) -> None:
    """Have whom a partner reports looked up; whoever is in doubt is published never."""
    write_register(places, people)
    processes.start_together([brp_party(places)])
    reported = publish_reports(places)
    demand(reported.accepted == FOUND, "others were found than are in the register")
    demand(reported.rejected == IN_DOUBT, "somebody was found who could be another")
    demand(len(list_doubts(places)) == IN_DOUBT, "a doubt waits for nobody")
    console.print(f"{FOUND} found in the register, {IN_DOUBT} for a person to decide")


async def _share_anew(
    console: Console,
    places: Places,
    people: People,
    case_system: CaseSystem,
    result: Result,
) -> None:
    """Refresh all shares, and rotate the key; while somebody is looked up."""
    person = people.find_with("bijstand")
    count = await refresh_shares(places, case_system, person)
    result.keys["refreshed"] = True
    console.print(f"shares are refreshed, and {count} lookups meanwhile all answered")
    former, following = await rotate_key(places, case_system, person)
    result.keys["rotated"] = True
    console.print(
        f"the key is rotated, and meanwhile {former} lookups under the former key and "
        f"{following} under the next all gave the same flags"
    )


async def _ask_and_attack(
    console: Console,
    places: Places,
    people: People,
    processes: Processes,
    result: Result,
    *,
    shares_anew: bool,
) -> None:
    async with CaseSystem(places, ACCOUNTS[0]) as case_system:
        await _look_up(case_system, people, result.lookups)
        console.print(f"lookups answered as they must be: {asdict(result.lookups)}")
        result.loop = await close_loop(console, places, processes, case_system, people)
        result.citizen = await look_at_own(places, people)
        console.print(f"a citizen saw their own, proven: {asdict(result.citizen)}")
        await _switch_ww_on(console, places, people, case_system)
        count = await renew_key(places, case_system, people.find_with("bijstand"))
        result.keys["renewed"] = True
        console.print(f"the key is renewed, and {count} lookups meanwhile all answered")
        if shares_anew:
            places, count = await replace_holder(places, processes, case_system, people)
            result.keys["replaced"] = True
            console.print(
                f"a new holder, elsewhere, is in the place of one that left: {count} "
                "lookups meanwhile all answered, and then some without another"
            )
            await _share_anew(console, places, people, case_system, result)
        known = tuple(bsn for bsn, has in people.categories.items() if has)
        scene = Scene(places, case_system, known, people.find_with("bijstand"))
        for attack in (
            replay_tickets,
            look_up_as_publisher,
            carry_request_to_another_holder,
            ask_for_closed_purpose,
            guess_offline,
            change_whom_to_call,
            show_a_fork_to_a_desk,
        ):
            await _strike(console, attack, scene, result.attacks)
        verdict = verify_export(places, export_ledger(places, places.folder / "export"))
        demand(verdict.holds, verdict.sentence)
        console.print(verdict.sentence)
        result.ledger = {"entries": verdict.entries, "verified": verdict.holds}
        today = reconcile_today(places)
        demand(today.found == PAST_THE_DESK, f"{today.found}: {today.sentence}")
        console.print(f"the lookup past the desk is missed: {today.sentence}")
        result.completeness = today.judged
        for last in (put_under_anothers_name, hide_from_the_report, change_ledger_row):
            await _strike(console, last, scene, result.attacks)


async def _switch_ww_on(
    console: Console, places: Places, people: People, case_system: CaseSystem
) -> None:
    """Switch a category on by two persons; before it nothing of it is to be seen."""
    who, question = [find_ww_citizen(people)], LookupQuestion(PURPOSE, LEGAL_BASIS)
    nothing = Published(0, 0, 0)
    demand(deliver_ww(places, people) == nothing, "WW was taken while it is off")
    before = await case_system.look_up(who, question)
    demand(CATEGORY not in json.dumps(before.body), "WW shows while it is off")
    digest = await switch_ww_on(places)
    demand(deliver_ww(places, people).accepted == 1, "WW is on and was not taken")
    after = await case_system.look_up(who, question)
    demand(f'"category": "{CATEGORY}"' in json.dumps(after.body), "WW does not show")
    console.print(f"WW switched on by two persons, under SHA-256 {digest}")


async def _strike(
    console: Console, attack: Attack, scene: Scene, attacks: Attacks
) -> None:
    name = attack.__name__.replace("_", " ")
    attacks.tried += 1
    try:
        await attack(scene)
    except AttackSucceeded as success:
        console.print(f"ATTACK SUCCEEDED: {name}: {success}")
    else:
        attacks.stopped += 1
        console.print(f"attack stopped: {name}")


async def _look_up(case_system: CaseSystem, people: People, lookups: Lookups) -> None:
    """Look up a hit, a miss, a household and a refusal; compare with the key."""
    hit = people.find_with("bijstand", "schuldhulpverlening")
    await _expect(case_system, people, (hit,), lookups)
    await _expect(case_system, people, people.unknown[:1], lookups)
    await _expect(case_system, people, people.find_household(), lookups)
    refused = await case_system.look_up([hit], CLOSED_PURPOSE)
    demand(refused.status == 403, f"a closed purpose gave {refused.status}")
    demand("flags" not in json.dumps(refused.body), "a refusal shows flags")
    lookups.refused += 1


async def _expect(
    case_system: CaseSystem, people: People, bsns: tuple[str, ...], lookups: Lookups
) -> None:
    reply = await case_system.look_up(bsns)
    demand(reply.status == 200, f"a lookup gave {reply.status}: {reply.body}")
    demand(len(reply.answers) == len(bsns), "not one answer for each person")
    for bsn, answer in zip(bsns, reply.answers, strict=True):
        shown = {flag["category"] for flag in answer["flags"]}
        meant = people.categories.get(bsn, frozenset()) & SHOWN_FOR_WMO
        demand(shown == meant, "an answer shows other flags than were published")
        for flag in answer["flags"]:
            demand(flag["contactHolder"]["phone"], "a flag names nobody to call")
        if shown:
            lookups.hit += 1
        else:
            lookups.miss += 1


def _demand_publication(published: Published, people: People) -> None:
    demand(published.accepted >= LEAST_PUBLISHED, "too few signals were published")
    demand(published.accepted == people.accepted, "other signals than meant went out")
    demand(published.rejected == people.rejected, "other records than meant failed")


def _searched(places: Places) -> list[Path]:
    """Give all that index, desks, holders and others have written, and the logs."""
    holders = sorted(places.folder.glob("holder-*"))
    kept_outside = [places.folder / "checkpoint", places.folder / "export"]
    desks = [places.desk_folder(desk) for desk in DESKS]
    own = [
        places.index,
        places.witness,
        *desks,
        places.provider,
        places.portal,
        places.keys,
        places.log,
    ]
    return [*own, *holders, *kept_outside, places.folder / "postgresql"]


def _slug(reply: Reply) -> str:
    return str(reply.body.get("type", "no problem"))

"""`signal-source person-events`: what the population register says of people."""

import asyncio
import json
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import httpx
import typer
from pydantic import ValidationError

from signal_index.wire.values import Oin as IndexOin
from sources.agency_keys import load_keys
from sources.brp.asking import Asker
from sources.brp.events import Subscription, find_cursor, keep_cursor
from sources.cli.edge import refusing_plainly
from sources.cli.parties import TIMEOUT, make_parties
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now
from sources.errors import InvalidAgencySettings, InvalidProfile, say_unreadable
from sources.faults import say_faults, say_toml_fault
from sources.folders import make_folder
from sources.outbox.store import Outbox
from sources.passed_over import PassedOver, describe_passed, say_passed
from sources.person_events import (
    EventCounts,
    Mutation,
    RegisterLayout,
    UnknownKind,
    read_mutations,
    tell_mutations,
)
from sources.publisher.patience import Patience
from sources.publisher.pipeline import Sender
from sources.rejects import write_rejects
from sources.settings import AgencySettings, load_settings
from sources.values import Reject

Tell = Callable[[list[Mutation]], Awaitable[EventCounts]]


@dataclass(slots=True)
class _Done:
    """What came of it; `unknown` counts the kinds that nobody here knows."""

    told: EventCounts = field(default_factory=EventCounts)
    rejects: list[Reject] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    passed: list[PassedOver] = field(default_factory=list)


def person_events_command(
    file: Annotated[
        Path | None,
        typer.Argument(help="Het bestand met mutaties (CSV); zonder: [brp_events]."),
    ] = None,
    *,
    settings: SettingsFile,
    profile: Annotated[
        Path | None, typer.Option(help="Welke kolommen en codes het bestand heeft.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Geef de uitkomst als JSON.")
    ] = False,
) -> None:
    """Meld wie is overleden, verhuisd of weer hier woont; ook twee keer mag."""
    with refusing_plainly():
        given = load_settings(settings)
        make_folder(given.rejects)
        if file is not None:
            if profile is None:
                raise InvalidProfile("Bij een bestand met mutaties hoort --profile.")
            done = asyncio.run(_tell_file(given, file, load_layout(profile)))
        else:
            done = asyncio.run(_tell_notices(given))
        into = given.rejects / f"person-events-{now():%Y%m%dT%H%M%SZ}.csv"
        write_rejects(into, done.rejects)
    if as_json:
        said = {
            "told": done.told.new,
            "known": done.told.known,
            "rejected": len(done.rejects),
            "unknown": done.unknown,
            "passed": describe_passed(done.passed),
            "rejectsFile": str(into) if done.rejects else None,
        }
        typer.echo(json.dumps(said))
        return
    _show(done, into)


def _show(done: _Done, into: Path) -> None:
    console = PlainConsole()
    told = done.told
    console.print(
        f"Gemeld: {told.new}. Al eerder gemeld: {told.known}. "
        f"Afgewezen: {len(done.rejects)}."
    )
    for code, count in sorted(done.unknown.items()):
        console.print(f"Onbekende soort, niet gemeld: {code} ({count} keer).")
    for line in say_passed(done.passed):
        console.print(line, soft_wrap=True)
    if done.rejects:
        console.print(f"Afgewezen records: {into}", soft_wrap=True)


def load_layout(path: Path) -> RegisterLayout:
    """Read which columns and codes a register uses, or raise `InvalidProfile`."""
    try:
        return RegisterLayout.model_validate(tomllib.loads(path.read_text("utf-8")))
    except ValidationError as error:
        raise InvalidProfile(f"Het profiel klopt niet: {say_faults(error)}.") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidProfile(
            f"Het profiel is niet te lezen. {say_toml_fault(error)}"
        ) from None
    except (OSError, ValueError):
        raise InvalidProfile(say_unreadable(path)) from None


async def _tell_file(
    settings: AgencySettings, file: Path, layout: RegisterLayout
) -> _Done:
    found = list(read_mutations(file, layout, today=day_of(now())))
    rejects = [one for one in found if isinstance(one, Reject)]
    mutations = [one for one in found if isinstance(one, Mutation)]
    unknown = Counter(one.code for one in found if isinstance(one, UnknownKind))
    passed = [one for one in found if isinstance(one, PassedOver)]
    async with _telling(settings, layout.municipality) as (tell, _, _):
        return _Done(await tell(mutations), rejects, unknown, passed)


async def _tell_notices(settings: AgencySettings) -> _Done:
    """Tell what the register published since the last time, a page at a time."""
    place = settings.brp_events
    if place is None:
        raise InvalidAgencySettings(
            "Geef een bestand met mutaties, of zet [brp_events] in de instellingen."
        )
    done = _Done()
    async with _telling(settings, place.municipality) as (tell, outbox, client):
        asker = Asker(client, place, Patience(now))
        notices = Subscription(asker, place.subscriber, place.municipality)
        begin = find_cursor(outbox, place.subscriber)
        async for page in notices.read(begin, today=day_of(now())):
            done.told += await tell(page.mutations)
            done.rejects += page.rejects
            done.unknown += page.unknown
            keep_cursor(outbox, place.subscriber, page.cursor)
    return done


@asynccontextmanager
async def _telling(
    settings: AgencySettings, municipality: str
) -> AsyncIterator[tuple[Tell, Outbox, httpx.AsyncClient]]:
    keys = load_keys(settings.keys)
    sender = Sender(
        IndexOin(settings.organisation), IndexOin(settings.source), keys.notice, now
    )
    with Outbox(settings.outbox, keys.outbox, alone=False) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            parties = make_parties(client, settings, keys, outbox)

            async def tell(mutations: list[Mutation]) -> EventCounts:
                return await tell_mutations(
                    mutations, parties, sender, keys.outbox, municipality
                )

            yield tell, outbox, client

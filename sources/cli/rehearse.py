"""`signal-source rehearse`: try twenty cases with test persons, before going live."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer
from rich.text import Text

from signal_index.wire.rehearsals import CaseResult, RehearsalCase
from signal_index.wire.values import Oin
from sources.agency_keys import load_keys
from sources.cli.edge import STOPPED, UNUSABLE, Tellings, refusing_plainly
from sources.cli.own_files import Own, describe_own, read_own, say_own
from sources.cli.parties import TIMEOUT, make_parties
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now
from sources.outbox.standing import keep_registration
from sources.outbox.store import Outbox
from sources.profile import Profile, load_profile
from sources.publisher.pipeline import Sender
from sources.refused_beforehand import (
    Registered,
    find_refused,
    find_unlisted_holders,
)
from sources.rehearsing.cases import CASES
from sources.rehearsing.running import Rehearsed, find_own, rehearse
from sources.settings import AgencySettings, load_settings

_NOT_BEGUN: Final = (
    "De oefening is niet begonnen. Los dit eerst op; de aantallen hierboven zijn van "
    "daarna."
)


def rehearse_command(
    settings: SettingsFile,
    profile: Annotated[
        list[Path] | None,
        typer.Option(help="Een profiel dat u gaat gebruiken; mag vaker."),
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(help="Uw eigen bestand bij dat profiel, op dezelfde plaats."),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Geef de uitkomst als JSON.")
    ] = False,
) -> None:
    """Oefen twintig gevallen met testpersonen, terwijl de bron in proef is.

    Met --file leest het ook uw eigen bestand en laat zien wat een generalist zou zien.
    Daarvan gaat niets de deur uit.
    """
    with refusing_plainly():
        given = load_settings(settings)
        profiles = [load_profile(one) for one in profile or ()]
        own = read_own(given, profiles, file or ())
    for line in () if as_json else say_own(own):
        PlainConsole().print(line, soft_wrap=True)
    if any(preview.refusal for _, preview in own):
        if as_json:
            typer.echo(json.dumps({"own": describe_own(own)}))
        raise typer.Exit(UNUSABLE)
    with refusing_plainly():
        told = _ignore if as_json else Lines().tell
        refused, done = asyncio.run(_rehearse(given, profiles, own, told))
    for line in refused:
        PlainConsole(stderr=True).print(line, style="bold red", soft_wrap=True)
    if done is None:
        PlainConsole(stderr=True).print(_NOT_BEGUN, soft_wrap=True)
        raise typer.Exit(UNUSABLE)
    if as_json:
        typer.echo(json.dumps(summarise(done) | {"own": describe_own(own)}))
    else:
        PlainConsole().print(conclude(done), soft_wrap=True)
    if not done.recorded.passed:
        raise typer.Exit(STOPPED)


async def _rehearse(
    settings: AgencySettings,
    profiles: Sequence[Profile],
    own: Sequence[Own],
    told: Callable[[CaseResult], None],
) -> tuple[list[str], Rehearsed | None]:
    keys = load_keys(settings.keys)
    sender = Sender(Oin(settings.organisation), Oin(settings.source), keys.notice, now)
    with Outbox(settings.outbox, keys.outbox, alone=False) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            tell = Tellings(quiet=False).tell
            parties = make_parties(client, settings, keys, outbox, tell=tell)
            known = await parties[1].fetch_registration()
            keep_registration(outbox, known, now())
            find_own(known, sender)
            registered = Registered(known, settings.source)
            if refused := list_refused(profiles, own, registered):
                return refused, None
            return [], await rehearse(parties, sender, told)


def list_refused(
    profiles: Sequence[Profile], own: Sequence[Own], registered: Registered
) -> list[str]:
    """Say what of these profiles and files the index would refuse, and why."""
    read = dict(own)
    return [
        f"Profiel {one.name}: {says} {remedy}"
        for one in profiles
        for says, remedy in (
            *find_refused(one, registered, today=day_of(now())),
            *find_unlisted_holders(
                read[one.name].holders.values() if one.name in read else (),
                one,
                registered,
            ),
        )
    ]


def summarise(done: Rehearsed) -> dict[str, object]:
    """Give the outcome for a machine: each case, and what the index recorded."""
    return {
        "passed": done.recorded.passed,
        "ended": done.recorded.ended,
        "erased": done.recorded.erased,
        "entry": str(done.recorded.entryId),
        "cases": [one.model_dump(mode="json") for one in done.cases],
    }


class Lines:
    """Prints each case when it is done."""

    def __init__(self) -> None:
        self._console = PlainConsole()
        self._at = 0

    def tell(self, one: CaseResult) -> None:
        """Print one case: what was tried, what should come, what was seen."""
        self._at += 1
        said = CASES[one.case]
        mark = ("goed", "green") if one.passed else ("fout", "bold red")
        count = f"{self._at:>2} van {len(RehearsalCase)}  "
        line = Text.assemble(count, mark, f"  {said.name}")
        self._console.print(line, soft_wrap=True)
        if not one.passed:
            self._console.print(f"          Verwacht: {said.expected}", soft_wrap=True)
            self._console.print(f"          Gezien: {one.seen}", soft_wrap=True)


def _ignore(_one: CaseResult) -> None:
    """Print nothing: a machine reads the summary."""


def conclude(done: Rehearsed) -> str:
    """Say how it ended, where it is recorded, and what to do next; Dutch, B1."""
    failed = sum(not one.passed for one in done.cases)
    entry = f"Vastgelegd in het inzagelogboek als {done.recorded.entryId}."
    if done.recorded.passed:
        return (
            f"Geslaagd: alle {len(done.cases)} gevallen. De index heeft niets meer van "
            f"de oefening. {entry}\nLever nu echt aan met `signal-source publish`, als "
            "u dat nog niet deed: dat vergelijkt ook. Vraag daarna de beheerder van de "
            "index om deze bron live te zetten."
        )
    if failed:
        return f"Niet geslaagd: {failed} van {len(done.cases)} gevallen. {entry}"
    return (
        "Niet geslaagd: de index zag zelf niet wat deze oefening zegt. "
        f"Meld dit aan de beheerder van de index. {entry}"
    )

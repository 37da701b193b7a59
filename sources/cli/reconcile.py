"""`signal-source reconcile`: hold our open cases against the index's, and mend."""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

import httpx
import typer

from keys.municipality import MunicipalityCode
from signal_index.notice import (
    RECONCILING_SALT_BYTES,
)
from signal_index.wire.reconciling import MarkedSignal, ReconcilingScope
from signal_index.wire.values import Oin as IndexOin
from signal_index.wire.values import Slug
from sources.agency_keys import load_keys
from sources.cli.edge import STOPPED, refusing_plainly, start_logging_if_asked
from sources.cli.parties import TIMEOUT, make_hearing, make_parties
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now
from sources.counted import say_count
from sources.errors import SignalsElsewhere
from sources.outbox.notices import find_successors
from sources.outbox.standing import find_elsewhere
from sources.outbox.store import Outbox
from sources.profile import Profile, load_profile
from sources.publisher.admission import note_elsewhere, verify_in_use, verify_own_name
from sources.publisher.pipeline import Sender
from sources.reconciling import Reconciled, reconcile
from sources.settings import AgencySettings, load_settings

Listed = TypeVar("Listed")


def reconcile_command(
    settings: SettingsFile,
    profile: Annotated[
        list[Path], typer.Option(help="Het profiel van elke registratie die meetelt.")
    ],
    *,
    confirm: Annotated[
        bool,
        typer.Option("--confirm", help="Ook als de index veel meer heeft dan wij."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Geef de uitkomst als JSON.")
    ] = False,
) -> None:
    """Vergelijk de open zaken met de index; gelijk bevestigt alle signalen."""
    start_logging_if_asked(as_json=as_json)
    with refusing_plainly():
        given = load_settings(settings)
        profiles = [load_profile(one) for one in profile]
        done, elsewhere, taken = asyncio.run(
            _reconcile(given, profiles, confirmed=confirm)
        )
    if as_json:
        others = {str(one): count for one, count in elsewhere.items()}
        typer.echo(json.dumps(summarise(done) | {"otherOutboxes": others}))
    else:
        PlainConsole().print(say(done, taken), soft_wrap=True)
    with refusing_plainly():
        if elsewhere:
            raise SignalsElsewhere(elsewhere)
    if not done.equal:
        raise typer.Exit(STOPPED)


class Delivering(Protocol):
    """What delivers: a profile, or a delivery of one."""

    @property
    def categories(self) -> Sequence[Slug]:
        """Give which kinds of signals."""
        ...

    @property
    def municipalities(self) -> Sequence[MunicipalityCode]:
        """Give for which municipalities."""
        ...


def make_scope(
    settings: AgencySettings, profiles: Sequence[Delivering], *, on: date
) -> ReconcilingScope:
    """Give what is compared: all that these deliver, under a fresh salt."""
    return ReconcilingScope(
        source=IndexOin(settings.source),
        categories=_gather(one.categories for one in profiles),
        municipalities=_gather(one.municipalities for one in profiles),
        on=on,
        salt=secrets.token_bytes(RECONCILING_SALT_BYTES),
    )


def _gather(of_each: Iterable[Sequence[Listed]]) -> list[Listed]:
    """Give each once: two deliveries tell the same kinds."""
    return list(dict.fromkeys(x for one in of_each for x in one))


def summarise(done: Reconciled) -> dict[str, object]:
    """Give the outcome for a machine: counts, and our own references."""
    differences = done.differences
    return {
        "equal": done.equal,
        "compared": done.compared,
        "withdrawn": [str(one.reference) for one in differences.unknown],
        "notWithdrawn": [str(one.reference) for one in differences.kept],
        "missingAtIndex": [str(one.reference) for one in differences.lacking],
        "otherVersion": [str(one.reference) for one in differences.differing],
        "needsDelivery": done.needs_delivery,
    }


async def _reconcile(
    settings: AgencySettings, profiles: list[Profile], *, confirmed: bool
) -> tuple[Reconciled, Mapping[UUID, int], Mapping[UUID, str]]:
    keys = load_keys(settings.keys)
    sender = Sender(
        IndexOin(settings.organisation), IndexOin(settings.source), keys.notice, now
    )
    scope = make_scope(settings, profiles, on=day_of(now()))
    with Outbox(settings.outbox, keys.outbox, makes=False) as outbox:
        for one in profiles:
            verify_own_name(outbox, one)
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            index = make_parties(client, settings, keys, outbox)[1]
            done = await reconcile(outbox, index, sender, scope, confirmed=confirmed)
            known = await verify_in_use(outbox, index)
            note_elsewhere(outbox, known, settings.source, profiles)
            if done.differences.lacking:
                hearing = make_hearing(client, settings, keys, outbox)
                await hearing.hear(index)
            taken = find_successors(outbox, settings.source)
            return done, find_elsewhere(outbox), taken


def _say_nothing(done: Reconciled) -> str:
    """Say why there was nothing to compare; that is never called equal."""
    if done.strays:
        strays = say_count(done.strays, "signaal", "signalen")
        return (
            f"Niet vergeleken: bij de index is er van een vorig postvak nog {strays}."
            " Lever eerst alles aan met `signal-source publish`, en "
            "vergelijk daarna weer."
        )
    if not done.equal:
        return (
            "Niets te vergelijken: uit dit postvak is nog niets aangeleverd. Lever "
            "eerst aan met `signal-source publish`."
        )
    return (
        "Niets te vergelijken: dit postvak heeft geen signaal van deze profielen, en "
        "de index heeft er geen van dit postvak. Had u er wel verwacht? Kijk of het "
        "profiel en de laatste levering kloppen."
    )


def _say_lacking(
    lacking: Sequence[MarkedSignal], taken: Mapping[UUID, str]
) -> Iterator[str]:
    """Say what the index lacks; who took it over, where that is why."""
    gone = Counter(taken[one.reference] for one in lacking if one.reference in taken)
    for successor, count in sorted(gone.items()):
        yield (
            f"Overgenomen door {successor}: {count}. De index neemt deze zaken niet "
            "meer van u aan: haal ze uit uw bestand."
        )
    if left := len(lacking) - gone.total():
        yield f"Ontbraken bij de index: {left}."


def say(done: Reconciled, taken: Mapping[UUID, str]) -> str:
    """Say what came of it; `taken`: who took over which signal of ours, by its name."""
    found = done.differences
    if not done.compared and not found.count:
        return _say_nothing(done)
    if done.equal and not found.count:
        told = say_count(done.compared, "signaal is", "signalen zijn")
        return f"Gelijk: {told} bevestigd, en er is geen ander."
    lines = []
    if found.unknown:
        lines.append(f"Ingetrokken, want hier niet meer open: {len(found.unknown)}.")
    if found.kept:
        lines.append(
            f"Hier niet open, en de index trok ze niet in: {len(found.kept)}. Blijft "
            "dat zo? Bel de beheerder van de index."
        )
    lines += _say_lacking(found.lacking, taken)
    if found.differing:
        lines.append(f"Hadden daar een andere versie: {len(found.differing)}.")
    if done.equal:
        lines.append("Nu gelijk: alle signalen zijn bevestigd.")
    lines.append(
        "Lever dan volledig aan met `signal-source publish`, en vergelijk daarna weer."
    )
    return "\n".join(lines)

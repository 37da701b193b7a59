"""`signal-source outbox`: begin anew, live beside another, replace what came over."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Annotated
from uuid import UUID

import httpx
import typer

from signal_index.wire.values import Oin as IndexOin
from sources.agency_keys import AgencyKeys, load_keys
from sources.cli.edge import refusing_plainly
from sources.cli.parties import TIMEOUT, make_parties
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.clock import now
from sources.counted import say_count
from sources.errors import OutboxReplaced
from sources.outbox.store import Outbox
from sources.profile import Profile, load_profile
from sources.publisher.admission import live_beside
from sources.publisher.pipeline import Sender
from sources.restarting import (
    move_aside,
    replace_taken_over,
    set_aside,
    take_over,
)
from sources.settings import AgencySettings, load_settings

outbox_app = typer.Typer(
    no_args_is_help=True, help="Het postvak: opnieuw beginnen, of een tweede ernaast."
)


@outbox_app.command("restart")
def restart_command(
    settings: SettingsFile,
    lost: Annotated[
        list[UUID] | None,
        typer.Option(help="Het postvak dat weg is; mag vaker."),
    ] = None,
) -> None:
    """Begin opnieuw, als het postvak weg is of beschadigd.

    De lijst van uw signalen komt van de index. Lever daarna alles aan: elke zaak gaat
    opnieuw, en de oude signalen worden ingetrokken als dat klaar is.
    """
    with refusing_plainly():
        aside, count = asyncio.run(_restart(load_settings(settings), lost or ()))
    console = PlainConsole()
    if aside is not None:
        console.print(f"Het oude postvak staat nu in {aside.name}.", soft_wrap=True)
    taken = say_count(count, "signaal", "signalen")
    console.print(f"Overgenomen van de index: {taken}.")
    console.print(
        "Lever nu alles aan met `signal-source publish`. Die levering wacht op u: of "
        "het om dezelfde personen gaat, kan niemand dan zien.",
        soft_wrap=True,
    )


@outbox_app.command("beside")
def beside_command(settings: SettingsFile) -> None:
    """Laat dit postvak aanleveren naast een ander van dezelfde bron.

    Elk houdt zijn eigen signalen bij. Lever een zaak maar uit een van beide aan.
    """
    with refusing_plainly():
        given = load_settings(settings)
        with Outbox(given.outbox, load_keys(given.keys).outbox) as outbox:
            live_beside(outbox)
    PlainConsole().print("Dit postvak mag nu naast een ander aanleveren.")


@outbox_app.command("taken-over")
def taken_over_command(
    settings: SettingsFile,
    profile: Annotated[
        list[Path], typer.Option(help="Profiel van uw levering; mag vaker.")
    ],
) -> None:
    """Laat uw eigen melding in de plaats komen van signalen die u hebt overgenomen.

    Zet eerst de zaken in uw eigen bestand. De volgende volledige levering meldt elke
    zaak, en trekt de overgenomen signalen in als dat klaar is.
    """
    with refusing_plainly():
        profiles = [load_profile(one) for one in profile]
        count = asyncio.run(_replace(load_settings(settings), profiles))
    console = PlainConsole()
    console.print(f"Overgenomen signalen om te vervangen: {count}.")
    if count:
        console.print(
            "Lever nu alles aan met `signal-source publish`. Die levering wacht op u: "
            "kijk of alle overgenomen zaken in uw bestand staan. Een zaak die er niet "
            "in staat, raakt haar vlaggetje kwijt.",
            soft_wrap=True,
        )


async def _replace(settings: AgencySettings, profiles: Collection[Profile]) -> int:
    keys = load_keys(settings.keys)
    with Outbox(settings.outbox, keys.outbox) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            return await replace_taken_over(
                outbox,
                make_parties(client, settings, keys, outbox)[1],
                {x for one in profiles for x in one.categories},
                {x for one in profiles for x in one.municipalities},
            )


async def _restart(
    settings: AgencySettings, lost: Collection[UUID]
) -> tuple[Path | None, int]:
    keys, path = load_keys(settings.keys), settings.outbox
    aside = set_aside(path, keys.outbox, now=now())
    try:
        return aside, await _take_over(settings, keys, lost)
    except OutboxReplaced:
        # It was called lost itself: what it knows is of no use to anybody.
        aside = move_aside(path, "replaced", now=now())
        return aside, await _take_over(settings, keys, lost)


async def _take_over(
    settings: AgencySettings, keys: AgencyKeys, lost: Collection[UUID]
) -> int:
    own, source = IndexOin(settings.organisation), IndexOin(settings.source)
    sender = Sender(own, source, keys.notice, now)
    with Outbox(settings.outbox, keys.outbox) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            index = make_parties(client, settings, keys, outbox)[1]
            return await take_over(outbox, index, sender, lost)

"""`signal-source person-events`: what the population register says of people."""

import asyncio
import json
import tomllib
from pathlib import Path
from typing import Annotated

import httpx
import typer
from pydantic import ValidationError
from rich.console import Console

from signal_index.wire.values import Oin as IndexOin
from sources.agency_keys import load_keys
from sources.cli.edge import refusing_plainly
from sources.cli.parties import TIMEOUT, make_parties
from sources.clock import day_of, now
from sources.errors import InvalidProfile
from sources.outbox.store import Outbox
from sources.person_events import (
    Mutation,
    RegisterLayout,
    read_mutations,
    tell_mutations,
)
from sources.publisher.pipeline import Sender
from sources.rejects import write_rejects
from sources.settings import AgencySettings, load_settings
from sources.values import Reject


def person_events_command(
    file: Annotated[Path, typer.Argument(help="Het bestand met mutaties (CSV).")],
    *,
    settings: Annotated[Path, typer.Option(help="agency.toml van de gemeente.")],
    profile: Annotated[Path, typer.Option(help="Welke kolommen en codes het heeft.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Geef de uitkomst als JSON.")
    ] = False,
) -> None:
    """Meld wie is overleden, verhuisd of weer hier woont; ook twee keer mag."""
    with refusing_plainly():
        given = load_settings(settings)
        layout = load_layout(profile)
        found = list(read_mutations(file, layout, today=day_of(now())))
        rejects = [one for one in found if isinstance(one, Reject)]
        mutations = [one for one in found if isinstance(one, Mutation)]
        given.rejects.mkdir(mode=0o700, parents=True, exist_ok=True)
        into = given.rejects / f"person-events-{now():%Y%m%dT%H%M%SZ}.csv"
        write_rejects(into, rejects)
        told = asyncio.run(_tell(given, mutations, layout))
    if as_json:
        said = {"told": told, "rejected": len(rejects), "rejectsFile": str(into)}
        typer.echo(json.dumps(said))
        return
    console = Console()
    console.print(f"Gemeld: {told}. Afgewezen: {len(rejects)}.", highlight=False)
    if rejects:
        console.print(f"Afgewezen regels: {into}", soft_wrap=True)


def load_layout(path: Path) -> RegisterLayout:
    """Read which columns and codes a register uses, or raise `InvalidProfile`."""
    try:
        return RegisterLayout.model_validate(tomllib.loads(path.read_text("utf-8")))
    except ValidationError as error:
        wrong = ", ".join(
            ".".join(str(part) for part in each["loc"])
            for each in error.errors(include_input=False, include_url=False)
        )
        raise InvalidProfile(f"Het profiel klopt niet: {wrong}.") from None
    except (OSError, ValueError):
        raise InvalidProfile("Het profiel is niet te lezen.") from None


async def _tell(
    settings: AgencySettings, mutations: list[Mutation], layout: RegisterLayout
) -> int:
    keys = load_keys(settings.keys)
    sender = Sender(
        IndexOin(settings.organisation), IndexOin(settings.source), keys.notice, now
    )
    with Outbox(settings.outbox, keys.outbox, alone=False) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            parties = make_parties(client, settings, keys, outbox)
            return await tell_mutations(
                mutations, parties, sender, keys.outbox, layout.municipality
            )

"""`signal-source corrections`: what citizens say of our signals, and our answer."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal
from uuid import UUID

import httpx
import typer

from signal_index.wire.corrections import OwnCorrection
from sources.agency_keys import load_keys
from sources.cli.edge import refusing_plainly
from sources.cli.parties import TIMEOUT, make_parties
from sources.cli.plain import PlainConsole
from sources.cli.references import say_place, say_search
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now, write_day
from sources.corrections import fetch_waiting, find_records
from sources.errors import InvalidAgencySettings
from sources.outbox.store import look_into
from sources.profile import load_profile
from sources.settings import AgencySettings, load_settings
from sources.values import Place

Answer = Literal["changed", "withdrawn", "facts-correct", "compelling-grounds"]
_ANSWERS: Final = (
    "changed (aangepast), withdrawn (ingetrokken), facts-correct (het klopt zoals het "
    "is) of compelling-grounds (delen is nodig, en dat weegt zwaarder)"
)

corrections_app = typer.Typer(
    no_args_is_help=True, help="Correcties en bezwaren van inwoners over uw signalen."
)


@corrections_app.command("list")
def list_command(
    settings: SettingsFile,
    *,
    file: Annotated[
        Path | None, typer.Option(help="Uw registratie, om de zaak erbij te vinden.")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(help="Het profiel van die registratie.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Laat zien wat op antwoord wacht, het dringendste eerst."""
    with refusing_plainly():
        if (file is None) != (profile is None):
            raise InvalidAgencySettings("Geef --file en --profile samen.")
        given = load_settings(settings)
        found, places = asyncio.run(_fetch(given, file, profile))
    if as_json:
        typer.echo(json.dumps([_describe(one, places) for one in found]))
    else:
        _show(found, places)


@corrections_app.command("answer")
def answer_command(
    correction: Annotated[str, typer.Argument(help="Het kenmerk, zoals 7KQ-4TM.")],
    answer: Annotated[Answer, typer.Argument(help="Wat u ermee deed.")],
    settings: SettingsFile,
) -> None:
    """Antwoord op één correctie of bezwaar; de inwoner leest het in het inzageverslag.

    Past u het signaal aan of trekt u het in? Lever dat zelf aan zoals altijd.
    """
    with refusing_plainly():
        asyncio.run(_answer(load_settings(settings), correction, answer))
    PlainConsole().print(
        "Beantwoord. Het staat in het volgende inzageverslag van de inwoner."
    )


async def _fetch(
    settings: AgencySettings, file: Path | None, profile: Path | None
) -> tuple[Sequence[OwnCorrection], Mapping[UUID, Place]]:
    keys = load_keys(settings.keys)
    with look_into(settings.outbox, keys.outbox) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            _, index = make_parties(client, settings, keys, outbox)
            found = await fetch_waiting(index)
        if file is None or profile is None:
            return found, {}
        return found, find_records(outbox, file, load_profile(profile), day_of(now()))


async def _answer(settings: AgencySettings, reference: str, answer: str) -> None:
    keys = load_keys(settings.keys)
    with look_into(settings.outbox, keys.outbox) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            _, index = make_parties(client, settings, keys, outbox)
            waiting = await fetch_waiting(index)
            own = [one for one in waiting if one.reference == reference.upper()]
            if not own:
                raise InvalidAgencySettings(
                    "Onder dit kenmerk wacht niets. `signal-source corrections list` "
                    "noemt wat op uw antwoord wacht."
                )
            await index.answer_correction(own[0].id, answer)


def _describe(one: OwnCorrection, places: Mapping[UUID, Place]) -> dict[str, object]:
    place = places.get(one.signalReference)
    said = one.model_dump(mode="json")
    return said | {"line": None if place is None else place.line}


def _show(found: Sequence[OwnCorrection], places: Mapping[UUID, Place]) -> None:
    console = PlainConsole(soft_wrap=True)
    if not found:
        console.print("Er wacht niets op antwoord.")
        return
    for one in found:
        place = places.get(one.signalReference)
        case = say_search(one.signalReference) if place is None else say_place(place)
        label = f"{one.reasonLabel}{' (nu beperkt)' if one.isRestricted else ''}"
        due = f"{write_day(one.dueOn)}{' (te laat)' if one.isLate else ''}"
        console.print(f"{one.reference}  {one.categoryLabel}", style="bold")
        console.print(f"  De inwoner zegt: {label}")
        console.print(f"  Antwoord voor {due}")
        console.print(f"  Zaak: {case}")
        console.print()
    console.print(
        "Antwoorden? `signal-source corrections answer KENMERK ANTWOORD`. Het antwoord "
        f"is {_ANSWERS}."
    )

"""`signal-source find`: which case of our own a reference at the index is about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from sources.agency_keys import load_keys
from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.cli.references import EXAMPLE, REFERENCE_HELP, UNNAMED, say_place
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now
from sources.corrections import find_records
from sources.errors import (
    CaseNotNamed,
    InvalidAgencySettings,
    NoSignalOfCase,
    NoSuchCase,
    SignalReplaced,
    UnknownReference,
)
from sources.evidence import is_only_withdrawn
from sources.outbox.evidence import find_evidence
from sources.outbox.notices import find_case, find_references
from sources.outbox.store import Outbox
from sources.outbox.strays import is_stray
from sources.profile import load_profile
from sources.seen_text import compose
from sources.settings import load_settings
from sources.values import Place

_NOT_IN_FILE: Final = (
    "Deze zaak staat niet in dit bestand, of zonder zaaknummer dat wij kunnen lezen."
)


def find_command(
    reference: Annotated[UUID | None, typer.Argument(help=REFERENCE_HELP)] = None,
    *,
    settings: SettingsFile,
    case: Annotated[
        str,
        typer.Option(
            help="Andersom: uw zaaknummer (of hoe het begint) of de begindag, in elke "
            "schrijfwijze; zegt de kenmerken."
        ),
    ] = "",
    file: Annotated[
        Path | None, typer.Option(help="Uw registratie: zegt ook welke regel.")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(help="Het profiel van die registratie.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Zoek de zaak bij een kenmerk. Er gaat niets de deur uit.

    Met --file en --profile ook op welke regel van uw eigen bestand zij staat.
    """
    with refusing_plainly():
        if reference is not None and case:
            raise InvalidAgencySettings(
                "Geef een kenmerk of --case met een zaaknummer, niet allebei: zij "
                "kunnen van een ander zijn."
            )
        given = load_settings(settings)
        with Outbox(
            given.outbox, load_keys(given.keys).outbox, alone=False, makes=False
        ) as outbox:
            if reference is None:
                own = _find_own(outbox, case)
                places = _find_places(outbox, [*own], file, profile)
                _show_references(own, places, as_json=as_json)
                if file is not None and not places and not as_json:
                    PlainConsole(soft_wrap=True).print(_NOT_IN_FILE)
                return
            name, place = _look_up(outbox, reference, file, profile)
    found = None if place is None else asdict(place)
    if as_json:
        typer.echo(json.dumps({"case": name or None, **(found or {})}))
        return
    if name:
        PlainConsole(soft_wrap=True).print(f"Zaak: {name}.")
    if file is not None and place is not None:
        PlainConsole(soft_wrap=True).print(f"{file.name}: {say_place(place)}.")


def _look_up(
    outbox: Outbox, reference: UUID, file: Path | None, profile: Path | None
) -> tuple[str, Place | None]:
    """Give the name of a case and its place in the file, or say why there is none."""
    name = find_case(outbox, reference)
    place = _find_places(outbox, [reference], file, profile).get(reference)
    if place is None and not name:
        _verify_told_here(outbox, reference)
    if place is None and (file is not None or not name):
        raise NoSuchCase if file is not None else CaseNotNamed
    return name, place


def _find_own(outbox: Outbox, case: str) -> Mapping[UUID, str]:
    """Give the references of a case, or raise where it has none, or none was named."""
    if not case:
        raise InvalidAgencySettings(
            f"Geef een kenmerk, zoals {EXAMPLE}, of --case met uw zaaknummer."
        )
    found = find_references(outbox, compose(case).strip())
    if not found:
        raise NoSignalOfCase
    return found


def _verify_told_here(outbox: Outbox, reference: UUID) -> None:
    """Raise `SignalReplaced` for a signal that an outbox which is gone told.

    `UnknownReference` for one of which this outbox never said anything.
    """
    if is_stray(outbox, reference):
        raise SignalReplaced(is_gone=False)
    sent = find_evidence(outbox, reference)
    if not sent:
        raise UnknownReference
    if is_only_withdrawn(sent, reference):
        raise SignalReplaced(is_gone=True)


def _show_references(
    found: Mapping[UUID, str], places: Mapping[UUID, Place], *, as_json: bool
) -> None:
    """Show the references of a case, each with its line where a file was looked at."""
    if as_json:
        told = [
            {
                "reference": str(one),
                "case": name,
                **(asdict(places[one]) if one in places else {}),
            }
            for one, name in found.items()
        ]
        typer.echo(json.dumps(told))
        return
    for one, name in found.items():
        where = f", {say_place(places[one])}" if one in places else ""
        console = PlainConsole(soft_wrap=True)
        console.print(f"Kenmerk: {one} ({name or UNNAMED}{where})")


def _find_places(
    outbox: Outbox,
    references: Sequence[UUID],
    file: Path | None,
    profile: Path | None,
) -> Mapping[UUID, Place]:
    """Find cases in the agency's own file; raise where half of it was given."""
    if file is None and profile is None:
        return {}
    if file is None or profile is None:
        raise InvalidAgencySettings(
            "Geef --file met uw registratie en --profile met het profiel daarvan,"
            " allebei of geen van beide."
        )
    read = load_profile(profile)
    return find_records(outbox, file, read, references, today=day_of(now()))

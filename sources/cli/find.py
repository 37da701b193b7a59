"""`signal-source find`: which case of our own a reference at the index is about."""

import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from sources.agency_keys import load_keys
from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.cli.references import REFERENCE_HELP
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now
from sources.corrections import find_records
from sources.errors import CaseNotNamed, InvalidAgencySettings, NoSuchCase
from sources.outbox.notices import find_case
from sources.outbox.store import Outbox
from sources.profile import load_profile
from sources.settings import load_settings
from sources.values import Place


def find_command(
    reference: Annotated[UUID, typer.Argument(help=REFERENCE_HELP)],
    *,
    settings: SettingsFile,
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
        given = load_settings(settings)
        with Outbox(given.outbox, load_keys(given.keys).outbox, alone=False) as outbox:
            case = find_case(outbox, reference)
            place = _find_place(outbox, reference, file, profile)
        if place is None and (file is not None or not case):
            raise NoSuchCase if file is not None else CaseNotNamed
    found = None if place is None else {"line": place.line, "record": place.record}
    if as_json:
        typer.echo(json.dumps({"case": case or None, **(found or {})}))
        return
    if case:
        PlainConsole(soft_wrap=True).print(f"Zaak: {case}.")
    if file is not None and place is not None:
        where = place.record if place.line is None else f"regel {place.line}"
        PlainConsole(soft_wrap=True).print(f"{file.name}: {where}.")


def _find_place(
    outbox: Outbox, reference: UUID, file: Path | None, profile: Path | None
) -> Place | None:
    """Find the case in the agency's own file; raise where half of it was given."""
    if file is None and profile is None:
        return None
    if file is None or profile is None:
        raise InvalidAgencySettings(
            "Geef --file met uw registratie en --profile met het profiel daarvan,"
            " allebei of geen van beide."
        )
    read = load_profile(profile)
    return find_records(outbox, file, read, day_of(now())).get(reference)

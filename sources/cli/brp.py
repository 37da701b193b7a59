"""`signal-source brp`: persons of whom the register left us in doubt; somebody decides.

`list` names nobody. `settle` shows whom the record is about and whom the register gave
to whoever sits at this screen, who works for the municipality; nothing of it is logged.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from keys.bsn import Bsn, parse_bsn
from keys.errors import InvalidBsn
from sources.agency_keys import load_keys
from sources.brp.box import (
    Opened,
    Waiting,
    forget_answer,
    list_waiting,
    open_doubt,
    settle_doubt,
)
from sources.brp.matching import Doubt, find_doubt
from sources.brp.wire import Person
from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole, make_table
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now, write_day
from sources.errors import InvalidAgencySettings
from sources.outbox.store import Outbox
from sources.settings import AgencySettings, load_settings

Reference = Annotated[str, typer.Argument(help="Het kenmerk uit de lijst.")]
WHY: Final = {
    Doubt.NOBODY: "niemand gevonden",
    Doubt.SEVERAL: "meer dan één persoon kan het zijn",
    Doubt.NAME: "de achternaam is anders",
    Doubt.BIRTH: "de geboortedatum is anders of niet volledig",
    Doubt.ADDRESS: "postcode of huisnummer is anders",
    Doubt.REGISTER: "overleden, vertrokken of in onderzoek",
    Doubt.CONFIDENTIAL: "de gegevens van deze persoon zijn geheim",
    Doubt.NUMBER: "de BRP gaf geen geldig BSN",
    Doubt.DECIDED: "een medewerker besliste dat het niemand is",
}

brp_app = typer.Typer(
    no_args_is_help=True, help="Personen zonder BSN: wie de BRP niet zeker vond."
)


@brp_app.command("list")
def list_command(
    settings: SettingsFile,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Laat zien over welke records iemand moet beslissen. Er staan geen namen in."""
    with refusing_plainly(), _opened(settings) as (_, outbox):
        found = list_waiting(outbox, today=day_of(now()))
    if as_json:
        typer.echo(json.dumps([_describe(one) for one in found]))
        return
    table = make_table("Kenmerk", "Profiel", "Waar", "Waarom", "Tot en met")
    for one in found:
        until = write_day(one.until)
        table.add_row(one.reference, one.profile, one.record, WHY[one.why], until)
    PlainConsole().print(table)


@brp_app.command("settle")
def settle_command(
    reference: Reference,
    settings: SettingsFile,
    *,
    choose: Annotated[
        int | None, typer.Option(help="Het nummer van de persoon in de lijst.")
    ] = None,
    nobody: Annotated[
        bool, typer.Option("--nobody", help="Het is geen van deze personen.")
    ] = False,
) -> None:
    """Beslis wie het is: toont het record en de personen die de BRP gaf."""
    with refusing_plainly(), _opened(settings) as (given, outbox):
        today = day_of(now())
        opened = open_doubt(outbox, reference, today=today)
        if choose is None and not nobody:
            _show(opened)
            return
        chosen = None if nobody else _pick(opened, choose)
        keep = timedelta(days=given.brp.keep_days if given.brp else 0)
        settle_doubt(outbox, reference, chosen, today=today, keep=keep)
    typer.echo("Vastgelegd. Bij de volgende levering telt deze beslissing.")


@brp_app.command("forget")
def forget_command(reference: Reference, settings: SettingsFile) -> None:
    """Neem een beslissing terug: de BRP wordt opnieuw gevraagd."""
    with refusing_plainly(), _opened(settings) as (_, outbox):
        forget_answer(outbox, reference)
    typer.echo("Vergeten. Bij de volgende levering wordt de BRP opnieuw gevraagd.")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[AgencySettings, Outbox]]:
    given = load_settings(path)
    if given.brp is None:
        raise InvalidAgencySettings(
            "Er staat geen [brp] in de instellingen. Dat is alleen nodig als een "
            "bestand geen BSN heeft en de gemeente de personen opzoekt."
        )
    keys = load_keys(given.keys)
    with Outbox(given.outbox, keys.outbox, alone=False) as outbox:
        yield given, outbox


def _describe(one: Waiting) -> dict[str, str]:
    return {
        "reference": one.reference,
        "profile": one.profile,
        "record": one.record,
        "why": one.why.value,
        "until": one.until.isoformat(),
    }


def _pick(opened: Opened, number: int | None) -> Bsn:
    if number is None or not 1 <= number <= len(opened.candidates):
        raise InvalidAgencySettings("Dit nummer staat niet in de lijst.")
    try:
        return parse_bsn(opened.candidates[number - 1].burgerservicenummer)
    except InvalidBsn:
        raise InvalidAgencySettings("De BRP gaf van deze persoon geen BSN.") from None


def _show(opened: Opened) -> None:
    sought = opened.sought
    table = make_table("Nr", "Naam", "Geboren", "Adres", "Verschil")
    name = f"{sought.initials} {sought.surname}".strip()
    address = f"{sought.postcode} {sought.house_number}"
    table.add_row("record", name, write_day(sought.born), address, "")
    for number, one in enumerate(opened.candidates, start=1):
        found = find_doubt(sought, one)
        table.add_row(str(number), *_name(one), WHY[found] if found else "")
    console = PlainConsole()
    console.print(table)
    console.print(
        "Kies met --choose NUMMER, of --nobody als het geen van hen is.", soft_wrap=True
    )


def _name(one: Person) -> tuple[str, str, str]:
    parts = (one.naam.voorletters, one.naam.voorvoegsel, one.naam.geslachtsnaam)
    born = one.geboorte.datum.datum if one.geboorte.datum else ""
    lines = (one.adressering.adresregel1, one.adressering.adresregel2)
    return " ".join(filter(None, parts)), born, ", ".join(filter(None, lines))

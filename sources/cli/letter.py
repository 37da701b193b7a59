"""`signal-source letter`: the letters that tell citizens of their signal, to print."""

from pathlib import Path
from typing import Annotated

import typer

from sources.agency_keys import load_keys
from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now
from sources.counted import say_count
from sources.letters import LetterTerms, Told, write_letters
from sources.profile import load_profile
from sources.seen_text import compose
from sources.settings import load_settings


def letter_command(
    file: Annotated[Path, typer.Argument(help="Het bestand van de registratie (CSV).")],
    *,
    profile: Annotated[Path, typer.Option(help="Het profiel van deze registratie.")],
    organisation: Annotated[
        str, typer.Option(help="De naam van uw organisatie, zoals op uw briefpapier.")
    ],
    about: Annotated[
        str, typer.Option(help="Waarover er contact is, bijvoorbeeld: uw uitkering.")
    ],
    name: Annotated[
        str,
        typer.Option(
            help="De naam van de kolom in het bestand waar de naam van de inwoner in "
            "staat, zoals Naam. Niet de naam zelf."
        ),
    ],
    address: Annotated[
        list[str],
        typer.Option(
            help="De naam van een kolom met een stuk van het adres, zoals Straat. Geef "
            "de optie een keer voor elke regel op de brief."
        ),
    ],
    into: Annotated[Path, typer.Option(help="Een nieuw bestand voor de brieven.")],
    case: Annotated[
        list[str] | None,
        typer.Option(
            help="Alleen de brief bij dit zaaknummer; mag vaker. Zonder: een brief bij "
            "elke zaak."
        ),
    ] = None,
    line: Annotated[
        list[int] | None,
        typer.Option(help="Alleen de brief bij deze regel van het bestand; mag vaker."),
    ] = None,
    is_new: Annotated[
        bool,
        typer.Option(
            "--new", help="Alleen wie nog niet is aangeleverd uit dit postvak."
        ),
    ] = False,
    settings: SettingsFile,
) -> None:
    """Maak de brieven over het signaal. Namen blijven op deze machine."""
    with refusing_plainly():
        today = day_of(now())
        chosen = frozenset(compose(one).strip() for one in case or ())
        lines = frozenset(line or ())
        told = _find_told(settings) if is_new else None
        terms = LetterTerms(
            about, organisation, name, tuple(address), today, chosen, lines, told
        )
        made = write_letters(file, into, load_profile(profile), terms)
    count = made.count
    letters = say_count(count, "brief staat", "brieven staan")
    console = PlainConsole(soft_wrap=True)
    console.print(
        f"{letters} in {into}. Open het in een browser en druk het af. Er staan namen "
        "en adressen in: haal het daarna weg."
    )
    if made.passed:
        console.print("Zonder brief:")
    for passed in made.passed:
        console.print(f"  {passed}")


def _find_told(settings: Path) -> Told:
    given = load_settings(settings)
    return Told(given.outbox, load_keys(given.keys).outbox)

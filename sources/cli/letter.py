"""`signal-source letter`: the letters that tell citizens of their signal, to print."""

from pathlib import Path
from typing import Annotated

import typer

from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.clock import day_of, now
from sources.letters import LetterTerms, write_letters
from sources.profile import load_profile


def letter_command(
    file: Annotated[Path, typer.Argument(help="Het bestand van de registratie (CSV).")],
    *,
    profile: Annotated[Path, typer.Option(help="Het profiel van deze registratie.")],
    organisation: Annotated[
        str, typer.Option(help="Uw naam, zoals op uw briefpapier.")
    ],
    about: Annotated[
        str, typer.Option(help="Waarover er contact is, bijvoorbeeld: uw uitkering.")
    ],
    name: Annotated[str, typer.Option(help="De kolom met de naam van de inwoner.")],
    address: Annotated[
        list[str], typer.Option(help="Een kolom van het adres; een keer per regel.")
    ],
    into: Annotated[Path, typer.Option(help="Het bestand met de brieven (HTML).")],
) -> None:
    """Maak de brieven over het vlaggetje. Namen blijven op deze machine."""
    with refusing_plainly():
        today = day_of(now())
        terms = LetterTerms(about, organisation, name, tuple(address), today)
        count = write_letters(file, into, load_profile(profile), terms)
    PlainConsole().print(f"{count} brieven staan in {into}.", soft_wrap=True)

"""`signal-source keys create`: the agency's keys, once."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from sources.agency_keys import create_keys
from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.handing_over import Party

keys_app = typer.Typer(no_args_is_help=True, help="De sleutels van deze organisatie.")


@keys_app.callback()
def keys_group() -> None:
    """Hold the verbs on keys together."""


@keys_app.command("create")
def create_command(
    into: Annotated[Path, typer.Option(help="De map voor de sleutels.")],
    name: Annotated[str, typer.Option(help="Begin van elke sleutelnaam (kid).")],
    client_algorithm: Annotated[
        Literal["PS256", "Ed25519"], typer.Option(help="Wat de inlogdienst aanneemt.")
    ] = "PS256",
) -> None:
    """Maak de sleutels en de openbare helften om te laten registreren."""
    with refusing_plainly():
        create_keys(into, name=name, algorithm=client_algorithm)
    console = PlainConsole()
    console.print("De openbare helften, om te laten aanmelden:")
    for party in Party:
        console.print(f"  {into / party.public} aan {party}", soft_wrap=True)

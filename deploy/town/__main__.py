"""The command behind `deploy/demo`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.town.attacks import AttackSucceeded
from deploy.town.databases import Database
from deploy.town.demanding import CheckFailed
from deploy.town.login import LoginFailed
from deploy.town.officers import OfficerRefused
from deploy.town.postgres import PostgresUnusable
from deploy.town.processes import PartyFailed
from deploy.town.rehearsal import rehearse
from deploy.town.show import show_town
from deploy.town.year.fill import YearRefused

ROOT = Path(__file__).parents[2]


def demo(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Zonder mens: alles doorlopen en stoppen.")
    ] = False,
    keys: Annotated[
        bool,
        typer.Option(
            "--keys", help="Bij --check: deel de sleutel ook opnieuw, en roteer hem."
        ),
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin opnieuw; de oude gegevens gaan weg.")
    ] = False,
    year: Annotated[
        bool,
        typer.Option("--year", help="Geef een nieuwe stad eerst een verzonnen jaar."),
    ] = False,
    database: Annotated[
        Database, typer.Option(help="Waar de index zijn gegevens bewaart.")
    ] = Database.SQLITE,
    folder: Annotated[
        Path, typer.Option(help="Waar de gegevens van de stad staan.")
    ] = ROOT / "var" / "demo",
) -> None:
    """Draai het hele systeem op deze computer, met verzonnen mensen."""
    console = Console(stderr=check)
    try:
        if check:
            asyncio.run(rehearse(console, database, shares_anew=keys))
        else:
            show_town(console, folder, database, fresh=fresh, year=year)
    except (
        PartyFailed,
        CheckFailed,
        OfficerRefused,
        LoginFailed,
        AttackSucceeded,
        PostgresUnusable,
        YearRefused,
    ) as failure:
        Console(stderr=True).print(f"demo: {failure}", markup=False)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    typer.run(demo)

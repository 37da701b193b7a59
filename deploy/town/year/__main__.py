"""The command `python -m deploy.town.year`: fill a town's ledger, before it starts."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.town.databases import Database, opened_places
from deploy.town.people import settle_people
from deploy.town.postgres import PostgresUnusable
from deploy.town.processes import PartyFailed
from deploy.town.year.fill import ENTRIES, YearRefused, fill_year


def main(
    *,
    folder: Annotated[Path, typer.Option(help="Waar de stad staat, of komt te staan.")],
    entries: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Hoeveel regels ongeveer.")
    ] = ENTRIES,
    database: Annotated[
        Database, typer.Option(help="Waar de index zijn gegevens bewaart.")
    ] = Database.SQLITE,
) -> None:
    """Vul het inzagelogboek van een stad met een verzonnen jaar.

    De stad moet stilstaan. Start haar daarna met deploy/demo --folder.
    """
    console = Console()
    try:
        people = settle_people(folder / "population")
        with opened_places(folder, database) as places:
            written = fill_year(places, people, entries)
    except (YearRefused, PartyFailed, PostgresUnusable) as failure:
        Console(stderr=True).print(f"year: {failure}", markup=False)
        raise typer.Exit(1) from None
    console.print(
        f"{written.lookups} bevragingen, {written.entries} regels in {folder}."
    )


if __name__ == "__main__":
    typer.run(main)

"""`signal-source population`: invented files to try everything with."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.clock import day_of, now
from sources.population.answers import SMALLEST, write_population


def population_command(
    out: Annotated[Path, typer.Option(help="De map voor de bestanden.")],
    *,
    seed: Annotated[int, typer.Option(help="Zelfde getal, zelfde inwoners.")] = 1,
    size: Annotated[
        int, typer.Option(min=SMALLEST, help="Hoeveel verzonnen inwoners.")
    ] = 600,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="De dag waarop alles zich afspeelt."),
    ] = None,
) -> None:
    """Verzin inwoners en de bestanden van vier organisaties, met een antwoordblad."""
    day = on.date() if on else day_of(now())
    with refusing_plainly():
        path = write_population(out, seed=seed, size=size, on=day)
    PlainConsole(soft_wrap=True).print(
        f"De bestanden staan in {out}. Wat er gevonden moet worden, staat in {path}."
    )

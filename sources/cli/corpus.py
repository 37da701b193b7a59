"""`signal-source corpus`: dirty exports with what must become of each."""

from pathlib import Path
from typing import Annotated

import typer

from sources.cli.edge import refusing_plainly
from sources.corpus.writing import write_corpus


def corpus_command(
    out: Annotated[Path, typer.Option(help="Een nieuwe of lege map.")],
    *,
    seed: Annotated[int, typer.Option(help="Zelfde getal, zelfde bestanden.")] = 1,
) -> None:
    """Schrijf vuile exports op, met ernaast wat er van elk moet worden."""
    with refusing_plainly():
        count = write_corpus(out, seed=seed)
    typer.echo(f"{count} bestanden in {out}")

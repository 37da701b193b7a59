"""`signal-source corpus`: dirty exports with what must become of each."""

from pathlib import Path
from typing import Annotated

import typer

from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.corpus.writing import write_corpus


def corpus_command(
    out: Annotated[Path, typer.Option(help="Een nieuwe of lege map.")],
    *,
    seed: Annotated[int, typer.Option(help="Zelfde getal, zelfde bestanden.")] = 1,
) -> None:
    """Schrijf vuile exports op, met ernaast wat er van elk moet worden."""
    with refusing_plainly():
        count = write_corpus(out, seed=seed)
    PlainConsole(soft_wrap=True).print(
        f"{count} bestanden staan in {out}. Wat goed is, staat naast elk bestand."
    )

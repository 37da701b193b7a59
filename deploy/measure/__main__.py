"""Entry point of `deploy/bench`."""

import asyncio
import json
import time
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from deploy.measure.figures import Figures
from deploy.measure.parts import Part, verify_figures
from deploy.measure.run import Run, new_figures
from deploy.measure.sizes import FULL, QUICK

PATIENCE_SECONDS = 60 * 60


def bench(
    *,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here as JSON.")
    ] = None,
    only: Annotated[
        list[Part] | None, typer.Option(help="Measure only this; may be given again.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Try the benchmark; no figures to quote.")
    ] = False,
) -> None:
    """Measure the whole system on this machine: docs/performance.md says how.

    Raises `FiguresMissing` where a part gave none, when the others are shown.
    """
    console = Console(stderr=True, highlight=False)
    sizes = QUICK if quick else FULL
    started = time.monotonic()

    def say(what: str) -> None:
        console.print(f"{time.monotonic() - started:6.1f} s  {what}")

    run = Run(sizes, only or list(Part), say, new_figures(sizes, quick=quick))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_measure(run))
    _show(run.figures, json_file)
    verify_figures(run.parts, run.figures.flatten())


async def _measure(run: Run) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await run.measure()


def _show(figures: Figures, json_file: Path | None) -> None:
    Console().print(figures.tabulate())
    if json_file is not None:
        text = json.dumps(figures.encode(), indent=1) + "\n"
        json_file.write_text(text, "utf-8")


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(bench)
    app(prog_name="deploy/bench")

"""`signal-source profile init`: look at a file, and propose how to deliver from it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid

from sources.cli.edge import refusing_plainly
from sources.clock import day_of, now
from sources.errors import InvalidProfile, UnreadableFile
from sources.profile import FILL_IN, parse_profile
from sources.proposing.choices import Known, propose
from sources.proposing.formats import recognise
from sources.proposing.judging import Verdict, judge
from sources.proposing.tables import look_at_csv, look_at_excel
from sources.proposing.words import make_slug
from sources.proposing.writing import write_standard, write_table

profile_app = typer.Typer(no_args_is_help=True, help="Profielen van registraties.")


@profile_app.callback()
def profile_group() -> None:
    """Hold the verbs on profiles together."""


@profile_app.command("init")
def init_command(
    file: Annotated[Path, typer.Argument(help="Een bestand van de registratie.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Schrijf het voorstel hierheen.")
    ] = None,
    name: Annotated[str, typer.Option(help="Naam van het profiel.")] = "",
    category: Annotated[
        str, typer.Option(help="De soort signaal, zoals bijstand.")
    ] = FILL_IN,
    municipality: Annotated[
        list[str] | None, typer.Option(help="Gemeentecode; mag vaker.")
    ] = None,
    function: Annotated[
        str, typer.Option(help="Functie van de contactpersoon.")
    ] = FILL_IN,
    phone: Annotated[
        str, typer.Option(help="Telefoonnummer van de contactpersoon.")
    ] = FILL_IN,
    informed: Annotated[
        str, typer.Option(help="Hoe inwoners het weten, zoals informed-by-letter.")
    ] = FILL_IN,
) -> None:
    """Stel een profiel voor, en leg uit wat er van elke kolom niet wordt verstuurd."""
    with refusing_plainly():
        known = Known(
            name or make_slug(file.stem),
            category,
            tuple(municipality or ()),
            function,
            phone,
            informed,
        )
        text, verdicts = _propose(file, known)
        if out:
            _write(out, text)
    if out is None:
        typer.echo(text, nl=False)
        return
    _show(verdicts)
    console = Console()
    console.print(f"Voorstel geschreven: {out}", soft_wrap=True, highlight=False)
    console.print(_judge(text), soft_wrap=True, highlight=False)


def _propose(file: Path, known: Known) -> tuple[str, Sequence[Verdict]]:
    today = day_of(now())
    try:
        found = recognise(file)
        if found:
            return write_standard(found, known, today), []
        is_workbook = file.suffix.lower() in {".xlsx", ".xlsm"}
        table = look_at_excel(file) if is_workbook else look_at_csv(file)
    except OSError:
        raise UnreadableFile("Het bestand is niet te openen.") from None
    judgement = judge(table.sample)
    choices = propose(table.sample, judgement, known)
    return write_table(table, judgement, choices, today), judgement.verdicts


def _write(path: Path, text: str) -> None:
    """Write a new file of the user's own; an existing profile is never overwritten."""
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InvalidProfile(
            f"{path.name} bestaat al; er is niets geschreven."
        ) from None
    except OSError:
        raise InvalidProfile(f"{path.name} is niet te schrijven.") from None
    with os.fdopen(made, "w", encoding="utf-8") as file:
        file.write(text)


def _show(verdicts: Sequence[Verdict]) -> None:
    if not verdicts:
        return
    grid = Grid("Kolom", "Gaat mee?", "Waarom")
    for each in verdicts:
        grid.add_row(each.column.name, each.role or "nee", each.why)
    Console().print(grid)


def _judge(text: str) -> str:
    try:
        parse_profile(text)
    except InvalidProfile as error:
        return str(error)
    return "Het profiel is bruikbaar. Probeer het met `signal-source check`."

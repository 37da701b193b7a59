"""`export`: the ledger of a year, for whoever verifies it elsewhere; `compare`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn
from rich.progress import Progress as Bar

from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering, opened
from signal_index.clock import now
from signal_index.days import day_of
from signal_index.key_files import load_year_keys
from signal_index.ledger import Kind
from signal_index.settings import load_settings
from signal_index.store.acts import Act
from signal_index.store.connect import DatabaseRole, open_database
from signal_index.store.found_entries import EntryDifference, compare_entries
from signal_index.store.registered import Compared, compare_registered
from signal_index.upkeep.expiry import find_closed
from signal_index.upkeep.export import export_year

Year = Annotated[int, typer.Option(help="The calendar year (UTC).")]
Into = Annotated[
    Path, typer.Option(help="A new folder, or a new file that ends in .zip.")
]


Before = Annotated[
    int,
    typer.Option(
        "--before", min=0, help="Of a ledger that was succeeded: how often since."
    ),
]


def export_command(
    settings: SettingsFile, year: Year, into: Into, before: Before = 0
) -> None:
    """Write a year of the ledger to a folder or file; `verify` reads it.

    It holds every entry's clear header and the digests of its groups: who may read the
    ledger as an auditor may have it. It opens what was done with keys, and no other
    group; the records of ceremonies are in it. The export itself is recorded, before
    anything is written.
    """
    entries = run(lambda: _export(settings, year, into, before))
    say(f"{entries} entries of {year} written to {into}")


def compare_command(settings: SettingsFile) -> None:
    """Hold what the database says against the ledger: what is registered, and of whom.

    Each row of the registry that is not as its newest entry says is named, and so is
    one that lacks the other; and each entry that stands under another's name, or is
    hidden from those who look for it. Exit code 1: something differs. It changes
    nothing.
    """
    found, entries, held = run(lambda: _compare(settings))
    for one in found.differences:
        members = f" ({', '.join(one.members)})" if one.members else ""
        say(f"{' '.join(one.thing)}: {one.how}{members}")
    if found.erased:
        say(f"{found.erased} of which the entries were erased: cannot be held")
    say(f"{found.held} held, {len(found.differences)} differ")
    for each in entries:
        named = "a person" if each.entry is None else f"entry {each.entry}"
        members = f" ({', '.join(each.members)})" if each.members else ""
        say(f"{named}: {each.how}{members}")
    say(f"{held} entries held, {len(entries)} differ")
    if found.differences or entries:
        raise typer.Exit(1)


async def _compare(file: Path) -> tuple[Compared, Sequence[EntryDifference], int]:
    settings = load_settings(file)
    kept, closed = now().year - settings.ledger_years, find_closed(day_of(now()))
    async with opened(settings) as conn:
        keys = load_year_keys(settings.keys)
        found = await compare_registered(
            conn, keys, first_kept_year=kept, closed=closed
        )
        return found, *await compare_entries(conn, keys, first_kept_year=kept)


async def _export(file: Path, year: int, into: Path, before: int) -> int:
    settings = load_settings(file)
    act = Act({"act": "export", "year": year, "before": before}, Kind.ADMINISTRATION)
    async with administering(settings) as (conn, recorder):
        await recorder.record(conn, act)
    engine = open_database(settings, DatabaseRole.OWNER)
    console = Console(stderr=True)
    try:
        with Bar(
            BarColumn(),
            MofNCompleteColumn(),
            console=console,
            disable=not console.is_terminal,
        ) as bar:
            task = bar.add_task("export", total=None)
            return await export_year(
                engine,
                year,
                into,
                keys=load_year_keys(settings.keys).disclosures,
                progress=lambda done, size: bar.update(
                    task, completed=done, total=size
                ),
                before=before,
            )
    finally:
        await engine.dispose()

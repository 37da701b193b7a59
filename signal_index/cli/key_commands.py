"""`keys create`, `add-year`, `destroy-year`: key files and the entry that says so."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.config_document import SignedDocument
from keys.digits import write_digits
from keys.instants import write_instant
from keys.successor import KeyUse, digest_successor, open_successor
from signal_index import clock
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import name_operator, opened
from signal_index.cli.row_key_commands import row_key_app
from signal_index.errors import KeyFilesRefused, KeysExist, YearStillKept
from signal_index.key_files import (
    create_key_folder,
    create_year,
    destroy_year,
    load_row_keys,
    load_year_keys,
)
from signal_index.ledger import Group, KeyStep
from signal_index.proof import origin_of
from signal_index.rotation_files import is_begun
from signal_index.row_keys import RowKeyState
from signal_index.settings import load_settings
from signal_index.signing_files import (
    find_said,
    find_standing,
    make_successor,
    put_successor,
    read_own_chain,
)
from signal_index.store.acts import Recorder
from signal_index.store.key_steps import find_key_steps, record_key_step
from signal_index.store.row_keys import add_use

keys_app = typer.Typer(no_args_is_help=True, help="The secrets of this index.")
keys_app.add_typer(row_key_app, name="row-key")


@keys_app.command("create")
def create(settings: SettingsFile, key_version: int = 1) -> None:
    """Make every key of a new index, for this year's ledger and the next.

    The database must have been migrated: making keys is recorded in the ledger.
    """
    folder = run(lambda: _create(settings, key_version))
    say(f"keys are in {folder}: keep a copy apart from the copies of the database")


@keys_app.command("add-year")
def add_year(year: int, settings: SettingsFile) -> None:
    """Make the two keys of another ledger year, before that year begins."""
    run(lambda: _add_year(settings, year))
    say(f"keys for {year} are made; restart the serving processes before then")


@keys_app.command("destroy-year")
def destroy(year: int, settings: SettingsFile) -> None:
    """Destroy the keys of a ledger year whose entries have all expired."""
    asked = typer.prompt(f"Type {year} to destroy its keys for ever")
    run(lambda: _destroy(settings, year, asked))
    say(f"the keys of {year} are destroyed here: destroy their copies too")


@keys_app.command("succeed")
def succeed(
    use: Annotated[KeyUse, typer.Argument(help="Which key: what it signs.")],
    settings: SettingsFile,
    lead_days: Annotated[
        int, typer.Option(min=1, max=92, help="Days until the new key signs.")
    ] = 14,
    overlap_days: Annotated[
        int, typer.Option(min=1, max=92, help="Days that both count from then on.")
    ] = 28,
) -> None:
    """Make the key that follows the one in use, and sign that it does.

    While one is under way it is said again, as it was: a key has one successor. Not for
    a key that was stolen: a thief signs successors too.
    """
    file, document = run(lambda: _succeed(settings, use, lead_days, overlap_days))
    said, whom = open_successor(document), _WHO_PINS[use]
    say(f"the new {use} key signs from {said.begins:%Y-%m-%d %H:%M} UTC")
    say(f"the former one counts until {said.ends:%Y-%m-%d %H:%M} UTC")
    say(f"digits {write_digits(digest_successor(document))}: read them to who asks")
    say(f"give {file} to every {whom} before then")


_WHO_PINS: Final[Mapping[KeyUse, str]] = MappingProxyType(
    {
        KeyUse.RECEIPT: "desk, key holder and auditor",
        KeyUse.CHECKPOINT: "witness, desk, citizens' page, agency and auditor",
    }
)
_STEP: Final[Mapping[KeyUse, KeyStep]] = MappingProxyType(
    {
        KeyUse.RECEIPT: KeyStep.RECEIPT_KEY_SUCCEEDED,
        KeyUse.CHECKPOINT: KeyStep.CHECKPOINT_KEY_SUCCEEDED,
    }
)


_STEPS_READ: Final = 10_000
"""Of keys some tens a year stand in a ledger."""


async def _succeed(
    file: Path, use: KeyUse, lead_days: int, overlap_days: int
) -> tuple[Path, SignedDocument]:
    settings, now = load_settings(file), clock.now().replace(microsecond=0)
    if use is KeyUse.RECEIPT and is_begun(settings.keys):
        raise KeysExist(
            "a rotation is under way here, which this key signed: finish it first"
        )
    begins = now + timedelta(days=lead_days)
    if standing := find_standing(settings.keys, use, now):
        return standing
    async with opened(settings) as conn:
        await _refuse_second(conn, settings.keys, use)
        document = make_successor(
            settings.keys,
            use,
            now=now,
            begins=begins,
            ends=begins + timedelta(days=overlap_days),
            origin=origin_of(settings.ledger_origin, begins.year),
        )
        said = open_successor(document)
        recorder = Recorder(load_year_keys(settings.keys), name_operator(), clock.now)
        await record_key_step(
            conn,
            recorder,
            _STEP[use],
            number=said.number,
            former=said.former.kid,
            key=said.key.kid,
            begins=write_instant(said.begins),
            ends=write_instant(said.ends),
            statement=document.model_dump_json(),
        )
    # Only now: what counts without an entry could not be explained any more.
    return put_successor(settings.keys, use, document), document


async def _refuse_second(conn: AsyncConnection, folder: Path, use: KeyUse) -> None:
    """Refuse where the ledger tells of a successor that this key folder lacks.

    A folder that was put back from before it would have one key followed by two.
    """
    former = read_own_chain(folder, use).keys[-1].key.kid
    said = find_said(folder, use)
    known = {None, said.model_dump_json() if said else None}
    disclosures = load_year_keys(folder).disclosures
    for step in await find_key_steps(conn, disclosures, most=_STEPS_READ):
        names = partial(step.text, Group.WHAT)
        is_ours = (names("act"), names("former")) == (_STEP[use], former)
        if is_ours and names("statement") not in known:
            raise KeyFilesRefused(
                "the ledger tells of a successor of this key that is not in the key "
                "folder: put back a newer copy of the folder"
            )


async def _create(file: Path, key_version: int) -> Path:
    settings = load_settings(file)
    this_year = clock.now().year
    years = (this_year, this_year + 1)
    async with opened(settings) as conn:
        create_key_folder(
            settings.keys,
            key_version=key_version,
            years=years,
            origin_base=settings.ledger_origin,
        )
        ring = load_row_keys(settings.keys)
        await add_use(conn, 1, ring.keys.current, RowKeyState.CURRENT, clock.now())
        recorder = Recorder(load_year_keys(settings.keys), name_operator(), clock.now)
        await record_key_step(
            conn, recorder, KeyStep.KEYS_CREATED, version=key_version, years=list(years)
        )
    return settings.keys


async def _destroy(file: Path, year: int, asked: str) -> None:
    settings = load_settings(file)
    if asked != str(year):
        raise YearStillKept("nothing was destroyed: that is not the year")
    if year >= clock.now().year - settings.ledger_years:
        raise YearStillKept("entries of that year have not expired yet")
    async with opened(settings) as conn:
        recorder = Recorder(load_year_keys(settings.keys), name_operator(), clock.now)
        await record_key_step(conn, recorder, KeyStep.YEAR_KEYS_DESTROYED, year=year)
    # Only now: what was destroyed without an entry could not be explained any more.
    destroy_year(settings.keys, year)


async def _add_year(file: Path, year: int) -> None:
    settings = load_settings(file)
    async with opened(settings) as conn:
        create_year(settings.keys, year)
        recorder = Recorder(load_year_keys(settings.keys), name_operator(), clock.now)
        await record_key_step(conn, recorder, KeyStep.YEAR_KEYS_CREATED, year=year)

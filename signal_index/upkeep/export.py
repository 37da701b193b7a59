"""Writes a year of the ledger to a folder or a file, for whoever wants to verify it.

- The paths are those of the public tiles (c2sp.org/tlog-tiles), entries included, as of
  the last signed checkpoint. Of what disclosures open there is only what was done with
  keys, and beside it the records of the ceremonies that this names.
- A file appears under its name only when it is whole.
- Beside them one cosigned checkpoint an hour: when which entries stood in the tree.
- `signal-index verify` reads it, and needs nothing of ours but the public key.
"""

import asyncio
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.errors import ExportRefused
from signal_index.ledger import DisclosureKey
from signal_index.proof import (
    HOURS_PATH,
    TileRef,
    list_bundles,
    list_tiles,
    write_hours,
)
from signal_index.store.ceremony_records import find_record
from signal_index.store.connect import reading
from signal_index.store.key_steps import disclose_key_steps
from signal_index.store.ledger_tiles import find_tile, open_checkpoint
from signal_index.store.witnessing import (
    GENERATION,
    find_generation,
    find_hours,
    find_shown,
)

Progress = Callable[[int, int], None]


class _Target(Protocol):
    def write(self, path: str, data: bytes) -> None:
        """Keep the bytes under a path."""


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, path: str, data: bytes) -> None:
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


class _Archive:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def write(self, path: str, data: bytes) -> None:
        self._archive.writestr(path, data)


async def export_year(
    engine: AsyncEngine,
    year: int,
    into: Path,
    *,
    keys: Mapping[int, DisclosureKey],
    progress: Progress,
    before: int = 0,
) -> int:
    """Write the whole ledger of a year into a new folder, or a new `.zip` file.

    `before`: of a ledger that was succeeded, so many successions ago. Gives the number
    of entries. Raises `ExportRefused` where something is there already, the year has no
    signed tree, or a part of it is missing.
    """
    with _open_target(into) as target:
        async with reading(engine) as conn:
            key = GENERATION * (await find_generation(conn) - before) + year
            note = await find_shown(conn, key)
        if note is None:
            raise ExportRefused(f"no tree of {year} has been signed")
        size = open_checkpoint(note).size
        refs = list(_all_tiles(size))
        for done, ref in enumerate(refs, 1):
            async with reading(engine) as conn:
                data = await find_tile(conn, key, ref)
            if data is None:
                raise ExportRefused(f"the database lacks {ref.path()}")
            await asyncio.to_thread(target.write, ref.path(), data)
            progress(done, len(refs))
        await _write_key_steps(engine, year, keys, target)
        async with reading(engine) as conn:
            hours = await find_hours(conn, key)
        await asyncio.to_thread(target.write, HOURS_PATH, write_hours(hours))
        await asyncio.to_thread(target.write, "checkpoint", note.encode())
    return size


async def _write_key_steps(
    engine: AsyncEngine, year: int, keys: Mapping[int, DisclosureKey], target: _Target
) -> None:
    """Write what was done with keys, and each record that is here; after the tree.

    A ceremony without a record is left out: whoever verifies is told.
    """
    async with reading(engine) as conn:
        steps = await disclose_key_steps(conn, year, keys)
        records = {one: await find_record(conn, one) for one in steps.transcripts}
    await asyncio.to_thread(target.write, "key-steps", steps.file)
    for transcript, record in sorted(records.items()):
        if record is not None:
            path = f"ceremonies/{transcript.hex()}.json"
            await asyncio.to_thread(target.write, path, record.encode())


def _all_tiles(size: int) -> Iterator[TileRef]:
    yield from list_bundles(size)
    level = 0
    while size >> 8 * level:
        yield from list_tiles(level, size)
        level += 1


@contextmanager
def _open_target(into: Path) -> Iterator[_Target]:
    if into.exists():
        raise ExportRefused(f"{into.name} is there already")
    if into.suffix != ".zip":
        into.mkdir(parents=True)
        yield _Folder(into)
        return
    unfinished = into.with_name(f"{into.name}.part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            yield _Archive(archive)
        unfinished.replace(into)
    finally:
        unfinished.unlink(missing_ok=True)

"""Reads the key holders' signed day statements from a folder or from files.

Every holder that a key config of the day names must have stated it: a ticket of a
holder that is silent cannot be told from one that nobody gave. A day on which a holder
was replaced has two configs, and both holders gave tickets. Statements of other days
are read for what a holder said of a backup: one that was put back again may have
forgotten.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from keys.config import KeyConfig
from keys.errors import KeysError
from keys.statement import DayStatement, verify_statement
from signal_index.reconcile.errors import EvidenceMissing, FileMalformed


def read_statements(
    files: Sequence[Path], configs: Sequence[KeyConfig]
) -> Sequence[DayStatement]:
    """Give every statement of a holder of these configs, of whichever day.

    Raises `FileMalformed` where a file cannot be read.
    """
    read = (_read(file, configs) for file in files)
    return [statement for statement in read if statement is not None]


def pick_day(
    given: Sequence[DayStatement], configs: Sequence[KeyConfig], day: date
) -> Sequence[DayStatement]:
    """Give the statements of a day, one of each holder.

    Raises `EvidenceMissing` where a holder's lacks.
    """
    found = {one.holder: one for one in given if one.day == day}
    holders = dict.fromkeys(one.id for config in configs for one in config.holders)
    for holder in holders:
        if holder not in found:
            raise EvidenceMissing(f"no statement of {holder} about {day}")
    return [found[holder] for holder in holders]


def verify_complete(statements: Iterable[DayStatement]) -> None:
    """Raise `EvidenceMissing` where a holder spoke before its day was over."""
    for one in statements:
        if not one.complete:
            raise EvidenceMissing(
                f"{one.holder} stated {one.day} before it was over: ask again, or say "
                "--so-far"
            )


def _read(file: Path, configs: Sequence[KeyConfig]) -> DayStatement | None:
    """Give the statement in a file where a holder of one of the configs signed it."""
    try:
        token = file.read_text("ascii").strip()
    except (OSError, ValueError) as cause:
        raise FileMalformed(f"{file.name} cannot be read") from cause
    for config in configs:
        for holder in config.holders:
            with suppress(KeysError):
                return verify_statement(token, config, holder.id, None)
    return None


def list_files(places: Sequence[Path]) -> Sequence[Path]:
    """Give the files that places name; a folder stands for the files in it."""
    files: list[Path] = []
    for place in places:
        files += sorted(place.iterdir()) if place.is_dir() else [place]
    return [file for file in files if file.is_file()]

"""Reads the key holders' signed day statements from a folder or from files.

Every holder that the key config names must have stated the day: a ticket of a holder
that is silent cannot be told from one that nobody gave.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from keys.config import KeyConfig
from keys.errors import KeysError
from keys.statement import DayStatement, verify_statement
from signal_index.reconcile.errors import EvidenceMissing, FileMalformed


def read_statements(
    files: Sequence[Path], config: KeyConfig, day: date
) -> Sequence[DayStatement]:
    """Give the statements of a day, one of each holder, whichever file it stands in.

    Raises `EvidenceMissing` where a holder's lacks, `FileMalformed` where a file is no
    statement of any holder of the config.
    """
    found: dict[str, DayStatement] = {}
    for file in files:
        statement = _read(file, config, day)
        if statement is not None:
            found[statement.holder] = statement
    for holder in config.holders:
        if holder.id not in found:
            raise EvidenceMissing(f"no statement of {holder.id} about {day}")
    return [found[holder.id] for holder in config.holders]


def verify_complete(statements: Iterable[DayStatement]) -> None:
    """Raise `EvidenceMissing` where a holder spoke before its day was over."""
    for one in statements:
        if not one.complete:
            raise EvidenceMissing(
                f"{one.holder} stated {one.day} before it was over: ask again, or say "
                "--so-far"
            )


def _read(file: Path, config: KeyConfig, day: date) -> DayStatement | None:
    """Give the statement in a file where it is of this day."""
    try:
        token = file.read_text("ascii").strip()
    except (OSError, ValueError) as cause:
        raise FileMalformed(f"{file.name} cannot be read") from cause
    for holder in config.holders:
        try:
            return verify_statement(token, config, holder.id, day)
        except KeysError:
            continue
    return None


def list_files(places: Sequence[Path]) -> Sequence[Path]:
    """Give the files that places name; a folder stands for the files in it."""
    files: list[Path] = []
    for place in places:
        files += sorted(place.iterdir()) if place.is_dir() else [place]
    return [file for file in files if file.is_file()]

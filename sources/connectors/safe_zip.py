"""Open a ZIP archive that somebody else made, without being flooded by it.

What an archive says of its members is checked before one byte is inflated, and the
library never gives more of a member than it said: so the limits below hold whatever
the archive does.
"""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Final

from sources.errors import UnreadableFile

MEBIBYTE: Final = 1 << 20
_SMALL: Final = MEBIBYTE  # a short text of equal letters may well shrink a thousandfold
# What the library raises for an archive that is broken somewhere; it documents one.
BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    LookupError,
    OverflowError,
    RuntimeError,
    ValueError,
)
HALF: Final = (
    "Dit bestand is niet heel: het is half bewaard of half gekopieerd. Is het een "
    "werkmap? Open haar in Excel, bewaar haar opnieuw en sluit Excel. Lukt dat niet, "
    "maak of haal het bestand dan opnieuw."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large an archive, and one member of it, may become; in bytes."""

    members: int
    total: int
    member: int
    ratio: int = 200


def open_archive(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """Open an archive within limits, or raise `UnreadableFile`."""
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN:
        raise UnreadableFile(HALF) from None
    members = archive.infolist()
    if len(members) > limits.members or _is_bomb(members, limits):
        archive.close()
        raise UnreadableFile(
            "Het bestand wordt uitgepakt onmogelijk groot; het is niet geopend."
        )
    if any(member.flag_bits & 0x1 for member in members):
        archive.close()
        raise UnreadableFile("Het bestand is met een wachtwoord beveiligd.")
    return archive


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Give a member's bytes, or raise `UnreadableFile`."""
    try:
        return archive.read(name)
    except BROKEN:
        raise UnreadableFile(HALF) from None


def _is_bomb(members: list[zipfile.ZipInfo], limits: Limits) -> bool:
    if sum(member.file_size for member in members) > limits.total:
        return True
    return any(
        member.file_size > limits.member
        or (
            member.file_size > _SMALL
            and member.file_size > limits.ratio * max(1, member.compress_size)
        )
        for member in members
    )

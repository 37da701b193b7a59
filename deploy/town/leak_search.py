"""Search files for BSNs, byte for byte: what index, desk, holders and provider wrote.

- Every window of nine digits is compared, also inside longer runs and behind zeros.
- Plain bytes cover text, JSON, logs and SQLite pages; UTF-16 is folded to them first.
- BSNs in base64 are found by decoding every long base64 run and searching that too.
"""

import base64
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

_NINE_DIGITS = re.compile(rb"(?=(\d{9}))")
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_DASHED = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True)
class Leak:
    """A file that holds a BSN, without saying which."""

    path: Path
    times: int


def find_leaks(folders: Collection[Path], bsns: Collection[str]) -> list[Leak]:
    """Give every file under `folders` that holds one of `bsns`, with how often."""
    wanted = {bsn.encode() for bsn in bsns}
    found = []
    for folder in folders:
        for path in sorted(file for file in folder.rglob("*") if file.is_file()):
            times = count_in(path.read_bytes(), wanted)
            if times:
                found.append(Leak(path, times))
    return found


def count_in(data: bytes, wanted: Collection[bytes]) -> int:
    """Count the BSNs in some bytes: plain, as UTF-16, and inside base64."""
    return sum(
        match.group(1) in wanted
        for view in _views(data)
        for match in _NINE_DIGITS.finditer(view)
    )


def _views(data: bytes) -> Iterator[bytes]:
    yield data
    if b"\0" in data:
        yield data.replace(b"\0", b"")
    for match in _BASE64_RUN.finditer(data):
        run = match.group().translate(_DASHED)
        for start in range(4):
            piece = run[start:]
            yield base64.b64decode(piece + b"A" * (-len(piece) % 4))

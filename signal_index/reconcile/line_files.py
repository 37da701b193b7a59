"""Opens files of lines, compressed (gzip) or not, a line at a time.

The lines themselves are judged by `signal_index.proof.line_file`; a file that cannot be
read at all is `FileMalformed`.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from signal_index.proof import LONGEST_LINE, JsonObject, MalformedProof, parse_lines
from signal_index.reconcile.errors import FileMalformed

_GZIP = b"\x1f\x8b"


@contextmanager
def opened_lines(
    path: Path, form: str
) -> Iterator[tuple[JsonObject, Iterator[JsonObject]]]:
    """Give head and items of a file; raises `FileMalformed`, also while reading."""
    try:
        with _opened(path) as file:
            yield parse_lines(_lines(file), form)
    except MalformedProof as cause:
        raise FileMalformed(f"{path.name}: {cause}") from cause
    except (OSError, EOFError, zlib.error) as cause:
        raise FileMalformed(f"{path.name} cannot be read") from cause


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        is_compressed = file.read(len(_GZIP)) == _GZIP
    if is_compressed:
        return cast("BinaryIO", gzip.open(path))
    return path.open("rb")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE + 2):
        yield line

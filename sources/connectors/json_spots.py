"""Where in a JSON file a record begins: the line and column to which an editor goes.

A place such as `leveringen[0].schuldhulptrajecten[100]` is exact, and nobody finds it
in a file of a thousand lines. Only who asks about a case pays for this second reading.
"""

from collections.abc import Collection, Mapping
from typing import BinaryIO

import ijson  # type: ignore[import-untyped]  # it ships no types

from sources.connectors.json_stream import skip_mark


class _ByByte:
    """A file that gives one byte at a time, and says where that stands."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.line, self.column = 1, 0

    def read(self, size: int) -> bytes:
        byte = self._file.read(min(size, 1))
        if byte == b"\n":
            self.line, self.column = self.line + 1, 0
        elif byte and byte[0] & 0xC0 != 0x80:  # a character of UTF-8 begins here
            self.column += 1
        return byte


def find_spots(
    file: BinaryIO, records: Collection[str]
) -> Mapping[str, tuple[int, int]]:
    """Give line and column, from one, at which each of these objects begins.

    What is no path of an object in the file is left out; raises `ijson.JSONError`.
    """
    skip_mark(file)
    source, found = _ByByte(file), dict[str, tuple[int, int]]()
    steps: list[str | int] = []
    for event, value in ijson.basic_parse(source, buf_size=1):
        if event == "map_key":
            steps[-1] = value
            continue
        if event in {"end_map", "end_array"}:
            steps.pop()
            continue
        if steps and isinstance(steps[-1], int):
            steps[-1] += 1
        if event == "start_map" and (path := _write(steps)) in records:
            found[path] = source.line, source.column
        if event in {"start_map", "start_array"}:
            steps.append("" if event == "start_map" else -1)
    return found


def _write(steps: Collection[str | int]) -> str:
    path = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in steps)
    return path.removeprefix(".")

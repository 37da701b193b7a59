"""Tells whether an id comes twice among millions, in memory that does not grow.

Ids go to 256 files by their last byte but one, which is random; afterwards each
file, a 256th of all, is looked at by itself.
"""

import tempfile
from types import TracebackType
from typing import BinaryIO, Self

from signal_index.verify.errors import EntryRefused

_PARTS = 256
_ID_BYTES = 16
_KEPT = 64 * 1024


class SeenIds:
    """Takes ids one by one; `verify_distinct` looks when all are there."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="signal-index-verify-")
        self._parts = [bytearray() for _ in range(_PARTS)]
        self._files: dict[int, BinaryIO] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.close()
        self._folder.cleanup()

    def add(self, text: bytes) -> None:
        """Take the id of an entry, as its leaf writes it."""
        entry = bytes.fromhex(text.replace(b"-", b"").decode("ascii"))
        place = entry[-2]
        part = self._parts[place]
        part += entry
        if len(part) >= _KEPT:
            self._spill(place)

    def _spill(self, place: int) -> None:
        if place not in self._files:
            path = f"{self._folder.name}/{place}"
            self._files[place] = open(path, "w+b")  # noqa: PTH123, SIM115 - kept open
        self._files[place].write(self._parts[place])
        self._parts[place].clear()

    def verify_distinct(self) -> None:
        """Hold that no id came twice, or raise `EntryRefused`."""
        for place, part in enumerate(self._parts):
            data = bytes(part)
            if place in self._files:
                file = self._files[place]
                file.seek(0)
                data = file.read() + data
            ids = {data[at : at + _ID_BYTES] for at in range(0, len(data), _ID_BYTES)}
            if len(ids) * _ID_BYTES != len(data):
                raise EntryRefused("two entries have one id")

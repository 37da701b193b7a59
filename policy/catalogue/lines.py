"""Where in a TOML text a value stands.

`tomllib` gives values without lines. Rather than a second reading of the syntax, which
could disagree with the first, the real parser is asked how much of the text it needs: a
value stands where the shortest parseable text that holds it ends. Only used when there
is something to complain about.

- Comments, strings over several lines and tables in any order need no special care.
- A path that does not exist (a missing key) gives the line of what surrounds it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache

TomlPath = tuple[str | int, ...]


def find_line(text: str, path: TomlPath) -> int:
    """Give the line (from 1) on which the value at `path` begins."""
    return _read(text).line_of(path)


class _Text:
    """One TOML text and its parseable beginnings, each parsed once."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._known: dict[int, object | None] = {}

    def line_of(self, path: TomlPath) -> int:
        whole = self._parsed(len(self._lines))
        while path and not _holds(whole, path):
            path = path[:-1]
        if not path:
            return 1
        low, high = 1, len(self._lines)
        while low < high:
            middle = (low + high) // 2
            if _holds(self._parsed(self._complete(middle)), path):
                high = middle
            else:
                low = middle + 1
        return self._complete(low - 1) + 1

    def _complete(self, count: int) -> int:
        """Give the largest parseable number of lines that is not above `count`."""
        while count and self._parsed(count) is None:
            count -= 1
        return count

    def _parsed(self, count: int) -> object | None:
        if count not in self._known:
            try:
                beginning = tomllib.loads("\n".join(self._lines[:count]) + "\n")
            except tomllib.TOMLDecodeError:
                self._known[count] = None
            else:
                self._known[count] = beginning
        return self._known[count]


@lru_cache(maxsize=8)
def _read(text: str) -> _Text:
    """Keep the last few texts: a report asks for many lines of one file."""
    return _Text(text)


def _holds(value: object, path: TomlPath) -> bool:
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, Sequence) or not -1 < step < len(value):
                return False
            value = value[step]
        elif isinstance(value, Mapping) and step in value:
            value = value[step]
        else:
            return False
    return True

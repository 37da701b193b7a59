"""Notice that a file was replaced while a process runs."""

from collections.abc import Callable, Sequence
from pathlib import Path

_Stamp = tuple[int, int, int] | None


class Watched:
    """Files that are looked at now and then; the first look is when this is made.

    Make it before the files are read: what changes in between is then read once more,
    and never missed. A file that is gone has changed too. `find` gives files that come
    and go, by their place in a folder.
    """

    def __init__(
        self, paths: Sequence[Path], find: Callable[[], Sequence[Path]] = tuple
    ) -> None:
        self._paths = tuple(paths)
        self._find = find
        self._seen = self._look()

    def has_changed(self) -> bool:
        """Tell whether any of them is another than at the last look."""
        before, self._seen = self._seen, self._look()
        return before != self._seen

    def look_again(self) -> None:
        """Have the next look say that something changed: what did was not taken up."""
        self._seen = ()

    def _look(self) -> tuple[_Stamp, ...]:
        return tuple(_stamp(path) for path in (*self._paths, *self._find()))


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino

"""Read files again when they are replaced while a process runs.

    Watched(paths)            whether something was replaced; and `reading` it
    Followed(files, read)     what they say, read again at most once a second

What cannot be used changes nothing: what was held goes on, and who runs this hears why,
once. Where the reason is one that passes, such as no file handle left, the next look
reads again.

Proven by tests/unit/keys/test_watching.py.
"""

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Final, Generic, TypeVar

LOOK_SECONDS: Final = 1.0
_PASSING: Final = {
    getattr(errno, name)
    for name in ("EMFILE", "ENFILE", "ENOMEM", "EIO", "EAGAIN", "EBUSY", "ESTALE")
    if hasattr(errno, name)
}
"""Why a file cannot be read at one moment and can at the next."""
Read = TypeVar("Read")
Tell = Callable[[Exception], object]
_Stamp = tuple[int, int, int, int] | None


class Watched:
    """Files that are looked at now and then; the first look is when this is made.

    Make it before the files are read: what changes in between is then read once more,
    and never missed. A file that is gone has changed too, and one that others may not
    read any more: what was refused for that is read again. `find` gives files that come
    and go, by their place in a folder; `passing`: which refusals pass by themselves,
    beside a file that cannot be read just now.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        find: Callable[[], Sequence[Path]] = tuple,
        *,
        passing: tuple[type[Exception], ...] = (),
    ) -> None:
        self._paths = tuple(paths)
        self._find = find
        self._passing = passing
        self._is_told = False
        self._seen = self._look()

    def has_changed(self) -> bool:
        """Tell whether any is another than at the last look, or was not read then."""
        before, self._seen = self._seen, self._look()
        return before != self._seen

    @contextmanager
    def reading(self, tell: Tell, *refusals: type[Exception]) -> Iterator[None]:
        """Take up what changed; of these refusals `tell` hears, and nothing is raised.

        One that passes is told once, until something is taken up or refused for good.
        """
        try:
            yield
        except refusals as refusal:
            passes = any(map(self._does_pass, _list_causes(refusal)))
            if not (passes and self._is_told):
                tell(refusal)
            self._is_told = passes
            if passes:
                self._seen = ()  # the next look says that something changed
        else:
            self._is_told = False

    def _does_pass(self, cause: BaseException) -> bool:
        if isinstance(cause, OSError):
            return cause.errno in _PASSING
        return isinstance(cause, self._passing)

    def _look(self) -> tuple[_Stamp, ...]:
        return tuple(_stamp(path) for path in (*self._paths, *self._find()))


class Followed(Generic[Read]):
    """What is read from files, and again when one of them is replaced.

    Looks at most once a second. Whatever is wrong then, what was read last holds. The
    first reading raises. `find` as for `Watched`.
    """

    def __init__(
        self,
        files: Sequence[Path],
        read: Callable[[], Read],
        tell: Tell,
        count_seconds: Callable[[], float] = monotonic,
        find: Callable[[], Sequence[Path]] = tuple,
    ) -> None:
        self._watched = Watched(files, find)
        self._read = read
        self._tell = tell
        self._count_seconds = count_seconds
        self._looked = count_seconds()
        self._held = read()

    def get(self) -> Read:
        """Give what the files say now, or said when they could last be used."""
        now = self._count_seconds()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            if self._watched.has_changed():
                with self._watched.reading(self._tell, Exception):
                    self._held = self._read()
        return self._held


def _list_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and what it was raised for, also where that is not shown."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino

"""A watched folder: what is put into `inbox` is delivered, and moved where it belongs.

    inbox       a registration writes here
    working     taken up; after a crash the agent goes on with what stands here
    held        read, and waiting for somebody to look at what it would change
    done        delivered; deleted when its days of keeping are over
    failed      not delivered, with the reason beside it
    dropped     somebody said no, or a newer one came; deleted as what is in done

- A file that is still being written is left alone: its name says so (`.part`, `.tmp`,
  a dot in front), or it changed between two looks, or only just now.
- Every move is one rename within a file system: a file is in one folder or in another,
  never in two, never half. Nothing is overwritten.
- A name may hold a number of a person: it is never logged.
Proven by tests/unit/sources/test_watched_folder.py.
"""

import os
import re
import secrets
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from sources.errors import FolderRefused

ROOMS: Final = ("inbox", "working", "held", "done", "failed", "dropped")
_UNFINISHED: Final = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload")
_HEX: Final = re.compile(r"[0-9a-f]{32}")
_OWNER_ONLY: Final = 0o700
_REASON: Final = ".reden.txt"
Look = tuple[int, int, int]
Room = Literal["done", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A file in `working` or `held`."""

    path: Path


@dataclass(slots=True)
class Arrived:
    """How many files came since the look before, and how many that nobody may read.

    An empty one, or one whose name says that it is not finished, is told once.
    """

    count: int = 0
    unfinished: int = 0

    def note(self, *, is_unfinished: bool) -> None:
        """Count one more."""
        if is_unfinished:
            self.unfinished += 1
        else:
            self.count += 1


class Folder:
    """One watched folder. Remembers what it saw at the last look, nothing else."""

    def __init__(self, root: Path, *, quiet: timedelta, keep: timedelta) -> None:
        self._root = root
        self._quiet = quiet
        self._keep = keep
        self._seen: dict[Path, Look] = {}
        self.arrived = Arrived()

    def prepare(self) -> None:
        """Make the rooms; raises `FolderRefused` where they are on several disks."""
        try:
            for room in ROOMS:
                place = self._root / room
                place.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
            devices = {(self._root / room).stat().st_dev for room in ROOMS}
        except OSError:
            raise FolderRefused("De map voor leveringen is niet te maken.") from None
        if len(devices) != 1:
            raise FolderRefused(
                "inbox, working, held, done, failed en dropped horen op een schijf."
            )

    def find_ready(self, now: datetime) -> list[Path]:
        """Give the files that are whole, the oldest first. Look again a little later.

        A file that is seen for the first time is never ready: only a second look can
        tell that nobody writes it any more. What came since the look before is counted
        in `arrived`.
        """
        before, self._seen = self._seen, {}
        self.arrived = Arrived()
        ready: list[tuple[int, str, Path]] = []
        for path in self._list("inbox"):
            look = _look(path)
            if look is None:
                continue
            self._seen[path] = look
            size, changed, _ = look
            is_unfinished = not size or _is_unfinished(path.name)
            if path not in before or not (is_unfinished or before[path][0]):
                self.arrived.note(is_unfinished=is_unfinished)
            age = now - datetime.fromtimestamp(changed / 1e9, UTC)
            is_quiet = age >= self._quiet or age < timedelta(0)
            if not is_unfinished and is_quiet and before.get(path) == look:
                ready.append((changed, path.name, path))
        return [path for _, _, path in sorted(ready)]

    def count_left(self) -> int:
        """Give how many files stand in `inbox`, ready or not."""
        return sum(_look(path) is not None for path in self._list("inbox"))

    def take(self, path: Path) -> Taken | None:
        """Move a file to `working`, or give None where it is gone meanwhile."""
        name = f"{secrets.token_hex(4)}-{path.name}"
        try:
            path.rename(self._root / "working" / name)
        except FileNotFoundError:
            return None
        except OSError:
            raise FolderRefused("Een levering is niet te verplaatsen.") from None
        self._seen.pop(path, None)
        return Taken(self._root / "working" / name)

    def find_taken(self) -> list[Taken]:
        """Give what an earlier run left in `working`, in the order of its age."""
        found = [
            (look[1], path)
            for path in self._list("working")
            if (look := _look(path)) is not None
        ]
        return [Taken(path) for _, path in sorted(found)]

    def hold(self, taken: Taken, delivery: UUID) -> None:
        """Move a file to `held`, under the delivery that waits for an answer."""
        target = self._root / "held" / f"{delivery.hex}-{taken.path.name}"
        self._rename(taken.path, target)

    def find_held(self) -> list[tuple[UUID, Taken]]:
        """Give the files that wait, each with its delivery, in order of name."""
        found = []
        for path in sorted(self._list("held")):
            mark = path.name.partition("-")[0]
            if _look(path) is not None and _HEX.fullmatch(mark):
                found.append((UUID(hex=mark), Taken(path)))
        return found

    def finish(self, taken: Taken, now: datetime, *, number: int = 1) -> None:
        """Move a delivered file to `done`; its rejects call it by `number`."""
        self._move(taken, "done", now, number)

    def fail(self, taken: Taken, reason: str, now: datetime) -> None:
        """Move a file that could not be delivered to `failed`, the reason beside it."""
        self._move_with(reason, taken, "failed", now)

    def drop(self, taken: Taken, reason: str, now: datetime) -> None:
        """Move a file that is not to be delivered to `dropped`; nothing is wrong."""
        self._move_with(reason, taken, "dropped", now)

    def _move_with(self, reason: str, taken: Taken, room: Room, now: datetime) -> None:
        moved = self._move(taken, room, now, 1)
        note = moved.with_name(f"{moved.name}{_REASON}")
        note.write_text(f"{reason}\n", encoding="utf-8")
        note.chmod(0o600)

    def forget_old(self, now: datetime) -> int:
        """Delete what was delivered or dropped longer ago than its days of keeping."""
        count = 0
        for path in (*self._list("done"), *self._list("dropped")):
            look = _look(path)
            moved = look and datetime.fromtimestamp(look[2] / 1e9, UTC)
            if moved and now - moved > self._keep:
                path.unlink(missing_ok=True)
                count += 1
        return count

    def _list(self, room: str) -> list[Path]:
        try:
            return list((self._root / room).iterdir())
        except OSError:
            raise FolderRefused("De map voor leveringen is niet te lezen.") from None

    def _move(self, taken: Taken, room: Room, now: datetime, number: int) -> Path:
        mark, _, name = taken.path.name.partition("-")
        moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        target = self._root / room / f"{moment}-{number:05}-{mark}-{name}"
        self._rename(taken.path, target)
        return target

    def _rename(self, path: Path, target: Path) -> None:
        try:
            path.rename(target)
        except OSError:
            raise FolderRefused("Een levering is niet te verplaatsen.") from None


def count_failed(root: Path) -> int:
    """Give how many files stand in `failed`, none where no agent made it yet.

    Raises `FolderRefused`.
    """
    place = root / "failed"
    try:
        found = [one.name for one in place.iterdir()] if place.is_dir() else []
    except OSError:
        raise FolderRefused("De map failed is niet te lezen.") from None
    return sum(not name.endswith(_REASON) for name in found)


def _is_unfinished(name: str) -> bool:
    return name.startswith((".", "~")) or name.lower().endswith(_UNFINISHED)


def _look(path: Path) -> Look | None:
    """Give size, time of change and time of move (ns); None for what is no file."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None  # a link could point at anything this user may read
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns

"""Where each holder answers, as a client's settings say now: read again when replaced.

A holder that is replaced may answer elsewhere, and nobody restarts for it. Whose word
counts is for the pins (`keys.pins`): another address alone brings no other holder.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from keys.quorum.watch import Watch
from keys.watching import Followed, Tell


class Placed(Protocol):
    """A holder as requests address it, and where it answers."""

    @property
    def index(self) -> int:
        """Its place in the key config."""

    @property
    def id(self) -> str:
        """What it is called."""

    @property
    def url(self) -> str:
        """Where it answers."""


Place = TypeVar("Place", bound=Placed)


def follow_places(
    known: Sequence[Place],
    file: Path | None,
    load: Callable[[Path], Sequence[Place]],
    watch: Watch,
    *,
    moved: Callable[[str], object],
    refused: Tell,
) -> Mapping[int, Place]:
    """Give the holders by their place in the key config, as the settings name them now.

    What was known of who answered elsewhere is forgotten: the new one has its turn at
    once. `moved` hears of each, by name. Settings that cannot be used change nothing,
    and `refused` hears why. Without a `file` they stay as they are `known`.
    """
    if file is None:
        return {one.index: one for one in known}
    followed = Followed([file], lambda: load(file), refused)
    return _FollowedPlaces(followed, watch, moved)


class _FollowedPlaces(Mapping[int, Place]):
    def __init__(
        self,
        followed: Followed[Sequence[Place]],
        watch: Watch,
        moved: Callable[[str], object],
    ) -> None:
        self._followed = followed
        self._watch = watch
        self._moved = moved
        self._held = {one.index: one for one in followed.get()}

    def __getitem__(self, place: int) -> Place:
        return self._look()[place]

    def __iter__(self) -> Iterator[int]:
        return iter(self._look())

    def __len__(self) -> int:
        return len(self._look())

    def _look(self) -> Mapping[int, Place]:
        before = self._held
        self._held = {one.index: one for one in self._followed.get()}
        for place, one in self._held.items():
            if before.get(place) != one:
                self._watch.forget(place)
                self._moved(one.id)
        return self._held

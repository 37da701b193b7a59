"""h, the index's row key, and the key that takes its place: where rows stand.

    RowKeys          what a request derives with: the key that is written under, and the
                     others under which a row may still stand
    RowKeyRing       what a process holds: changes while it runs, without a restart
    RowKeyUse        what the database says of a key: its number, a check value, a state

- Whatever is derived for a search is derived under every key that is held, so that one
  statement asks for all: while rows are moved none is missed.
- A process that lacks a key under which rows stand fails; it never answers a miss.
- Nothing here reads or writes.

Decision: docs/decisions/0074-rows-move-to-another-key-while-lookups-go-on.md
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from keys.errors import InvalidRow
from keys.pseudonym import (
    RowKeySecret,
    SealedRow,
    StoredPoint,
    derive_sealed_row,
    open_sealed_row,
)
from signal_index.errors import KeyFilesRefused, RowKeyLeft

CHECK_BYTES: Final = 16
_CHECK_POINT: Final = StoredPoint(bytes(32))
_CHECK: Final = "row-key/check"
"""In the place of a category: with a slash, as no category has."""

Rows = tuple[bytes, ...]
"""Where one person's rows of a category may stand: under each key, the newest first."""


class RowKeyState(StrEnum):
    """What a key is used for.

    Announced: a process that has it asks for it; nothing stands under it yet.
    Required: a process that lacks it answers nothing; nothing stands under it yet.
    Current: what is new is written under it. Leaving: rows are moved away from it.
    Closed: nothing is written under it any more, whenever that was begun.
    """

    ANNOUNCED = "announced"
    REQUIRED = "required"
    CURRENT = "current"
    LEAVING = "leaving"
    CLOSED = "closed"


RowKeyStates = Mapping[int, RowKeyState]
"""What each key is used for at one moment, by number; empty of an index without."""

_NOTHING_STANDS: Final = frozenset({RowKeyState.ANNOUNCED, RowKeyState.REQUIRED})


@dataclass(frozen=True, slots=True)
class RowKeyUse:
    """What the database says of one key: by its check value a wrong file is found."""

    number: int
    check: bytes
    state: RowKeyState
    since: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, repr=False)
class RowKeys:
    """The keys under which rows stand at one moment; one request uses one of these."""

    current: RowKeySecret
    others: tuple[RowKeySecret, ...] = ()
    numbers: tuple[int, ...] = field(default=(1,), compare=False)
    """Of each of these keys, in this order."""

    def __repr__(self) -> str:
        return "<RowKeys>"

    def verify_asked(self, states: RowKeyStates) -> None:
        """Hold that a search under these keys missed no row, or raise `RowKeyLeft`.

        `states`: read in the statement that searched, or in one after it. A key is
        used once: what stands under none of these then did not do so before either.
        """
        there = {
            number for number, state in states.items() if state not in _NOTHING_STANDS
        }
        if not there <= set(self.numbers):
            raise RowKeyLeft("rows stand under a key that was not asked under")

    def verify_written(self, states: RowKeyStates, under: Collection[int] = ()) -> None:
        """Hold that what is written is not under a closed key, or raise `RowKeyLeft`.

        `states`: read while it is held that no key is closed (`store.row_keys`).
        `under`: besides the key that is current here, each under which anything was
        written that stood before.
        """
        closed = RowKeyState.CLOSED
        used = {self.numbers[0], *under}
        if states and any(states.get(one, closed) is closed for one in used):
            raise RowKeyLeft("what was to be written stands under a key that is closed")

    def seal(self, point: StoredPoint, category: str) -> SealedRow:
        """Give the row under which something new is written."""
        return derive_sealed_row(self.current, point, category)

    def seal_all(self, point: StoredPoint, category: str) -> tuple[SealedRow, ...]:
        """Give each row under which this may stand, what is written under first."""
        keys = (self.current, *self.others)
        return tuple(derive_sealed_row(key, point, category) for key in keys)

    def find(self, point: StoredPoint, category: str) -> Rows:
        """Give where a search looks: under every key."""
        return tuple(one.row_key for one in self.seal_all(point, category))

    def open(self, row: SealedRow, category: str) -> StoredPoint:
        """Give S back, under whichever key the row was made, or raise `InvalidRow`."""
        _, point = self._open(row, category)
        return point

    def name_keys(self, rows: Iterable[SealedRow], category: str) -> frozenset[int]:
        """Give the number of each key that one of these rows was made under.

        Nothing of a row that none of these keys made.
        """
        named: set[int] = set()
        for row in set(rows):
            with suppress(InvalidRow):
                place, _ = self._open(row, category)
                named.add(self.numbers[place])
        return frozenset(named)

    def _open(self, row: SealedRow, category: str) -> tuple[int, StoredPoint]:
        """Give which of these keys made a row, by its place, and S."""
        for place, key in enumerate((self.current, *self.others)):
            try:
                return place, open_sealed_row(key, row, category)
            except InvalidRow:
                continue
        raise InvalidRow


class RowKeyRing:
    """The row keys of a running process; taken up anew when the database says so."""

    def __init__(self, load: Callable[[], Mapping[int, RowKeySecret]]) -> None:
        self._load = load
        self._held = load()
        if not self._held:
            raise KeyFilesRefused("the key folder is not complete")
        self._uses: tuple[RowKeyUse, ...] = ()
        self._keys: RowKeys | None = None
        if len(self._held) == 1:
            ((number, only),) = self._held.items()
            self._keys = RowKeys(only, numbers=(number,))

    def __repr__(self) -> str:
        return "<RowKeyRing>"

    @property
    def keys(self) -> RowKeys:
        """Give the keys as they are used now; of several, only once that is known."""
        if self._keys is None:
            raise KeyFilesRefused("the database does not say which row key is used")
        return self._keys

    def verify_same(self, keys: RowKeys) -> None:
        """Hold that these are the keys still, or raise `RowKeyLeft`.

        For what was read under these and judged by the ring: who was not known by it
        then may have been known before.
        """
        if self._keys is not keys:
            raise RowKeyLeft("other row keys were taken up meanwhile")

    def take_up(self, uses: Sequence[RowKeyUse]) -> bool:
        """Hold exactly the keys that are in use; tells whether that was a change.

        Reads the key files again where one is missing, and forgets a key that is in use
        no more. One that is announced only may be missing for a while: nothing stands
        under it. Raises `KeyFilesRefused` where the files lack one of these keys, or
        hold another under its number: what stands under it could not be found.
        """
        said = tuple(sorted(uses, key=lambda one: one.number))
        if not said and (len(self._held) > 1 or self._uses):
            raise KeyFilesRefused("the database does not say which row key is used")
        if said == self._uses:
            return False
        if {one.number for one in said} != self._held.keys():
            self._held = dict(self._load())
        there = tuple(one for one in said if not self._is_awaited(one))
        self._keys = _choose(there, self._held)
        self._held = {one.number: self._held[one.number] for one in there}
        self._uses = there
        return True

    def _is_awaited(self, use: RowKeyUse) -> bool:
        is_announced = use.state is RowKeyState.ANNOUNCED
        return is_announced and use.number not in self._held


def _choose(uses: Sequence[RowKeyUse], held: Mapping[int, RowKeySecret]) -> RowKeys:
    for use in uses:
        key = held.get(use.number)
        if key is None:
            raise KeyFilesRefused(
                f"row-key-{use.number}.key is not there, and rows stand under it"
            )
        if not hmac.compare_digest(derive_check(key), use.check):
            raise KeyFilesRefused(
                f"row-key-{use.number}.key is not the key under which rows stand"
            )
    current = [one.number for one in uses if one.state is RowKeyState.CURRENT]
    if len(current) != 1:
        raise KeyFilesRefused("the database does not say which row key is used")
    numbers = (*current, *(one.number for one in uses if one.number not in current))
    first, *others = (held[number] for number in numbers)
    return RowKeys(first, tuple(others), numbers)


def split_keys(keys: RowKeys) -> tuple[RowKeys, RowKeys]:
    """Give the key that rows move to, and the one that they leave, each by itself.

    Raises `KeyFilesRefused` where rows leave no key.
    """
    if len(keys.others) != 1:
        raise KeyFilesRefused("rows leave no row key now")
    return RowKeys(keys.current), RowKeys(*keys.others)


def derive_check(key: RowKeySecret) -> bytes:
    """Give by what a key is known again: it tells nothing of the key, nor of a row.

    It is the row of no person: libsodium gives no element of 32 zeros to derive.
    """
    return derive_sealed_row(key, _CHECK_POINT, _CHECK).row_key[:CHECK_BYTES]

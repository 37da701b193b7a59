"""The counts of one day: how often each combination of facts occurred.

- Additive: the counts of a month are the sum of its days, of whichever organisations.
- A cell names no person asked about, nor can a person be found from it; who looked
  stands in `users`, for the officer's eyes, and both are stored sealed.
- A lookup that was answered again after a lost connection is one lookup: `retries`
  counts the second entries, no cell does.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from signal_index.proof import MalformedProof

_VERSION: Final = 2
_EFFORT: Final = 1  # of the compression: speed matters more than size


class Cell(NamedTuple):
    """What one lookup of one person was, without who and about whom.

    `outcome` is `answered`, `refused` or `failed`; `is_hit`: at least one flag was
    shown; `repeated`: somebody was shown the same person within 30 days before;
    `follow_up` are the codes of what the user said came of its flags, sorted, each
    once.
    """

    team: str | None
    purpose: str | None
    outcome: str
    is_hit: bool
    off_hours: bool
    break_glass: bool
    repeated: bool
    follow_up: tuple[str, ...]


class FlagCell(NamedTuple):
    """What one flag was that an answer showed; `follow_up`: what was said of it."""

    team: str | None
    purpose: str | None
    follow_up: str | None


class UserCell(NamedTuple):
    """Who looked, in which team, with which purpose, and whether it stood out."""

    sub: str
    team: str | None
    purpose: str | None
    off_hours: bool
    refused: bool
    break_glass: bool
    repeated: bool


@dataclass(frozen=True, repr=False)
class Counts:
    """How often each cell occurred."""

    cells: Counter[Cell] = field(default_factory=Counter)
    users: Counter[UserCell] = field(default_factory=Counter)
    retries: int = 0
    flags: Counter[FlagCell] = field(default_factory=Counter)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.cells + other.cells,
            self.users + other.users,
            self.retries + other.retries,
            self.flags + other.flags,
        )


def add_all(parts: Iterable[Counts]) -> Counts:
    """Give the sum: of days, of organisations."""
    cells: Counter[Cell] = Counter()
    users: Counter[UserCell] = Counter()
    flags: Counter[FlagCell] = Counter()
    retries = 0
    for part in parts:
        cells.update(part.cells)
        users.update(part.users)
        flags.update(part.flags)
        retries += part.retries
    return Counts(cells, users, retries, flags)


def narrow(counts: Counts, *, team: str | None, purpose: str | None) -> Counts:
    """Give only what a team did, or what was asked with a purpose; None keeps all."""

    def wanted(cell: Cell | UserCell | FlagCell) -> bool:
        return team in {None, cell.team} and purpose in {None, cell.purpose}

    return Counts(
        Counter({cell: n for cell, n in counts.cells.items() if wanted(cell)}),
        Counter({cell: n for cell, n in counts.users.items() if wanted(cell)}),
        counts.retries,
        Counter({cell: n for cell, n in counts.flags.items() if wanted(cell)}),
    )


def encode_counts(counts: Counts) -> bytes:
    """Give the bytes that are sealed."""
    members = {
        "v": _VERSION,
        "cells": [[*cell, n] for cell, n in counts.cells.items()],
        "users": [[*cell, n] for cell, n in counts.users.items()],
        "flags": [[*cell, n] for cell, n in counts.flags.items()],
        "retries": counts.retries,
    }
    return zlib.compress(_compact(members), _EFFORT)


def parse_counts(data: bytes) -> Counts:
    """Read what `encode_counts` wrote, or raise `MalformedProof`."""
    try:
        found: dict[str, Any] = json.loads(zlib.decompress(data))
        if found["v"] != _VERSION:
            raise MalformedProof("these counts are of another version")
        return Counts(
            Counter({_read_cell(row): row[-1] for row in found["cells"]}),
            Counter({UserCell(*row[:-1]): row[-1] for row in found["users"]}),
            found["retries"],
            Counter({FlagCell(*row[:-1]): row[-1] for row in found["flags"]}),
        )
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise MalformedProof("the counts of a day cannot be read") from error


def _read_cell(row: list[Any]) -> Cell:
    *facts, follow_up, _ = row
    return Cell._make([*facts, tuple(follow_up)])


def _compact(members: dict[str, Any]) -> bytes:
    return json.dumps(members, separators=(",", ":")).encode()

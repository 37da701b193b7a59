"""Which registrations deliver through this outbox, and by what name cases are marked.

A case is known by a keyed hash over the profile's name and its number. A profile that
gets another name keeps the first one for that: otherwise every case would be new, and
every person would have two flags.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sources.outbox.store import Outbox
from sources.profile import Profile


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another profile, with signals of a kind that this one delivers too."""

    profile: str
    signals: int


def is_registered(outbox: Outbox, profile: str) -> bool:
    """Tell whether this profile has delivered through this outbox before."""
    found = outbox.connection.execute(
        "SELECT 1 FROM registration WHERE profile = ?", (profile,)
    )
    return found.fetchone() is not None


def has_registrations(outbox: Outbox) -> bool:
    """Tell whether any profile has delivered through this outbox."""
    found = outbox.connection.execute("SELECT 1 FROM registration LIMIT 1")
    return found.fetchone() is not None


def find_marked_as(outbox: Outbox, profile: str) -> str:
    """Give the name by which the cases of a profile are marked: its first one."""
    row = outbox.connection.execute(
        "SELECT marked_as FROM registration WHERE profile = ?", (profile,)
    ).fetchone()
    return profile if row is None else str(row["marked_as"])


def find_overlaps(outbox: Outbox, profile: Profile) -> Sequence[Overlap]:
    """Find other profiles that told of the same category in the same municipality.

    Those that the profile names in `beside` deliver something else, whoever wrote it
    says.
    """
    rows = outbox.connection.execute(
        "SELECT profile, category, municipality, count(*) AS signals FROM signal"
        " WHERE profile <> ? GROUP BY 1, 2, 3",
        (profile.name,),
    )
    counts: dict[str, int] = {}
    for row in rows:
        same = row["category"] in profile.categories
        if same and row["municipality"] in profile.municipalities:
            name = row["profile"]
            counts[name] = counts.get(name, 0) + row["signals"]
    return [
        Overlap(name, signals)
        for name, signals in sorted(counts.items())
        if name not in profile.beside
    ]


def register(connection: sqlite3.Connection, profile: str) -> None:
    """Note that this profile delivers through this outbox from now on.

    Its cases are marked by its name, unless a profile that was renamed is marked so.
    """
    taken = connection.execute(
        "SELECT 1 FROM registration WHERE marked_as = ?", (profile,)
    ).fetchone()
    mark = f"{profile}/{uuid4().hex}" if taken else profile
    connection.execute(
        "INSERT OR IGNORE INTO registration VALUES (?, ?)", (profile, mark)
    )

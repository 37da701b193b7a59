"""A number and what it counts, as Dutch says it of one and of more; and long lists.

No list is cut short without saying how one sees the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cut:
    """How many of a list are said at once, and how whoever reads it sees the rest."""

    most: int
    way: str


AT_ONCE: Final = 12
"""How many cases, or lines of one kind, are said at once."""
MOST_KEPT: Final = 1_000
"""How many names or lines of one kind an outbox keeps for whoever looks later."""
EVERYTHING: Final = Cut(MOST_KEPT, "meer is hier niet bekend")


def say_listed(shown: Iterable[str], more: int, cut: Cut) -> str:
    """Say what is shown of a list, how many more there are, and how to see those."""
    said = ", ".join(shown)
    return f"{said} en nog {more} ({cut.way})" if more > 0 else said


def say_count(count: int, one: str, more: str) -> str:
    """Say so many of something: "1 zaak staat", "2 zaken staan", "0 zaken staan"."""
    return f"{count} {one if count == 1 else more}"

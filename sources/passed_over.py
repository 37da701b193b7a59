"""Lines of a file that are no records: passed over, and said with their number.

A title, an empty row and a total are no records and no rejects. But whoever delivers
must be able to see that a line was not read, and which: it may have been a case.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sources.counted import AT_ONCE, EVERYTHING, MOST_KEPT, Cut, say_listed

LINES: Final = Cut(AT_ONCE, "alle: `signal-source check --all`")
"""Of a file that is only looked at."""


class Why(StrEnum):
    """Why a line is no record; `HIDDEN_READ` is one, though nobody saw it."""

    TITLE = "above-headings"
    HEADINGS = "headings-again"
    EMPTY = "empty"
    TOTAL = "total"
    HIDDEN = "hidden"
    HIDDEN_READ = "hidden-read"


_SAYS: Final = {
    Why.TITLE: "overgeslagen: boven de kolomnamen",
    Why.HEADINGS: "overgeslagen: de kolomnamen nog een keer",
    Why.EMPTY: "overgeslagen: leeg",
    Why.TOTAL: "overgeslagen: lijkt een totaalregel",
    Why.HIDDEN: "overgeslagen: verborgen in de werkmap (hidden_rows)",
    Why.HIDDEN_READ: "meegeteld, maar verborgen in de werkmap (hidden_rows)",
}


@dataclass(frozen=True, slots=True)
class PassedOver:
    """How many lines were passed over for one reason, and the first `MOST_KEPT`."""

    why: Why
    count: int
    lines: tuple[int, ...]

    def say(self, cut: Cut = EVERYTHING) -> str:
        """Say it with the lines; Dutch, B1."""
        if self.count == 1:
            return f"Regel {self.lines[0]} {_SAYS[self.why]}."
        shown = self.lines[: cut.most]
        listed = say_listed(map(str, shown), self.count - len(shown), cut)
        return f"{self.count} regels {_SAYS[self.why]}: regel {listed}."


@dataclass(slots=True)
class Noticing:
    """Hears of each line that is passed over; memory does not grow with the file."""

    _counts: dict[Why, int] = field(default_factory=dict)
    _lines: dict[Why, list[int]] = field(default_factory=dict)

    def hear(self, why: Why, line: int) -> None:
        """Hear of one line."""
        self._counts[why] = self._counts.get(why, 0) + 1
        lines = self._lines.setdefault(why, [])
        if len(lines) < MOST_KEPT:
            lines.append(line)

    def tell(self) -> tuple[PassedOver, ...]:
        """Give what was passed over, in the order of the reasons."""
        return tuple(
            PassedOver(why, self._counts[why], tuple(self._lines[why]))
            for why in Why
            if why in self._counts
        )


def say_passed(passed: Iterable[PassedOver], cut: Cut = EVERYTHING) -> Iterator[str]:
    """Say of each reason how many lines were passed over, and which."""
    return (one.say(cut) for one in passed)


def describe_passed(
    passed: Iterable[PassedOver], most: int = MOST_KEPT
) -> list[dict[str, object]]:
    """Give the same for a machine: the shape of the outbox and of the wire."""
    return [
        {"why": one.why.value, "count": one.count, "lines": list(one.lines[:most])}
        for one in passed
    ]


def read_passed(described: Iterable[Mapping[str, Any]]) -> tuple[PassedOver, ...]:
    """Give back what was described."""
    return tuple(
        PassedOver(Why(one["why"]), one["count"], tuple(one["lines"]))
        for one in described
    )

"""Small numbers in what leaves the desk: hidden, and not to be found by subtracting.

A number from one to nine can point at a person. A report therefore shows none, nor what
gives one away: somebody who knows the total and the numbers beside it must be unable to
prove of any hidden number that it is below ten. Zero is shown: it is about nobody.

- A table is protected against its own total. Tables of one report share totals only as
  `protect_nested` and `protect_sums` know of.
- Where hiding more numbers cannot help, the whole table is withheld: what remains is
  its total.

The bounds are proven by tests/property/test_small_numbers.py, which plays the reader
with a pencil. What this does not cover stands in the decision on reports in
docs/decisions.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Final, TypeVar

SMALL: Final = 10
"""A number from one up to here, itself not included, is hidden."""

Key = TypeVar("Key", bound=Hashable)
Whole = TypeVar("Whole", bound=Hashable)


def is_small(number: int) -> bool:
    """Tell whether a number has to be hidden."""
    return 0 < number < SMALL


def protect_number(number: int) -> int | None:
    """Give a number that stands by itself, or None where it is small."""
    return None if is_small(number) else number


def protect_table(counts: Mapping[Key, int]) -> Mapping[Key, int | None]:
    """Give a table whose total the reader knows, with numbers hidden where needed.

    Beside the small ones the smallest others are hidden, until nothing follows from
    the total. Where that cannot be reached, every number is hidden, the zeros too.
    """
    hidden = {key for key, number in counts.items() if is_small(number)}
    others = sorted(
        (key for key, number in counts.items() if number >= SMALL),
        key=lambda key: counts[key],
    )
    while hidden and not _is_safe([counts[key] for key in hidden]):
        if not others:
            return dict.fromkeys(counts)
        hidden.add(others.pop(0))
    return {key: None if key in hidden else n for key, n in counts.items()}


def protect_share(part: int, whole: int) -> int | None:
    """Give how many of a known whole, or None where part or remainder is small."""
    return protect_table({True: part, False: whole - part})[True]


def protect_nested(
    counts: Mapping[Key, int], whole_of: Callable[[Key], Whole]
) -> tuple[Mapping[Whole, int | None], Mapping[Key, int | None]]:
    """Give the wholes of a table, protected, and its parts within each of them.

    The parts of a hidden whole are all hidden: one of them and the whole would tell
    of the others.
    """
    wholes: dict[Whole, int] = {}
    for key, number in counts.items():
        wholes[whole_of(key)] = wholes.get(whole_of(key), 0) + number
    shown = protect_table(wholes)
    parts: dict[Key, int | None] = {}
    for whole in wholes:
        own = {key: n for key, n in counts.items() if whole_of(key) == whole}
        is_shown = shown[whole] is not None
        parts.update(protect_table(own) if is_shown else dict.fromkeys(own))
    return shown, {key: parts[key] for key in counts}


def protect_sums(
    shown: Mapping[Key, int | None], wholes_of: Callable[[Key], list[Whole]]
) -> Mapping[Whole, int | None]:
    """Give sums over a protected table; one with a hidden part is hidden itself.

    A part may count in several sums. They tell nothing that the table does not.
    """
    sums: dict[Whole, int | None] = {}
    for key, number in shown.items():
        for whole in wholes_of(key):
            before = sums.get(whole, 0)
            is_hidden = before is None or number is None
            sums[whole] = None if is_hidden else (before or 0) + (number or 0)
    return sums


def _is_safe(hidden: list[int]) -> bool:
    """Whether each of these may be ten or more, for all that their sum tells.

    Hidden numbers are known to be at least one. The largest that one of them can be is
    what remains when all the others are one.
    """
    return len(hidden) > 1 and sum(hidden) - (len(hidden) - 1) >= SMALL

"""Numbers of invented persons: they pass the 11-proof, in the range of test persons."""

from collections.abc import Iterator

from keys.bsn import WEIGHTS
from sources.population.draw import Draw

_TEST_RANGE = "9999"


def invent_numbers(seed: int, label: str, head: str = _TEST_RANGE) -> Iterator[str]:
    """Give nine digits that pass the 11-proof and begin with `head`, each once."""
    draw, used = Draw(seed, f"corpus {label}"), set[str]()
    while True:
        width = 8 - len(head)
        stem = f"{head}{draw.below(10**width):0{width}}"
        rest = _weigh(stem) % 11
        if rest < 10 and stem not in used:
            used.add(stem)
            yield f"{stem}{rest}"


def mistype(number: str) -> str:
    """Give nine digits that fail the 11-proof by one."""
    return f"{number[:-1]}{(int(number[-1]) + 1) % 10}"


def _weigh(stem: str) -> int:
    return sum(w * int(digit) for w, digit in zip(WEIGHTS, stem, strict=False))

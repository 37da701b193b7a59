"""The packages of an agency's agent alone, each with its hashes.

`python -m deploy.source_lock` writes `deploy/source/requirements.txt` anew: those lines
of `requirements.txt` that the extras `source` and `receiver` need, and nothing of an
index, a holder or a desk. Run it after `requirements.txt` was made anew.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS: Final = ("source", "receiver")
ROOT: Final = Path(__file__).parents[1]
WHOLE: Final = ROOT / "requirements.txt"
LOCK: Final = ROOT / "deploy/source/requirements.txt"
HEAD: Final = (
    "# Of requirements.txt what the extras source and receiver need:\n"
    "#    python -m deploy.source_lock\n"
)
_PIN: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+).*\n(?:\s.*\n)*",
    re.MULTILINE,
)


def find_needed(name: str, extra: str) -> Iterator[str]:
    """Name all distributions that one needs, here, with an extra; itself too."""
    yield canonicalize_name(name)
    for line in requires(name) or ():
        found = Requirement(line)
        if found.marker is None or found.marker.evaluate({"extra": extra}):
            for inner in found.extras or {""}:
                yield from find_needed(found.name, inner)


def read_pins(whole: str) -> Iterator[tuple[str, str, str]]:
    """Give each pin of a lock: its name, its version, and its lines with the hashes."""
    bare = "".join(
        line
        for line in whole.splitlines(keepends=True)
        if not line.lstrip().startswith("#")
    )
    for pin in _PIN.finditer(bare):
        yield canonicalize_name(pin["name"]), pin["version"], pin[0]


def make_lock() -> str:
    """Give the lock of an agency's agent."""
    names = {one for extra in EXTRAS for one in find_needed("signal-index", extra)}
    pins = read_pins(WHOLE.read_text("utf-8"))
    return HEAD + "".join(lines for name, _, lines in pins if name in names)


def main() -> None:
    """Write the lock."""
    LOCK.write_text(make_lock(), "utf-8")
    sys.stdout.write(f"{LOCK.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()

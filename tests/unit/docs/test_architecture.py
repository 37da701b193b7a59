"""docs/architecture.md names modules that exist, and every route of the index."""

import re
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

from signal_index.api.subjects import SUBJECTS

PAGE = (Path(__file__).parents[3] / "docs" / "architecture.md").read_text("utf-8")
MODULE = re.compile(r"`((?:signal_index|policy|keys|desk|api)(?:\.[a-z_]+)+)")
HEADINGS = re.compile(r"^\| ([a-z ]+) \| (`.+) \|$", re.MULTILINE)


def _is_there(name: str) -> bool:
    path = f"signal_index.{name}" if name.startswith("api.") else name
    if find_spec(path.rpartition(".")[0]) is None:
        return False
    if find_spec(path) is not None:
        return True
    package, _, member = path.rpartition(".")
    return hasattr(__import__(package, fromlist=[member]), member)


def test_every_module_that_it_names_is_there() -> None:
    named = set(MODULE.findall(PAGE))
    assert len(named) > 20
    assert sorted(name for name in named if not _is_there(name)) == []


def test_it_names_every_route_under_the_heading_of_the_document() -> None:
    served: dict[str, set[str]] = defaultdict(set)
    for subject in SUBJECTS:
        served[subject.tag] |= {route.path.split("/")[1] for route in subject.named}
    section = PAGE.split("\n## 9. ")[1].split("\n## ")[0]
    said = {
        tag: set(re.findall(r"`([^`]+)`", row))
        for tag, row in HEADINGS.findall(section)
    }
    assert said == served

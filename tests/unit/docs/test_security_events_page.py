"""docs/security-events.md names every kind, field and rule of the stream as it is."""

import re
from pathlib import Path

from keys.security.events import SecurityEvent
from keys.security.rules import RULES

PAGE = (Path(__file__).parents[3] / "docs" / "security-events.md").read_text("utf-8")


def _rows(section: str) -> list[list[str]]:
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def _fields() -> dict[str, set[str]]:
    """What the page says of each kind; `the same` is as the row above says."""
    found: dict[str, set[str]] = {}
    before: set[str] = set()
    for kind, _, fields, *_ in _rows("The stream"):
        named = set(re.findall(r"`(\w+)`", fields.partition(";")[0]))
        before = before | named if "the same" in fields else named
        found[kind.strip("`")] = before
        if "and" in fields:
            before = before - named
    return found


def test_every_kind_has_its_row_with_its_fields() -> None:
    assert _fields() == {event.value: set(event.fields) for event in SecurityEvent}


def test_every_rule_has_its_row_with_its_bound() -> None:
    bounds = {rule[0].strip("`"): rule[2] for rule in _rows("The rules")}
    assert bounds == {rule.id.value: str(rule.most) for rule in RULES}

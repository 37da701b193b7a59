"""Whoever wants to read all about somebody: a report's permit has one maker."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("policy", "signal_index", "keys", "sources", "desk", "portal", "deploy")
THE_ONE_PLACE = ROOT / "policy" / "reports.py"


def test_only_the_policy_makes_a_report_permit_and_it_does_so_once() -> None:
    places = [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "node_modules" not in path.parts
        for _ in _calls(path.read_text(encoding="utf-8"), "ReportPermit")
    ]
    assert places == [THE_ONE_PLACE]


def test_the_walk_finds_a_permit_made_under_any_spelling() -> None:
    assert list(_calls("reports.ReportPermit(a, b)", "ReportPermit"))
    assert list(_calls("x = ReportPermit(a)", "ReportPermit"))


def _calls(source: str, name: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            found = getattr(called, "attr", getattr(called, "id", ""))
            if found == name:
                yield node.lineno

"""A finding of the security rules (ruff's S) is silenced with its reason alone."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SILENCED = re.compile(r"#\s*noqa:\s*[A-Z0-9, ]*\bS\d+[A-Z0-9, ]*(?P<words>.*)")
FOLDERS = (
    "desk",
    "keys",
    "policy",
    "portal",
    "signal_index",
    "sources",
    "deploy",
    "tests",
)


def read_silenced() -> dict[str, str]:
    """Give the words beside each that is silenced, by the place where it stands."""
    return {
        f"{path.relative_to(ROOT)}:{number}": found["words"]
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (found := SILENCED.search(line))
    }


def test_a_finding_is_silenced_in_words() -> None:
    found = read_silenced()
    assert len(found) > 10
    bare = [place for place, words in found.items() if not re.search(r"\w{3,}", words)]
    assert bare == []


@pytest.mark.parametrize("key", ["ignore", "extend-ignore"])
def test_no_security_rule_is_off_for_all(key: str) -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]
    assert "S" in rules["lint"]["select"]
    assert [one for one in rules["lint"].get(key, []) if re.match(r"S\d*$", one)] == []
    for files, codes in rules["lint"]["per-file-ignores"].items():
        silenced = [code for code in codes if re.match(r"S\d", code)]
        assert silenced == (["S101"] if files == "tests/**" else [])

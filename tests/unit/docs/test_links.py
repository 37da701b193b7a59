"""What our pages point at is there: links, and the files that CONTRIBUTING names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)[^)]*\)")


def test_every_link_of_every_page_leads_somewhere() -> None:
    links = {page: LINK.findall(page.read_text("utf-8")) for page in PAGES}
    assert sum(map(len, links.values())) > 50
    assert [
        f"{page.name}: {link}"
        for page, found in links.items()
        for link in found
        if not (page.parent / link).exists()
    ] == []


def test_every_file_that_contributing_names_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    said = re.findall(r"`([\w./-]+/[\w.-]+|test_\w+\.py|\w+\.toml|nl\.po)`", text)
    tracked = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    tracked |= {path.name for path in (ROOT / "policy").rglob("*.toml")}
    tracked |= {"golden.toml", "pyproject.toml", "nl.po"}
    assert len(said) > 60
    assert [
        name
        for name in said
        if "NAME" not in name and "SUBJECT" not in name
        if name not in tracked
        if not any((ROOT / base / name).exists() for base in ("", "signal_index"))
    ] == []

"""A message that points at a part of the guide, or a page, points at what is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sources.guide import GUIDE, Part, see

ROOT = Path(__file__).parents[3]
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
ANCHOR = re.compile(r"\]\(([^)#\s:]*)#([^)\s]+)\)")
NAMED = re.compile(r"\b[Zz]ie ['\"\u2018\u201c]")
PAGE = re.compile(r"\bdocs/[\w/.-]+\.md\b")


def read_texts() -> Iterator[tuple[str, str]]:
    """Give what the programs say: of Python its texts, and every text of the desk."""
    for file in (ROOT / "sources").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield file.name, node.value
    for file in (ROOT / "desk" / "texts").glob("*.po"):
        yield file.name, file.read_text("utf-8")


def find_anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    made = set()
    for heading in HEADING.findall(page.read_text("utf-8")):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        kept = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        made.add(kept)
    return made


@pytest.mark.parametrize("part", Part)
def test_a_part_that_a_message_names_is_a_heading_of_the_guide(part: Part) -> None:
    assert str(part) in HEADING.findall((ROOT / GUIDE).read_text("utf-8"))
    assert str(part) in see(part)


def test_no_message_names_a_part_by_itself() -> None:
    found = [
        (name, text)
        for name, text in read_texts()
        if name != "guide.py" and NAMED.search(text)
    ]
    assert found == []


def test_every_page_that_a_message_names_is_there() -> None:
    named = {page for _, text in read_texts() for page in PAGE.findall(text)}
    assert GUIDE in named
    assert [page for page in sorted(named) if not (ROOT / page).is_file()] == []


def test_every_link_to_a_part_of_a_page_leads_to_a_heading() -> None:
    lost, seen = [], 0
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for to, anchor in ANCHOR.findall(page.read_text("utf-8")):
            target = (page.parent / to).resolve() if to else page
            seen += 1
            if target.suffix == ".md" and anchor not in find_anchors(target):
                lost.append(f"{page.name}: {to}#{anchor}")
    assert seen > 30
    assert lost == []

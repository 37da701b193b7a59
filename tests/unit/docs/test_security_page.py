"""docs/security.md judges every requirement once, and its tests are there."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.unit.docs.test_threat_model import is_there

PAGE = (Path(__file__).parents[3] / "docs" / "security.md").read_text("utf-8")
ROW = re.compile(
    r"^\| (?P<numbers>\d+\.\d+\.\d+[^|]*) \|[^|]*\| (?P<state>\w+) \|"
    r"(?P<where>[^|]*)\|(?P<tests>[^|]*)\|$",
    re.MULTILINE,
)
ROWS = [match.groupdict() for match in ROW.finditer(PAGE)]
SECTIONS = """
1.1:2 1.2:10 1.3:12 1.4:3 1.5:3 2.1:3 2.2:3 2.3:5 2.4:2 3.1:1 3.2:3 3.3:5 3.4:8 3.5:8
3.6:1 3.7:5 4.1:5 4.2:5 4.3:2 4.4:4 5.1:1 5.2:6 5.3:3 5.4:3 6.1:3 6.2:12 6.3:8 6.4:6
6.5:8 6.6:4 6.7:2 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:3 7.6:2 8.1:4 8.2:4 8.3:3 8.4:2
9.1:3 9.2:4 10.1:2 10.2:3 10.3:5 10.4:16 10.5:5 10.6:2 10.7:3 11.1:4 11.2:5 11.3:5
11.4:4 11.5:2 11.6:2 11.7:2 12.1:5 12.2:2 12.3:5 13.1:4 13.2:6 13.3:4 13.4:7 14.1:2
14.2:8 14.3:3 15.1:5 15.2:5 15.3:7 15.4:4 16.1:1 16.2:5 16.3:4 16.4:3 16.5:4 17.1:2
17.2:8 17.3:2
"""
"""How many requirements each section of ASVS 5.0.0 has."""
LEVEL_3 = """
1.2.10 1.3.12 1.5.3 2.3.5 2.4.2 3.1.1 3.2.3 3.3.5 3.4.7 3.4.8 3.5.6 3.5.7 3.5.8 3.6.1
3.7.3 3.7.4 3.7.5 4.1.4 4.1.5 4.2.2 4.2.3 4.2.4 4.2.5 5.2.4 5.2.5 5.2.6 5.3.3 6.3.5
6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6 6.5.7 6.5.8 6.6.4 6.7.1 6.7.2 7.5.3 8.1.3 8.1.4
8.2.4 8.3.2 8.3.3 8.4.2 10.2.3 10.3.5 10.4.12 10.4.13 10.4.14 10.4.15 10.4.16 11.1.3
11.1.4 11.2.4 11.2.5 11.3.4 11.3.5 11.5.2 11.6.2 11.7.1 11.7.2 12.1.4 12.1.5 12.3.5
13.1.2 13.1.3 13.1.4 13.2.6 13.3.3 13.3.4 13.4.6 13.4.7 14.2.5 14.2.6 14.2.7 14.2.8
15.1.4 15.1.5 15.2.4 15.2.5 15.4.1 15.4.2 15.4.3 15.4.4 16.5.4 17.1.2 17.2.5 17.2.6
17.2.7 17.2.8
"""
"""Those of level 3 alone: the page may leave them out."""


def list_requirements() -> set[str]:
    """Give every number of ASVS 5.0.0."""
    return {
        f"{section}.{number}"
        for each in SECTIONS.split()
        for section, _, most in [each.partition(":")]
        for number in range(1, int(most) + 1)
    }


def list_judged() -> Iterator[str]:
    """Give each number that a row of the page is about; `…` is all in between."""
    for row in ROWS:
        for part in row["numbers"].split(", "):
            first, _, last = part.partition(" … ")
            section, _, start = first.rpartition(".")
            end = last.rpartition(".")[2] or start
            for number in range(int(start), int(end) + 1):
                yield f"{section}.{number}"


def test_every_requirement_is_judged_once() -> None:
    judged = Counter(list_judged())
    assert [number for number, times in judged.items() if times > 1] == []
    assert judged.keys() - list_requirements() == set()
    needed = list_requirements() - set(LEVEL_3.split())
    assert sorted(needed - judged.keys()) == []


def test_what_is_met_says_where_and_names_tests_that_exist() -> None:
    assert {row["state"] for row in ROWS} == {"met", "partly", "not", "yours", "none"}
    for row in ROWS:
        named = re.findall(r"`([^`]+)`", row["tests"])
        assert bool(named) or row["state"] != "met", row["numbers"]
        assert [one for one in named if not is_there(one)] == []
        assert row["where"].strip() or row["state"] == "none", row["numbers"]


def test_what_is_not_met_stands_in_the_list_of_it() -> None:
    said = PAGE.split("\n## What is not met\n")[1].split("\n## ")[0]
    lacking = [row["numbers"] for row in ROWS if row["state"] == "not"]
    assert lacking
    assert [number for number in lacking if number not in said] == []

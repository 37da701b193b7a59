import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| (?P<number>\d+) \|.*\| (?P<tests>[^|]+) \|$")
NAMED = re.compile(r"`([^`]+)`(?:, | and |$)")
ROWS = [
    match
    for line in (ROOT / "docs" / "threat-model.md").read_text("utf-8").splitlines()
    if (match := ROW.match(line))
]


def find_named(tests: str) -> Iterator[str]:
    """The tests of one row; `::test_…` alone is in the file of the one before."""
    before = ""
    for named in NAMED.findall(tests):
        file, _, function = named.partition("::")
        before = file or before
        yield f"{before}::{function}" if function else before


def is_there(named: str) -> bool:
    """Tell whether a test of this name is in the file of this name."""
    file, _, function = named.partition("::")
    if not (ROOT / file).is_file():
        return False
    source = (ROOT / file).read_text("utf-8")
    if file.endswith(".ts"):
        return "test(" in source
    wanted = rf"def {re.escape(function)}\(" if function else r"def test_\w+\("
    return re.search(wanted, source) is not None


def test_the_threat_model_has_rows() -> None:
    assert len(ROWS) >= 25


def test_each_number_is_of_one_threat() -> None:
    numbers = Counter(row["number"] for row in ROWS)
    assert [number for number, times in numbers.items() if times > 1] == []


def test_every_threat_names_tests_that_exist() -> None:
    named = {row["number"]: [*find_named(row["tests"])] for row in ROWS}
    assert [number for number, tests in named.items() if not tests] == []
    assert [one for tests in named.values() for one in tests if not is_there(one)] == []

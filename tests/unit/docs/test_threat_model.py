import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| \d+ \|.*\| `(?P<test>[^`]+)` \|$")
ROWS = [
    match["test"]
    for line in (ROOT / "docs" / "threat-model.md").read_text("utf-8").splitlines()
    if (match := ROW.match(line))
]


def test_the_threat_model_has_rows() -> None:
    assert len(ROWS) >= 25


def is_there(named: str) -> bool:
    """Tell whether a test of this name is in the file of this name."""
    file, _, function = named.partition("::")
    if not (ROOT / file).is_file():
        return False
    source = (ROOT / file).read_text("utf-8")
    wanted = rf"def {re.escape(function)}\(" if function else r"def test_\w+\("
    return re.search(wanted, source) is not None


def test_every_threat_names_a_test_that_exists() -> None:
    assert [named for named in ROWS if not is_there(named)] == []

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| \d+ \|.*\| `(?P<test>[^`]+)` \|$")
ROWS = [
    match["test"]
    for line in (ROOT / "docs" / "threat-model.md").read_text("utf-8").splitlines()
    if (match := ROW.match(line))
]


def test_the_threat_model_has_rows() -> None:
    assert len(ROWS) >= 25


@pytest.mark.parametrize("named", ROWS)
def test_a_threat_names_a_test_that_exists(named: str) -> None:
    file, _, function = named.partition("::")
    source = (ROOT / file).read_text("utf-8")
    wanted = rf"def {re.escape(function)}\(" if function else r"def test_\w+\("
    assert re.search(wanted, source)

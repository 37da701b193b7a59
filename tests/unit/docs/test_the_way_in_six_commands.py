"""An agency joins by the commands of its guide: six, which the benchmark plays too."""

import re
from pathlib import Path

from deploy.measure.joining import WAY

GUIDE = Path(__file__).parents[3] / "docs" / "connect-a-source.md"
ROW = re.compile(r"^\| (\d) \| `signal-source ((?:profile )?[a-z]+)", re.MULTILINE)


def test_the_guide_has_six_commands_and_the_benchmark_gives_these() -> None:
    rows = ROW.findall(GUIDE.read_text("utf-8"))
    assert [number for number, _ in rows] == list("123456")
    assert tuple(verb for _, verb in rows) == WAY


def test_each_of_them_is_explained_by_a_step() -> None:
    steps = GUIDE.read_text("utf-8").partition("## 1. Afspreken")[2]
    assert [verb for verb in WAY if f"signal-source {verb}" not in steps] == []

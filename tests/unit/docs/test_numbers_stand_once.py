"""A number that names a page or a step of the database names one of them."""

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = ("signal_index/migrations/versions", "docs/decisions")


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_two_files_have_one_number(folder: str) -> None:
    files = [
        path for path in (ROOT / folder).iterdir() if path.suffix in {".py", ".md"}
    ]
    numbers = Counter(path.name[:4] for path in files if path.name[:4].isdigit())
    assert [number for number, times in numbers.items() if times > 1] == []

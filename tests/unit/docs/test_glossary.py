"""docs/glossary.md names types, tables and columns that are there."""

import re
from importlib import import_module
from pathlib import Path

from signal_index.tables.metadata import metadata

PAGE = (Path(__file__).parents[3] / "docs" / "glossary.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and line.count(" | ") == 3
]
NAMED = [name for *_, where in ROWS for name in re.findall(r"`(\S+)`", where)]
PACKAGES = ("signal_index.", "policy.", "keys.", "desk.", "sources.")


def _has_type(name: str) -> bool:
    module, _, kind = name.partition(":")
    return not kind or hasattr(import_module(module), kind)


def _is_kept(name: str) -> bool:
    table, _, column = name.partition(".")
    if table not in metadata.tables:
        return False
    return not column or column in metadata.tables[table].c


def test_every_type_and_module_is_there() -> None:
    types = [name for name in NAMED if name.startswith(PACKAGES)]
    assert len(types) > 40
    assert [name for name in types if not _has_type(name)] == []


def test_every_table_and_column_is_there() -> None:
    kept = [name for name in NAMED if not name.startswith(PACKAGES)]
    assert len(kept) > 25
    assert [name for name in kept if not _is_kept(name)] == []


def test_a_thing_has_one_row_and_a_dutch_word_one_meaning() -> None:
    for column in (0, 1):
        words = [row[column] for row in ROWS if row[column] != "-"]
        words = [word for word in words if not word.startswith(("Dutch", "in code"))]
        assert len(words) == len(set(words))

"""docs/data-model.md says of every table what the code says: who may do what."""

import re
from pathlib import Path

from signal_index.store.access import ACCESS, ALL, Access
from signal_index.store.connect import DatabaseRole
from signal_index.tables.metadata import metadata

PAGE = (Path(__file__).parents[3] / "docs" / "data-model.md").read_text("utf-8")
ROLES = (
    DatabaseRole.WEB,
    DatabaseRole.SEQUENCER,
    DatabaseRole.UPKEEP,
    DatabaseRole.ROTATION,
    DatabaseRole.REPORTING,
)
ROW = re.compile(r"^\| `(\w+)` \|.+\|.+\|(.+)\|(.+)\|(.+)\|(.+)\|(.+)\|$", re.MULTILINE)


def _of(table: str, columns: tuple[str, ...]) -> str:
    """Name the columns, or those that are left out where these are fewer."""
    if columns == ALL:
        return ""
    every = [column.name for column in metadata.tables[table].c]
    missing = [name for name in every if name not in columns]
    named = missing if len(missing) < len(columns) else columns
    words = ", ".join(f"`{name}`" for name in named)
    return f" all but {words}" if named is missing else f" {words}"


def _words(table: str, access: Access) -> str:
    may = [
        f"read{_of(table, access.select)}" if access.select else "",
        "add" if access.insert else "",
        f"change{_of(table, access.update)}" if access.update else "",
        "delete" if access.delete else "",
    ]
    return "; ".join(one for one in may if one) or "-"


def _rows() -> dict[str, tuple[str, ...]]:
    return {
        table: tuple(
            _words(table, roles[role]) if role in roles else "-" for role in ROLES
        )
        for table, roles in ACCESS.items()
    }


def test_the_page_shows_every_table_once_with_exactly_its_rights() -> None:
    shown = [
        (row[0], tuple(cell.strip() for cell in row[1:])) for row in ROW.findall(PAGE)
    ]
    assert len(shown) == len(dict(shown))
    assert dict(shown) == _rows()

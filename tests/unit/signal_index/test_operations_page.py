"""docs/operations.md names every setting, command and role, and none that is not."""

import re
from pathlib import Path

import typer
from typer.core import TyperGroup

from signal_index.cli.commands import app
from signal_index.settings import Settings
from signal_index.store.connect import DatabaseRole

PAGE = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")


def _section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _first_column(title: str) -> set[str]:
    rows = re.findall(r"^\| (`.*?) \|", _section(title), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`\[*([\w-]+)", row)}


def test_every_setting_has_its_row() -> None:
    assert _first_column("Settings") == set(Settings.model_fields)


def test_every_command_has_its_row() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    assert _first_column("Commands") == set(group.commands)


def test_every_role_has_its_row() -> None:
    assert _first_column("Databases") == {role.value for role in DatabaseRole}

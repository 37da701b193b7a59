"""What somebody else wrote reaches a terminal as it stands, and commands nothing."""

import re
from pathlib import Path

import pytest
from rich.table import Table

import sources
from sources.cli.plain import PlainConsole

HOSTILE = "Z\x1b[2J\x1b]0;x\x07\x9b31m\u202e[red]8[/b]:key:"
SHOWN = "Z?[2J?]0;x??31m?[red]8[/b]:key:"


def test_text_is_shown_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    PlainConsole(soft_wrap=True).print(HOSTILE)
    assert capsys.readouterr().out == f"{SHOWN}\n"


def test_a_cell_of_a_table_too(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(HOSTILE)
    table.add_row(HOSTILE)
    PlainConsole().print(table)
    assert capsys.readouterr().out.count(SHOWN) == 2


def test_no_verb_has_a_console_of_its_own() -> None:
    found = [
        file.name
        for file in Path(str(sources.__file__)).parent.rglob("*.py")
        if re.search(r"rich\.console import .*\bConsole\b", file.read_text("utf-8"))
    ]
    assert found == ["plain.py"]

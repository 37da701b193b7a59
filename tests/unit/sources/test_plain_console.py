"""What somebody else wrote reaches a terminal as it stands, and commands nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.table import Table
from typer.testing import CliRunner

import sources
from sources.__main__ import VERBS, app
from sources.cli.commands import TAKES, complete, note_given
from sources.cli.lazy import load_verb
from sources.cli.plain import PlainConsole, make_table

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
    """Nor a table: one that is made elsewhere cuts texts off."""
    made = re.compile(r"rich\.console import .*\bConsole\b|\b(?:Table|Grid)\(\"")
    here = Path(str(sources.__file__)).parent
    found = [
        str(file.relative_to(here))
        for file in here.rglob("*.py")
        if made.search(file.read_text("utf-8"))
    ]
    assert sorted(found) == ["cli/plain.py", "proposing/tables.py"]  # no screen's


def test_a_table_cuts_nothing_off(capsys: pytest.CaptureFixture[str]) -> None:
    table = make_table("Kenmerk", "Waar", "Wanneer", "Waarom")
    table.add_row(*("x" * 36 for _ in range(4)))
    PlainConsole().print(table)
    seen = capsys.readouterr().out
    assert (seen.count("x"), "…" in seen) == (4 * 36, False)


def walk_verbs(path: tuple[str, ...], verb: object) -> Iterator[tuple[str, ...]]:
    yield path
    for name, inner in getattr(verb, "commands", {}).items():
        yield from walk_verbs((*path, name), inner)


@pytest.mark.parametrize(
    "path",
    [
        path
        for name, verb in VERBS.items()
        for path in walk_verbs((name,), load_verb(verb))
    ],
    ids=" ".join,
)
def test_help_shows_every_name_between_brackets(path: tuple[str, ...]) -> None:
    verb: Any = load_verb(VERBS[path[0]])
    for name in path[1:]:
        verb = verb.commands[name]
    said = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "300"}).output
    for told in (verb, *verb.params):
        for between in re.findall(r"\[[a-z_.]+\]", getattr(told, "help", None) or ""):
            assert between in said
    assert "\\[" not in said


def test_a_command_on_the_screen_has_the_paths_that_were_given() -> None:
    note_given(["show", "ab12", "--settings", "my agency.toml", "--profile=p.toml"])
    assert complete("Kijk: `signal-source deliveries show ab12`.") == (
        "Kijk: `signal-source deliveries show ab12 --settings 'my agency.toml'`."
    )
    assert complete("`signal-source publish`") == (
        "`signal-source publish BESTAND --settings 'my agency.toml' --profile p.toml`"
    )
    assert complete("`signal-source status --settings x`").count("--settings") == 1
    note_given(["show"])
    assert complete("`signal-source status`") == "`signal-source status`"
    note_given(["--settings=x"])
    assert complete("`signal-source profile rename a b`").endswith("b --settings x`")
    assert complete("`signal-source profile init a`").endswith("init a`")


def test_a_command_says_what_is_still_to_be_filled_in(tmp_path: Path) -> None:
    note_given([])
    assert complete("`signal-source publish`") == (
        "`signal-source publish BESTAND --profile PROFIEL`"
    )
    assert complete("`signal-source reconcile`").endswith("--profile PROFIEL`")
    view = tmp_path / "view.toml"
    view.write_text('format = "sql"\n', encoding="utf-8")
    note_given(["--profile", str(view)])
    assert "BESTAND" not in complete("`signal-source publish`")


@pytest.mark.parametrize("name", list(TAKES))
def test_a_verb_takes_what_is_added_to_it(name: str) -> None:
    first, _, second = name.partition(" ")
    verb: Any = load_verb(VERBS[first])
    inner = getattr(verb, "commands", {"": verb})
    for one in [inner[second]] if second else inner.values():
        known = {option for each in one.params for option in each.opts}
        assert {*TAKES[name]} <= known


def test_the_table_of_a_setting_stands_in_a_help_text() -> None:
    said = CliRunner().invoke(app, ["person-events", "--help"]).output
    assert "[brp_events]" in said


@pytest.mark.parametrize("name", list(VERBS))
def test_a_usage_error_shows_what_was_given(name: str) -> None:
    found = CliRunner().invoke(app, [name, "--[brp]x"], env={"COLUMNS": "300"})
    assert found.exit_code == 2
    assert "[brp]x" in found.output

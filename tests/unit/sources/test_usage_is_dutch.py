"""A verb explains itself in Dutch, and so is a line refused that is typed otherwise."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import typer
from typer.testing import CliRunner

from sources.__main__ import VERBS, app
from sources.cli.lazy import Verb, load_verb, make_group
from sources.cli.usage import KINDS, find_kind

SAID = {UUID, datetime, int}
"""Kinds of values of which `usage` says what they must be; a choice is one as well."""
NEVER_WRONG = {str, Path, bool}
ENGLISH = re.compile(
    r"Usage|Options|Arguments|Commands|COMMAND|ARGS|required|default|Try|Error|nvalid"
    r"|Show this|<(?!VUL IN>)|\b(?:TEXT|PATH|INTEGER|str|path|int)\b"
)
"""What the library says of its own, and the types of a program."""
CODE = re.compile(r"`[^`]+`|<[^>]+>|\[[^\]]+\]|\S*\w[-./_]\w\S*|--\w\S*")
"""A command, a placeholder, a part of a file, and a word with a mark in it."""
REFERENCE = "0199e0a4-5d1c-7b3a-9f20-6c1d2e3f4a5b"


def list_params(command: Any) -> Iterator[Any]:  # noqa: ANN401 - typer's own
    yield from command.params
    for inner in getattr(command, "commands", {}).values():
        yield from list_params(inner)


def list_lines() -> Iterator[str]:
    """Give each verb, and each verb of a group, as it is typed."""
    yield ""
    for name, verb in VERBS.items():
        yield name
        yield from (f"{name} {one}" for one in getattr(load_verb(verb), "commands", {}))


def run(line: str, *, columns: int = 300) -> Any:  # noqa: ANN401 - the runner's own
    return CliRunner().invoke(app, line.split(), env={"COLUMNS": str(columns)})


@pytest.mark.parametrize("name", list(VERBS))
def test_whatever_a_value_must_be_has_its_words(name: str) -> None:
    for param in list_params(load_verb(VERBS[name])):
        told = param.type_descriptor
        kind = find_kind(told.annotation)
        assert told.choices is not None or kind in SAID | NEVER_WRONG, param.name
        assert told.choices is not None or kind in KINDS, param.name


@pytest.mark.parametrize("line", [*list_lines()])
def test_a_verb_explains_itself_without_a_word_of_the_library(line: str) -> None:
    found = run(f"{line} --help")
    assert found.exit_code == 0
    assert f"Zo is het bedoeld: {f'signal-source {line}'.strip()} " in found.stdout
    assert ENGLISH.search(re.sub(r"--[a-z-]+", "", found.stdout)) is None


def list_texts(line: str) -> Iterator[str]:
    """Give each text that the help of a line holds, as it was written."""
    if not line:
        yield from (verb.help for verb in VERBS.values())
        return
    name, _, inner = line.partition(" ")
    command = load_verb(VERBS[name])
    if inner:
        command = command.commands[inner]
    yield command.help or ""
    yield from (getattr(one, "help", "") or "" for one in command.params)


@pytest.mark.parametrize("line", [*list_lines()])
def test_no_help_breaks_a_code_or_the_name_of_a_file(line: str) -> None:
    """It is copied from the screen: half of it is another one."""
    shown = run(f"{line} --help", columns=80).stdout
    for text in list_texts(line):
        for code in CODE.findall(text.replace("\\[", "[")):
            assert code.rstrip(".,;:)") in shown, code
    usage = shown.partition("╭")[0]
    assert not re.search(r"--[a-z-]+ *\n", usage), "the value of an option beside it"


def interrupt() -> None:
    """Doe alsof iemand Ctrl+C typt."""
    raise KeyboardInterrupt


def fail() -> None:
    """Doe alsof het programma een fout heeft."""
    raise ValueError(REFERENCE)


def run_alone(verb: str) -> Any:  # noqa: ANN401 - the runner's own
    verbs = {verb: Verb(__name__, verb, "Doe alsof.")}
    alone = typer.Typer(cls=make_group(verbs))
    alone.callback()(list_verbs)
    return CliRunner().invoke(alone, [verb])


def test_a_fault_of_the_program_is_named_and_shows_nothing_that_it_held() -> None:
    found = run_alone("fail")
    assert (found.exit_code, found.stdout) == (1, "")
    assert "ValueError (test_usage_is_dutch.py, regel " in found.stderr
    assert REFERENCE not in found.stderr
    assert "Traceback" not in found.stderr


def test_breaking_off_is_said_and_the_line_may_be_given_again() -> None:
    found = run_alone("interrupt")
    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr.startswith("Afgebroken. Geef de opdracht opnieuw")


def list_verbs() -> None:
    """Make a group of one verb."""


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("find 2026-0017", "KENMERK: Dit is geen kenmerk. Een kenmerk heeft"),
        ("evidence 7KQ-4TM", f"{REFERENCE}. U vindt het op"),
        ("publish", "--profile ontbreekt. Het profiel van deze"),
        ("deliveries drop", "LEVERING ontbreekt. De levering die wacht"),
        ("check a.csv --profil p", "bestaat hier niet. Bedoelt u --profile?"),
        ("check a.csv --profile", "Achter --profile ontbreekt wat erbij hoort"),
        ("check a.csv b.csv --profile p", "tussen aanhalingstekens"),
        ("profile init f --verified morgen", "--verified: Schrijf een dag als"),
        ("population --out x --size 3", "--size: Hier hoort een heel getal, min"),
        ("corrections answer 7KQ-4TM ja", "ANTWOORD: Kies uit: aangepast, "),
        ("outbox restart --lost x", "`signal-source status` zegt hoe een postvak heet"),
        ("profiel", "Deze opdracht is er niet. Kies uit: join,"),
        ("deliveries sow", "Deze opdracht is er niet. Kies uit: show, approve,"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong(line: str, says: str) -> None:
    found = run(line)
    assert found.exit_code == 2
    assert says in found.stderr
    assert ENGLISH.search(found.stderr) is None


def test_it_says_how_the_line_is_meant() -> None:
    said = CliRunner().invoke(app, ["deliveries", "drop"]).stderr
    assert "Zo is het bedoeld: signal-source deliveries drop LEVERING [OPTIES]" in said
    assert "`signal-source deliveries drop --help`" in said


def test_a_verb_alone_shows_its_list() -> None:
    found = CliRunner().invoke(app, ["deliveries"])
    assert (found.exit_code, "approve" in found.output) == (2, True)
    assert found.stderr == ""

"""A line that is not typed as it must be is refused in Dutch, with how it is meant."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from sources.__main__ import VERBS, app
from sources.cli.lazy import load_verb

SAID = {UUID, datetime, int}
"""Kinds of values of which `usage` says what they must be; a choice is one as well."""
NEVER_WRONG = {str, Path, bool}
REFERENCE = "0199e0a4-5d1c-7b3a-9f20-6c1d2e3f4a5b"


def list_params(command: Any) -> Iterator[Any]:  # noqa: ANN401 - typer's own
    yield from command.params
    for inner in getattr(command, "commands", {}).values():
        yield from list_params(inner)


@pytest.mark.parametrize("name", list(VERBS))
def test_whatever_a_value_must_be_has_its_words(name: str) -> None:
    for param in list_params(load_verb(VERBS[name])):
        told = param.type_descriptor
        (kind, *_) = getattr(told.annotation, "__args__", None) or (told.annotation,)
        assert told.choices is not None or kind in SAID | NEVER_WRONG, param.name


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
        ("corrections answer 7KQ-4TM ja", "ANTWOORD: Kies uit: changed, withdrawn,"),
        ("outbox restart --lost x", "`signal-source status` zegt hoe een postvak heet"),
        ("profiel", "Deze opdracht is er niet. Kies uit: join,"),
        ("deliveries sow", "Deze opdracht is er niet. Kies uit: show, approve,"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong(line: str, says: str) -> None:
    found = CliRunner().invoke(app, line.split(), env={"COLUMNS": "300"})
    assert found.exit_code == 2
    assert says in found.stderr
    assert not any(word in found.stderr for word in ("Error", "Try", "Usage", "nvalid"))


def test_it_says_how_the_line_is_meant() -> None:
    said = CliRunner().invoke(app, ["deliveries", "drop"]).stderr
    assert "Zo is het bedoeld: signal-source deliveries drop LEVERING [OPTIES]" in said
    assert "`signal-source deliveries drop --help`" in said


def test_a_verb_alone_shows_its_list() -> None:
    found = CliRunner().invoke(app, ["deliveries"])
    assert (found.exit_code, "approve" in found.output) == (2, True)
    assert "Zo is het bedoeld" not in found.output

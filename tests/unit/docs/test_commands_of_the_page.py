"""Every command that the page of an agency names is taken as it stands there."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from policy.commands import app as policy_app
from signal_index.cli.commands import app as index_app
from sources.__main__ import app as source_app

PAGE = Path(__file__).parents[3] / "docs" / "connect-a-source.md"
APPS: dict[str, Any] = {
    "signal-source": source_app,
    "signal-index": index_app,
    "signal-policy": policy_app,
}
BLOCK = re.compile(
    r"^ {4,}(signal-(?:source|index|policy) (?:.*\\\n)*.*)$", re.MULTILINE
)
CELL = re.compile(r"`(signal-(?:source|policy) [^`]+)`")
NAMED_ONLY = {"publish", "reconcile", "check"}
"""Named between backticks beside a block that gives the whole of it."""


def read_commands() -> list[str]:
    page = PAGE.read_text(encoding="utf-8")
    typed = [found.replace("\\\n", " ") for found in BLOCK.findall(page)]
    named = [
        found
        for found in CELL.findall(page)
        if " ".join(found.split()[1:]) not in NAMED_ONLY
    ]
    return sorted({_without_remark(each) for each in (*typed, *named)})


def _without_remark(command: str) -> str:
    kept = re.sub(r" +# .*", "", command)
    kept = re.sub(r"\[[A-Z]+\] ?", "", kept)
    reference = "418fd9e4-0000-4000-8000-000000000000"
    return re.sub(r"\bKENMERK\b", reference, kept)


@pytest.mark.parametrize("command", read_commands())
def test_a_command_of_the_page_is_taken_as_it_stands(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "index.toml").touch()
    program, *words = shlex.split(command)
    at: Any = get_command(APPS[program])
    context = at.make_context(program, words)
    while getattr(context.command, "commands", None):
        name, at, words = context.command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        context = at.make_context(name, words, parent=context)
    assert not context.args


def test_the_page_has_commands() -> None:
    assert len(read_commands()) > 20

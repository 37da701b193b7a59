"""Every command that a page names, or a text advises, is taken as it stands there."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from keys.commands import app as keys_app
from policy.commands import app as policy_app
from signal_index.cli.commands import app as index_app
from signal_index.verify.options import make_parser
from sources.__main__ import app as source_app
from sources.cli.commands import complete, note_given

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "connect-a-source.md"
OTHERS = [
    *(ROOT / "docs" / "agent.md", ROOT / "docs" / "security.md"),
    *(ROOT / "docs" / "verify.md", ROOT / "docs" / "ledger.md"),
    *sorted((ROOT / "docs/connectors").glob("*.md")),
]
APPS: dict[str, Any] = {
    "signal-source": source_app,
    "signal-index": index_app,
    "signal-policy": policy_app,
    "signal-keys": keys_app,
}
BLOCK = re.compile(
    r"^ {4,}(signal-(?:source|index|policy|keys|verify) (?:.*\\\n)*.*)$", re.MULTILINE
)
CELL = re.compile(r"`(signal-(?:source|policy) [^`]+)`")
ADVICE = re.compile(r"`(signal-(?:source|index|policy|keys) [^`]+)`")
SHOWN = re.compile(r"<code[^>]*>(signal-(?:source|index|policy|keys) [^<]+)</code>")
NAMED_ONLY = {"publish", "reconcile", "check"}
"""Named between backticks beside a block that gives the whole of it."""
GIVEN = (
    *("index.toml", "auditor.toml", "agency.toml", "profile.toml", "cases.csv"),
    *("ledger-2026.zip", "opened.gz", "checkpoint.vkey", "receipt.public.jwk"),
    *("key-config.json", "pins.json", "organisations.toml", "witness.toml"),
)
"""Files that a command of a page wants to be there."""
REFERENCE = "418fd9e4-0000-4000-8000-000000000000"
FILLED_IN = {
    r"\bKENMERK\b": REFERENCE,
    r"\bPOSTVAK\b": REFERENCE,
    r"\bANTWOORD\b": "aangepast",
    r"\bDAG\b": "2026-10-01",
    r"\{\{.*?\}\}|…|\{\}|\x00": REFERENCE,
}
"""What stands for something that somebody fills in, and what it could be."""


def read_commands() -> list[str]:
    page = PAGE.read_text(encoding="utf-8")
    typed = [found.replace("\\\n", " ") for found in BLOCK.findall(page)]
    named = [
        found
        for found in CELL.findall(page)
        if " ".join(found.split()[1:]) not in NAMED_ONLY
    ]
    return sorted({_without_remark(each) for each in (*typed, *named)})


def read_others() -> Iterator[str]:
    """Give the blocks of other pages; a name alone there is only named."""
    for page in OTHERS:
        text = page.read_text("utf-8")
        yield from map(_without_remark, BLOCK.findall(text))
        yield from (found for found in CELL.findall(text) if len(found.split()) > 2)


def read_advice() -> Iterator[str]:
    """Give what the programs tell an agency to type, completed as it is on a screen."""
    note_given([])
    files = {*(ROOT / "sources").rglob("*.py")} - {ROOT / "sources/cli/commands.py"}
    for file in files:
        for text in _list_texts(ast.parse(file.read_text("utf-8"))):
            yield from (complete(f"`{one}`")[1:-1] for one in ADVICE.findall(text))
    for file in (ROOT / "desk" / "templates").rglob("*.html"):
        yield from SHOWN.findall(file.read_text("utf-8"))
    yield from ADVICE.findall((ROOT / "desk/texts/nl.po").read_text("utf-8"))


def _list_texts(tree: ast.AST) -> Iterator[str]:
    """Give each text of a file but what documents it; what is put in is a NUL."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(one.value) if isinstance(one, ast.Constant) else "\0"
                for one in node.values
            )
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in told | parts
        ):
            yield node.value


def _without_remark(command: str) -> str:
    kept = re.sub(r" +# .*", "", command)
    return re.sub(r"\[[-A-Za-z]+\] ?", "", kept)


def parse(command: str) -> None:
    for name, value in FILLED_IN.items():
        command = re.sub(name, value, command)
    program, *words = shlex.split(command)
    if program == "signal-verify":
        make_parser().parse_args(words)
        return
    at: Any = get_command(APPS[program])
    context, name = at.make_context(program, words), ""
    while getattr(context.command, "commands", None):
        name, at, words = context.command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        context = at.make_context(name, words, parent=context)
    if name == "verify":  # its arguments are read by the verifier itself
        make_parser(follows_keys=True).parse_args(context.args)
        return
    assert not context.args


@pytest.mark.parametrize("command", [*read_commands(), *sorted({*read_others()})])
def test_a_command_of_a_page_is_taken_as_it_stands(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in GIVEN:
        (tmp_path / name).touch()
    (tmp_path / "statements").mkdir()
    parse(command)


@pytest.mark.parametrize("command", sorted({*read_advice()}))
def test_a_command_that_a_text_advises_is_taken_as_it_stands(command: str) -> None:
    parse(command)


def test_page_and_texts_have_commands() -> None:
    assert len(read_commands()) > 20
    assert len({*read_advice()}) > 20

"""A number of a person has no name in the index and in the desk's Python.

Whoever writes `bsn` there has let one in: no identifier, string or column says it.
"""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORD = "b" + "sn"
FILES = sorted(
    path
    for package in ("signal_index", "desk")
    for path in (ROOT / package).rglob("*.py")
)


def _words(path: Path) -> Iterator[str]:
    """Every identifier and every string but docstrings, which may explain."""
    tree = ast.parse(path.read_text("utf-8"))
    explained = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        )
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in explained:
            yield str(ast.literal_eval(node))
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.NAME:
                yield token.string


def test_nothing_is_called_so() -> None:
    called = [
        (str(path.relative_to(ROOT)), word)
        for path in FILES
        for word in _words(path)
        if WORD in word.lower()
    ]
    assert called == []


def test_there_is_something_to_look_at() -> None:
    assert len(FILES) > 50

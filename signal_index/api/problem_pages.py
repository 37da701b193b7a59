"""The page that explains one kind of problem, for whoever follows its `type` address.

- Made from the table alone: no input, no script, no style, no link. It stands under the
  same headers as every answer, whose policy loads nothing.
- Where `problem_base` is the index's own `/v1/problems`, each `type` leads here.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final

from signal_index.api.field_words import FIELD_WORDS
from signal_index.api.problem_kinds import Problem
from signal_index.api.problem_table import TABLE

BY_SLUG: Final[Mapping[str, Problem]] = {
    problem.slug: problem for problem in reversed([*TABLE.values()])
}
"""Each kind by its slug, explained by the row that stands first in the table."""


def render_page(problem: Problem) -> str:
    """Explain a kind of problem in Dutch, as a whole HTML document."""
    title, detail = escape(problem.title), escape(problem.detail)
    words = _words() if problem.slug == "invalid-input" else ""
    return (
        f'<!doctype html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title} Signaalindex</title>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n<p>{detail}</p>\n"
        f"<p>Soort: <code>{problem.slug}</code>. HTTP-status: {problem.status}.</p>\n"
        f"{words}</main>\n</body>\n</html>\n"
    )


def _words() -> str:
    """List what can be wrong with one field: code and sentence."""
    rows = "".join(
        f"<dt><code>{code}</code></dt><dd>{escape(words)}</dd>\n"
        for code, words in FIELD_WORDS.items()
    )
    return f"<h2>Wat er mis kan zijn met een veld</h2>\n<dl>\n{rows}</dl>\n"

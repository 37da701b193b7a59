"""The one console of every verb: what a file holds is shown as it stands.

A case number, a heading or the name of a file is somebody else's text. `[b]` in it is
no markup: it would vanish from what an administrator approves, and `[/b]` would stop
the verb. A control character would reach the terminal, which may obey it: it is a `?`.
"""

from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from sources.cli.commands import complete


class PlainConsole(Console):
    """Writes text as text; a style is given beside it, never in it."""

    def __init__(self, *, stderr: bool = False, soft_wrap: bool = False) -> None:
        super().__init__(
            stderr=stderr,
            soft_wrap=soft_wrap,
            markup=False,
            emoji=False,
            highlight=False,
        )

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - rich's own
        """Make text of what is printed, or stands in a table."""
        return super().render_str(show_plainly(complete(text)), **options)


def make_table(*heads: str, title: str | None = None) -> Table:
    """Make a table of which nothing is cut off, however narrow the terminal is."""
    columns = (Column(head, overflow="fold") for head in heads)
    return Table(*columns, title=title, show_header=any(heads))


def show_plainly(text: str) -> str:
    """Give text with a `?` for each character that a terminal could obey."""
    return "".join(
        one if one.isprintable() or one in "\n\u00a0" else "?" for one in text
    )

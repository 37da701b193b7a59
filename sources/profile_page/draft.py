"""What the page works on: a file as it was looked at, and what was chosen so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sources.profile import FILL_IN
from sources.proposing.choices import Choices
from sources.proposing.formats import Recognised
from sources.proposing.judging import Judgement
from sources.proposing.tables import Table
from sources.proposing.writing import write_standard, write_table
from sources.refused_beforehand import Registered, list_functions


@dataclass(frozen=True, slots=True)
class Looked:
    """A table that somebody exported, and what was judged of its columns."""

    table: Table
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Draft:
    """A profile in the making; `write` gives it as TOML, finished or not.

    `registered`: how the index knows whose profile it is; None where that is not known.
    """

    file: Path
    out: Path
    found: Looked | Recognised
    choices: Choices
    today: date
    registered: Registered | None = None

    @property
    def functions(self) -> Sequence[str]:
        """Give what who is called may be called, as far as that is known here."""
        return list_functions(self.registered, self.choices.known.category)

    @property
    def looked(self) -> Looked | None:
        """Give the table, where it is no standard's own format."""
        return self.found if isinstance(self.found, Looked) else None

    def write(self) -> str:
        """Give the profile as it stands."""
        if isinstance(self.found, Recognised):
            return write_standard(self.found, self.choices)
        found = self.found
        return write_table(found.table, found.judgement, self.choices)


def show(value: str) -> str:
    """Give a value for a field of the page: empty where a person must fill it in."""
    return "" if value == FILL_IN else value


def keep(value: str) -> str:
    """Give a value of a field for a profile: to be filled in where it is empty."""
    return value.strip() or FILL_IN

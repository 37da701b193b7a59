"""What anybody may know of the index in a municipality: no person, no small number."""

from __future__ import annotations

from signal_index.wire.model import AnswerModel
from signal_index.wire.values import Count, Day, Municipality


class AboutCategory(AnswerModel):
    """A kind of contact, in a citizen's words, and who tells of it here."""

    label: str
    text: str | None
    sources: list[str]


class AboutPurpose(AnswerModel):
    """What people may look up for here: by which law, opened by whom and since when."""

    label: str
    text: str
    laws: list[str]
    since: Day
    openedBy: str
    staatsblad: str | None


class AboutFigures(AnswerModel):
    """How often people looked in a quarter: its first and last day.

    A number is null where one of its months has fewer than ten, or was not counted.
    """

    first: Day
    last: Day
    lookups: Count | None
    emergencies: Count | None
    refusals: Count | None


class About(AnswerModel):
    """The index in a municipality, as anybody may read it.

    `categories`: those that somebody tells of here. `holders`: who hold the key, by the
    names that the key config gives them. `witnesses`: who watch the ledger grow.
    """

    municipality: Municipality
    organisation: str
    categories: list[AboutCategory]
    purposes: list[AboutPurpose]
    figures: AboutFigures
    holders: list[str]
    witnesses: list[str]

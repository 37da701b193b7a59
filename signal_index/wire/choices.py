"""A code with its Dutch label: what a form offers, and what an answer names."""

from __future__ import annotations

from signal_index.wire.model import AnswerModel
from signal_index.wire.values import RecordedOin


class Choice(AnswerModel):
    """One member of a closed list."""

    code: str
    label: str


class OrganisationName(AnswerModel):
    """An organisation that can be chosen: its number and its name."""

    oin: RecordedOin
    name: str

"""A code with its Dutch label: what a form offers, and what an answer names."""

from __future__ import annotations

from signal_index.wire.model import AnswerModel


class Choice(AnswerModel):
    """One member of a closed list."""

    code: str
    label: str

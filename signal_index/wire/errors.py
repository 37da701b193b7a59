"""What is wrong with something read from the wire.

    InvalidField    one field: which, and what is wrong with it

It holds no input: a field is named by us, its value is never repeated. What is wrong
with it is one of `FieldCode`: another word does not type-check, and each has a sentence
in Dutch (`signal_index.api.field_words`).
"""

from __future__ import annotations

from typing import Literal

FieldCode = Literal[
    "before-start",
    "day-out-of-range",
    "does-not-match",
    "doubled",
    "doubled-field",
    "in-the-future",
    "in-the-past",
    "looks-like-a-person-number",
    "missing",
    "not-a-list",
    "not-a-number",
    "not-allowed",
    "not-an-object",
    "not-for-a-citizen",
    "not-json",
    "not-on-the-list",
    "not-possible",
    "not-private",
    "not-registered",
    "not-text",
    "not-today",
    "not-yes-or-no",
    "out-of-range",
    "out-of-scope",
    "period-too-long",
    "private",
    "not-for-successor",
    "same-contact-holder",
    "same-source",
    "too-long",
    "too-many",
    "unknown-code",
    "unknown-field",
    "used-before",
    "wrong-curve",
    "wrong-form",
]


class InvalidField(Exception):
    """One field does not have the form that the contract gives it."""

    def __init__(self, field: str, code: FieldCode) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code

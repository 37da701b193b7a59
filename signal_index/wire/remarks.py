"""A remark: a short text for what no code says, without anybody's number in it.

The screen asks to leave names out; what could be a citizen's number is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BeforeValidator, Field
from pydantic import WithJsonSchema as _Schema

from signal_index.wire.values import eleven_proof, unfit

REMARK_MAXIMUM: Final = 500
_NUMBER_LENGTH: Final = 9
_DIGITS: Final = re.compile(r"\d(?:[ .\-/]{0,2}\d)*")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")


def read_remark(value: object) -> str | None:
    """Read a remark of at most 500 characters; white space alone is none.

    Line breaks may be in it and no other control characters. Digits that could be a
    citizen's number are refused, also with dots or spaces in between.
    """
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise unfit("not-text")
    if len(value) > REMARK_MAXIMUM:
        raise unfit("too-long")
    text = value.strip()
    if _CONTROL.search(text):
        raise unfit("wrong-form")
    if leave_out_person_numbers(text) != text:
        raise unfit("looks-like-a-person-number")
    return text or None


def leave_out_person_numbers(text: str) -> str:
    """Take out of a text what could be a citizen's number, also in groups."""
    return _DIGITS.sub(
        lambda run: "" if any(map(eleven_proof, _nine_digits(run[0]))) else run[0], text
    )


def _nine_digits(run: str) -> Iterator[str]:
    """Find every nine digits that stand together, as groups or as one number."""
    groups = re.findall(r"\d+", run)
    for first in range(len(groups)):
        joined = ""
        for group in groups[first:]:
            joined += group
            if len(joined) == _NUMBER_LENGTH:
                yield joined


Remark = Annotated[
    str | None,
    BeforeValidator(read_remark),
    Field(default=None, validate_default=True),
    _Schema(
        {
            "type": ["string", "null"],
            "maxLength": REMARK_MAXIMUM,
            "description": "Zonder namen en zonder nummers van personen.",
        }
    ),
]

"""Read what is asked, explained and found in a review: words of closed lists, a text.

A text is for what no code says; it holds no person's number (`parse_remark`), and the
screen asks to leave names out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final, TypeVar

from signal_index.notice import InvalidField, parse_slug
from signal_index.notice.fields import eleven_proof, parse_list, parse_text

REMARK_MAXIMUM: Final = 500
PERSON_NUMBER_DIGITS: Final = 9
_DIGITS: Final = re.compile(r"\d(?:[ .\-/]{0,2}\d)*")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")
Word = TypeVar("Word", bound=StrEnum)


def parse_word(words: type[Word], value: object, field: str) -> Word:
    """Give a word of a closed list, or raise `InvalidField`."""
    try:
        return words(parse_slug(value, field))
    except ValueError:
        raise InvalidField(field, "unknown-code") from None


def parse_words(words: type[Word], value: object, field: str) -> tuple[Word, ...]:
    """Give one or more words of a closed list, each once, in the list's own order."""
    given = parse_list(value, field, maximum=len(words))
    found = {parse_word(words, one, field) for one in given}
    if not found:
        raise InvalidField(field, "missing")
    return tuple(word for word in words if word in found)


def parse_remark(value: object, field: str) -> str | None:
    """Give a short text, or None where there is none.

    At most 500 characters, with line breaks and no other control characters. Digits
    that could be a citizen's number are refused, also with dots or spaces in between.
    """
    if value is None:
        return None
    text = parse_text(value, field, maximum=REMARK_MAXIMUM).strip()
    if not text:
        return None
    if _CONTROL.search(text):
        raise InvalidField(field, "wrong-form")
    if any(map(eleven_proof, _nine_digits(text))):
        raise InvalidField(field, "looks-like-a-person-number")
    return text


def _nine_digits(text: str) -> Iterator[str]:
    """Give every nine digits that stand together, as groups or as one number."""
    for run in _DIGITS.findall(text):
        groups = re.findall(r"\d+", run)
        for first in range(len(groups)):
            joined = ""
            for group in groups[first:]:
                joined += group
                if len(joined) == PERSON_NUMBER_DIGITS:
                    yield joined

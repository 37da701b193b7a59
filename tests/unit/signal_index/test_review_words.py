"""What a text in a review may hold."""

import pytest

from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_value
from signal_index.wire.reviews import ReviewSecondLook


def parse_remark(text: object) -> str | None:
    return parse_value(ReviewSecondLook, {"agrees": True, "text": text}).text


@pytest.mark.parametrize(
    "text",
    [
        "123456782",
        "Het nummer is 123456782.",
        "123.456.782",
        "1234 56 782",
        "123-456-782",
        "zaak 2026 123456782",
        "12 123.456.782",
        "123456782 06",
    ],
)
def test_digits_that_could_be_a_citizens_are_refused(text: str) -> None:
    with pytest.raises(InvalidField) as refused:
        parse_remark(text)
    assert refused.value.code == "looks-like-a-person-number"


@pytest.mark.parametrize(
    "text",
    [
        "Gebeld met 0182 555 000 op 22-11-2026.",
        "Zaak Z-2026-001234, twee keer.",
        "123456789",
        "1234567820",
        "Eerste regel.\nTweede regel met é en ë.",
    ],
)
def test_ordinary_texts_are_taken_as_they_are(text: str) -> None:
    assert parse_remark(text) == text


@pytest.mark.parametrize("empty", [None, "   ", "\n"])
def test_nothing_is_nothing(empty: object) -> None:
    assert parse_remark(empty) is None


@pytest.mark.parametrize("bad", ["a\x00b", "a\u202eb", "a" * 501, 12, ["a"], ""])
def test_what_is_no_short_text_is_refused(bad: object) -> None:
    with pytest.raises(InvalidField):
        parse_remark(bad)

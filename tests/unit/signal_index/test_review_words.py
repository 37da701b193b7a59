"""What a text in a review may hold."""

import pytest

from signal_index.api.review_words import parse_remark, parse_words
from signal_index.notice import InvalidField
from signal_index.proof import QuestionCode


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
        parse_remark(text, "text")
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
    assert parse_remark(text, "text") == text


@pytest.mark.parametrize("empty", [None, "   ", "\n"])
def test_nothing_is_nothing(empty: object) -> None:
    assert parse_remark(empty, "text") is None


@pytest.mark.parametrize("bad", ["a\x00b", "a\u202eb", "a" * 501, 12, ["a"], ""])
def test_what_is_no_short_text_is_refused(bad: object) -> None:
    with pytest.raises(InvalidField):
        parse_remark(bad, "text")


def test_codes_come_once_and_in_the_order_of_the_list() -> None:
    given = ["why-again", "why-this-person", "why-again"]
    assert parse_words(QuestionCode, given, "questions") == (
        QuestionCode.WHY_THIS_PERSON,
        QuestionCode.WHY_AGAIN,
    )

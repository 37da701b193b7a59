"""Single values of a source's message are strict, typed and never echoed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signal_index.notice.fields import (
    parse_b64u,
    parse_day,
    parse_instant,
    parse_int,
    parse_json,
    parse_label,
    parse_municipality,
    parse_object,
    parse_oin,
    parse_phone,
    parse_slug,
    parse_uuid,
)
from signal_index.wire.errors import InvalidField
from signal_index.wire.values import eleven_proof

Parse = Callable[[object, str], object]

REFUSED: list[tuple[Parse, object]] = [
    (parse_uuid, "6F1C2D3E-0000-4000-8000-000000000000"),
    (parse_uuid, "{6f1c2d3e-0000-4000-8000-000000000000}"),
    (parse_day, "2026-02-30"),
    (parse_day, "2026-W01-1"),
    (parse_day, "20260101"),
    (parse_instant, "2026-01-01T00:00:00+01:00"),
    (parse_instant, "2026-01-01T25:00:00Z"),
    (parse_oin, "0000000100000000001"),
    (parse_oin, "\u0660" * 20),
    (parse_municipality, "GM99"),
    (parse_phone, "0101234567"),
    (parse_phone, "+31 10 123 45 67"),
    (parse_slug, "Bijstand"),
    (parse_label, " spatie"),
    (parse_label, "regel\neinde"),
    (parse_label, "<b>"),
    (parse_label, "é" * 31),
    (parse_int, True),
    (parse_int, 1.0),
    (parse_int, 2**31),
]


@pytest.mark.parametrize(("parse", "value"), REFUSED)
def test_a_value_of_another_form_is_refused(parse: Parse, value: object) -> None:
    with pytest.raises(InvalidField):
        parse(value, "field")


@pytest.mark.parametrize("value", [None, 7, ["x"], {}])
def test_a_value_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(InvalidField):
        parse_label(value, "field")


def test_a_label_may_not_hold_what_could_be_a_persons_number() -> None:
    with pytest.raises(InvalidField) as refused:
        parse_label("Dossier 999990019", "function")
    assert refused.value.code == "looks-like-a-person-number"


def test_nine_digits_that_fail_the_eleven_proof_may_stand_in_a_label() -> None:
    assert parse_label("Balie 123456789", "function") == "Balie 123456789"


def test_ten_digits_are_no_persons_number() -> None:
    assert parse_label("Tel 9999900190", "function") == "Tel 9999900190"


@pytest.mark.parametrize(
    ("digits", "passes"), [("999990019", True), ("123456789", False)]
)
def test_the_eleven_proof(digits: str, *, passes: bool) -> None:
    assert eleven_proof(digits) is passes


def test_a_refusal_never_repeats_what_was_sent() -> None:
    with pytest.raises(InvalidField) as refused:
        parse_phone("999990019", "phone")
    assert "999990019" not in str(refused.value)


def test_an_unknown_field_is_refused_without_its_name() -> None:
    with pytest.raises(InvalidField) as refused:
        parse_object({"a": 1, "999990019": 2}, ("a",))
    assert (refused.value.field, refused.value.code) == ("body", "unknown-field")


def test_a_missing_field_is_named() -> None:
    with pytest.raises(InvalidField) as refused:
        parse_object({}, ("version",))
    assert (refused.value.field, refused.value.code) == ("version", "missing")


def test_a_doubled_key_is_refused() -> None:
    with pytest.raises(InvalidField):
        parse_json('{"version": 1, "version": 2}')


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"a": Infinity}', "[" * 100_000])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidField):
        parse_json(text)


@pytest.mark.parametrize("text", ["AA==", "AB", "A", "A A", "__8"])
def test_only_the_one_form_of_base64url_is_taken(text: str) -> None:
    with pytest.raises(InvalidField):
        parse_b64u(text, "salt", length=1)

"""Single values of a source's message are strict, typed and never echoed."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from keys.instants import write_instant
from signal_index.wire.contact_holders import Deputy, HandedOver, HandOver
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_field, parse_json, parse_value
from signal_index.wire.person_events import PersonEvent
from signal_index.wire.signals import Informed, Notice, SubjectProof
from signal_index.wire.values import (
    eleven_proof,
    read_bytes,
    read_instant,
    read_label,
)

REFUSED: list[tuple[type[BaseModel], str, object]] = [
    (SubjectProof, "reference", "6F1C2D3E-0000-4000-8000-000000000000"),
    (SubjectProof, "reference", "{6f1c2d3e-0000-4000-8000-000000000000}"),
    (SubjectProof, "reference", "6f1c2d3e000040008000000000000000"),
    (Informed, "on", "2026-02-30"),
    (Informed, "on", "2026-W01-1"),
    (Informed, "on", "20260101"),
    (Notice, "source", "0000000100000000001"),
    (Notice, "source", "\u0660" * 20),
    (Notice, "source", "0" * 20 + "\n"),
    (PersonEvent, "municipality", "GM99"),
    (PersonEvent, "kind", ["deceased"]),
    (PersonEvent, "kind", "born"),
    (Deputy, "phone", "0101234567"),
    (Deputy, "phone", "+31 10 123 45 67"),
    (Informed, "code", "Bijstand"),
    (Deputy, "function", " spatie"),
    (Deputy, "function", "regel\neinde"),
    (Deputy, "function", "<b>"),
    (Deputy, "function", "é" * 31),
    (HandedOver, "signals", True),
    (HandedOver, "signals", 1.0),
    (HandedOver, "signals", 2**31),
]
FULL: dict[type[BaseModel], dict[str, object]] = {
    SubjectProof: {
        "reference": "6f1c2d3e-0000-4000-8000-000000000000",
        "pseudonym": "A" * 43,
        "salt": "A" * 22,
    },
    Informed: {"code": "discussed", "on": "2026-01-01"},
    Notice: {
        "reference": "6f1c2d3e-0000-4000-8000-000000000000",
        "version": 1,
        "source": "00000001000000000001",
        "subject": "A" * 43,
        "category": "bijstand",
        "contactHolder": "6f1c2d3e-0000-4000-8000-000000000000",
        "validFrom": "2026-01-01",
        "validUntil": "2026-01-01",
        "municipality": "9901",
        "informed": {"code": "discussed", "on": "2026-01-01"},
    },
    PersonEvent: {
        "event": "6f1c2d3e-0000-4000-8000-000000000000",
        "source": "00000001000000000001",
        "subject": "A" * 43,
        "kind": "deceased",
        "municipality": "9901",
        "on": "2026-01-01",
    },
    Deputy: {"function": "Teamleider", "phone": "+31101234567"},
    HandedOver: {"signals": 1},
}


@pytest.mark.parametrize("model", FULL)
def test_what_has_the_right_forms_is_read(model: type[BaseModel]) -> None:
    parse_value(model, FULL[model])


@pytest.mark.parametrize(("model", "field", "value"), REFUSED)
def test_a_value_of_another_form_is_refused(
    model: type[BaseModel], field: str, value: object
) -> None:
    with pytest.raises(InvalidField) as refused:
        parse_value(model, {**FULL[model], field: value})
    assert refused.value.field == field


@pytest.mark.parametrize("end", ["Z", "+00:00", ".123Z", ".123456+00:00", ".0000000Z"])
def test_a_moment_is_read_as_a_generated_client_writes_it(end: str) -> None:
    moment = parse_field(read_instant, f"2026-01-01T12:34:56{end}", "from")
    assert write_instant(moment) == "2026-01-01T12:34:56Z"


@pytest.mark.parametrize("year", ["0001", "0999", "9999"])
def test_a_moment_that_is_taken_can_be_read_again(year: str) -> None:
    text = f"{year}-01-01T12:34:56Z"
    assert write_instant(parse_field(read_instant, text, "from")) == text


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00+01:00", "2026-01-01T25:00:00Z"])
def test_a_moment_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidField):
        parse_field(read_instant, text, "from")


@pytest.mark.parametrize("value", [None, 7, ["x"], {}])
def test_a_value_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(InvalidField):
        parse_field(read_label, value, "field")


@pytest.mark.parametrize(
    "text",
    [
        "Dossier 999990019",
        "Dossier 9999.90.019",
        "Dossier 999 990 019",
        "Dossier 999-990-01-9",
        "Dossier 9 9 9 9 9 0 0 1 9",
        "Dossier 9 - 9 - 9 - 9 - 9 - 0 - 0",
        "Balie 123456789",
        "Tel 9999900190",
        "Geboren 03-05-1981",
    ],
)
def test_a_label_holds_no_number_of_a_person_however_it_is_spaced(text: str) -> None:
    with pytest.raises(InvalidField) as refused:
        parse_field(read_label, text, "function")
    assert refused.value.code == "looks-like-a-person-number"


@pytest.mark.parametrize("text", ["Team 18-23", "Wijk 1, 2, 3 en 4", "Loket 2026/14"])
def test_a_label_may_hold_a_few_digits(text: str) -> None:
    assert read_label(text) == text


@pytest.mark.parametrize(
    ("digits", "passes"), [("999990019", True), ("123456789", False)]
)
def test_the_eleven_proof(digits: str, *, passes: bool) -> None:
    assert eleven_proof(digits) is passes


def test_a_refusal_never_repeats_what_was_sent() -> None:
    with pytest.raises(InvalidField) as refused:
        parse_value(Deputy, {"function": "Balie", "phone": "999990019"})
    assert "999990019" not in str(refused.value)


def test_an_unknown_field_is_refused_without_its_name() -> None:
    with pytest.raises(InvalidField) as refused:
        parse_value(
            HandOver, {"to": "6f1c2d3e-0000-4000-8000-000000000000", "999990019": 2}
        )
    assert (refused.value.field, refused.value.code) == ("body", "unknown-field")


def test_a_missing_field_is_named() -> None:
    with pytest.raises(InvalidField) as refused:
        parse_value(HandOver, {})
    assert (refused.value.field, refused.value.code) == ("to", "missing")


def test_a_doubled_key_is_refused() -> None:
    with pytest.raises(InvalidField):
        parse_json('{"version": 1, "version": 2}')


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"a": Infinity}', "[" * 100_000])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidField):
        parse_json(text)


@pytest.mark.parametrize("text", ["AA==", "AB", "A", "A A", "__8"])
def test_only_the_one_form_of_base64url_is_taken(text: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        read_bytes(text, length=1)

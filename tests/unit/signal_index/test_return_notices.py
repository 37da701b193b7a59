"""Boxes and bodies: one length, one row, and the kinds that code and wire share."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import get_args
from uuid import UUID, uuid4

import pytest

from keys.pseudonym import SealedRow
from signal_index.ledger import DisclosureKey
from signal_index.proof import DisclosureRefused
from signal_index.returning import (
    CALLED,
    PASSED_AT_MOST,
    SIGNALS_AT_MOST,
    Body,
    CallBack,
    LookedUp,
    Mark,
    NoticeKind,
    SaidOutcome,
    Shown,
    Step,
    Told,
    derive_name,
    derive_once,
    derive_step,
    open_body,
    open_box,
    open_step,
    seal_body,
    seal_box,
    seal_step,
)
from signal_index.wire.contact_holders import ContactSignature
from signal_index.wire.notices import SEALED_CASE_LENGTH, ReturnKind

KEY = DisclosureKey(2026, hashlib.sha256(b"test").digest())
ENTRY = UUID(int=7)
LONGEST = "é" * 30
PERSON = SealedRow(bytes(16), bytes(range(32)))
KINDS = [f"{place:02}-schuldhulpverlening" for place in range(20)]
MARKS = tuple(Mark(KINDS[place % 20], uuid4(), place) for place in range(280, 312))
MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SIGNED = ContactSignature.model_validate(
    {"by": "0" * 20, "at": 2**31 - 1, "kid": "k" * 64, "value": "A" * 86}
)
CALL_BACK = CallBack(LONGEST, "+" + "1" * 15, "2026-11-23", SIGNED)
TOLD_CALL = json.dumps(CALL_BACK.facts())
FULL = LookedUp(
    ENTRY,
    "0" * 20,
    "meervoudige-problematiek",
    PERSON,
    MARKS,
    CALL_BACK,
)
LEAST = LookedUp(ENTRY, "0" * 20, "veiligheid", PERSON, ())
BODY = Body(
    NoticeKind.CONTACT_STALE_SOON,
    tuple(Shown(uuid4(), 31, "A" * SEALED_CASE_LENGTH) for _ in range(SIGNALS_AT_MOST)),
    ENTRY,
    {
        CALLED: TOLD_CALL,
        "outcome": "citizen-says-ended",
        "saidAt": MOMENT.isoformat(timespec="milliseconds"),
    },
    PERSON,
)
SILENT = Body(
    NoticeKind.COVER,
    entry=ENTRY,
    more={CALLED: TOLD_CALL},
    person=PERSON,
    known=(Shown(uuid4(), 31), Shown(uuid4(), 30)),
)
TOLD = Told("0" * 20, BODY, ("1" * 20,) * 20)
SAID = SaidOutcome(
    ENTRY, "0" * 20, "already-known", "citizen-says-ended", 31, MOMENT, uuid4()
)
MONTH = date(2026, 11, 1)


@pytest.mark.parametrize("content", [FULL, LEAST, TOLD, SAID])
def test_every_box_has_one_length_and_opens_as_what_it_was(content: object) -> None:
    assert isinstance(content, LookedUp | Told | SaidOutcome)
    box = seal_box(uuid4(), "9901", content, KEY)
    plain = seal_box(uuid4(), "9901", LEAST, KEY)
    assert len(box.sealed) == len(plain.sealed)
    assert open_box(box.id, box.sealed, KEY) == content


@pytest.mark.parametrize("body", [BODY, SILENT], ids=["told", "a cover that knows"])
def test_every_body_has_one_length_and_opens_as_what_it_was(body: Body) -> None:
    sealed = seal_body(ENTRY, body, KEY)
    assert len(sealed) == len(seal_body(ENTRY, Body(NoticeKind.COVER), KEY))
    assert open_body(ENTRY, sealed, KEY) == body


def test_what_passed_on_has_a_length_of_how_many_did_whether_named_or_not() -> None:
    """How many signals passed on stands in the clear; of which a case is named not."""
    lengths = set()
    for case in (None, "A" * SEALED_CASE_LENGTH):
        signals = tuple(Shown(uuid4(), case=case) for _ in range(PASSED_AT_MOST))
        more = {"source": "0" * 20, "successor": "1" * 20, "signals": "40000"}
        body = Body(NoticeKind.SUCCESSION, signals, more=more)
        sealed = seal_body(ENTRY, body, KEY)
        assert open_body(ENTRY, sealed, KEY) == body
        lengths.add(len(sealed))
    assert len(lengths) == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_a_step_has_one_length_and_opens_under_its_own_name_alone(
    *, is_known: bool
) -> None:
    name, other = bytes(16), b"\1" * 16
    step = Step(MOMENT.replace(microsecond=123456), is_known=is_known)
    sealed = seal_step(name, step, KEY)
    plain = seal_step(other, Step(MOMENT, is_known=True), KEY)
    assert (len(sealed), open_step(name, sealed, KEY)) == (len(plain), step)
    with pytest.raises(DisclosureRefused):
        open_step(other, sealed, KEY)


def test_what_is_moved_to_another_row_or_opened_as_something_else_fails() -> None:
    sealed = seal_body(ENTRY, BODY, KEY)
    with pytest.raises(DisclosureRefused):
        open_body(uuid4(), sealed, KEY)
    with pytest.raises(DisclosureRefused):
        open_box(ENTRY, sealed, KEY)


def test_names_of_two_sources_two_parts_two_signals_or_two_years_differ() -> None:
    other = DisclosureKey(2027, hashlib.sha256(b"other").digest())
    names = {
        derive_name(KEY, ENTRY, "1", 0).bytes,
        derive_name(KEY, ENTRY, "1", 1).bytes,
        derive_name(KEY, ENTRY, "2", 0).bytes,
        derive_name(other, ENTRY, "1", 0).bytes,
        derive_step(KEY, ("1", "2", ENTRY), MONTH, 0),
        derive_step(KEY, ("2", "1", ENTRY), MONTH, 0),
        derive_step(KEY, ("1", "2", ENTRY), MONTH, 1),
        derive_step(KEY, ("1", "2", ENTRY), date(2026, 12, 1), 0),
    }
    assert len(names) == 8


def test_the_name_of_a_notice_looks_like_one_that_chance_gave() -> None:
    drawn, once = uuid4(), derive_once(KEY, NoticeKind.CONTACT_STALE_SOON, "1", "x")
    for made in (derive_name(KEY, ENTRY, "1", 0), once):
        assert (made.version, made.variant) == (drawn.version, drawn.variant)


def test_wire_and_code_have_the_same_kinds() -> None:
    assert set(get_args(ReturnKind)) == {kind.value for kind in NoticeKind}

"""What a source says reads back as it was; junk raises a refusal, nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.base64url import encode_b64u
from keys.municipality import MunicipalityCode
from signal_index.notice import (
    ContactHolder,
    Delivery,
    DeliveryCounts,
    DeliveryKind,
    Deputy,
    Informed,
    InvalidField,
    Label,
    Notice,
    NoticeError,
    OfficeHours,
    Oin,
    Phone,
    Slug,
    Withdrawal,
    WithdrawalReason,
    encode_contact_holder,
    encode_delivery,
    encode_notice,
    encode_withdrawal,
    parse_contact_holder,
    parse_delivery,
    parse_label,
    parse_notice,
    parse_withdrawal,
    read_kid,
)
from signal_index.notice.bodies import parse_batch_body
from signal_index.notice.contacts import WEEKDAYS
from signal_index.notice.fields import parse_b64u, parse_json

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
SLUGS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True).map(Slug)
OINS = st.text("0123456789", min_size=20, max_size=20).map(Oin)
PLACES = st.text("0123456789", min_size=4, max_size=4).map(MunicipalityCode)
PHONES = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(Phone)
LABELS = st.text("abcdefgë ÉX-&'", min_size=1, max_size=20).map(
    lambda text: Label(text.strip() or "x")
)
VERSIONS = st.integers(min_value=1, max_value=2**31 - 1)
COUNTS = st.integers(min_value=0, max_value=2**31 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
    max_leaves=8,
)


@st.composite
def notices(draw: st.DrawFn) -> Notice:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    return Notice(
        reference=draw(st.uuids()),
        version=draw(VERSIONS),
        source=draw(OINS),
        subject=draw(st.binary(min_size=32, max_size=32)),
        category=draw(SLUGS),
        contact_holder=draw(st.uuids()),
        valid_from=first,
        valid_until=last,
        municipality=draw(PLACES),
        informed=Informed(draw(SLUGS), draw(DAYS)),
    )


WITHDRAWALS = st.builds(
    Withdrawal, st.uuids(), VERSIONS, OINS, st.sampled_from(WithdrawalReason), DAYS
)
HOURS = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(
    lambda days: OfficeHours(
        tuple(day for day in WEEKDAYS if day in days), "09:00", "17:00"
    )
)
HOLDERS = st.builds(
    ContactHolder,
    function=LABELS,
    phone=PHONES,
    last_verified=DAYS,
    name=st.none() | LABELS,
    out_of_hours_phone=st.none() | PHONES,
    office_hours=st.lists(HOURS, max_size=3).map(tuple),
    deputy=st.none() | st.builds(Deputy, LABELS, PHONES, st.none() | LABELS),
    absent_until=st.none() | DAYS,
)


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - Hypothesis wants naive bounds
    first, last = sorted([draw(moments), draw(moments)])
    return Delivery(
        delivery=draw(st.uuids()),
        source=draw(OINS),
        kind=draw(st.sampled_from(DeliveryKind)),
        starts=first.replace(microsecond=0, tzinfo=UTC),
        ends=last.replace(microsecond=0, tzinfo=UTC),
        categories=tuple(draw(st.sets(SLUGS, min_size=1, max_size=3))),
        municipalities=tuple(draw(st.sets(PLACES, min_size=1, max_size=3))),
        counts=DeliveryCounts(*(draw(COUNTS) for _ in range(5))),
    )


@given(notices())
def test_a_notice_reads_back_as_it_was(notice: Notice) -> None:
    assert parse_notice(json.loads(json.dumps(encode_notice(notice)))) == notice


@given(WITHDRAWALS)
def test_a_withdrawal_reads_back_as_it_was(withdrawal: Withdrawal) -> None:
    assert parse_withdrawal(encode_withdrawal(withdrawal)) == withdrawal


@given(HOLDERS)
def test_a_contact_holder_reads_back_as_it_was(holder: ContactHolder) -> None:
    assert parse_contact_holder(encode_contact_holder(holder)) == holder


@given(deliveries())
def test_a_delivery_reads_back_as_it_was(delivery: Delivery) -> None:
    assert parse_delivery(encode_delivery(delivery)) == delivery


@given(st.binary(min_size=16, max_size=16))
def test_bytes_have_one_form(data: bytes) -> None:
    assert parse_b64u(encode_b64u(data), "salt", length=16) == data


@pytest.mark.parametrize(
    "parse",
    [
        parse_notice,
        parse_withdrawal,
        parse_contact_holder,
        parse_delivery,
        parse_batch_body,
    ],
)
@given(JSON)
def test_junk_raises_only_what_we_say(
    parse: Callable[[object], object], junk: object
) -> None:
    with pytest.raises(InvalidField):
        parse(junk)


@given(notices(), st.data())
def test_a_notice_with_one_part_of_junk_raises_only_what_we_say(
    notice: Notice, data: st.DataObject
) -> None:
    wire = encode_notice(notice)
    wire[data.draw(st.sampled_from(sorted(wire)))] = data.draw(JSON)
    with suppress(InvalidField):
        parse_notice(wire)


@given(st.text())
def test_no_text_breaks_the_reading_of_a_label(text: str) -> None:
    with suppress(InvalidField):
        assert parse_label(text, "function") == text


@given(st.binary())
def test_no_bytes_break_the_reading_of_json_or_a_token(data: bytes) -> None:
    for read in (parse_json, lambda raw: read_kid(raw.decode("latin-1"))):
        with suppress(NoticeError, InvalidField):
            read(data)

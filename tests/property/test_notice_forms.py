"""What a source says reads back as it was; junk raises a refusal, nothing else."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from keys.base64url import encode_b64u
from keys.municipality import MunicipalityCode
from signal_index.notice import (
    NoticeError,
    read_kid,
)
from signal_index.wire.contact_holders import (
    WEEKDAYS,
    ContactHolder,
    Deputy,
    OfficeHours,
)
from signal_index.wire.deliveries import (
    Delivery,
    DeliveryCounts,
    DeliveryKind,
    Hearing,
)
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_body, parse_json, parse_value
from signal_index.wire.signals import (
    BatchBody,
    Informed,
    Notice,
    Withdrawal,
    WithdrawalReason,
)
from signal_index.wire.values import Label, Oin, Phone, Slug, read_bytes, read_label

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
        contactHolder=draw(st.uuids()),
        validFrom=first,
        validUntil=last,
        municipality=draw(PLACES),
        informed=Informed(code=draw(SLUGS), on=draw(DAYS)),
    )


WITHDRAWALS = st.builds(
    Withdrawal,
    reference=st.uuids(),
    version=VERSIONS,
    source=OINS,
    reason=st.sampled_from(WithdrawalReason),
    on=DAYS,
)
HOURS = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(
    lambda days: OfficeHours.model_validate(
        {"days": list(days), "from": "09:00", "to": "17:00"}
    )
)
HOLDERS = st.builds(
    ContactHolder,
    function=LABELS,
    phone=PHONES,
    lastVerified=DAYS,
    name=st.none() | LABELS,
    outOfHoursPhone=st.none() | PHONES,
    officeHours=st.lists(HOURS, max_size=3),
    deputy=st.none()
    | st.builds(Deputy, function=LABELS, phone=PHONES, name=st.none() | LABELS),
    absentUntil=st.none() | DAYS,
)


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - Hypothesis wants naive bounds
    first, last = sorted([draw(moments), draw(moments)])
    return Delivery.model_validate(
        {
            "delivery": draw(st.uuids()),
            "source": draw(OINS),
            "kind": draw(st.sampled_from(DeliveryKind)),
            "from": first.replace(microsecond=0, tzinfo=UTC),
            "until": last.replace(microsecond=0, tzinfo=UTC),
            "categories": list(draw(st.sets(SLUGS, min_size=1, max_size=3))),
            "municipalities": list(draw(st.sets(PLACES, min_size=1, max_size=3))),
            "counts": {name: draw(COUNTS) for name in DeliveryCounts.model_fields},
            "hearing": draw(st.sampled_from(Hearing)),
        }
    )


def reads_back(said: BaseModel) -> bool:
    return parse_body(type(said), said.model_dump_json()) == said


@given(notices())
def test_a_notice_reads_back_as_it_was(notice: Notice) -> None:
    assert reads_back(notice)


@given(WITHDRAWALS)
def test_a_withdrawal_reads_back_as_it_was(withdrawal: Withdrawal) -> None:
    assert reads_back(withdrawal)


@given(HOLDERS)
def test_a_contact_holder_reads_back_as_it_was(holder: ContactHolder) -> None:
    assert reads_back(holder)


@given(deliveries())
def test_a_delivery_reads_back_as_it_was(delivery: Delivery) -> None:
    assert reads_back(delivery)


@given(st.binary(min_size=16, max_size=16))
def test_bytes_have_one_form(data: bytes) -> None:
    assert read_bytes(encode_b64u(data), length=16) == data


@pytest.mark.parametrize(
    "model", [Notice, Withdrawal, ContactHolder, Delivery, BatchBody]
)
@given(JSON)
def test_junk_raises_only_what_we_say(model: type[BaseModel], junk: object) -> None:
    with pytest.raises(InvalidField):
        parse_value(model, junk)


@given(notices(), st.data())
def test_a_notice_with_one_part_of_junk_raises_only_what_we_say(
    notice: Notice, data: st.DataObject
) -> None:
    wire = notice.model_dump(mode="json")
    wire[data.draw(st.sampled_from(sorted(wire)))] = data.draw(JSON)
    with suppress(InvalidField):
        parse_value(Notice, wire)


@given(st.text())
def test_no_text_breaks_the_reading_of_a_label(text: str) -> None:
    with suppress(ValueError):
        assert read_label(text) == text


@given(st.binary())
def test_no_bytes_break_the_reading_of_json_or_a_token(data: bytes) -> None:
    for read in (parse_json, lambda raw: read_kid(raw.decode("latin-1"))):
        with suppress(NoticeError, InvalidField):
            read(data)

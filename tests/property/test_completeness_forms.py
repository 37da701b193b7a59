"""Reports and files of lines: what is written is read again, and junk is refused."""

import json
from datetime import UTC, date, datetime
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.restoration import RestoredBecause
from signal_index.proof import (
    OPENED_DAY,
    Json,
    LineWriter,
    MalformedProof,
    encode_json,
    parse_lines,
)
from signal_index.wire.completeness import (
    REPORT_FORMAT,
    HolderGap,
    JudgedDay,
    Misfit,
    ReconciledFinding,
    ReconciliationReport,
)
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_body, parse_value

COUNTS = st.integers(0, 2**31 - 1)
OPTIONAL_COUNTS = st.none() | COUNTS
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
INSTANTS = st.integers(0, 2**32).map(lambda at: datetime.fromtimestamp(at, UTC))
FINDINGS = st.builds(
    ReconciledFinding.of,
    code=st.sampled_from(Misfit),
    organisation=st.none() | st.from_regex(r"[0-9]{20}", fullmatch=True),
    user=st.none() | TEXTS,
    entry=st.none() | st.integers(0, 2**128 - 1).map(lambda number: UUID(int=number)),
    req=st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    count=OPTIONAL_COUNTS,
    total=OPTIONAL_COUNTS,
    reported=OPTIONAL_COUNTS,
    gap=st.none()
    | st.builds(
        HolderGap,
        holder=TEXTS,
        since=INSTANTS,
        until=INSTANTS,
        because=st.sampled_from(get_args(RestoredBecause)),
    ),
)
REPORTS = st.builds(
    ReconciliationReport,
    format=st.just(REPORT_FORMAT),
    day=st.dates(date(2020, 1, 1), date(2100, 1, 1)),
    origin=TEXTS,
    holders=st.lists(TEXTS, max_size=3),
    organisations=st.lists(TEXTS, max_size=3),
    judged=st.builds(
        JudgedDay,
        entries=COUNTS,
        requests=COUNTS,
        receipts=COUNTS,
        stillOpen=COUNTS,
    ),
    findings=st.lists(FINDINGS, max_size=4),
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*"ab", "format", "day", "findings", "judged", "code"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
ITEMS = st.lists(st.dictionaries(st.sampled_from("abc"), TEXTS, min_size=1), max_size=5)


def written(report: ReconciliationReport) -> bytes:
    return encode_json(report.model_dump(mode="json"))


@given(REPORTS)
def test_a_report_that_was_written_is_read_again(report: ReconciliationReport) -> None:
    assert parse_body(ReconciliationReport, written(report)) == report


@given(JUNK)
def test_junk_is_no_report_and_says_which_field(junk: Json) -> None:
    with pytest.raises(InvalidField) as refused:
        parse_value(ReconciliationReport, junk)
    assert refused.value.field


@given(REPORTS, st.data())
def test_a_report_of_which_a_member_is_junk_is_refused_or_another_report(
    report: ReconciliationReport, data: st.DataObject
) -> None:
    whole = json.loads(written(report))
    name = data.draw(st.sampled_from(sorted(whole)))
    changed = {**whole, name: data.draw(JUNK)}
    try:
        found = parse_value(ReconciliationReport, changed)
    except InvalidField:
        return
    assert json.loads(written(found)) == changed


def lines_of(items: list[dict[str, str]]) -> list[bytes]:
    written: list[bytes] = []
    writer = LineWriter(written.append, {"format": OPENED_DAY})
    for item in items:
        writer.add(item)
    writer.end()
    return written


@given(ITEMS)
def test_lines_that_were_written_are_read_again(items: list[dict[str, str]]) -> None:
    head, read = parse_lines(iter(lines_of(items)), OPENED_DAY)
    assert (head, list(read)) == ({"format": OPENED_DAY}, items)


@given(ITEMS, st.data())
def test_a_file_without_one_of_its_lines_is_refused(
    items: list[dict[str, str]], data: st.DataObject
) -> None:
    lines = lines_of(items)
    lines.pop(data.draw(st.integers(0, len(lines) - 1)))
    with pytest.raises(MalformedProof):
        list(parse_lines(iter(lines), OPENED_DAY)[1])


@given(ITEMS, st.data())
def test_a_changed_byte_is_refused_or_another_item(
    items: list[dict[str, str]], data: st.DataObject
) -> None:
    whole = bytearray(b"".join(lines_of(items)))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    lines = bytes(whole).splitlines(keepends=True)
    try:
        _, read = parse_lines(iter(lines), OPENED_DAY)
        found = list(read)
    except MalformedProof:
        return
    assert found != items or bytes(whole).strip() != b"".join(lines_of(items)).strip()

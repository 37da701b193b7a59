"""Records against the field tables of Logboek Dataverwerkingen, "Component: Logboek".

https://logius-standaarden.github.io/logboek-dataverwerkingen/ (read November 2026). The
tables below are the standard's: name, kind of value, and whether it must be there.
"""

import json
import re
from dataclasses import replace
from uuid import UUID

import pytest

from signal_index.ledger.trace import TraceContext, parse_traceparent
from signal_index.proof import Kind, Outcome, encode_json
from signal_index.upkeep.processing_record import (
    Processed,
    Record,
    Register,
    encode_otlp,
    make_records,
)
from tests.ledger_builders import NOON, OIN

HEX_16 = re.compile(r"[0-9a-f]{32}")
HEX_8 = re.compile(r"[0-9a-f]{16}")
INTERFACE: dict[str, tuple[re.Pattern[str] | type, bool]] = {
    "trace_id": (HEX_16, True),
    "span_id": (HEX_8, True),
    "status_code": (int, True),
    "name": (str, True),
    "start_time": (int, True),
    "end_time": (int, True),
    "parent_span_id": (HEX_8, False),
    "attributes": (dict, True),
}
CORE = {
    "dpl.core.processing_activity_id": re.compile(r"https://\S+"),
    "dpl.core.data_subject_id": re.compile(r"[0-9a-f]{32}"),
    "dpl.core.data_subject_id_type": re.compile(r"urn:\S+"),
}
FOREIGN = {
    "dpl.core.foreign_operation.trace_id": HEX_16,
    "dpl.core.foreign_operation.span_id": HEX_8,
    "dpl.core.foreign_operation.processor": re.compile(r"https://\S+"),
}
REGISTER = Register(
    "https://voorbeeldstad.example/verwerkingen/", {OIN: "https://team.example"}
)
CALLER = TraceContext(b"\x0a" * 16, b"\x0b" * 8)


def a_processed(number: int = 1, **changes: object) -> Processed:
    processed = Processed(
        entry=UUID(int=number),
        kind=Kind.LOOKUP,
        outcome=Outcome.ANSWERED,
        recorded_at=NOON,
        activity="lookup-wmo-onderzoek",
        organisation=OIN,
        subject=bytes([number]) * 16,
        req="r" * 43,
        trace=None,
    )
    return replace(processed, **changes)  # type: ignore[arg-type] # the caller's names


def records_of(*processed: Processed) -> list[Record]:
    return list(make_records(processed, REGISTER))


def subjects_of(*processed: Processed) -> list[Record]:
    name = "dpl.core.data_subject_id"
    return [one for one in records_of(*processed) if name in one.attributes]


@pytest.mark.parametrize("trace", [None, CALLER])
def test_every_record_has_the_fields_of_the_interface(
    trace: TraceContext | None,
) -> None:
    for record in records_of(a_processed(trace=trace)):
        value = record.value()
        assert set(value) == set(INTERFACE)
        for name, (kind, is_required) in INTERFACE.items():
            said = value[name]
            if said is None:
                assert not is_required, name
            elif isinstance(kind, re.Pattern):
                assert kind.fullmatch(str(said)), name
            else:
                assert isinstance(said, kind), name


def test_a_record_about_a_person_has_the_core_attributes_and_no_others() -> None:
    (record,) = subjects_of(a_processed())
    assert set(record.attributes) == set(CORE)
    for name, form in CORE.items():
        assert form.fullmatch(record.attributes[name]), name


def test_a_called_record_names_the_operation_that_called() -> None:
    (record,) = subjects_of(a_processed(trace=CALLER))
    assert set(record.attributes) == {*CORE, *FOREIGN}
    for name, form in FOREIGN.items():
        assert form.fullmatch(record.attributes[name]), name


def test_the_trace_of_a_caller_is_taken_over_unchanged() -> None:
    action, subject = records_of(a_processed(trace=CALLER))
    assert {action.trace_id, subject.trace_id} == {CALLER.trace_id}
    assert action.parent_span_id == CALLER.span_id
    assert subject.parent_span_id == action.span_id


def test_there_is_one_record_for_each_data_subject_below_one_action() -> None:
    household = [a_processed(number) for number in (1, 2, 3)]
    records = records_of(*household)
    subjects = subjects_of(*household)
    assert (len(records), len(subjects)) == (4, 3)
    assert len({one.attributes["dpl.core.data_subject_id"] for one in subjects}) == 3
    assert len({one.span_id for one in records}) == 4
    assert len({one.trace_id for one in records}) == 1
    assert len({one.parent_span_id for one in subjects}) == 1


def test_other_questions_are_other_traces() -> None:
    one, other = a_processed(1), a_processed(2, req="s" * 43)
    assert len({record.trace_id for record in records_of(one, other)}) == 2


def test_a_record_made_again_is_the_same_record() -> None:
    assert records_of(a_processed()) == records_of(a_processed())


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Outcome.ANSWERED, 1), (Outcome.REFUSED, 0), (Outcome.FAILED, 2)],
)
def test_only_a_fault_of_our_own_is_an_error(outcome: Outcome, code: int) -> None:
    (record,) = subjects_of(a_processed(outcome=outcome))
    assert record.status_code == code


def test_it_goes_out_as_otlp_in_json() -> None:
    records = records_of(a_processed(trace=CALLER))
    body = json.loads(encode_json(encode_otlp(records, version="1.0")))
    (resource,) = body["resourceSpans"]
    (scope,) = resource["scopeSpans"]
    first, second = scope["spans"]
    assert HEX_16.fullmatch(first["traceId"])
    assert second["parentSpanId"] == first["spanId"]
    assert first["startTimeUnixNano"] == str(int(NOON.timestamp()) * 10**9)
    assert second["status"] == {"code": 1}


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "00-" + "0" * 32 + "-" + "1" * 16 + "-01",
        "00-" + "1" * 32 + "-" + "0" * 16 + "-01",
        "ff-" + "1" * 32 + "-" + "1" * 16 + "-01",
        "00-" + "G" * 32 + "-" + "1" * 16 + "-01",
        "00-" + "1" * 32 + "-" + "1" * 16 + "-01-extra",
    ],
)
def test_a_malformed_traceparent_is_as_if_it_were_not_there(header: str | None) -> None:
    assert parse_traceparent(header) is None


def test_a_traceparent_is_read() -> None:
    header = f"00-{'0a' * 16}-{'0b' * 8}-01"
    assert parse_traceparent(header) == CALLER

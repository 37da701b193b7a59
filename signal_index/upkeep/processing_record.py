"""Records for a Logboek Dataverwerkingen (version 1.0), made from ledger entries.

https://logius-standaarden.github.io/logboek-dataverwerkingen/, "Component: Logboek".

- One record for each data subject (a person of a household is a child action of the
  question), and one for the question itself; never an employee in any of them.
- The data subject's id is a keyed hash that only the index's key of that year gives:
  it is neither a pseudonym nor the ledger's name for the person.
- Ids follow from the entry and its request: a record sent twice is the same record.
- As OTLP over HTTP in JSON, which the standard recommends.

Proven by tests/unit/signal_index/test_processing_record.py, against the field tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from signal_index.ledger import KINDS
from signal_index.ledger.trace import TraceContext
from signal_index.proof import Json, JsonObject, Kind, Outcome

STANDARD: Final = "logboek-dataverwerkingen"
STANDARD_VERSION: Final = "1.0"
SUBJECT_TYPE: Final = "urn:signal-index:data-subject-id:1"

_UNSET, _OK, _ERROR = 0, 1, 2
_STATUS: Final = {Outcome.FAILED: _ERROR, Outcome.REFUSED: _UNSET}


@dataclass(frozen=True, slots=True, repr=False)
class Processed:
    """What one entry says of one data subject; `subject` is the keyed hash."""

    entry: UUID
    kind: Kind
    outcome: Outcome
    recorded_at: datetime
    activity: str
    organisation: str | None
    subject: bytes
    req: str | None
    trace: TraceContext | None


@dataclass(frozen=True, slots=True)
class Register:
    """Where the processing activities stand, and where callers are to be found.

    `processors`: by OIN, the website of an organisation that calls (the standard's
    `foreign_operation.processor`).
    """

    activities: str
    processors: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """One record (logregel), with the fields of the standard's interface."""

    trace_id: bytes
    span_id: bytes
    parent_span_id: bytes | None
    status_code: int
    name: str
    start_time: datetime
    end_time: datetime
    attributes: Mapping[str, str]

    def value(self) -> JsonObject:
        """Give the record with the standard's own names; times in milliseconds."""
        return {
            "trace_id": self.trace_id.hex(),
            "span_id": self.span_id.hex(),
            "parent_span_id": self.parent_span_id and self.parent_span_id.hex(),
            "status_code": self.status_code,
            "name": self.name,
            "start_time": _milliseconds(self.start_time),
            "end_time": _milliseconds(self.end_time),
            "attributes": dict(self.attributes),
        }


def make_records(
    processed: Iterable[Processed], register: Register
) -> Sequence[Record]:
    """Give the records of these entries, each action once."""
    records: dict[bytes, Record] = {}
    for one in processed:
        action = _make_action(one, register)
        records.setdefault(action.span_id, action)
        subject = _make_subject(one, action, register)
        records[subject.span_id] = subject
    return list(records.values())


def _make_action(one: Processed, register: Register) -> Record:
    """Give the question as a whole: no data subject, the caller's span above it."""
    whole = one.req or str(one.entry)
    own_trace = _derive("trace", whole, 16)
    return Record(
        trace_id=own_trace if one.trace is None else one.trace.trace_id,
        span_id=_derive("action", whole, 8),
        parent_span_id=None if one.trace is None else one.trace.span_id,
        status_code=_STATUS.get(one.outcome, _OK),
        name=KINDS[one.kind].log_name or one.kind.value,
        start_time=one.recorded_at,
        end_time=one.recorded_at,
        attributes=_common(one, register),
    )


def _make_subject(one: Processed, action: Record, register: Register) -> Record:
    return Record(
        trace_id=action.trace_id,
        span_id=_derive("subject", str(one.entry), 8),
        parent_span_id=action.span_id,
        status_code=action.status_code,
        name=action.name,
        start_time=one.recorded_at,
        end_time=one.recorded_at,
        attributes={
            **_common(one, register),
            "dpl.core.data_subject_id": one.subject.hex(),
            "dpl.core.data_subject_id_type": SUBJECT_TYPE,
        },
    )


def _common(one: Processed, register: Register) -> Mapping[str, str]:
    base = register.activities.rstrip("/")
    found = {"dpl.core.processing_activity_id": f"{base}/{one.activity}"}
    if one.trace is None:
        return found
    found["dpl.core.foreign_operation.trace_id"] = one.trace.trace_id.hex()
    found["dpl.core.foreign_operation.span_id"] = one.trace.span_id.hex()
    processor = register.processors.get(one.organisation or "")
    if processor is not None:
        found["dpl.core.foreign_operation.processor"] = processor
    return found


def _derive(what: str, of: str, length: int) -> bytes:
    return sha256(f"signal-index/{what}/1\n{of}".encode()).digest()[:length]


def _milliseconds(instant: datetime) -> int:
    return int(instant.astimezone(UTC).timestamp() * 1000)


def encode_otlp(records: Sequence[Record], *, version: str) -> JsonObject:
    """Give the body of an OTLP export request (ExportTraceServiceRequest, JSON)."""
    resource = {"service.name": "signal-index", "service.version": version}
    scope = {"name": STANDARD, "version": STANDARD_VERSION}
    spans: list[Json] = [_span(one) for one in records]
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes(resource)},
                "scopeSpans": [{"scope": scope, "spans": spans}],
            }
        ]
    }


def _span(one: Record) -> JsonObject:
    said: dict[str, Json] = {
        "traceId": one.trace_id.hex(),
        "spanId": one.span_id.hex(),
        "name": one.name,
        "kind": 2,  # a server's: it answers a request
        "startTimeUnixNano": str(_milliseconds(one.start_time) * 1_000_000),
        "endTimeUnixNano": str(_milliseconds(one.end_time) * 1_000_000),
        "attributes": _attributes(one.attributes),
        "status": {"code": one.status_code},
    }
    if one.parent_span_id is not None:
        said["parentSpanId"] = one.parent_span_id.hex()
    return said


def _attributes(values: Mapping[str, str]) -> Sequence[Json]:
    return [
        {"key": key, "value": {"stringValue": value}}
        for key, value in sorted(values.items())
    ]

"""W3C Trace Context: what a caller says of the trace that its request is part of.

Only `traceparent` of version 00 is read (https://www.w3.org/TR/trace-context-1/); what
is malformed is as if it were not there, as that standard asks. Nothing else of a
caller's tracing is kept: `tracestate` is free text of any vendor.
"""

import re
from dataclasses import dataclass

_TRACEPARENT = re.compile(
    r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-[0-9a-f]{2}"
)
TRACEPARENT = "traceparent"


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A caller's own trace (16 bytes) and the span (8 bytes) that calls us."""

    trace_id: bytes
    span_id: bytes


def parse_traceparent(header: str | None) -> TraceContext | None:
    """Give the caller's trace, or None where none is said that holds."""
    found = _TRACEPARENT.fullmatch(header or "")
    if found is None:
        return None
    trace, span = bytes.fromhex(found["trace"]), bytes.fromhex(found["span"])
    return TraceContext(trace, span) if any(trace) and any(span) else None

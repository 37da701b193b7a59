"""Reads the report of a reconciliation, which a person chose from their files.

Bounded and strict: another member, another form or another weight than a finding of its
code has is refused, and the field is named. Nothing in it is believed beyond its form:
whoever sends it is recorded with it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeGuard
from uuid import UUID

from signal_index.proof.encoding import Json
from signal_index.proof.errors import ReportMalformed
from signal_index.proof.findings import (
    REPORT_FORMAT,
    Code,
    Finding,
    Judged,
    Report,
)

_OIN = re.compile(r"[0-9]{20}")
_REQ = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST = 255
_MOST_FINDINGS = 5_000
_MOST = 2**31
_REPORT = {"format", "day", "origin", "holders", "organisations", "judged", "findings"}
_FINDING = {
    "code",
    "weight",
    "organisation",
    "user",
    "entryId",
    "req",
    "count",
    "total",
    "reported",
}


def parse_report(value: Json) -> Report:
    """Read a report, or raise `ReportMalformed`, which names the field.

    Bounded: what is read here comes from a file that a person chose.
    """
    if not isinstance(value, Mapping) or set(value) != _REPORT:
        raise ReportMalformed("report")
    if value["format"] != REPORT_FORMAT:
        raise ReportMalformed("format")
    found = value["findings"]
    if not _is_list(found) or len(found) > _MOST_FINDINGS:
        raise ReportMalformed("findings")
    return Report(
        day=_parse_day(value["day"]),
        origin=_parse_text(value["origin"], "origin"),
        holders=_parse_texts(value["holders"], "holders"),
        organisations=_parse_texts(value["organisations"], "organisations"),
        judged=_parse_judged(value["judged"]),
        findings=[_parse_finding(one) for one in found],
    )


def _is_list(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, list | tuple)


def _parse_finding(value: Json) -> Finding:
    if not isinstance(value, Mapping) or set(value) != _FINDING:
        raise ReportMalformed("findings")
    found = Finding(
        code=_parse_code(value["code"]),
        organisation=_parse_optional(value["organisation"], "organisation", _OIN),
        user=_parse_user(value["user"]),
        entry=_parse_entry(value["entryId"]),
        req=_parse_optional(value["req"], "req", _REQ),
        count=_parse_count(value["count"], "count"),
        total=_parse_count(value["total"], "total"),
        reported=_parse_count(value["reported"], "reported"),
    )
    if value["weight"] != found.weight.value:
        raise ReportMalformed("weight")
    return found


def _parse_code(value: Json) -> Code:
    if not isinstance(value, str) or value not in set(Code):
        raise ReportMalformed("code")
    return Code(value)


def _parse_day(value: Json) -> date:
    try:
        day = date.fromisoformat(_parse_text(value, "day"))
    except ValueError:
        raise ReportMalformed("day") from None
    if day.isoformat() != value:
        raise ReportMalformed("day")
    return day


def _parse_judged(value: Json) -> Judged:
    names = ("entries", "requests", "receipts", "stillOpen")
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise ReportMalformed("judged")
    counts = [_parse_count(value[name], name) for name in names]
    entries, requests, receipts, still_open = (count or 0 for count in counts)
    return Judged(entries, requests, receipts, still_open)


def _parse_text(value: Json, field: str) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST:
        raise ReportMalformed(field)
    return value


def _parse_texts(value: Json, field: str) -> Sequence[str]:
    if not _is_list(value) or len(value) > _MOST_FINDINGS:
        raise ReportMalformed(field)
    return [_parse_text(one, field) for one in value]


def _parse_optional(value: Json, field: str, form: re.Pattern[str]) -> str | None:
    if value is not None and not (isinstance(value, str) and form.fullmatch(value)):
        raise ReportMalformed(field)
    return value


def _parse_user(value: Json) -> str | None:
    return None if value is None else _parse_text(value, "user")


def _parse_entry(value: Json) -> UUID | None:
    if value is None:
        return None
    try:
        return UUID(_parse_text(value, "entryId"))
    except ValueError:
        raise ReportMalformed("entryId") from None


def _parse_count(value: Json, field: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST:
        raise ReportMalformed(field)
    return value

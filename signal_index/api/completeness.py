"""What a reconciliation found, and closing it; and requests that came to nothing.

- The report comes from an officer's own machine (`signal-index reconcile`), is stored
  as far as it concerns the officer's municipality, and is recorded by its digest.
- Looking at findings is an act in the ledger too: they name accounts.
- A client reports requests that never reached an answer (a closed tab) when it next
  can. That says something to the officer, and lowers no count.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.callers import ActivePerson, Officer
from signal_index.api.context import get_index
from signal_index.api.reading import (
    give_json,
    read_cursor,
    read_json,
    read_limit,
    read_query,
)
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing
from signal_index.labels import Labels
from signal_index.ledger import Kind
from signal_index.notice import InvalidField, parse_slug, parse_uuid
from signal_index.notice.fields import (
    encode_instant,
    parse_b64u,
    parse_list,
    parse_object,
)
from signal_index.proof import JsonObject, encode_json
from signal_index.proof.errors import ReportMalformed
from signal_index.proof.findings import Report, Weight
from signal_index.proof.report import parse_report
from signal_index.store.completeness import (
    close_finding,
    count_open,
    find_days,
    find_findings,
    take_report,
)
from signal_index.store.completeness_records import (
    Closing,
    ClosingReason,
    FindingPage,
    ReconciledDay,
    StoredFinding,
)
from signal_index.store.ledger import insert_entries

MOST_ABANDONED: Final = 50
DAYS_SHOWN: Final = 31
MOST_ALARMS: Final = 200
_REQ_BYTES: Final = 32
_STATES: Final = frozenset({"open", "all"})

routes = Routes()


@routes.post("/abandoned-requests")
async def report_abandoned(request: Request, caller: ActivePerson) -> Response:
    """Record which of the caller's own requests never came to an answer."""
    index = get_index(request)
    said = parse_object(await read_json(request), ("reqs",))
    reqs = parse_list(said["reqs"], "reqs", maximum=MOST_ABANDONED)
    if not reqs:
        raise InvalidField("reqs", "too-many")
    for req in reqs:
        parse_b64u(req, "reqs", length=_REQ_BYTES)
    what: JsonObject = {"act": "requests-abandoned", "reqs": [str(r) for r in reqs]}
    now = index.clock()
    entry = record_act(Kind.COMPLETENESS, caller.caller, what, index.keys, now)
    async with committing(index.engine) as conn:
        await insert_entries(conn, [entry])
    return Response(status_code=204)


@routes.post("/completeness/reports")
async def take_in_report(request: Request, caller: Officer) -> Response:
    """Store what reconciling a day found in the officer's municipality."""
    index, who = get_index(request), caller.caller
    report = _parse_report(await read_json(request))
    digest = sha256(encode_json(report.value())).hexdigest()
    municipality = caller.scope.municipality
    async with committing(index.engine) as conn:
        now = index.clock()
        fresh = await take_report(
            conn, report, municipality, taken_by=who.subject, now=now
        )
        what: JsonObject = {
            "act": "report-taken",
            "day": report.day.isoformat(),
            "sha256": digest,
            "findings": len(fresh),
        }
        entry = record_act(Kind.COMPLETENESS, who, what, index.keys, now)
        await insert_entries(conn, [entry])
    return give_json({"day": report.day.isoformat(), "new": len(fresh)}, 201)


@routes.get("/completeness")
async def show_completeness(request: Request, caller: Officer) -> Response:
    """Give the days that were reconciled and what was found, open or all.

    Alarms stand apart and come whole with the first page: none is ever behind others.
    """
    index, who = get_index(request), caller.caller
    labels = await index.labels_in(caller.scope.municipality)
    query = read_query(request, ("state", "cursor", "limit"))
    state = query.get("state", "open")
    if state not in _STATES:
        raise InvalidField("state", "unknown-code")
    limit, cursor, only_open = read_limit(query), read_cursor(query), state == "open"
    async with committing(index.engine) as conn:
        page = FindingPage(Weight.FINDING, only_open, limit + 1, cursor)
        found = await find_findings(conn, caller.scope, page)
        first = FindingPage(Weight.ALARM, only_open, 0 if cursor else MOST_ALARMS)
        alarms = await find_findings(conn, caller.scope, first)
        days = await find_days(conn, caller.scope, limit=DAYS_SHOWN)
        open_ = await count_open(conn, caller.scope)
        shown = found[:limit]
        count = len(shown) + len(alarms)
        what: JsonObject = {"act": "findings-shown", "shown": count}
        entry = record_act(Kind.COMPLETENESS, who, what, index.keys, index.clock())
        await insert_entries(conn, [entry])
    return give_json(
        {
            "days": [_describe_day(one) for one in days],
            "open": {weight.value: count for weight, count in open_.items()},
            "alarms": [_describe(one, who.subject, labels) for one in alarms],
            "items": [_describe(one, who.subject, labels) for one in shown],
            "next": str(shown[-1].id) if len(found) > limit else None,
        }
    )


@routes.post("/completeness/findings/{finding_id}/closing")
async def close_one(request: Request, caller: Officer, finding_id: str) -> Response:
    """Close a finding with a reason; not by the person whom it is about."""
    finding = parse_uuid(finding_id, "findingId")
    said = parse_object(await read_json(request), ("reason",))
    reason = _parse_reason(said["reason"])
    index, who = get_index(request), caller.caller
    closing = Closing(who.subject, reason)
    async with committing(index.engine) as conn:
        now = index.clock()
        closed = await close_finding(conn, finding, caller.scope, closing, now=now)
        what: JsonObject = {
            "act": "finding-closed",
            "finding": str(finding),
            "code": closed.finding.code.value,
            "day": closed.day.isoformat(),
            "reason": reason.value,
        }
        entry = record_act(Kind.COMPLETENESS, who, what, index.keys, now)
        await insert_entries(conn, [entry])
    return Response(status_code=204)


def _parse_report(value: object) -> Report:
    try:
        return parse_report(value)  # type: ignore[arg-type] # JSON that was just read
    except ReportMalformed as error:
        raise InvalidField(error.field, "wrong-form") from error


def _parse_reason(value: object) -> ClosingReason:
    code = parse_slug(value, "reason")
    try:
        return ClosingReason(code)
    except ValueError as error:
        raise InvalidField("reason", "unknown-code") from error


def _describe_day(one: ReconciledDay) -> Mapping[str, object]:
    return {
        "day": one.day.isoformat(),
        "entries": one.entries,
        "requests": one.requests,
        "receipts": one.receipts,
        "alarms": one.alarms,
        "findings": one.findings,
        "takenAt": encode_instant(one.taken_at),
    }


def _describe(one: StoredFinding, reader: str, labels: Labels) -> Mapping[str, object]:
    closed, finding = one.closed_at, one.finding
    organisation = finding.organisation
    return {
        **finding.value(),
        "organisationName": organisation and labels.organisation(organisation),
        "id": str(one.id),
        "day": one.day.isoformat(),
        "foundAt": encode_instant(one.found_at),
        "own": finding.user == reader,
        "closedAt": None if closed is None else encode_instant(closed),
        "closedBy": one.closed_by,
        "reason": None if one.reason is None else one.reason.value,
    }

"""Reports with persons: which colleague looked when, with which purpose.

- Asked for by an officer with a mandate, approved by another person, and given only to
  who asked, for two weeks. Asking, deciding and each page that is given are entries.
- A citizen is a code that means something within one report: the same code is the same
  person, and no other report has that code for them.
- What was shown is a number of flags, not which: that is for the citizen's own report.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from policy.vocabulary import Caller
from signal_index.api.approvals import record_approval
from signal_index.api.callers import Approver, Officer
from signal_index.api.context import Index, get_index
from signal_index.api.general_reports import parse_form
from signal_index.api.labels import Labels
from signal_index.api.overview import FILTERS, parse_asked
from signal_index.api.reading import give_json, read_json
from signal_index.api.recording import record_act
from signal_index.api.report_rows import Reader, describe_row, find_rows
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing, looking
from signal_index.errors import CallerNotAllowed, NotApproved
from signal_index.identifiers import new_uuid7
from signal_index.ledger import Kind
from signal_index.notice import InvalidField, parse_slug, parse_uuid
from signal_index.notice.fields import encode_instant, parse_object, parse_text
from signal_index.proof import JsonObject
from signal_index.store.approvals import (
    HOLDS_FOR,
    State,
    request_approval,
    verify_approved,
)
from signal_index.store.ledger import insert_entries
from signal_index.store.mandates import find_mandate, verify_mandate
from signal_index.store.report_requests import (
    Question,
    ReportRequest,
    find_requests,
    get_request,
    matter_of,
    store_request,
)

LONGEST_DAYS: Final = 92
_SUBJECT_MAXIMUM: Final = 200

routes = Routes()


@routes.post("/specific-reports")
async def ask_report(request: Request, caller: Officer) -> Response:
    """Ask for a report with persons; another person decides (`/approvals`)."""
    index, who = get_index(request), caller.caller
    question = _parse_question(await read_json(request), index, caller.caller)
    now = index.clock()
    made = new_uuid7(now)
    async with committing(index.engine) as conn:
        await verify_mandate(conn, who, now)
        matter = matter_of(made, caller.scope.municipality, question)
        approval = await request_approval(conn, matter, who, now=now)
        kept = ReportRequest(
            id=made,
            municipality=caller.scope.municipality,
            organisation=who.organisation,
            question=question,
            approval=approval,
            requested_at=now,
        )
        await store_request(conn, kept, index.keys)
        what: JsonObject = {
            "act": "specific-report-asked",
            "request": str(made),
            **question.members(),
        }
        entries = [
            record_act(Kind.REPORT, who, what, index.keys, now),
            record_approval(index, who, "requested", approval),
        ]
        await insert_entries(conn, entries)
    return give_json(
        _describe(kept, who, await _labels(index, caller.scope.municipality), now), 201
    )


@routes.get("/specific-reports")
async def list_reports(request: Request, caller: Approver) -> Response:
    """List who asked for which report with persons, and where each stands.

    Whoever may approve may see what for: nobody approves what they cannot read.
    """
    index, now = get_index(request), get_index(request).clock()
    async with looking(index.engine) as conn:
        until = await find_mandate(conn, caller.caller, now)
        found = await find_requests(conn, caller.scope, index.keys)
    labels = await _labels(index, caller.scope.municipality)
    return give_json(
        {
            "mandateUntil": None if until is None else until.isoformat(),
            "items": [_describe(one, caller.caller, labels, now) for one in found],
        }
    )


@routes.post("/specific-reports/{request_id}/pages")
async def read_report(request: Request, caller: Officer, request_id: str) -> Response:
    """Give a page of an approved report to who asked for it; each is an entry."""
    index, who = get_index(request), caller.caller
    wanted = parse_uuid(request_id, "requestId")
    item = parse_object(await read_json(request), ("form",), ("after",))
    form, after = parse_form(item["form"]), item.get("after")
    page_after = None if after is None else parse_uuid(after, "after")
    now = index.clock()
    standing = await index.standing.get(now)
    async with committing(index.engine) as conn:
        found = await get_request(conn, wanted, caller.scope, index.keys)
        await verify_given(conn, found, who, now)
        reader = Reader(found, caller.scope, index.keys, standing.organisations)
        rows, following = await find_rows(conn, reader, page_after)
        what: JsonObject = {
            "act": "specific-report",
            "request": str(found.id),
            "form": form,
            "rows": len(rows),
            "after": None if page_after is None else str(page_after),
        }
        record = record_act(Kind.REPORT, who, what, index.keys, now)
        await insert_entries(conn, [record])
    labels = await _labels(index, caller.scope.municipality)
    return give_json(
        {
            "request": _describe(found, who, labels, now),
            "items": [describe_row(row, labels) for row in rows],
            "next": None if following is None else str(following),
        }
    )


async def verify_given(
    conn: AsyncConnection, found: ReportRequest, who: Caller, now: datetime
) -> None:
    """Raise unless this very person asked, may still ask, and it was approved."""
    if found.approval.requested_by != who.subject:
        raise CallerNotAllowed
    await verify_mandate(conn, who, now)
    approved = await verify_approved(conn, found.approval.id, found.matter)
    if approved.decided_at is None or approved.decided_at <= now - HOLDS_FOR:
        raise NotApproved


def _parse_question(body: object, index: Index, caller: Caller) -> Question:
    item = parse_object(body, ("from", "until", "reason"), (*FILTERS, "user"))
    asked = parse_asked(item, longest=LONGEST_DAYS)
    reason = parse_slug(item["reason"], "reason")
    if reason not in index.catalogue_in(caller.municipality).officer_purposes:
        raise InvalidField("reason", "unknown-code")
    user = item.get("user")
    return Question(
        first=asked.first,
        last=asked.last,
        reason=reason,
        organisation=asked.wanted.organisation,
        team=asked.wanted.team,
        user=None if user is None else _parse_user(user),
        purpose=asked.wanted.purpose,
    )


def _parse_user(value: object) -> str:
    text = parse_text(value, "user", maximum=_SUBJECT_MAXIMUM)
    if not text.isprintable():
        raise InvalidField("user", "wrong-form")
    return text


async def _labels(index: Index, municipality: str) -> Labels:
    standing = await index.standing.get(index.clock())
    return Labels(standing, index.catalogue_in(municipality))


def _describe(
    one: ReportRequest, reader: Caller, labels: Labels, now: datetime
) -> Mapping[str, object]:
    approval = one.approval
    decided = approval.decided_at
    is_own = approval.requested_by == reader.subject
    is_over = decided is not None and decided <= now - HOLDS_FOR
    given = approval.state is State.APPROVED and is_own and not is_over
    organisation = one.question.organisation
    return {
        "id": str(one.id),
        **one.question.members(),
        "reasonLabel": labels.officer_purpose(one.question.reason),
        "purposeLabel": labels.purpose(one.question.purpose),
        "organisationName": organisation and labels.organisation(organisation),
        "digest": one.matter.digest.hex(),
        "requestedBy": approval.requested_by,
        "requestedAt": encode_instant(one.requested_at),
        "own": is_own,
        "state": "over" if is_over else approval.state.value,
        "decidedBy": approval.decided_by,
        "decidedAt": None if decided is None else encode_instant(decided),
        "availableUntil": encode_instant(decided + HOLDS_FOR) if decided else None,
        "available": given,
    }

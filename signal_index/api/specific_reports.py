"""Reports with persons: which colleague looked when, with which purpose.

- Asked for by an officer with a mandate, approved by another person, and given only to
  who asked, for two weeks. Asking, deciding and each page that is given are entries.
- A citizen is a code that means something within one report: the same code is the same
  person, and no other report has that code for them.
- What was shown is a number of flags, not which: that is for the citizen's own report.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from policy.vocabulary import Caller
from signal_index.api.acting import Acting, acting
from signal_index.api.approvals import (
    find_decider,
    name_requester,
    record_approval,
)
from signal_index.api.callers import Approver, Officer, OfficerCaller
from signal_index.api.context import Index, TheIndex
from signal_index.api.reading import verify_code
from signal_index.api.report_rows import Reader, Row, find_rows, name_row
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.errors import (
    ApprovalAlreadyOpen,
    CallerNotAllowed,
    MandateMissing,
    NotApproved,
    UnknownReport,
)
from signal_index.identifiers import new_uuid7
from signal_index.labels import Labels
from signal_index.ledger import Kind
from signal_index.store import report_requests as store
from signal_index.store.approvals import (
    HOLDS_FOR,
    State,
    request_approval,
    verify_approved,
)
from signal_index.store.mandates import find_mandate, verify_mandate
from signal_index.wire import reports as wire
from signal_index.wire.values import Id

GIVEN_FACTS: Final = (UnknownReport, MandateMissing, NotApproved)
"""By which facts a report is not given."""

routes = Routes("toezicht")


@routes.post(
    "/specific-reports",
    "Een rapport met personen aanvragen",
    status=201,
    raises=(MandateMissing, ApprovalAlreadyOpen),
)
async def ask_specific_report(
    body: wire.SpecificReportQuestion, index: TheIndex, caller: Officer
) -> wire.SpecificReport:
    """Ask for a report with persons; another person decides (`/approvals`)."""
    who, place = caller.caller, caller.scope.municipality
    labels = await index.labels_in(place)
    verify_code(body.reason, "reason", labels.catalogue.officer_purposes)
    async with acting(index, who, Kind.REPORT) as act:
        await verify_mandate(act.conn, who, act.now)
        made = new_uuid7(act.now)
        matter = store.matter_of(made, place, body)
        approval = await request_approval(
            act.conn, matter, who, index.receipt_key, now=act.now
        )
        kept = store.ReportRequest(
            id=made,
            municipality=place,
            organisation=who.organisation,
            question=body,
            approval=approval,
            requested_at=act.now,
        )
        await store.store_request(act.conn, kept, index.keys)
        asked = store.members_of(body)
        await act.record(
            {"act": "specific-report-asked", "request": str(made), **asked}
        )
        await record_approval(act, "requested", approval)
    return _name(kept, who, labels, act.now)


@routes.get("/specific-reports", "Aangevraagde rapporten met personen")
async def list_specific_reports(
    index: TheIndex, caller: Approver
) -> wire.SpecificReports:
    """List who asked for which report with persons, and where each stands.

    Whoever may approve may see what for: nobody approves what they cannot read.
    """
    now = index.clock()
    async with looking(index.engine) as conn:
        until = await find_mandate(conn, caller.caller, now)
        found, left_off = await store.find_requests(conn, caller.scope, index.keys)
    labels = await index.labels_in(caller.scope.municipality)
    return wire.SpecificReports(
        mandateUntil=until,
        items=[_name(one, caller.caller, labels, now) for one in found],
        leftOff=left_off,
    )


@routes.post(
    "/specific-reports/{request_id}/pages",
    "Een bladzijde van een goedgekeurd rapport met personen",
    raises=GIVEN_FACTS,
)
async def read_specific_report(
    request_id: Id,
    body: wire.SpecificReportPageQuestion,
    index: TheIndex,
    caller: Officer,
) -> wire.SpecificReportPage:
    """Read a page of an approved report, as who asked for it; each is an entry."""
    labels = await index.labels_in(caller.scope.municipality)
    async with giving(index, caller, request_id, body.after) as page:
        await page.record("specific-report", form=body.form)
    return wire.SpecificReportPage(
        request=_name(page.request, caller.caller, labels, page.act.now),
        items=[name_row(row, labels) for row in page.rows],
        next=page.next,
    )


@dataclass(frozen=True, slots=True, repr=False)
class GivenPage:
    """A page that is being given: its rows, and where the next one begins."""

    act: Acting
    request: store.ReportRequest
    rows: Sequence[Row]
    after: UUID | None
    next: UUID | None

    async def record(self, what: str, **more: str) -> None:
        """Record that this page is given."""
        await self.act.record(
            {
                "act": what,
                "request": str(self.request.id),
                **more,
                "rows": len(self.rows),
                "after": None if self.after is None else str(self.after),
            }
        )


@asynccontextmanager
async def giving(
    index: Index, caller: OfficerCaller, wanted: UUID, after: UUID | None
) -> AsyncIterator[GivenPage]:
    """Begin to give a page: this very person asked, may still, and it was approved.

    Raises `UnknownReport`, `CallerNotAllowed`, `MandateMissing` or `NotApproved`.
    """
    standing = await index.standing.get(index.clock())
    async with acting(index, caller.caller, Kind.REPORT) as act:
        found = await store.get_request(act.conn, wanted, caller.scope, index.keys)
        await _verify_given(act, found)
        reader = Reader(found, caller.scope, index.keys, standing.organisations)
        rows, following = await find_rows(act.conn, reader, after)
        yield GivenPage(act, found, rows, after, following)


async def _verify_given(act: Acting, found: store.ReportRequest) -> None:
    conn, who, now, key = act.conn, act.caller, act.now, act.index.receipt_key
    if not found.approval.is_asked_by(who):
        raise CallerNotAllowed
    await verify_mandate(conn, who, now)
    approved = await verify_approved(conn, found.approval.id, found.matter, key)
    if approved.decided_at is None or approved.decided_at <= now - HOLDS_FOR:
        raise NotApproved


def _name(
    one: store.ReportRequest, reader: Caller, labels: Labels, now: datetime
) -> wire.SpecificReport:
    asked, approval = one.question, one.approval
    decided = approval.decided_at
    ends = None if decided is None else decided + HOLDS_FOR
    is_own = approval.is_asked_by(reader)
    is_over = ends is not None and ends <= now
    return wire.SpecificReport(
        id=one.id,
        **asked.model_dump(),
        reasonLabel=labels.of(labels.catalogue.officer_purposes, asked.reason),
        organisationName=labels.organisation(asked.organisation),
        purposeLabel=labels.purpose(asked.purpose),
        digest=one.matter.digest.hex(),
        requestedBy=name_requester(approval),
        requestedAt=one.requested_at,
        own=is_own,
        state="over" if is_over else approval.state.value,
        decidedBy=find_decider(approval),
        decidedAt=decided,
        availableUntil=ends,
        available=approval.state is State.APPROVED and is_own and not is_over,
    )

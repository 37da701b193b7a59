"""What a reconciliation found, and closing it; and requests that came to nothing.

- The report comes from an officer's own machine (`signal-index reconcile`), is stored
  as far as it concerns the officer's municipality, and is recorded by its digest.
- Looking at findings is an act in the ledger too: they name accounts.
- A client reports requests that never reached an answer (a closed tab) when it next
  can. That says something to the officer, and lowers no count.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query

from keys.base64url import encode_b64u
from signal_index.api.acting import acting
from signal_index.api.callers import ActivePerson, MunicipalOfficer, Officer
from signal_index.api.context import TheIndex
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit, cut_page
from signal_index.api.routing import Routes
from signal_index.errors import FindingClosed, UnknownFinding
from signal_index.ledger import Kind
from signal_index.store import completeness as store
from signal_index.store.ledger_reading import Page
from signal_index.wire import completeness as wire
from signal_index.wire.values import Id

DAYS_SHOWN: Final = 31

State = Annotated[wire.FindingState, Query(description="Open, of ook wat gesloten is")]

routes = Routes("volledigheid")


@routes.post(
    "/abandoned-requests", "Melden welke eigen aanvragen tot niets kwamen", status=204
)
async def report_abandoned(
    body: wire.AbandonedRequests, index: TheIndex, caller: ActivePerson
) -> None:
    """Record which of the caller's own requests never came to an answer."""
    reqs = [encode_b64u(req) for req in body.reqs]
    async with acting(index, caller.caller, Kind.COMPLETENESS) as act:
        await act.record({"act": "requests-abandoned", "reqs": reqs})


@routes.post(
    "/completeness/reports", "Het verslag van een nagekeken dag inleveren", status=201
)
async def take_report(
    body: wire.ReconciliationReport, index: TheIndex, caller: MunicipalOfficer
) -> wire.ReportTaken:
    """Store what reconciling a day found in the officer's municipality.

    The municipality's own officer: it is about all that look up there.
    """
    who, municipality = caller.caller, caller.scope.municipality
    digest = store.digest_report(body)
    async with acting(index, who, Kind.COMPLETENESS) as act:
        fresh = await store.take_report(
            act.conn, body, municipality, taken_by=who.subject, now=act.now
        )
        await act.record(
            {
                "act": "report-taken",
                "day": body.day.isoformat(),
                "sha256": digest.hex(),
                "findings": fresh,
            }
        )
    return wire.ReportTaken(day=body.day, new=fresh)


@routes.get("/completeness", "Welke dagen zijn nagekeken, en wat daarbij opviel")
async def show_completeness(
    index: TheIndex,
    caller: Officer,
    state: State = "open",
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.Completeness:
    """Show the days that were reconciled and what was found, open or all.

    Alarms stand apart and come whole with the first page: none is ever behind others.
    What is about the caller is shown to another officer only.
    """
    who, reader = caller.caller, store.Reader(caller.caller, caller.scope)
    labels = await index.labels_in(caller.scope.municipality)
    page, first = Page(limit + 1, cursor), Page(0 if cursor else wire.MOST_ALARMS, None)
    async with acting(index, who, Kind.COMPLETENESS) as act:
        conn = act.conn
        found = await store.find_findings(
            conn, reader, wire.Weight.FINDING, page, labels, state=state
        )
        alarms = await store.find_findings(
            conn, reader, wire.Weight.ALARM, first, labels, state=state
        )
        shown, following = cut_page(found, limit)
        count = len(shown) + len(alarms)
        await act.record({"act": "findings-shown", "shown": count})
        return wire.Completeness(
            days=await store.find_days(conn, caller.scope, limit=DAYS_SHOWN),
            open=await store.count_open(conn, reader),
            alarms=alarms,
            items=shown,
            next=following,
        )


@routes.post(
    "/completeness/findings/{finding_id}/closing",
    "Een bevinding afsluiten met een reden",
    status=204,
    raises=(UnknownFinding, FindingClosed),
)
async def close_finding(
    finding_id: Id, body: wire.FindingClosing, index: TheIndex, caller: Officer
) -> None:
    """Close a finding with a reason; to whom it is about it is not there."""
    who, reader = caller.caller, store.Reader(caller.caller, caller.scope)
    async with acting(index, who, Kind.COMPLETENESS) as act:
        code, day = await store.close_finding(
            act.conn, finding_id, reader, body, now=act.now
        )
        await act.record(
            {
                "act": "finding-closed",
                "finding": str(finding_id),
                "code": code,
                "day": day.isoformat(),
                "reason": body.reason,
            }
        )

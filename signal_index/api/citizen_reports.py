"""A report for a citizen who asked for access (GDPR art. 15): read, recorded, proven.

1. The officer's tickets hold, the request for access is open, and the policy permits
   the report; a refusal is recorded with every ground before it leaves.
2. One transaction spends the tickets, reads what the citizen may see, notes at the
   request that a report was made and about whom (a keyed hash), and records it (kind
   `citizen-report`). A request is of the person of its first report: about another it
   is refused, recorded with ground `request-of-another`.
3. Then each entry in the report gets its proof file, with exactly the groups that the
   citizen may see opened; an entry whose tree is not signed yet gets none.

What is under embargo is left out before anything is counted, recorded or proven.
"""

from __future__ import annotations

import asyncio
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from policy.errors import ReportDenied
from policy.key import calendar_day
from policy.reports import ReportPermit, ReportQuestion, permit_report
from signal_index.api.acting import acting
from signal_index.api.callers import PrivacyOfficer
from signal_index.api.context import Index, TheIndex
from signal_index.api.person_asked import (
    PERSON_FACTS,
    PersonAct,
    PersonAsked,
    arrive,
    find_keys_by_year,
    record_about_person,
    spending,
)
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.citizens.embargo import (
    find_embargo_rows,
    withhold_entries,
    withhold_signals,
)
from signal_index.citizens.reported import (
    REPORTED_KINDS,
    REQUEST_OF_ANOTHER,
    derive_own_search,
    find_open_groups,
    name_request_row,
)
from signal_index.days import day_of
from signal_index.errors import (
    AccessRequestClosed,
    AccessRequestOfAnother,
    ProofNotReady,
    UnknownAccessRequest,
)
from signal_index.follows import name_follow_row
from signal_index.ledger import Kind, Outcome
from signal_index.proof import DisclosureRefused, JsonObject
from signal_index.store import access_requests, citizen_reports, corrections
from signal_index.store.embargoes import find_held_categories
from signal_index.store.ledger_proofs import prove_entry_for
from signal_index.wire import citizen_reports as wire
from signal_index.wire.persons import NamedPerson
from signal_index.wire.values import Id

routes = Routes("rechten van inwoners")

Line = TypeVar("Line", wire.ReportedLookup, wire.ReportedMatch, wire.ReportedCheck)


@routes.post(
    "/access-requests/{request_id}/report",
    "Wat een inwoner over zichzelf mag zien, met bewijzen",
    raises=(
        *PERSON_FACTS,
        UnknownAccessRequest,
        AccessRequestClosed,
        AccessRequestOfAnother,
        ReportDenied,
    ),
)
async def make_citizen_report(
    request_id: Id, body: NamedPerson, index: TheIndex, caller: PrivacyOfficer
) -> wire.CitizenReport:
    """Tell a citizen what they may see of themselves, with a proof of each lookup."""
    asked = await arrive(index, body, caller.caller)
    place = caller.scope.municipality
    labels, today = await index.labels_in(place), calendar_day(asked.at)
    async with looking(index.engine) as conn:
        found = await access_requests.get_open_request(
            conn, request_id, place, labels, today
        )
    policy = index.policy.get(await index.standing.get(asked.at), place)
    question = ReportQuestion(
        caller.caller, place, asked.pseudonym, found.identityCheck
    )
    try:
        permit = permit_report(policy, question, now=asked.at)
    except ReportDenied as refusal:
        grounds = tuple(ground.id for ground in refusal.grounds)
        await asyncio.shield(_record_refusal(index, asked, request_id, grounds))
        raise
    try:
        report = await asyncio.shield(_gather(index, asked, request_id, permit))
    except AccessRequestOfAnother:
        grounds = (REQUEST_OF_ANOTHER,)
        await asyncio.shield(_record_refusal(index, asked, request_id, grounds))
        raise
    return await _prove(index, report)


async def _gather(
    index: Index, asked: PersonAsked, wanted: UUID, permit: ReportPermit
) -> wire.CitizenReport:
    """Read and record a report, of which nothing is proven yet."""
    place = permit.municipality
    labels = await index.labels_in(place)
    row_keys, point = index.keys.row_keys, asked.point
    search = derive_own_search(permit, point, row_keys)
    held_rows = find_embargo_rows(row_keys, point)
    person = row_keys.seal_all(point, name_request_row(wanted))
    persons = find_keys_by_year(index.keys, asked.point, REPORTED_KINDS)
    keys = index.keys.disclosures
    async with spending(index, asked, Kind.CITIZEN_REPORT) as act:
        conn = act.conn
        request = await access_requests.lock_open_request(
            conn, wanted, place, labels, calendar_day(asked.at)
        )
        await access_requests.bind_request(conn, wanted, person, asked.at)
        held = await find_held_categories(conn, held_rows, place, index.keys, asked.at)
        today = day_of(act.now)
        signals = await citizen_reports.find_own_signals(conn, search, labels, today)
        follows = await citizen_reports.find_own_follows(
            conn,
            search,
            lambda oin: row_keys.find(point, name_follow_row(oin)),
            labels,
            today,
        )
        looked = await citizen_reports.find_person_entries(
            conn, persons, place, keys, labels
        )
        disputed = await corrections.report_corrections(
            conn, search.rows, place, labels, held=held, today=today
        )
        done = _act(wanted, Outcome.ANSWERED, policy=permit.policy_digest)
        recorded = await record_about_person(act, asked, done)
    most = citizen_reports.MOST_ENTRIES
    shown = withhold_entries(looked[:most], held, labels.catalogue)
    return wire.CitizenReport(
        reportId=recorded.id,
        reference=request.reference,
        receivedOn=request.receivedOn,
        madeAt=asked.at,
        organisation=labels.organisation(asked.caller.organisation),
        firstYear=min(keys, default=asked.at.year),
        ledgerOrigin=index.names.ledger_origin,
        lookups=[one for one in shown if isinstance(one, wire.ReportedLookup)],
        matches=[one for one in shown if isinstance(one, wire.ReportedMatch)],
        checks=[one for one in shown if isinstance(one, wire.ReportedCheck)],
        follows=list(follows),
        hasMore=len(looked) > most,
        signals=list(withhold_signals(signals, held)),
        corrections=list(disputed),
    )


async def _record_refusal(
    index: Index, asked: PersonAsked, wanted: UUID, grounds: tuple[str, ...]
) -> None:
    done = _act(wanted, Outcome.REFUSED, grounds)
    async with acting(index, asked.caller, Kind.CITIZEN_REPORT) as act:
        await record_about_person(act, asked, done)


def _act(
    wanted: UUID,
    outcome: Outcome,
    grounds: tuple[str, ...] = (),
    policy: str | None = None,
) -> PersonAct:
    what: JsonObject = {"act": "citizen-report", "accessRequest": str(wanted)}
    return PersonAct(what, outcome, grounds, policy)


async def _prove(index: Index, report: wire.CitizenReport) -> wire.CitizenReport:
    """Add each entry's proof file, opened as far as the citizen may see it."""
    async with looking(index.engine) as conn:
        lookups = [await _prove_line(index, conn, one) for one in report.lookups]
        matches = [await _prove_line(index, conn, one) for one in report.matches]
        checks = [await _prove_line(index, conn, one) for one in report.checks]
    return report.model_copy(
        update={"lookups": lookups, "matches": matches, "checks": checks}
    )


async def _prove_line(index: Index, conn: AsyncConnection, line: Line) -> Line:
    groups = find_open_groups(line)
    try:
        proof = await prove_entry_for(conn, line.entryId, groups, index.keys)
    except (ProofNotReady, DisclosureRefused):
        return line
    return line.model_copy(update={"proof": proof})

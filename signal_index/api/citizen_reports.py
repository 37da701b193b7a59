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
from uuid import UUID

from policy.errors import ReportDenied
from policy.key import calendar_day
from policy.reports import ReportPermit, ReportQuestion, permit_report
from signal_index.api.acting import acting
from signal_index.api.callers import PrivacyOfficer
from signal_index.api.citizen_reading import Reading, prove_lines, read_and_record
from signal_index.api.context import Index, TheIndex
from signal_index.api.person_asked import (
    PERSON_FACTS,
    PersonAct,
    PersonAsked,
    arrive,
    record_about_person,
    spending,
)
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.citizens.reported import REQUEST_OF_ANOTHER, name_request_row
from signal_index.errors import (
    AccessRequestClosed,
    AccessRequestOfAnother,
    UnknownAccessRequest,
)
from signal_index.ledger import Kind, Outcome
from signal_index.proof import JsonObject
from signal_index.store import access_requests
from signal_index.wire import citizen_reports as wire
from signal_index.wire.persons import NamedPerson
from signal_index.wire.values import Id

routes = Routes("rechten van inwoners")


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
    return await prove_lines(index, report)


async def _gather(
    index: Index, asked: PersonAsked, wanted: UUID, permit: ReportPermit
) -> wire.CitizenReport:
    """Read and record a report, of which nothing is proven yet."""
    place = permit.municipality
    labels = await index.labels_in(place)
    rows = index.keys.row_keys
    person = rows.seal_all(asked.point, name_request_row(wanted))
    async with spending(index, asked, Kind.CITIZEN_REPORT, rows) as act:
        request = await access_requests.lock_open_request(
            act.conn, wanted, place, labels, calendar_day(asked.at)
        )
        await access_requests.bind_request(act.conn, wanted, person, asked.at)
        done = _act(wanted, Outcome.ANSWERED, policy=permit.policy_digest)
        reading = Reading(index, asked, rows, permit, labels)
        said = await read_and_record(act, reading, done)
    return wire.CitizenReport(
        reference=request.reference, receivedOn=request.receivedOn, **said
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

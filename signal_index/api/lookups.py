"""`POST /v1/lookups`: no answer without a permit, no permit without a purpose.

1. The body is read; what cannot be a question is a 400 and is not recorded.
2. Both tickets must hold for this caller and this many persons, or 403, recorded.
3. The policy decides, and an unwatched ledger answers only emergencies; a refusal is
   recorded per person before the 403 leaves.
4. The granted lookup joins the others that wait; one transaction spends its tickets,
   reads what is permitted and records it.
5. After the COMMIT, and only then, the answer is built: flags, sources, receipt, and
   what its user said of the same flags before.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from keys.pseudonym import KeyVersion, StoredPoint
from keys.request import Act
from keys.ticket import Ticket
from policy.decide import Policy, decide
from policy.errors import LookupDenied, NoDecision
from policy.vocabulary import Caller, Permit, Question
from signal_index.answers import encode_answer
from signal_index.api.acting import judged_anew
from signal_index.api.answering import render_parts
from signal_index.api.callers import Person
from signal_index.api.context import Index, find_witness_state, get_index
from signal_index.api.follow_permits import Beside, find_beside
from signal_index.api.lookup_refusals import (
    judge_spent,
    record_refusal,
)
from signal_index.api.lookup_run import Granted
from signal_index.api.problems import render_problem
from signal_index.api.questions import make_question
from signal_index.api.recording import Asked, Decided, find_keys_of, name_persons
from signal_index.api.refusal_events import say_refused
from signal_index.api.routing import Routes
from signal_index.api.said_before import find_said_before
from signal_index.api.telling import find_telling
from signal_index.api.ticket_pairs import admit_pair
from signal_index.api.witnessing import verify_witnessed
from signal_index.errors import QueueFull, StaleKeyVersion, TicketInvalid
from signal_index.events import Event
from signal_index.ledger import Outcome
from signal_index.ledger.trace import TRACEPARENT, TraceContext, parse_traceparent
from signal_index.notice import read_own_number
from signal_index.returning import CallBack
from signal_index.signals import PointKeys, derive_point, derive_search
from signal_index.store.lookups import PermittedLookup
from signal_index.store.tickets import REPEAT_FOR, TicketPair
from signal_index.wire import lookups as wire
from signal_index.wire.model import parse_body, parse_field
from signal_index.wire.values import Oin, read_bytes

_read_req: Final = partial(read_bytes, length=32)

routes = Routes("bevragen")


@dataclass(frozen=True, slots=True, repr=False)
class _Arrived:
    """A lookup whose tickets hold, before the policy has spoken."""

    question: Question
    tickets: tuple[Ticket, Ticket]
    version: KeyVersion
    points: tuple[StoredPoint, ...]
    keys: PointKeys
    body: bytes
    at: datetime
    call_back: CallBack | None


@routes.post(
    "/lookups",
    "Eén tot tien personen bevragen voor één doel",
    is_plain=True,
    body=wire.Lookup,
    answer=wire.Answer,
    raises=(LookupDenied, TicketInvalid, StaleKeyVersion, QueueFull),
)
async def look_up(request: Request, caller: Person) -> Response:
    """Answer one to ten persons for one purpose, or say in full why not."""
    index = get_index(request)
    arrived = await _arrive(index, await request.body(), caller.caller)
    standing = await index.standing.get(arrived.at)
    policy = index.policy.get(standing, arrived.question.municipality)
    trace = parse_traceparent(request.headers.get(TRACEPARENT))
    record = _describe(index, arrived, policy, trace)
    try:
        permit = decide(policy, arrived.question, now=arrived.at)
        state = find_witness_state(index, standing, arrived.at)
        verify_witnessed(state, arrived.question)
    except (LookupDenied, NoDecision) as refusal:
        say_refused(index.security, refusal, request.scope)
        return await asyncio.shield(_refuse(index, record, refusal))
    telling = find_telling(
        policy,
        permit,
        arrived.points,
        arrived.keys.row_keys,
        call_back=arrived.call_back,
        now=arrived.at,
    )
    rows = arrived.keys.row_keys
    beside = find_beside(policy, permit, arrived.points, rows, arrived.at)
    lookup = _permitted(index, arrived, record, permit, beside)
    granted = Granted(permit, record, lookup, telling, beside)
    with judged_anew(index):
        draft = await index.lookups.join(granted)
        if draft is None:
            draft = await asyncio.shield(judge_spent(index, granted))
    said = await find_said_before(index, draft, standing)
    parts = render_parts(index, draft, standing, said)
    return Response(encode_answer(parts), media_type="application/json")


async def _arrive(index: Index, body: bytes, caller: Caller) -> _Arrived:
    """Read the question and check its tickets; a refusal of tickets is recorded."""
    asked = parse_body(wire.Lookup, body)
    question = make_question(asked, caller, index.catalogue_in)
    version = KeyVersion(asked.keyVersion)
    keys = PointKeys(index.keys.get_scalar(version), index.keys.row_keys)
    now = index.clock()
    wanted = (Act.LOOKUP, len(question.subjects), asked.keyVersion)
    pair = await admit_pair(index, asked.tickets, caller, wanted, now)
    points = tuple(derive_point(keys, one) for one in question.subjects)
    call_back = _read_call_back(asked.callBack, caller, now)
    return _Arrived(question, pair, version, points, keys, body, now, call_back)


def _read_call_back(
    token: str | None, caller: Caller, now: datetime
) -> CallBack | None:
    if token is None:
        return None
    said, signed = read_own_number(token, Oin(caller.organisation), now=now)
    return CallBack(said.function, said.phone, said.lastVerified.isoformat(), signed)


def _describe(
    index: Index, arrived: _Arrived, policy: Policy, trace: TraceContext | None
) -> Asked:
    """Give what the ledger records of the question, whatever comes of it."""
    question = arrived.question
    return Asked(
        question=question,
        key_version=arrived.version,
        tickets=tuple(sorted(ticket.jti for ticket in arrived.tickets)),
        req=arrived.tickets[0].req,
        at=arrived.at,
        names=name_persons(arrived.points, index.keys, arrived.at),
        activity=str(policy.catalogue.purposes[question.purpose].activity),
        policy=policy.digest(question.municipality),
        trace=trace,
    )


def _permitted(
    index: Index,
    arrived: _Arrived,
    record: Asked,
    permit: Permit,
    beside: tuple[Beside, ...],
) -> PermittedLookup:
    """Give what the transaction does for a lookup that was granted."""
    return PermittedLookup(
        pair=_pair(permit, arrived),
        year=record.year,
        persons=find_keys_of(record, index.keys),
        searches=tuple(
            derive_search(permit, point, arrived.keys) for point in arrived.points
        ),
        rows=arrived.keys.row_keys,
        follows=tuple(one.row for one in beside),
    )


async def _refuse(
    index: Index, record: Asked, refusal: LookupDenied | NoDecision
) -> Response:
    if isinstance(refusal, NoDecision):
        index.events.write(Event.NO_DECISION, purpose=record.question.purpose)
        decided = Decided(Outcome.FAILED, ("no-decision",))
    else:
        decided = Decided(Outcome.REFUSED, tuple(g.id for g in refusal.grounds))
    entries = await record_refusal(index, record, decided)
    members = {"entryIds": [str(entry) for entry in entries]}
    answer = render_problem(refusal, base=index.names.problem_base, members=members)
    return Response(answer.body, answer.status, dict(answer.headers))


def _pair(permit: Permit, arrived: _Arrived) -> TicketPair:
    first, second = sorted(UUID(ticket.jti) for ticket in arrived.tickets)
    return TicketPair(
        jtis=(first, second),
        until=max(ticket.expires_at for ticket in arrived.tickets),
        req=parse_field(_read_req, arrived.tickets[0].req, "tickets"),
        organisation=permit.caller.organisation,
        subject=permit.caller.subject,
        municipality=permit.municipality,
        body_digest=hashlib.sha256(arrived.body).digest(),
        repeat_until=arrived.at + REPEAT_FOR,
    )

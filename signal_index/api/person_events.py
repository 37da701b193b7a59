"""A population register tells that a person died or moved: it ends what is out of date.

- It touches the signals of every source about that person in that municipality, in one
  entry whatever it touched. The register is told nothing of them, not even how many.
- What is published later about that person is refused, and says why: its source then
  mends its own file. Only events decide that, never another source's signals.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from keys.base64url import encode_b64u
from keys.errors import InvalidPseudonym
from keys.pseudonym import (
    KeyVersion,
    StoredPoint,
    derive_stored_point,
    parse_pseudonym,
)
from policy.catalogue import Catalogue
from policy.vocabulary import Caller
from signal_index.api.acting import Acting, acting
from signal_index.api.callers import Source, SourceCaller
from signal_index.api.context import Index, TheIndex
from signal_index.api.publishing import SIGNED_FACTS
from signal_index.api.routing import Routes
from signal_index.api.submissions import find_signer, get_source
from signal_index.days import day_of
from signal_index.endings import NOBODYS
from signal_index.errors import NotARegister, UnknownSource
from signal_index.identifiers import new_uuid7
from signal_index.ledger import Kind
from signal_index.notice import (
    parse_signed_person_event,
    read_kid,
    subject_commitment,
)
from signal_index.proof import JsonObject
from signal_index.signals import name_event_row
from signal_index.store.person_events import (
    TouchedSignal,
    find_publishing,
    find_touched,
    is_event_known,
    store_event,
)
from signal_index.store.registry import REGISTER
from signal_index.store.sending import Sending, hold_sending
from signal_index.store.signals import (
    Ending,
    Evidence,
    bury_signals,
    insert_evidence,
    keep_ended,
)
from signal_index.wire import person_events as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.person_events import PersonEvent, PersonEventKind
from signal_index.wire.signals import Withdrawal, WithdrawalReason
from signal_index.wire.sources import SourceState

_REASONS: Final = {
    PersonEventKind.DECEASED: WithdrawalReason.DECEASED,
    PersonEventKind.MOVED_AWAY: WithdrawalReason.MOVED_AWAY,
}

routes = Routes("aanleveren")


@routes.post(
    "/person-events",
    "Melden dat iemand is overleden, verhuisd of weer hier woont",
    status=201,
    also=200,
    raises=(*SIGNED_FACTS, UnknownSource, NotARegister),
)
async def tell_person_event(
    body: wire.PersonEventBody, index: TheIndex, caller: Source, response: Response
) -> wire.PersonEventResult:
    """Take one event of a person; sent again it answers the same, with 200."""
    now = index.clock()
    standing = await index.standing.get(now)
    signer = find_signer(body.event, caller.organisation, standing)
    event = parse_signed_person_event(body.event, signer, now=now).event
    register = get_source(event.source, caller.organisation, standing)
    own = str(caller.caller.municipality)
    # A register in trial would end, without being seen, what others published.
    is_register = register.kind == REGISTER and register.state is SourceState.LIVE
    if not is_register or event.municipality != own:
        raise NotARegister
    if event.on > day_of(now):
        raise InvalidField("on", "in-the-future")
    point = _derive_point(index, body, event)
    # Shielded: a register that leaves must find the whole of it done, or nothing.
    told = (event, body.event)
    entry, is_known = await asyncio.shield(_carry_out(index, caller, told, point))
    if is_known:
        response.status_code = 200
    return wire.PersonEventResult(event=event.event, entryId=entry)


def _derive_point(
    index: Index, body: wire.PersonEventBody, event: PersonEvent
) -> StoredPoint:
    """Check that the signed commitment is of the N beside it, and give c*N."""
    try:
        pseudonym = parse_pseudonym(body.pseudonym)
    except InvalidPseudonym as error:
        raise InvalidField("pseudonym", "wrong-form") from error
    committed = subject_commitment(body.salt, pseudonym)
    if not hmac.compare_digest(committed, event.subject):
        raise InvalidField("subject", "does-not-match")
    scalar = index.keys.get_scalar(KeyVersion(body.keyVersion))
    return derive_stored_point(scalar, pseudonym)


async def _carry_out(
    index: Index,
    caller: SourceCaller,
    told: tuple[PersonEvent, str],
    point: StoredPoint,
) -> tuple[UUID, bool]:
    """Carry out an event, and keep the message in which it was signed.

    Gives its entry, and whether it was told before: then nothing is done.
    """
    event, token = told
    row_keys = index.keys.row_keys
    catalogue = index.catalogue_in(event.municipality)
    categories = {
        one.value for one in (*catalogue.categories, *index.catalogue.categories)
    }
    rows = [
        row for category in sorted(categories) for row in row_keys.find(point, category)
    ]
    mark = row_keys.seal(point, name_event_row(event.municipality))
    async with acting(index, caller.caller, Kind.PERSON_EVENT, rows=row_keys) as act:
        if (known := await is_event_known(act.conn, event.event)) is not None:
            act.leave()
            return known, True
        sending = Sending(
            caller.organisation, read_kid(token), frozenset({str(event.source)})
        )
        touched = await _find_touched(act.conn, sending, event, rows)
        await _end(act, catalogue, event, touched)
        entry = await act.record(_describe(event, touched))
        await store_event(act.conn, event, mark, entry=entry.id, now=act.now)
        kept = _evidence(token, caller.caller, entry.id, act.now)
        await insert_evidence(act.conn, kept)
    return entry.id, False


async def _find_touched(
    conn: AsyncConnection, sending: Sending, event: PersonEvent, rows: Sequence[bytes]
) -> Sequence[TouchedSignal]:
    """Give what the event ends, once nobody publishes there, whoever signals."""
    if event.kind not in _REASONS:
        await hold_sending(conn, sending)
        return ()
    publishing = await find_publishing(conn, event.municipality)
    await hold_sending(conn, sending, publishing)
    return await find_touched(conn, rows, event.municipality)


async def _end(
    act: Acting,
    catalogue: Catalogue,
    event: PersonEvent,
    touched: Sequence[TouchedSignal],
) -> None:
    """End them with as many statements as where nobody signals this person.

    One that nobody has is always among them, so that the time it takes, and whether a
    tombstone was left, say nothing.
    """
    reason = _REASONS.get(event.kind)
    if reason is None:
        return
    cover = Withdrawal(
        reference=uuid4(),
        version=1,
        source=event.source,
        reason=reason,
        on=event.on,
    )
    keep = [Ending(cover, NOBODYS, event.municipality)]
    bury = list(keep)
    for one in touched:
        said = Withdrawal(
            reference=one.reference,
            version=one.version,
            source=one.source,
            reason=reason,
            on=event.on,
        )
        kept = reason.allows_keeping and catalogue.may_keep(one.category)
        (keep if kept else bury).append(Ending(said, one.category, event.municipality))
    await keep_ended(act.conn, keep)
    await bury_signals(act.conn, bury, act.index.keys, now=act.now)


def _describe(event: PersonEvent, touched: Sequence[TouchedSignal]) -> JsonObject:
    """Say what an event ended: twenty signals take no more room than none."""
    return {
        "event": str(event.event),
        "happened": event.kind.value,
        "ended": [
            {
                "category": one.category,
                "reference": encode_b64u(one.reference.bytes),
                "source": one.source,
            }
            for one in touched
        ],
    }


def _evidence(token: str, caller: Caller, entry: UUID, now: datetime) -> Evidence:
    return Evidence(
        id=new_uuid7(now),
        kind="person-event",
        submitted_by=caller.organisation,
        municipality=caller.municipality,
        entry_id=entry,
        received_at=now,
        jws=token,
    )

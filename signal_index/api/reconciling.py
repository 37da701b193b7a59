"""A source compares what it has open with what stands here, and so confirms it.

Equal: its signals are confirmed, and the ledger says so, in the transaction in which
they were read: what nobody compared is never confirmed. Different: it is
told in which buckets, and may ask those in full; mending goes by publishing and
withdrawing as always. Everything told is the source's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from keys.base64url import encode_b64u
from signal_index.api.acting import Acting, acting, judged_anew
from signal_index.api.callers import Source, SourceCaller
from signal_index.api.context import Index, TheIndex
from signal_index.api.routing import Routes
from signal_index.api.submissions import get_source
from signal_index.api.transactions import looking
from signal_index.days import day_of
from signal_index.errors import OutboxReplaced, StandingChanged, UnknownSource
from signal_index.ledger import Entry, Kind
from signal_index.notice import (
    choose_bits,
    digest_buckets,
    digest_marks,
    encode_digests,
    find_bucket,
    mark_signal,
)
from signal_index.store.reconciling import confirm_signals, read_standing_signals
from signal_index.store.replaced_outboxes import verify_in_use
from signal_index.store.standing import Standing
from signal_index.wire import reconciling as wire
from signal_index.wire.errors import InvalidField

_CLOCKS_DIFFER: Final = timedelta(days=1)

routes = Routes("aanleveren")


@routes.post(
    "/reconciliations",
    "Vergelijken wat er open staat; gelijk bevestigt alle signalen",
    raises=(UnknownSource, OutboxReplaced),
)
async def compare_own_signals(
    body: wire.Comparison, index: TheIndex, caller: Source
) -> wire.Compared:
    """Compare two sets by their digests; equal sets confirm every signal in them."""
    _verify_scope(index, caller, body, await index.standing.get(index.clock()))
    entry = None
    with judged_anew(index):
        async with acting(index, caller.caller, Kind.RECONCILIATION) as act:
            await verify_in_use(act.conn, caller.organisation, body.outbox)
            marked = await _read_marks(act.conn, body)
            marks = [mark for mark, _ in marked]
            # Sorting and hashing a hundred thousand marks would hold up every lookup.
            own = await asyncio.to_thread(digest_marks, marks)
            if own == body.digest and len(marks) == body.count:
                entry = await _confirm(act, body, frozenset(one for _, one in marked))
            else:
                act.leave()
    if entry is None:
        bits = choose_bits(max(len(marks), body.count))
        digests = await asyncio.to_thread(digest_buckets, marks, bits)
        return wire.Compared(
            equal=False, count=len(marks), bits=bits, buckets=encode_digests(digests)
        )
    index.standing.forget()
    return wire.Compared(equal=True, count=body.count, entryId=entry.id)


@routes.post(
    "/reconciliations/buckets",
    "De eigen signalen in een aantal groepen",
    raises=(UnknownSource, OutboxReplaced),
)
async def tell_buckets(
    body: wire.BucketQuestion, index: TheIndex, caller: Source
) -> wire.Buckets:
    """Tell in full which of the source's own signals stand in some buckets."""
    _verify_scope(index, caller, body, await index.standing.get(index.clock()))
    asked = frozenset(body.buckets)
    async with looking(index.engine) as conn:
        await verify_in_use(conn, caller.organisation, body.outbox)
        marked = await _read_marks(conn, body)
    found = [one for mark, one in marked if find_bucket(mark, body.bits) in asked]
    return wire.Buckets(signals=found)


async def _confirm(
    act: Acting, said: wire.Comparison, compared: frozenset[wire.MarkedSignal]
) -> Entry:
    """Confirm what was compared, and record it.

    Raises `StandingChanged` where something came meanwhile that nobody compared: the
    other side asks again.
    """
    confirmed = await confirm_signals(act.conn, said, today=day_of(act.now))
    if not confirmed <= compared:
        raise StandingChanged
    return await act.record(
        {
            "source": said.source,
            "categories": said.categories,
            "municipalities": said.municipalities,
            "count": said.count,
            "digest": encode_b64u(said.digest),
        }
    )


def _verify_scope(
    index: Index,
    caller: SourceCaller,
    scope: wire.ReconcilingScope,
    standing: Standing,
) -> None:
    if abs(scope.on - day_of(index.clock())) > _CLOCKS_DIFFER:
        raise InvalidField("on", "not-today")
    get_source(scope.source, caller.organisation, standing)


async def _read_marks(
    conn: AsyncConnection, scope: wire.ReconcilingScope
) -> Sequence[tuple[bytes, wire.MarkedSignal]]:
    found: list[tuple[bytes, wire.MarkedSignal]] = []
    async for part in read_standing_signals(conn, scope):
        found += [(mark_signal(scope.salt, one), one) for one in part]
        await asyncio.sleep(0)
    return found

"""A source compares what it has open with what stands here, and so confirms it.

Equal: its signals are confirmed, and the ledger says so. Different: it is
told in which buckets, and may ask those in full; mending goes by publishing and
withdrawing as always. Everything told is the source's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from keys.base64url import encode_b64u
from signal_index.api.acting import acting
from signal_index.api.callers import Source, SourceCaller
from signal_index.api.context import Index, TheIndex
from signal_index.api.routing import Routes
from signal_index.api.submissions import get_source
from signal_index.api.transactions import looking
from signal_index.days import day_of
from signal_index.errors import OutboxReplaced, UnknownSource
from signal_index.ledger import Kind
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
    await _verify_own(index, caller, body)
    marks = [mark for mark, _ in await _read_marks(index, body)]
    # Sorting and hashing a hundred thousand marks would hold up every lookup.
    own = await asyncio.to_thread(digest_marks, marks)
    if own == body.digest and len(marks) == body.count:
        return await _confirm(index, caller, body)
    bits = choose_bits(max(len(marks), body.count))
    digests = await asyncio.to_thread(digest_buckets, marks, bits)
    return wire.Compared(
        equal=False, count=len(marks), bits=bits, buckets=encode_digests(digests)
    )


@routes.post(
    "/reconciliations/buckets",
    "De eigen signalen in een aantal groepen",
    raises=(UnknownSource, OutboxReplaced),
)
async def tell_buckets(
    body: wire.BucketQuestion, index: TheIndex, caller: Source
) -> wire.Buckets:
    """Tell in full which of the source's own signals stand in some buckets."""
    await _verify_own(index, caller, body)
    asked = frozenset(body.buckets)
    marked = await _read_marks(index, body)
    found = [one for mark, one in marked if find_bucket(mark, body.bits) in asked]
    return wire.Buckets(signals=found)


async def _confirm(
    index: Index, caller: SourceCaller, said: wire.Comparison
) -> wire.Compared:
    async with acting(index, caller.caller, Kind.RECONCILIATION) as act:
        await confirm_signals(act.conn, said, today=day_of(act.now))
        entry = await act.record(
            {
                "source": said.source,
                "categories": said.categories,
                "municipalities": said.municipalities,
                "count": said.count,
                "digest": encode_b64u(said.digest),
            }
        )
    index.standing.forget()
    return wire.Compared(equal=True, count=said.count, entryId=entry.id)


async def _verify_own(
    index: Index, caller: SourceCaller, scope: wire.ReconcilingScope
) -> None:
    now = index.clock()
    if abs(scope.on - day_of(now)) > _CLOCKS_DIFFER:
        raise InvalidField("on", "not-today")
    get_source(scope.source, caller.organisation, await index.standing.get(now))
    async with looking(index.engine) as conn:
        await verify_in_use(conn, caller.organisation, scope.outbox)


async def _read_marks(
    index: Index, scope: wire.ReconcilingScope
) -> Sequence[tuple[bytes, wire.MarkedSignal]]:
    found: list[tuple[bytes, wire.MarkedSignal]] = []
    async with looking(index.engine) as conn:
        async for part in read_standing_signals(conn, scope):
            found += [(mark_signal(scope.salt, one), one) for one in part]
            await asyncio.sleep(0)
    return found

"""A source compares what it has open with what stands here, and so confirms it.

Equal: its signals are confirmed, it was heard, and the ledger says so. Different: it is
told in which buckets, and may ask those in full; mending goes by publishing and
withdrawing as always. Everything told is the source's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from keys.base64url import encode_b64u
from signal_index.api.callers import Source, SourceCaller
from signal_index.api.context import Index, get_index
from signal_index.api.reading import give_json, read_json
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.submissions import get_source
from signal_index.api.transactions import committing, looking
from signal_index.ledger import Kind
from signal_index.notice import (
    Difference,
    InvalidField,
    MarkedSignal,
    ReconcilingScope,
    choose_bits,
    digest_buckets,
    digest_marks,
    encode_difference,
    encode_marked,
    find_bucket,
    mark_signal,
    parse_bucket_question,
    parse_comparison,
)
from signal_index.proof import JsonObject
from signal_index.store.ledger import insert_entries
from signal_index.store.reconciling import confirm_signals, read_standing_signals

_CLOCKS_DIFFER: Final = timedelta(days=1)

routes = Routes()


@routes.post("/reconciliations")
async def compare(request: Request, caller: Source) -> Response:
    """Compare two sets by their digests; equal sets confirm every signal in them."""
    index = get_index(request)
    scope, count, digest = parse_comparison(await read_json(request))
    await _verify_own(index, caller, scope)
    marks = [mark for mark, _ in await _read_marks(index, scope)]
    # Sorting and hashing a hundred thousand marks would hold up every lookup.
    own = await asyncio.to_thread(digest_marks, marks)
    if own == digest and len(marks) == count:
        return await _confirm(index, caller, scope, (count, digest))
    bits = choose_bits(max(len(marks), count))
    digests = await asyncio.to_thread(digest_buckets, marks, bits)
    difference = encode_difference(Difference(bits, digests))
    return give_json({"equal": False, "count": len(marks), **difference})


@routes.post("/reconciliations/buckets")
async def tell_buckets(request: Request, caller: Source) -> Response:
    """Tell in full which of the source's own signals stand in some buckets."""
    index = get_index(request)
    scope, bits, asked = parse_bucket_question(await read_json(request))
    await _verify_own(index, caller, scope)
    marked = await _read_marks(index, scope)
    found = [one for mark, one in marked if find_bucket(mark, bits) in asked]
    return give_json({"signals": encode_marked(found)})


async def _confirm(
    index: Index, caller: SourceCaller, scope: ReconcilingScope, said: tuple[int, bytes]
) -> Response:
    now = index.clock()
    count, digest = said
    what: JsonObject = {
        "source": scope.source,
        "categories": list(scope.categories),
        "municipalities": list(scope.municipalities),
        "count": count,
        "digest": encode_b64u(digest),
    }
    entry = record_act(Kind.RECONCILIATION, caller.caller, what, index.keys, now)
    async with committing(index.engine) as conn:
        await confirm_signals(conn, scope, now=now)
        await insert_entries(conn, [entry])
    index.standing.forget()
    return give_json({"equal": True, "count": count, "entryId": str(entry.id)})


async def _verify_own(
    index: Index, caller: SourceCaller, scope: ReconcilingScope
) -> None:
    now = index.clock()
    if abs(scope.on - now.date()) > _CLOCKS_DIFFER:
        raise InvalidField("on", "not-today")
    get_source(scope.source, caller.organisation, await index.standing.get(now))


async def _read_marks(
    index: Index, scope: ReconcilingScope
) -> Sequence[tuple[bytes, MarkedSignal]]:
    found: list[tuple[bytes, MarkedSignal]] = []
    async with looking(index.engine) as conn:
        async for part in read_standing_signals(conn, scope):
            found += [(mark_signal(scope.salt, one), one) for one in part]
            await asyncio.sleep(0)
    return found

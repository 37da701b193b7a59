"""A source in trial rehearses.

Nothing here makes a source live: that is an administrator's command, on the machine of
the index. What stands recorded is what the source said of each case, judged together
with what the index itself saw of them (`store.rehearsals`).
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from signal_index.api.acting import acting
from signal_index.api.callers import Source
from signal_index.api.context import TheIndex
from signal_index.api.routing import Routes
from signal_index.api.submissions import get_source
from signal_index.errors import (
    NotInTrial,
    RehearsedBefore,
    UnknownRehearsal,
    UnknownSource,
)
from signal_index.ledger import Kind
from signal_index.store.rehearsals import (
    close_rehearsal,
    get_source_of,
    open_rehearsal,
)
from signal_index.store.source_states import get_source_state
from signal_index.wire import rehearsals as wire
from signal_index.wire.sources import SourceState
from signal_index.wire.values import Id

routes = Routes("aanleveren")


@routes.post(
    "/rehearsals",
    "Een oefening beginnen, met een bron die in proef is",
    status=201,
    also=200,
    raises=(UnknownSource, NotInTrial, RehearsedBefore),
)
async def begin_rehearsal(
    body: wire.NewRehearsal, index: TheIndex, caller: Source, response: Response
) -> wire.RehearsalOpened:
    """Begin a rehearsal; asked again it is the same one."""
    standing = await index.standing.get(index.clock())
    get_source(body.source, caller.organisation, standing)
    async with acting(index, caller.caller, Kind.REHEARSAL) as act:
        await _verify_in_trial(act.conn, body.source)
        erased = await open_rehearsal(
            act.conn,
            body,
            index.keys,
            municipality=str(caller.caller.municipality),
            submitted_by=caller.organisation,
            now=act.now,
        )
        if erased is None:
            act.leave()
            response.status_code = 200
        else:
            await act.record(
                {
                    "act": "rehearsal-begun",
                    "rehearsal": str(body.rehearsal),
                    "source": body.source,
                    "erased": erased,
                }
            )
    return wire.RehearsalOpened(rehearsal=body.rehearsal, erased=erased or 0)


@routes.post(
    "/rehearsals/{rehearsal}/result",
    "Een oefening afsluiten, met wat er van elk geval kwam",
    raises=(UnknownRehearsal, NotInTrial),
)
async def end_rehearsal(
    rehearsal: Id, body: wire.RehearsalResult, index: TheIndex, caller: Source
) -> wire.RehearsalRecorded:
    """End a rehearsal; what its signals left is erased, and it is judged."""
    submitter = caller.organisation
    async with acting(index, caller.caller, Kind.REHEARSAL) as act:
        source = await get_source_of(act.conn, rehearsal, submitter)
        await _verify_in_trial(act.conn, source)
        judged = await close_rehearsal(
            act.conn,
            rehearsal,
            body,
            index.keys,
            submitted_by=submitter,
            now=act.now,
        )
        entry = await act.record(
            {
                "act": "rehearsal-ended",
                "rehearsal": str(rehearsal),
                "source": source,
                "passed": judged.passed,
                "failed": [one.case.value for one in body.cases if not one.passed],
                "ended": judged.ended,
                "erased": judged.erased,
            }
        )
    return wire.RehearsalRecorded(
        passed=judged.passed,
        ended=judged.ended,
        erased=judged.erased,
        entryId=entry.id,
    )


async def _verify_in_trial(conn: AsyncConnection, source: str) -> None:
    """Raise `NotInTrial` for a live source, by what stands now, not seconds ago."""
    if await get_source_state(conn, source) is not SourceState.TRIAL:
        raise NotInTrial

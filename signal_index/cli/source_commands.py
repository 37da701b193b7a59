"""A source that tries out: how it stands, going live, and going back.

Only these commands change the state of a source, as the owner of the database; each
change and its entry commit together.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index import clock
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering, opened
from signal_index.cli.registry_commands import OinArgument
from signal_index.errors import NotReady
from signal_index.keyring import YearKeys
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.settings import load_settings
from signal_index.store.acts import Act, Recorder
from signal_index.store.agencies import count_own_signals, list_deliveries
from signal_index.store.registry import Change, get_municipality, get_name
from signal_index.store.rehearsals import (
    close_tried,
    find_key_version,
    find_last,
    find_signers,
)
from signal_index.store.source_states import (
    get_source_state,
    make_live,
    take_to_trial,
)
from signal_index.taking_part import find_lacks
from signal_index.wire.rehearsals import Lack
from signal_index.wire.sources import SourceState

_SHOWN = 5
_LIVE = "live: lookups show its flags from now on; the agency hears it from `doctor`"
_TRIED = "in trial: no lookup shows its flags, and answers call it late from now on"
_SAID = {
    Lack.NOT_REHEARSED: "no rehearsal has ended yet (`signal-source rehearse`)",
    Lack.REHEARSAL_FAILED: "the last rehearsal did not pass",
    Lack.REHEARSAL_OLD: "the last rehearsal is older than 30 days",
    Lack.KEYS_CHANGED: "keys changed since the last rehearsal",
}


def show_source(oin: OinArgument, settings: SettingsFile) -> None:
    """Show how a source stands: state, keys, signals, deliveries, rehearsal."""
    for line in run(lambda: _shown(settings, oin)):
        say(line)


def go_live(
    oin: OinArgument,
    settings: SettingsFile,
    without_rehearsal: Annotated[
        str | None,
        typer.Option(
            help="The exception: the source's name, in full, to let it go without.",
            metavar="NAME",
        ),
    ] = None,
) -> None:
    """Show a source's flags from now on; refused while its rehearsal lacks anything."""

    async def change(
        conn: AsyncConnection, keys: YearKeys, now: datetime
    ) -> tuple[Change, JsonObject]:
        facts = await _verify_ready(conn, oin, without_rehearsal, keys, now)
        return await make_live(conn, oin), facts

    done = run(lambda: _changed(settings, oin, "source-made-live", change))
    say(_LIVE if done is Change.CHANGED else "nothing changed: it was live already")


def to_trial(oin: OinArgument, settings: SettingsFile) -> None:
    """Hide a source's flags at once; answers call it late from now on."""

    async def change(
        conn: AsyncConnection, _: YearKeys, now: datetime
    ) -> tuple[Change, JsonObject]:
        return await take_to_trial(conn, oin, now=now), {}

    done = run(lambda: _changed(settings, oin, "source-to-trial", change))
    say(_TRIED if done is Change.CHANGED else "nothing changed: it was in trial")


_Changing = Callable[
    [AsyncConnection, YearKeys, datetime],
    Coroutine[object, object, tuple[Change, JsonObject]],
]


async def _changed(
    settings_file: Path, oin: str, named: str, change: _Changing
) -> Change:
    async with administering(load_settings(settings_file)) as (conn, recorder):
        done, facts = await change(conn, recorder.keys, recorder.clock())
        if done is not Change.UNCHANGED:
            await _record(conn, recorder, oin, {"act": named, "oin": oin, **facts})
    return done


async def _record(
    conn: AsyncConnection, recorder: Recorder, oin: str, what: JsonObject
) -> None:
    home = await get_municipality(conn, oin)
    await recorder.record(conn, Act(what, Kind.ADMINISTRATION, oin, home))


async def _verify_ready(
    conn: AsyncConnection, oin: str, named: str | None, keys: YearKeys, now: datetime
) -> JsonObject:
    """Hold that the source may go live, and close what it tried with test persons.

    Raises `NotReady` with everything that lacks, or where another source was named.
    """
    if await get_source_state(conn, oin) is SourceState.LIVE:
        return {}
    lacks = await _find_lacks(conn, oin, now)
    if lacks and named is None:
        raise NotReady("; ".join(_SAID[lack] for lack in lacks))
    if named is not None and named != await get_name(conn, oin):
        raise NotReady("the exception must name the source as it is registered")
    erased = await close_tried(conn, oin, keys, now=now)
    return {"lacks": [lack.value for lack in lacks], "erased": erased}


async def _find_lacks(conn: AsyncConnection, oin: str, now: datetime) -> list[Lack]:
    last = await find_last(conn, oin)
    signers = await find_signers(conn, oin if last is None else last[2])
    return find_lacks(last and last[0], signers, await find_key_version(conn), now)


async def _shown(settings_file: Path, oin: str) -> list[str]:
    async with opened(load_settings(settings_file)) as conn:
        state = await get_source_state(conn, oin)
        signals, lost = await count_own_signals(conn, oin, lambda _, category: category)
        deliveries, unread = await list_deliveries(conn, oin, limit=_SHOWN)
        last = await find_last(conn, oin)
        signers = await find_signers(conn, oin)
        lacks = []
        if state is SourceState.TRIAL:
            lacks = await _find_lacks(conn, oin, clock.now())
    lines = [f"state: {state.value}"]
    lines += [f"lacks: {_SAID[lack]}" for lack in lacks]
    lines += [f"signer: {kid}" for kid in sorted(signers)]
    lines += [
        f"signals: {one.category} {one.municipality} {one.state} {one.count}"
        for one in signals
    ]
    lines += [f"signals that cannot be read: {lost}"] if lost else []
    lines += [f"deliveries that cannot be read: {unread}"] if unread else []
    for one in deliveries:
        lines.append(
            f"delivery: {one.closedAt:%Y-%m-%d %H:%M} {one.kind} read {one.counts.read}"
            f" accepted {one.counts.accepted} rejected {one.counts.rejected}"
        )
        lines += [f"  rejected: {each.reason} {each.count}" for each in one.rejects]
    if last is not None:
        told = last[1]
        failed = "passed" if told.passed else f"failed {', '.join(told.failed)}"
        lines.append(f"rehearsal: {told.closedAt:%Y-%m-%d %H:%M} {failed}")
    return lines

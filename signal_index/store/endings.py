"""Ending what takes part: an organisation, a source, a client, a key, a label.

- What ended stays in the registry, with its reason, and is never registered again: a
  stolen key does not come back under its name.
- An organisation that ends takes its source along. Of a source that ended no flag is
  shown to anybody and no answer speaks: nobody is there to call, and its silence says
  nothing. Proven by tests/attack/test_what_ended_opens_nothing.py.
- What becomes of its signals is said in the same act: withdrawn (`withdraw_all`), or
  kept until a transfer passes them on, or their last day.
- Every request reads the registry at most ten seconds old; key holders hear of ended
  organisations and suspended accounts within a minute (`signal_index.upkeep.telling`).
- The caller records each `Change` in the ledger, in the same transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Table, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import NothingToEnd
from signal_index.keyring import YearKeys
from signal_index.store.accounts import EVERYONE
from signal_index.store.many_rows import in_parts
from signal_index.store.registry import Change
from signal_index.store.signals import Ending, bury_signals, lock_source
from signal_index.tables import registry
from signal_index.tables.approvals import contact_label_request
from signal_index.tables.signals import signal
from signal_index.wire.signals import WithdrawalReason
from signal_index.wire.sources import SourceState
from signal_index.wire.values import NUMBER_MAXIMUM


class Because(StrEnum):
    """Why something ends."""

    STOLEN = "stolen"
    LOST = "lost"
    REPLACED = "replaced"
    STOPPED = "stopped"
    MISTAKE = "mistake"


ENDED: Mapping[str, Table] = {
    "organisation": registry.organisation,
    "source": registry.source,
    "admission": registry.admission,
    "client": registry.client,
    "signer": registry.signer,
    "contact-label": registry.contact_label,
}
"""What can end, by what the ledger calls it."""

_SENDS = frozenset({"organisation", "source", "signer"})


async def end(
    conn: AsyncConnection,
    what: str,
    key: Mapping[str, str],
    because: Because,
    *,
    now: datetime,
) -> Change:
    """End what stands under this key; what ended before stays as it is.

    Raises `NothingToEnd` where nothing of the kind is registered under it.
    """
    if what in _SENDS:
        # Nothing is on its way from here on that was judged before (`store.sending`).
        await lock_source(conn, key.get("oin") or key["organisation"])
    if what == "contact-label" and await _end_asked(conn, key, because, now):
        return Change.CHANGED
    table = ENDED[what]
    rows = await conn.execute(select(table.c.ended_at).filter_by(**key))
    found = rows.one_or_none()
    if found is None:
        raise NothingToEnd(f"no such {what} is registered")
    if found.ended_at is not None:
        return Change.UNCHANGED
    done: dict[str, object] = {"ended_at": now, "ended_because": because.value}
    if what == "source":
        is_live = table.c.state == SourceState.LIVE.value
        done["state"] = SourceState.ENDED.value
        done["live_until"] = case((is_live, now), else_=table.c.live_until)
    await conn.execute(update(table).filter_by(**key).values(done))
    if what == "organisation" and await _publishes(conn, key["oin"]):
        await end(conn, "source", key, because, now=now)
    return Change.CHANGED


async def _end_asked(
    conn: AsyncConnection, key: Mapping[str, str], because: Because, now: datetime
) -> bool:
    """End a word that two persons approved, and the same of the administrator's list.

    Tells whether there was one.
    """
    done = {"ended_at": now, "ended_because": because.value}
    count = 0
    for table in (contact_label_request, registry.contact_label):
        standing = table.c.ended_at.is_(None)
        ended = await conn.execute(
            update(table).filter_by(**key).where(standing).values(done)
        )
        count += ended.rowcount
    return count > 0


async def find_left_behind(
    conn: AsyncConnection, what: str, key: Mapping[str, str]
) -> str | None:
    """Find the source for which nobody could speak once this has ended, if any.

    Its own, of an organisation; of a client that organisation's whose last one it is.
    """
    if what in {"organisation", "source"}:
        return key["oin"] if await _publishes(conn, key["oin"]) else None
    if what != "client":
        return None
    columns = registry.client.c
    whose = select(columns.organisation).filter_by(**key).scalar_subquery()
    rows = await conn.execute(
        select(columns.organisation, columns.client_id).where(
            columns.organisation == whose, columns.ended_at.is_(None)
        )
    )
    standing = {row.client_id: row.organisation for row in rows}
    if standing.keys() != {key["client_id"]}:
        return None
    (owner,) = standing.values()
    return str(owner) if await _publishes(conn, owner) else None


async def count_left(conn: AsyncConnection, source: str) -> Mapping[str, int]:
    """Count by municipality the signals that a source has here, in whatever state."""
    place = signal.c.municipality
    rows = await conn.execute(
        select(place, func.count())
        .where(signal.c.source == source)
        .group_by(place)
        .order_by(place)
    )
    return {str(row[0]): int(row[1]) for row in rows}


async def withdraw_all(
    conn: AsyncConnection, source: str, keys: YearKeys, *, now: datetime
) -> None:
    """Withdraw every signal of a source, as if it had taken each of them back.

    Also what a statute allows keeping: nobody is left who could answer for it. No
    version that is still under way brings one back.
    """
    columns = signal.c
    rows = await conn.execute(
        select(columns.reference, columns.category, columns.municipality)
        .where(columns.source == source)
        .order_by(columns.reference)
    )
    endings = [
        Ending.by_us(
            (source, row.reference, NUMBER_MAXIMUM),
            (row.category, row.municipality),
            WithdrawalReason.ENDED,
            now,
        )
        for row in rows
    ]
    for part in in_parts(endings):
        await bury_signals(conn, part, keys, now=now)


async def find_refused(conn: AsyncConnection) -> frozenset[tuple[str, str]]:
    """Find the accounts that may do nothing now: (organisation, `sub` or `EVERYONE`).

    Those that are suspended, and everybody of an organisation that ended.
    """
    suspended, organisation = registry.account_suspension.c, registry.organisation
    rows = await conn.execute(select(suspended.organisation, suspended.subject))
    gone = await conn.scalars(
        select(organisation.c.oin).where(organisation.c.ended_at.is_not(None))
    )
    return frozenset(
        {*((row.organisation, row.subject) for row in rows)}
        | {(oin, EVERYONE) for oin in gone}
    )


async def _publishes(conn: AsyncConnection, oin: str) -> bool:
    found = select(registry.source.c.oin).where(registry.source.c.oin == oin)
    return await conn.scalar(found) is not None

"""What a code hands over, and what became of it: seen by who gave and by who took.

A row is named by a keyed hash of the code, which stands nowhere else: nobody finds one
without it but the giver and, later, the taker. What it says is sealed (`desk.own_seal`)
and names no citizen. Which signals are whose changes here, in one transaction with the
note of it, once the index has recorded the act.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, insert, or_, select, update

from desk.database import Database
from desk.errors import DatabaseRefused
from desk.moments import day_here
from desk.own_seal import OwnSeal
from desk.tables import hand_signals, handed_over

TOLD_FOR: Final = timedelta(days=14)
"""How long both read it after it passed on."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody offered; `to` and `on` once a colleague took it over.

    `entry`: the index's, which says which signals; None where there are none.
    `contact`: whom others call about them from then on; None leaves that as it is.
    """

    entry: UUID | None
    signals: tuple[UUID, ...]
    contact: UUID | None
    has_follows: bool
    by: str
    until: date
    to: str | None = None
    on: date | None = None


class HandOvers:
    """The rows of one organisation."""

    def __init__(
        self, database: Database, seal: OwnSeal, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    async def keep(self, code: str, sub: str, offer: Offer) -> None:
        """Keep what a code hands over."""
        name = self._name(code)
        async with self._database.transaction() as connection:
            await connection.execute(
                insert(handed_over).values(
                    id=name,
                    giver=self._seal.name_user(sub),
                    last=offer.until.isoformat(),
                    sealed=self._seal.seal(_pack(offer), name),
                )
            )

    async def find(self, code: str) -> Offer | None:
        """Find what a code hands or handed over; None for a code that has none."""
        row = await self._find(code)
        return None if row is None else self._read(row)

    async def find_open(self, code: str, sub: str) -> Offer | None:
        """Find what a colleague's code hands over to this user today."""
        row = await self._find(code)
        if row is None or row.giver == self._seal.name_user(sub):
            return None
        offer = self._read(row)
        is_open = offer is not None and offer.to is None
        return offer if is_open and row.last >= self._today().isoformat() else None

    async def take(self, code: str, sub: str, name: str) -> None:
        """Make what a code hands over this user's, and note whose it was."""
        row = await self._find(code)
        offer = None if row is None else self._read(row)
        if row is None or offer is None:
            return
        today, taker = self._today(), self._seal.name_user(sub)
        taken = replace(offer, to=name, on=today)
        async with self._database.transaction() as connection:
            await connection.execute(
                update(hand_signals)
                .where(
                    hand_signals.c.reference.in_([str(one) for one in offer.signals])
                )
                .where(hand_signals.c.owner == row.giver)
                .values(owner=taker)
            )
            await connection.execute(
                update(handed_over)
                .where(handed_over.c.id == row.id)
                .values(
                    taker=taker,
                    last=(today + TOLD_FOR).isoformat(),
                    sealed=self._seal.seal(_pack(taken), row.id),
                )
            )

    async def list_own(self, sub: str) -> tuple[Sequence[Offer], Sequence[Offer]]:
        """Give what passed from this user to colleagues, and from them to this user."""
        me, columns = self._seal.name_user(sub), handed_over.c
        query = (
            select(handed_over)
            .where(or_(columns.giver == me, columns.taker == me))
            .where(columns.taker.is_not(None))
            .where(columns.last >= self._today().isoformat())
            .order_by(columns.last.desc())
        )
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
        read = [(row.giver == me, self._read(row)) for row in rows]
        given = [one for is_given, one in read if one is not None and is_given]
        taken = [one for is_given, one in read if one is not None and not is_given]
        return given, taken

    async def sweep(self) -> None:
        """Erase codes past their last day, and what both have read long enough."""
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(handed_over).where(
                    handed_over.c.last < self._today().isoformat()
                )
            )

    async def _find(self, code: str) -> Row[Any] | None:
        query = select(handed_over).where(handed_over.c.id == self._name(code))
        async with self._database.transaction() as connection:
            return (await connection.execute(query)).one_or_none()

    def _read(self, row: Row[Any]) -> Offer | None:
        try:
            return _unpack(self._seal.open(row.sealed, row.id))
        except DatabaseRefused:
            return None

    def _name(self, code: str) -> bytes:
        return self._seal.name_row("hand-over", read_code(code))

    def _today(self) -> date:
        return day_here(self._clock())


def read_code(typed: str) -> str:
    """Read a code as people type it: hyphens, spaces and capitals do not matter."""
    return "".join(one for one in typed.upper() if one.isalnum())


def _pack(offer: Offer) -> dict[str, Any]:
    return {
        "entry": None if offer.entry is None else str(offer.entry),
        "signals": [str(one) for one in offer.signals],
        "contact": None if offer.contact is None else str(offer.contact),
        "follows": offer.has_follows,
        "by": offer.by,
        "until": offer.until.isoformat(),
        "to": offer.to,
        "on": None if offer.on is None else offer.on.isoformat(),
    }


def _unpack(kept: dict[str, Any]) -> Offer:
    entry, contact, on = kept["entry"], kept["contact"], kept["on"]
    return Offer(
        entry=entry and UUID(entry),
        signals=tuple(map(UUID, kept["signals"])),
        contact=contact and UUID(contact),
        has_follows=kept["follows"],
        by=kept["by"],
        until=date.fromisoformat(kept["until"]),
        to=kept["to"],
        on=on and date.fromisoformat(on),
    )

"""What the desk keeps of a signal by hand: the own case number, and how far it came.

The order of the writes is what makes an act that broke off safe to do again:

1. the row is here (`intended`) before anything is sent: a case number is never lost;
2. the index has the signal, or has not: it alone says which signals stand;
3. the row says so (`standing`). Broken off between 2 and 3, the next look mends it.

The index knows a signal by its reference; told again under the same one it is the same
signal. Number and kind are sealed (`desk.own_seal`); a keyed hash says whose row it is.
Nothing here names a citizen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.database import Database
from desk.errors import DatabaseRefused, HandSignalUnknown
from desk.moments import day_here
from desk.own_seal import OwnSeal
from desk.tables import hand_signals

KEPT_AFTER_END: Final = timedelta(days=30)
"""How long a case number stays beside a signal that shows no more."""


class HandState(StrEnum):
    """How far an act came, as far as the desk knows."""

    INTENDED = "intended"
    STANDING = "standing"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Note:
    """What is sealed: by what the organisation knows its signal.

    `person`: whom of a household, as the lookup asked; None where it was nobody's. Of
    how many is not kept: colleagues who signal read this, and need it for nothing.
    `asked`: when that lookup was, for the number means somebody else in another.
    `given`: when it was said, in UTC.
    """

    case: str
    category: str
    person: int | None
    given: datetime
    asked: datetime | None = None

    def is_alike(self, other: "Note") -> bool:
        """Tell whether both are of one kind under one case number."""
        return (self.case, self.category) == (other.case, other.category)


@dataclass(frozen=True, slots=True)
class KeptSignal:
    """One row, opened; without a note where it was sealed under another notes key."""

    reference: UUID
    state: HandState
    begun: date
    version: int
    remind_on: date | None
    is_own: bool
    note: Note | None


@dataclass(frozen=True, slots=True)
class Intended:
    """What was noted before sending; `before`: what was sealed there, None if new."""

    begun: date
    version: int
    before: bytes | None = field(default=None, repr=False)


class HandSignals:
    """The rows of one organisation."""

    def __init__(
        self, database: Database, seal: OwnSeal, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    async def intend(self, reference: UUID, sub: str, note: Note) -> Intended:
        """Note a signal before it is sent; the same again is the same row.

        Raises `HandSignalUnknown` for the reference of somebody else.
        """
        owner, today = self._seal.name_user(sub), day_here(self._clock())
        moments = {"given": note.given, "asked": note.asked}
        value = asdict(note) | {
            name: moment and moment.isoformat() for name, moment in moments.items()
        }
        sealed = self._seal.seal(value, reference.bytes)
        async with self._database.transaction() as connection:
            known = await _find(connection, reference)
            if known is None:
                await connection.execute(
                    insert(hand_signals).values(
                        reference=str(reference),
                        owner=owner,
                        state=HandState.INTENDED.value,
                        begun_on=today.isoformat(),
                        version=1,
                        sealed=sealed,
                    )
                )
                return Intended(today, 1)
            if known.owner != owner:
                raise HandSignalUnknown
            await connection.execute(_own(reference).values(sealed=sealed))
        begun = date.fromisoformat(known.begun_on)
        return Intended(begun, known.version, known.sealed)

    async def undo(self, reference: UUID, intended: Intended) -> None:
        """Note again what stood there before an act that the index did not take."""
        if intended.before is None:
            await self.forget(reference)
            return
        async with self._database.transaction() as connection:
            await connection.execute(_own(reference).values(sealed=intended.before))

    async def raise_version(self, reference: UUID) -> int:
        """Count the version up, before what is different now is sent under it."""
        async with self._database.transaction() as connection:
            version = await connection.scalar(
                _own(reference)
                .values(version=hand_signals.c.version + 1)
                .returning(hand_signals.c.version)
            )
        if version is None:
            raise HandSignalUnknown
        return int(version)

    async def note_standing(self, reference: UUID, remind_on: date) -> None:
        """Note that the index has it, and when to ask whether it still holds."""
        async with self._database.transaction() as connection:
            await connection.execute(
                _own(reference).values(
                    state=HandState.STANDING.value,
                    remind_on=remind_on.isoformat(),
                    ended_at=None,
                )
            )

    async def note_ended(self, references: Iterable[UUID]) -> None:
        """Note of these that they show no more; the number goes after a month."""
        now = int(self._clock().timestamp())
        async with self._database.transaction() as connection:
            for reference in references:
                await connection.execute(
                    _own(reference)
                    .where(hand_signals.c.state != HandState.ENDED.value)
                    .values(state=HandState.ENDED.value, remind_on=None, ended_at=now)
                )

    async def forget(self, reference: UUID) -> None:
        """Let go of a row; the index keeps whatever it has."""
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(hand_signals).where(hand_signals.c.reference == str(reference))
            )

    async def list_all(self, sub: str) -> Sequence[KeptSignal]:
        """Open every row of the organisation; `is_own` are this user's."""
        async with self._database.transaction() as connection:
            rows = (
                await connection.execute(
                    select(hand_signals).order_by(hand_signals.c.begun_on.desc())
                )
            ).all()
        owner = self._seal.name_user(sub)
        return [self._open(row, owner) for row in rows]

    async def find(self, reference: UUID, sub: str) -> KeptSignal | None:
        """Open one row; None where the desk has none."""
        async with self._database.transaction() as connection:
            row = await _find(connection, reference)
        return None if row is None else self._open(row, self._seal.name_user(sub))

    async def count_due(self, sub: str) -> int:
        """Count this user's signals of which it is time to say whether they hold."""
        today = day_here(self._clock()).isoformat()
        async with self._database.transaction() as connection:
            count = await connection.scalar(
                select(func.count())
                .select_from(hand_signals)
                .where(
                    hand_signals.c.owner == self._seal.name_user(sub),
                    hand_signals.c.state == HandState.STANDING.value,
                    hand_signals.c.remind_on <= today,
                )
            )
        return int(count or 0)

    async def sweep(self) -> None:
        """Erase the case numbers of signals that ended a month ago."""
        before = int((self._clock() - KEPT_AFTER_END).timestamp())
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(hand_signals).where(hand_signals.c.ended_at < before)
            )

    def _open(self, row: Row[Any], owner: bytes) -> KeptSignal:
        reference = UUID(row.reference)
        return KeptSignal(
            reference=reference,
            state=HandState(row.state),
            begun=date.fromisoformat(row.begun_on),
            version=row.version,
            remind_on=row.remind_on and date.fromisoformat(row.remind_on),
            is_own=row.owner == owner,
            note=self._read_note(row.sealed, reference),
        )

    def _read_note(self, sealed: bytes, reference: UUID) -> Note | None:
        """Open what was sealed; a lost key or an older form stops nobody's work."""
        try:
            opened = self._seal.open(sealed, reference.bytes)
            given, asked = opened["given"], opened.get("asked")
            return Note(
                **opened
                | {
                    "given": datetime.fromisoformat(given),
                    "asked": asked and datetime.fromisoformat(asked),
                }
            )
        except (DatabaseRefused, KeyError, TypeError):
            return None


def _own(reference: UUID) -> Any:  # noqa: ANN401 - SQLAlchemy's own
    return update(hand_signals).where(hand_signals.c.reference == str(reference))


async def _find(connection: AsyncConnection, reference: UUID) -> Row[Any] | None:
    found = await connection.execute(
        select(hand_signals).where(hand_signals.c.reference == str(reference))
    )
    return found.one_or_none()

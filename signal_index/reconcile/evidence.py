"""What a day is judged by: values only, each verified before it stands here.

A request is known by its `req`, the same in both tickets and in the entry. It is judged
on the UTC day on which its tickets were given; its entry may be some minutes later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from keys.restoration import Restoration
from keys.statement import DayStatement, StatedTicket
from signal_index.proof import Kind, Outcome

CARRY = timedelta(minutes=30)
"""How long after its tickets an entry can come: they live 15 minutes, a repeat is
answered for five more, and clocks differ by a little."""


SETTLING = timedelta(minutes=2)
"""How long after a ticket has run out its entry can still be on its way to the tree."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A ticket, and which holder says that it gave it."""

    holder: str
    ticket: StatedTicket


@dataclass(frozen=True, slots=True)
class Restored:
    """What a holder says its record lacks, and when a statement first had it."""

    holder: str
    said: Restoration
    stated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entry of the tree that names a request and its tickets."""

    entry: UUID
    kind: Kind
    outcome: Outcome
    minute: datetime
    organisation: str | None
    user: str | None
    req: str
    tickets: Sequence[str]
    repeat: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """An answered lookup of the day: its leaf, and whose it is."""

    entry: UUID
    leaf_hash: bytes
    organisation: str | None


@dataclass(frozen=True, slots=True)
class Promised:
    """A receipt that a desk kept: signed by the index, for an entry of the day."""

    organisation: str
    entry: UUID
    leaf_hash: bytes
    made_at: datetime


@dataclass(frozen=True, slots=True)
class DayWindow:
    """The UTC day, and the time around it in which its entries can stand."""

    day: date

    @property
    def start(self) -> datetime:
        """Give the first instant of the day."""
        return datetime.combine(self.day, time(), UTC)

    @property
    def end(self) -> datetime:
        """Give the first instant after the day."""
        return self.start + timedelta(days=1)

    def holds(self, minute: datetime) -> bool:
        """Tell whether an entry is of the day itself."""
        return self.start <= minute < self.end

    def nears(self, minute: datetime) -> bool:
        """Tell whether an entry is of the day, or close enough to belong to it."""
        return self.start - CARRY <= minute < self.end + CARRY


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEvidence:
    """Everything about one day.

    `before`: the statements of the day before, empty where they were not given.
    `restored`: what holders said of their records in any statement that was given.
    `named`: entries of the window. `reported`: the requests that a user said came to
    nothing. `receipts`: by organisation, for those whose desk gave a file. `as_of`: up
    to when the ledger was shown.
    """

    window: DayWindow
    as_of: datetime
    statements: Sequence[DayStatement]
    before: Sequence[DayStatement]
    restored: Sequence[Restored]
    named: Sequence[Named]
    closed: Sequence[Answered]
    unknown: Sequence[UUID]
    reported: Mapping[tuple[str, str], frozenset[str]]
    answered: Sequence[Answered]
    receipts: Mapping[str, Sequence[Promised]]


def list_stated(statements: Sequence[DayStatement]) -> Sequence[Stated]:
    """Give every ticket of these statements with its holder."""
    return [Stated(one.holder, ticket) for one in statements for ticket in one.tickets]

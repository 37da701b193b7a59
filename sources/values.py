"""What a connector makes of a record: typed values, or a reject.

- A `Case` holds everything a signal needs and nothing else of the record: no name, no
  address, no amount, no birth date.
- Place says where in the file a record stands, without a value of the record.
- None of these shows a BSN or a case number when printed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from keys.bsn import Bsn
from keys.case_name import call_by_start, has_number
from keys.municipality import MunicipalityCode
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.signals import Informed, WithdrawalReason
from signal_index.wire.values import Slug
from sources.clock import write_day
from sources.passed_over import PassedOver
from sources.reasons import Reason


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: a line of a CSV file, a path in a JSON file.

    `column`: of a JSON file, once line and column were looked up (`json_spots`).
    """

    line: int | None
    record: str
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """One reason why a record is not published."""

    place: Place
    field: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact holder, and the key by which profile or record names it."""

    key: str
    holder: ContactHolder


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """The agency's own name for a case; with a person where several share one case.

    It never leaves the agency, and is kept as a keyed hash only.
    """

    text: str = field(repr=False)
    bsn: Bsn | None = None


@dataclass(frozen=True, slots=True)
class NaturalKey:
    """What a case without a number is known by: whose it is and when it began."""

    bsn: Bsn
    started_on: date


CaseKey = CaseNumber | NaturalKey


def call_with_line(name: str, line: int | None) -> str:
    """Give what a case is called; of one without a number its line too, if any."""
    if line is None or has_number(name):
        return name
    return f"{name} (regel {line})" if name else f"regel {line}"


@dataclass(frozen=True, slots=True)
class Case:
    """An open case of one person, as the file tells it.

    `limit` is the day after which no signal may live: an announced end, or the age
    limit already rounded to the quarter. `told_at` is when the registration said it,
    where records are messages that may arrive in any order; `unless_known` is for one
    that adds nothing to a case which is already told.
    """

    place: Place
    key: CaseKey
    bsn: Bsn
    category: Slug
    municipality: MunicipalityCode
    started_on: date
    limit: date | None
    contact: Contact
    informed: Informed
    told_at: str = ""
    unless_known: bool = False

    @property
    def name(self) -> str:
        """Give by what the agency's own people know it; it leaves the agency sealed.

        The number, or since when and with whom: never whose case it is.
        """
        if isinstance(self.key, CaseNumber):
            return self.key.text
        whom = str(self.contact.holder.function)
        return call_by_start(write_day(self.started_on), whom)


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom a record is about, by what it has instead of a number. Prints as nothing."""

    surname: str = field(repr=False)
    born: date = field(repr=False)
    postcode: str = field(repr=False)
    house_number: int = field(repr=False)
    initials: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Unidentified:
    """An open case of somebody whose number is not known yet; `complete` adds it."""

    place: Place
    key: CaseKey
    sought: Sought
    complete: Callable[[Bsn], Case] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Closing:
    """A record that says that a case is over, or may no longer be told, and why.

    Where one case number has several provisions, `bsn` and `started_on` say which one
    it closes; without a start all of that person. A closing `of_one` provision that
    cannot say whose it was closes what no other record of the file holds open; any
    other closing without a person closes all that are under the number. `though_open`:
    its last day is over while its status says that it is open.
    """

    key: CaseKey
    on: date
    reason: WithdrawalReason = WithdrawalReason.ENDED
    told_at: str = ""
    bsn: Bsn | None = None
    started_on: date | None = None
    of_one: bool = False
    place: Place | None = None
    though_open: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A case that is in the file, though its record gives no signal now.

    It is not gone from a full delivery: a signal is not withdrawn because somebody
    mistyped a telephone number. A `doubtful` one is known by its number alone, while
    nothing else of the record makes sense: where no signal has that number, the record
    may be that of any other case. `bsn`: whose it is by that record, where it can be
    read: maybe another than who has the signal.
    """

    key: CaseKey
    doubtful: bool = False
    bsn: Bsn | None = None


@dataclass(frozen=True, slots=True)
class NotBegun:
    """A case that has not begun, by its status: it gets no signal.

    One that it has stays: what began cannot be not begun any more, so that the status
    means something else (a pause), and nobody knows yet which of the two is right. The
    agency is told (`outbox.not_begun`).
    """

    key: CaseKey | None
    place: Place


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that, by the profile, has nothing to say."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What a file says of itself, beside its records; no record, and not counted.

    `written` is when it was made, as text that sorts; `swallowed` are lines that look
    like records and stand inside a field of another one; `passed` are lines that were
    passed over on purpose, told once a file. `total`: how many records a total row
    says that there are, where not so many but `counted` rows were read.
    """

    written: str = ""
    swallowed: int = 0
    passed: tuple[PassedOver, ...] = ()
    total: int = 0
    counted: int = 0


Entry = Case | Unidentified | Closing | Kept | NotBegun | Skipped | Reject | Aside
Reading = tuple[Entry, ...]
"""What one record gives: a case, a closing, nothing, or rejects (and then its key)."""

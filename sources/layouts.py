"""How the files of each format are laid out: the tables `[csv]`, `[xlsx]` and so on.

- A layout names columns and lists codes; it has no room for a formula, a query or a
  template. What is absent from it is never read.
- A name of a database, view or column is an identifier, quoted where it is used, so
  that a profile cannot smuggle in SQL.
"""

import re
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from sources.closed_row import ClosedRow
from sources.dates import EXCEL, is_day_first, is_month_first
from sources.faults import Unfit

_DAY_FORMAT = re.compile(
    r"(?=.*%d)(?=.*%[mb])(?=.*%[Yy])(?!.*(%[a-z]).*\1)(?:%[dmbYy]|[-/. ,]){3,12}"
)
ISO_DAYS: Final = ("%Y-%m-%d",)

Column = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Identifier = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_$]{0,62}$")
]
Delimiter = Literal[";", ",", "\t", "|"]
Encoding = Literal[
    "utf-8", "utf-8-sig", "utf-16", "windows-1252", "iso-8859-15", "cp850"
]
Opening = Literal["startdatum", "toekenningsdatum", "aanmelding.startdatum"]
EventType = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9_-]+)+$", max_length=200),
]
StopReason = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]


def _check_day_format(value: object) -> object:
    if value == EXCEL:
        return value
    if not isinstance(value, str) or not _DAY_FORMAT.fullmatch(value):
        raise Unfit(
            "hier hoort een vorm van datums met %d, %m of %b, en %Y of %y, zoals "
            "%d-%m-%Y; of excel"
        )
    return value


def _check_order(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse forms of which each reads the days of the other with the month wrong."""
    shapes = {re.sub("%[dm]", "%", form) for form in forms if is_day_first(form)}
    if shapes & {re.sub("%[dm]", "%", form) for form in forms if is_month_first(form)}:
        raise Unfit("de dag of de maand staat voorop, niet allebei")
    return forms


def _check_event_source(value: str) -> str:
    """Refuse what cannot be a URI-reference (CloudEvents 1.0, `source`)."""
    if not value or len(value) > 300 or not value.isascii() or not value.isprintable():
        raise Unfit("hier hoort een URI zonder bijzondere tekens")
    return value


DayFormat = Annotated[str, BeforeValidator(_check_day_format)]
EmptyText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
]
DayFormats = Annotated[
    tuple[DayFormat, ...], Field(min_length=1), AfterValidator(_check_order)
]
EventSource = Annotated[str, AfterValidator(_check_event_source)]


class Columns(ClosedRow):
    """Which column holds what; what is absent here is never read."""

    bsn: Column | None = None
    start: Column
    case_number: Column | None = None
    end: Column | None = None
    status: Column | None = None
    municipality: Column | None = None
    birth: Column | None = None
    contact: Column | None = None
    phone: Column | None = None
    opt_in: Column | None = None
    category: Column | None = None
    informed: Column | None = None
    informed_on: Column | None = None
    surname: Column | None = None
    initials: Column | None = None
    postcode: Column | None = None
    house_number: Column | None = None


class MappedLayout(ClosedRow):
    """A registration of which the profile says what each column is.

    `empty` lists what a field holds where nothing was filled in: `-`, `NULL`, or a day
    such as `1900-01-01`, which then means that day in any form.
    """

    dates: DayFormats = ISO_DAYS
    columns: Columns
    empty: frozenset[EmptyText] = Field(default=frozenset(), max_length=40)
    bsn_zero_lost: bool = False
    shared_case_numbers: bool = False


class CsvLayout(MappedLayout):
    """How a CSV file is written."""

    delimiter: Delimiter
    encoding: Encoding
    dates: DayFormats


class ExcelLayout(MappedLayout):
    """Where in a workbook the records stand; otherwise its columns are looked for.

    `hidden_rows`: whether rows that a filter hides count (`read`) or not (`skip`).
    Without it a workbook that has them is asked about.
    """

    sheet: str | None = Field(default=None, min_length=1, max_length=31)
    header_row: int | None = Field(default=None, ge=1, le=100)
    hidden_rows: Literal["read", "skip"] | None = None


class SqlLayout(MappedLayout):
    """A view, and how it is walked through.

    `key` names the columns that together are unique and never empty. `changed` is a
    column that only grows: a time, or a row version; `overlap` is how far before the
    last one seen a next read begins (seconds, or versions), for rows that were
    committed late.
    """

    database: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    view: Identifier
    db_schema: Identifier | None = None
    key: tuple[Identifier, ...] = Field(min_length=1, max_length=3)
    changed: Identifier | None = None
    overlap: int = Field(default=600, ge=0, le=864_000)


class EventLayout(MappedLayout):
    """CloudEvents: who may send them, and what each type says of a case.

    A column is a path into the event: `subject`, `data.inwoner.bsn`. `retracts` are
    the types that say that an earlier event should never have been sent.
    """

    sources: frozenset[EventSource] = Field(min_length=1, max_length=50)
    opens: frozenset[EventType] = Field(min_length=1)
    closes: frozenset[EventType] = frozenset()
    retracts: frozenset[EventType] = frozenset()
    ignores: frozenset[EventType] = frozenset()


class DdasLayout(ClosedRow):
    """What opens and closes a signal in a DDAS delivery.

    SHV: the first of `opens` that is filled begins a case, `einddatum` or the date of
    `uitstroom` ends it. VS: a result in `closing_results` ends every signal it names.
    `json_schema` is the official schema, against which each record is then held.
    """

    opens: tuple[Opening, ...] = ("startdatum", "toekenningsdatum")
    closing_results: frozenset[str] | Literal["all"] = "all"
    contact_names: bool = False
    json_schema: Path | None = None


class MessageLayout(ClosedRow):
    """What opens and closes a signal in iWmo and iJw messages.

    `opens`: what the municipality assigned (301), or what the provider started (305).
    `continues_after`: reasons of a stop (307) after which the case goes on; 20 is
    "levering is tijdelijk beëindigd".
    """

    opens: Literal["assignment", "start"] = "assignment"
    continues_after: frozenset[StopReason] = frozenset({"20"})

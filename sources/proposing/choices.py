"""What a profile will say: proposed from a file, then changed or completed by a person.

`FILL_IN` stands wherever nothing in the file decides. How the citizen was informed and
when a telephone number was verified are never proposed: somebody must claim it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sources.dates import Order, is_day_first, is_month_first
from sources.profile import FILL_IN
from sources.proposing.judging import Judgement, find_days, find_municipalities
from sources.proposing.samples import Column, Sample
from sources.proposing.status_words import Sorted, sort_status
from sources.proposing.tables import Table
from sources.proposing.words import fold

DAY_ROLES: Final = ("start", "end", "informed_on")
ROLES: Final = (
    *("bsn", "start", "case_number", "end", "status", "municipality", "contact"),
    *("phone", "opt_in", "informed_on"),
)
"""The roles that are proposed, in the order in which a profile names them."""
DEFAULT_TEAM: Final = "TEAM"
_SWAPPED: Final = str.maketrans("dm", "md")
_UNPROVEN: Final = frozenset({Order.UNKNOWN, Order.MONTH_FIRST, Order.BOTH})
_REFUSALS: Final = frozenset({"n", "nee", "no", "false", "0", "geen", "niet"})
_AGREEMENTS: Final = frozenset({"j", "ja", "y", "yes", "true", "1", "akkoord"})


@dataclass(frozen=True, slots=True)
class Known:
    """What the agency said of itself; the rest is to be filled in.

    `verified`: on which day somebody saw that the telephone numbers are right. It is a
    claim, like how citizens were informed: nothing in a file says it. `words`: what
    who is called may be called, as far as the agency knows.
    """

    name: str
    category: str = FILL_IN
    municipalities: tuple[str, ...] = ()
    function: str = FILL_IN
    phone: str = FILL_IN
    informed: str = FILL_IN
    verified: date | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OptIn:
    """Which codes are an opt-in, and which are none."""

    yes: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """By what function and number a team is reached."""

    function: str
    phone: str


@dataclass(frozen=True, slots=True)
class Hours:
    """On which days and from when to when somebody answers; empty: nobody said."""

    days: tuple[str, ...] = ()
    opens: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything of a profile that is chosen; the layout of the file is not.

    `forms` are the forms in which the days of the file can be read, day first, also
    where `dates` asks whether that is the right order.
    """

    known: Known
    contacts: Mapping[str, Reached]
    columns: Mapping[str, str]
    dates: tuple[str, ...] = ()
    order: Order = Order.NONE
    forms: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    zero_lost: bool | None = False
    shared: bool = False
    hidden_rows: str = ""
    status: Sorted | None = None
    opt_in: OptIn | None = None
    hours: Hours = Hours()


def propose(table: Table, judgement: Judgement, known: Known) -> Choices:
    """Give what the file itself decides, and `FILL_IN` for the rest."""
    columns: dict[str, str] = {}
    for role in ROLES:
        if role in judgement.asked:
            columns[role] = FILL_IN
        elif found := judgement.find(role):
            columns[role] = found.name
    place = judgement.find("municipality")
    if place and not known.municipalities:
        known = replace(known, municipalities=tuple(find_municipalities(place)))
    hidden = FILL_IN if table.hidden else ""
    proposed = Choices(
        known, {}, columns, shared=table.sample.shared, hidden_rows=hidden
    )
    filled = fill_from_columns(table.sample, proposed)
    if columns.get("bsn") != FILL_IN:
        return filled
    maybe = judgement.asked.get("bsn", ())
    columns_of = [each for each in table.sample.columns if each.name in maybe]
    is_open = any(each.lost_zeroes is not False for each in columns_of)
    return replace(filled, zero_lost=None) if is_open else filled


def propose_standard(known: Known) -> Choices:
    """Give what is left to choose where a standard says where everything stands."""
    return Choices(known, {DEFAULT_TEAM: Reached(known.function, known.phone)}, {})


def fill_from_columns(sample: Sample, choices: Choices) -> Choices:
    """Give the choices with what follows from which columns were chosen."""
    status, opt_in = (_find(sample, choices, role) for role in ("status", "opt_in"))
    contact, bsn = (_find(sample, choices, role) for role in ("contact", "bsn"))
    teams = sorted(contact.codes) if contact else [DEFAULT_TEAM]
    # One number that was given is not the number of each of several.
    is_of_all = len(teams) < 2 or "phone" in choices.columns
    phone = choices.known.phone if is_of_all else FILL_IN
    wanted = _find_wanted_days(sample, choices)
    order, forms = sample.find_order(wanted), _find_forms(wanted)
    return replace(
        choices,
        contacts={
            team: Reached(_find_function(team, choices.known), phone)
            for team in teams or [DEFAULT_TEAM]
        },
        dates=(FILL_IN,) if order in _UNPROVEN or not forms else forms,
        order=order,
        forms=forms,
        empty=_find_empty(wanted, [each for each in (status, opt_in, contact) if each]),
        zero_lost=bsn.lost_zeroes if bsn else False,
        status=_sort_status(status, choices),
        opt_in=_sort_opt_in(opt_in) if opt_in else None,
    )


def _find_function(team: str, known: Known) -> str:
    """Give by what function a team is called: as was said, or as the team is named.

    Where its own name is a word of the list, however it is written, it is that word.
    """
    if known.function != FILL_IN:
        return known.function
    words = {fold(word): word for word in known.words}
    return words.get(fold(team), FILL_IN)


def _find(sample: Sample, choices: Choices, role: str) -> Column | None:
    name = choices.columns.get(role)
    return next((each for each in sample.columns if each.name == name), None)


def _find_wanted_days(sample: Sample, choices: Choices) -> list[Column]:
    """Give the columns of which the days will be read.

    Where one of them is asked about, it may be any: how all write a day is told then.
    """
    chosen = [found for role in DAY_ROLES if (found := _find(sample, choices, role))]
    is_asked = any(choices.columns.get(role) == FILL_IN for role in DAY_ROLES)
    more = find_days(sample) if is_asked else []
    return [*chosen, *(each for each in more if each not in chosen)]


def _find_forms(wanted: Sequence[Column]) -> tuple[str, ...]:
    """Give how the days of these columns are written, where the day comes first."""
    forms = [form for column in wanted for form in column.days.main_forms]
    return tuple(
        dict.fromkeys(
            swap_order(form) if is_month_first(form) else form for form in forms
        )
    )


def _find_empty(wanted: Sequence[Column], coded: Sequence[Column]) -> tuple[str, ...]:
    """Give the texts that mean that there is no day, and are no code elsewhere."""
    codes = {code for column in coded for code in column.codes}
    found = {text for column in wanted for text in column.no_days}
    return tuple(sorted(found - codes))


def swap_order(form: str) -> str:
    """Give a form with the day where the month stood, and the other way round."""
    if not (is_day_first(form) or is_month_first(form)):
        return form
    return form.translate(_SWAPPED)


def _sort_status(column: Column | None, choices: Choices) -> Sorted | None:
    if column is not None:
        return sort_status(column.codes)
    if "status" in choices.columns:  # asked about: then so are its words
        return Sorted((), (), (), ())
    return None


def _sort_opt_in(column: Column) -> OptIn:
    codes = sorted(column.codes)
    return OptIn(
        tuple(code for code in codes if fold(code) in _AGREEMENTS),
        (*(code for code in codes if fold(code) in _REFUSALS), ""),
    )

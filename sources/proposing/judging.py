"""Decide what each column is: by its name and its values together, never by one alone.

- A name that says `Einddatum` over values that are no days is no end.
- Where two columns could be the same thing, none is chosen and both are named. Two
  columns with values like a BSN are always two: that of the child and of the parent.
- A telephone number that differs from row to row is of a citizen or of a relative.
"""

from collections.abc import (
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from typing import Final

from sources.judging.difference import Difference
from sources.judging.rules import judge as judge_difference
from sources.proposing.samples import COUNTED, Column, Sample
from sources.proposing.status_words import is_of_states, sort_status
from sources.proposing.words import (
    BIRTH_REASON,
    TEXT_REASON,
    explain_absence,
    find_roles,
    is_named_exactly,
    is_phone_of_us,
    may_number_cases,
)

MOST_TEAMS: Final = 12
MOSTLY_DIFFERENT: Final = 0.5
"""Of so many rows a number of cases is another one, or of partners twice the same."""
WITHOUT_CASE: Final = (
    "Geen kolom is het zaaknummer. BSN en begindag samen zijn dan de zaak: verbetert u "
    "een van beide, dan is het voor de index een andere zaak."
)
MOST_WORDS: Final = 10
"""So many words a status may have in a file of few rows."""
WHAT: Final = {
    "bsn": "Het BSN. Het blijft bij u: er gaat een pseudoniem uit.",
    "case_number": "Het zaaknummer. Het blijft bij u, als onleesbaar kenmerk.",
    "start": "Wanneer het contact begon. Gaat mee.",
    "end": "Wanneer het eindigt of eindigde. Sluit het signaal.",
    "status": "Zegt of een zaak open of dicht is. De code zelf gaat niet mee.",
    "municipality": "De gemeentecode. Gaat mee.",
    "contact": "Kiest een contactpersoon uit dit profiel; de waarde gaat niet mee.",
    "phone": "Het nummer van uw contactpersoon. Gaat mee.",
    "opt_in": "Zonder toestemming gaat er niets uit.",
    "informed_on": "Wanneer de inwoner is geïnformeerd. Gaat mee.",
}
_MAYBE: Final = {
    "bsn": "Misschien het BSN van de inwoner, misschien van een ander. Dat kiest u.",
    "status": "Misschien de stand van de zaak. Dat kiest u.",
    "end": "Hier staan datums: misschien van het einde, misschien niet. Dat kiest u.",
    "start": "Hier staan datums: misschien van het begin, misschien niet. Dat kiest u.",
    "either": "Hier staan datums: van het begin, het einde of iets anders. U kiest.",
    "case_number": "Misschien het zaaknummer. Dat kiest u.",
}
OF_CITIZENS: Final = (
    "Bijna elke regel heeft een ander nummer: dat is van inwoners of van familie."
)
_TOO_MANY: Final = "Te veel verschillende waarden om bij elke een nummer te zetten."
_LEFT_OUT: Final = frozenset({"birth", "bsn"})
_WITHOUT_ASKING: Final = frozenset({"informed_on", "contact"})
"""What a profile can do without: where it is in doubt, it is left out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a column, and why; without a role it is not sent."""

    column: Column
    role: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict for each column, and for each role in doubt who could have it."""

    verdicts: tuple[Verdict, ...]
    asked: Mapping[str, tuple[str, ...]]

    @property
    def doubtful(self) -> frozenset[str]:
        """Give the columns of which a person must say what they are."""
        return frozenset(name for names in self.asked.values() for name in names)

    def find(self, role: str) -> Column | None:
        """Give the column that has a role."""
        return next((each.column for each in self.verdicts if each.role == role), None)


def judge(sample: Sample) -> Judgement:
    """Judge every column, in the order of the file."""
    candidates = _find_candidates(sample)
    candidates["bsn"] = _find_numbers(sample)
    if not candidates.get("status"):
        candidates["status"] = find_states(sample)
    chosen = {
        id(columns[0]): role
        for role, columns in candidates.items()
        if len(columns) == 1
    }
    asked = {
        role: tuple(column.name for column in columns)
        for role, columns in candidates.items()
        if len(columns) > 1 and role not in _WITHOUT_ASKING
    }
    if not candidates["bsn"]:
        asked["bsn"] = _names_of(sample.columns, "bsn")
    if not candidates["status"]:
        states = [each.name for each in sample.columns if may_be_state(each)]
        asked |= _ask_unfit(sample.columns, "status", states)
    placed = {id(column) for columns in candidates.values() for column in columns}
    days = tuple(each.name for each in find_days(sample) if id(each) not in placed)
    if not candidates.get("start"):
        named = _names_of(sample.columns, "start")
        asked["start"] = (*named, *(name for name in days if name not in named))
    if not candidates.get("end"):
        asked |= _ask_unfit(sample.columns, "end", days)
    if not candidates.get("case_number"):
        maybe = tuple(each.name for each in sample.columns if _may_number(each))
        asked |= {"case_number": maybe} if maybe else {}
    doubtful = {name: role for role, names in asked.items() for name in names}
    either = set(asked.get("start", ())) & set(asked.get("end", ()))
    doubtful |= dict.fromkeys(either, "either")
    verdicts = (
        _explain(column, chosen.get(id(column)), doubtful.get(column.name))
        for column in sample.columns
    )
    return Judgement(tuple(verdicts), asked)


def _find_candidates(sample: Sample) -> dict[str, list[Column]]:
    """Give for each role the columns that could have it, by name and by values."""
    found: dict[str, list[Column]] = {}
    for column in sample.columns:
        role = next((r for r in _roles_of(column) if _fits(column, r)), None)
        if role:
            found.setdefault(role, []).append(column)
    return {role: _prefer_exact(columns, role) for role, columns in found.items()}


def _roles_of(column: Column) -> Iterable[str]:
    yield from (role for role in find_roles(column.name) if role not in _LEFT_OUT)
    if is_phone_of_us(column.name):
        yield "phone"


def _prefer_exact(columns: list[Column], role: str) -> list[Column]:
    """Give the columns that bear the role's own name, if any does."""
    if role == "phone":
        return columns
    return [each for each in columns if is_named_exactly(each.name, role)] or columns


def _find_numbers(sample: Sample) -> list[Column]:
    """Give every column that may hold numbers of persons, whatever its name is.

    A column that is called BSN and holds long numbers is one of them also where these
    pass no proof, so that a good column of a partner is not taken instead.
    """
    return [
        column
        for column in sample.columns
        if column.has_numbers
        or ("bsn" in find_roles(column.name) and _may_be_numbers(column, sample.rows))
    ]


def _may_be_numbers(column: Column, rows: int) -> bool:
    return not rows or (column.long_digits > 0 and not column.has_days)


def _names_of(columns: Sequence[Column], role: str) -> tuple[str, ...]:
    return tuple(each.name for each in columns if role in find_roles(each.name))


def find_days(sample: Sample) -> list[Column]:
    """Give every column in which days are written, whatever its name is.

    A day of birth is none of a case, and neither is when a citizen was informed. Of
    numbers of five digits only a name can tell that they are days.
    """
    return [
        column
        for column in sample.columns
        if column.has_written_days
        and not {"birth", "informed_on"} & set(find_roles(column.name))
    ]


def find_states(sample: Sample) -> list[Column]:
    """Give every column whose words say which cases are open and which are over.

    Whatever its name is: most of its words are known ones.
    """
    return [
        each
        for each in sample.columns
        if each.has_at_most(MOST_WORDS) and is_of_states(each.codes)
    ]


def may_be_state(column: Column) -> bool:
    """Tell whether some word of a column says that a case is over."""
    return column.has_at_most(MOST_WORDS) and bool(sort_status(column.codes).closes)


def _ask_unfit(
    columns: Sequence[Column], role: str, maybe: Sequence[str]
) -> Mapping[str, tuple[str, ...]]:
    """Ask which is the status or the end: who is called so, unfit, or `maybe` is one.

    Without either, every row would count as open, also those that ended long ago.
    """
    unfit = [
        each.name
        for each in columns
        if role in find_roles(each.name) and each.filled and not each.has_days
    ]
    found = (*unfit, *(name for name in maybe if name not in unfit))
    return {role: found} if found else {}


def _fits(column: Column, role: str) -> bool:
    """Tell whether a column's values are what its name promises."""
    promise = _PROMISES.get(role)
    return promise(column) if promise else column.has_codes


def _could_be_days(column: Column) -> bool:
    return column.has_days or not column.days.filled


def _names_cases(column: Column) -> bool:
    is_plain = not column.has_text and not column.has_written_days
    return is_plain and column.differs >= 0.1


def _may_number(column: Column) -> bool:
    """Tell whether a column may hold numbers of cases, though its name is no known one.

    Without one a person and a first day are the case, and a correction is another case.
    """
    if not may_number_cases(column.name) or column.has_numbers or column.has_phones:
        return False
    return _names_cases(column) and column.differs >= MOSTLY_DIFFERENT


def _names_teams(column: Column) -> bool:
    is_few = len(column.codes) <= MOST_TEAMS
    return is_few and column.has_codes and column.comes_back


def _is_of_teams(column: Column) -> bool:
    return column.has_phones and not column.many and column.comes_back


def is_of_citizens(column: Column) -> bool:
    """Tell whether a delivery would be asked about for these telephone numbers.

    Held against the same bound as a delivery, so that neither promises what the other
    refuses.
    """
    looked_at = min(column.filled, COUNTED)
    numbers = Difference(numbers=len(column.different), opened=looked_at)
    return column.has_phones and bool(judge_difference(numbers))


def find_municipalities(column: Column) -> list[str]:
    """Give the municipality codes of a column; none when it holds anything else.

    A spreadsheet takes the zero off a code: 599 is 0599, and there is no other reading.
    """
    codes = [code.upper().removeprefix("GM") for code in column.codes]
    good = [code for code in codes if 3 <= len(code) <= 4 and code.isdecimal()]
    return (
        sorted({code.zfill(4) for code in good}) if 2 * len(good) > len(codes) else []
    )


def has_short_codes(column: Column) -> bool:
    """Tell whether a code of a municipality lost its zero."""
    return any(len(code) == 3 and code.isdecimal() for code in column.codes)


_PROMISES: Final[Mapping[str, Callable[[Column], bool]]] = {
    "start": lambda column: column.has_days,
    "end": _could_be_days,
    "informed_on": _could_be_days,
    "case_number": _names_cases,
    "municipality": lambda column: bool(find_municipalities(column)),
    "contact": _names_teams,
    "status": lambda column: column.has_at_most(MOST_WORDS),
    "phone": _is_of_teams,
}


def _explain(column: Column, role: str | None, doubtful: str | None) -> Verdict:
    if role:
        return Verdict(column, role, WHAT[role])
    return Verdict(column, None, _explain_absence(column, doubtful))


def _explain_absence(column: Column, doubtful: str | None) -> str:
    roles = find_roles(column.name)
    if doubtful:
        return _MAYBE.get(doubtful, "Kan dit zijn, of een andere kolom. Dat kiest u.")
    if "birth" in roles:
        return BIRTH_REASON
    if is_phone_of_us(column.name) and column.has_phones:
        return OF_CITIZENS
    if "contact" in roles and column.has_codes:
        return _TOO_MANY
    return TEXT_REASON if column.has_text else explain_absence(column.name)

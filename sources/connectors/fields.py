"""A record's fields by their role, and the faults found while reading them.

- A fault names the field as the registration names it, and never its value.
- Reading goes on after a fault, so that an agency sees all of them at once.
- Texts are compared as they are seen (`seen_text`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeVar

from keys.bsn import Bsn
from sources.connectors.bsn_text import find_digits, read_bsn
from sources.connectors.proof import Proof
from sources.dates import (
    EXCEL,
    Order,
    find_order,
    is_month_first,
    parse_day,
    parse_first_day,
)
from sources.reasons import Reason
from sources.seen_text import compose
from sources.values import Place, Reject

Role = Literal[
    "number",
    "bsn",
    "start",
    "end",
    "status",
    "municipality",
    "birth",
    "contact",
    "phone",
    "opt_in",
    "category",
    "informed",
    "informed_on",
    "surname",
    "initials",
    "postcode",
    "house_number",
]
T = TypeVar("T")
# Days before 1900, as databases write that there is none: 0001-01-01, 01-01-1753.
_EARLY: Final = re.compile(
    r"(?:0\d{3}|1[0-8]\d{2})-\d\d?-\d|\d\d?[-/.]\d\d?[-/.](?:0\d{3}|1[0-8]\d{2})\b"
)


@dataclass(frozen=True, slots=True)
class RawField:
    """A field as it stands in the file: its name there and its text, if any.

    `is_number`: it was a number and no text, so that a zero in front may be lost; with
    no text at all it was something else that a registration should write as text.
    """

    name: str
    text: str = field(repr=False)
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class RawPerson:
    """A contact person as a record names one."""

    path: str
    function: str = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the records of a file are written, and what hears them together, if any.

    `empty` are the texts that mean that nothing was filled in, and `empty_days` the
    days among them, however they are written.
    """

    days: tuple[str, ...]
    empty: frozenset[str] = frozenset()
    empty_days: frozenset[date] = frozenset()
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class RawCase:
    """One record, before it means anything."""

    place: Place
    fields: Mapping[Role, RawField]
    dialect: Dialect
    persons: tuple[RawPerson, ...] = ()
    persons_verified: date | None = None


class FieldReader:
    """Read typed values from a raw case, collecting rejects on the way."""

    def __init__(self, raw: RawCase, *, today: date) -> None:
        self._raw = raw
        self._fields = raw.fields
        self._dialect = raw.dialect
        self._today = today
        self.faults: list[Reject] = []

    def fault(self, name: str, reason: Reason) -> None:
        """Note one reason why this record cannot be used."""
        self.faults.append(Reject(self._raw.place, name, reason))

    def reject(self, role: Role, reason: Reason) -> Reject:
        """Give a reason why this record cannot be used, about one field."""
        return Reject(self._raw.place, self.name(role), reason)

    def name(self, role: Role) -> str:
        """Give what the registration calls this field."""
        return self._raw.fields[role].name if role in self._raw.fields else role

    def text(self, role: Role) -> str:
        """Give a field's text without blanks around it; empty when absent."""
        found = self._fields.get(role)
        if found is None:
            return ""
        text = compose(found.text).strip()
        return "" if text in self._dialect.empty else text

    def miss(self, role: Role, reason: Reason = Reason.FIELD_MISSING) -> None:
        """Note that a field has no text: it is empty, or a number instead."""
        self.fault(
            self.name(role), Reason.NOT_TEXT if self._is_no_text(role) else reason
        )

    def day(self, role: Role, *, required: bool = False) -> date | None:
        """Read a day, or note the fault."""
        text = self.text(role)
        if not text:
            if required or self._is_no_text(role):
                self.miss(role)
            return None
        if self._dialect.proof:
            self._dialect.proof.hear_day(self.name(role), text, self._raw.place)
        try:
            found = self._parse(role, text)
        except ValueError:
            self.fault(self.name(role), self._find_fault(role, text))
            return None
        if found not in self._dialect.empty_days:
            return found
        if required:
            self.miss(role)
        return None

    def past_day(self, role: Role, *, required: bool = False) -> date | None:
        """Read a day that is not in the future, or note the fault."""
        found = self.day(role, required=required)
        if found and found > self._today:
            self.fault(self.name(role), Reason.DATE_IN_FUTURE)
            return None
        return found

    def bsn(self, *, zero_lost: bool) -> Bsn | None:
        """Read a BSN, or note the fault; eight digits only where a zero got lost."""
        text = self.text("bsn")
        if not text:
            self.miss("bsn", Reason.BSN_MISSING)
            return None
        found = read_bsn(text, zero_lost=zero_lost)
        if isinstance(found, Reason):
            self.fault(self.name("bsn"), found)
            return None
        if self._dialect.proof and not self._raw.fields["bsn"].is_number:
            given = len(find_digits(text)) < len(found.digits)
            self._dialect.proof.hear_bsn(
                found.digits, self._raw.place, zero_given=given
            )
        return found

    def choose(self, role: Role, choices: Mapping[str, T]) -> T | None:
        """Look a code up in a list of the profile, or note the fault."""
        text = self.text(role)
        if text in choices:
            return choices[text]
        if text:
            self.fault(self.name(role), Reason.CODE_UNKNOWN)
        else:
            self.miss(role)
        return None

    def attempt(
        self, name: str, reason: Reason, parse: Callable[[str], T], text: str
    ) -> T | None:
        """Parse a text that may raise ValueError, or note the fault."""
        try:
            return parse(text)
        except ValueError:
            self.fault(name, reason)
            return None

    def _is_no_text(self, role: Role) -> bool:
        """Tell whether there is something in a field that is no text."""
        found = self._raw.fields.get(role)
        return found is not None and found.is_number and not found.text

    def _parse(self, role: Role, text: str) -> date:
        """Read a day. Of a birth no form may leave the century open; its day may."""
        days = self._dialect.days
        if role == "birth":
            return parse_first_day(text, _whole_years(days))
        return parse_day(text, days)

    def _find_fault(self, role: Role, text: str) -> Reason:
        if role == "birth" and _is_day(text, self._dialect.days):
            return Reason.BIRTH_YEAR_SHORT
        if _is_day(text, (EXCEL,)):
            return Reason.DATE_SERIAL
        if not any(each in "123456789" for each in text) or _EARLY.match(text):
            return Reason.DATE_MEANS_EMPTY
        # Only a month that cannot be one proves it: 1-3-26 may just be another form.
        swapped = find_order(text) is Order.MONTH_FIRST
        expected = any(is_month_first(form) for form in self._dialect.days)
        is_month = swapped and not expected
        return Reason.DATE_MONTH if is_month else Reason.DATE_INVALID


@lru_cache(maxsize=64)
def _whole_years(forms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(form for form in forms if "%y" not in form)


def _is_day(text: str, forms: tuple[str, ...]) -> bool:
    try:
        parse_day(text, forms)
    except ValueError:
        return False
    return True

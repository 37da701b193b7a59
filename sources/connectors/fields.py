"""A record's fields by their role, and the faults found while reading them.

- A fault names the field as the registration names it, and never its value.
- Reading goes on after a fault, so that an agency sees all of them at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeVar

from keys.bsn import Bsn, parse_bsn
from keys.errors import InvalidBsn
from sources.dates import parse_day
from sources.reasons import Reason
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


@dataclass(frozen=True, slots=True)
class RawField:
    """A field as it stands in the file: its name there and its text, if any."""

    name: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RawPerson:
    """A contact person as a record names one."""

    path: str
    function: str = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RawCase:
    """One record, before it means anything."""

    place: Place
    fields: Mapping[Role, RawField]
    day_formats: tuple[str, ...]
    persons: tuple[RawPerson, ...] = ()
    persons_verified: date | None = None


class FieldReader:
    """Read typed values from a raw case, collecting rejects on the way."""

    def __init__(self, raw: RawCase, *, today: date) -> None:
        self._raw = raw
        self._today = today
        self.faults: list[Reject] = []

    def fault(self, name: str, reason: Reason) -> None:
        """Note one reason why this record cannot be used."""
        self.faults.append(Reject(self._raw.place, name, reason))

    def name(self, role: Role) -> str:
        """Give what the registration calls this field."""
        return self._raw.fields[role].name if role in self._raw.fields else role

    def text(self, role: Role) -> str:
        """Give a field's text without blanks around it; empty when absent."""
        found = self._raw.fields.get(role)
        return found.text.strip() if found else ""

    def day(self, role: Role, *, required: bool = False) -> date | None:
        """Read a day, or note the fault."""
        text = self.text(role)
        if not text:
            if required:
                self.fault(self.name(role), Reason.FIELD_MISSING)
            return None
        try:
            return parse_day(text, self._raw.day_formats)
        except ValueError:
            self.fault(self.name(role), Reason.DATE_INVALID)
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
            self.fault(self.name("bsn"), Reason.BSN_MISSING)
            return None
        if zero_lost and len(text) == 8:
            text = "0" + text
        try:
            return parse_bsn(text)
        except InvalidBsn:
            self.fault(self.name("bsn"), Reason.BSN_INVALID)
            return None

    def choose(self, role: Role, choices: Mapping[str, T]) -> T | None:
        """Look a code up in a list of the profile, or note the fault."""
        text = self.text(role)
        if text in choices:
            return choices[text]
        missing = Reason.CODE_UNKNOWN if text else Reason.FIELD_MISSING
        self.fault(self.name(role), missing)
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

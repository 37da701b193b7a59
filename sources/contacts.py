"""Contact holders as a profile or a record gives them, made into what the index takes.

- A contact holder without a working number does not exist here.
- Its labels are short and hold no number of a person.
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from signal_index.wire.contact_holders import ContactHolder, Deputy, OfficeHours
from signal_index.wire.values import Label, Phone
from sources.closed_row import ClosedRow
from sources.labels import parse_label
from sources.phones import parse_phone

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")

LabelText = Annotated[str, AfterValidator(parse_label)]
PhoneText = Annotated[str, AfterValidator(parse_phone)]
ClockText = Annotated[str, StringConstraints(pattern=_CLOCK.pattern)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class HoursRow(ClosedRow):
    """Office hours in a profile: `{days = ["mon"], from = "09:00", to = "17:00"}`."""

    model_config = ConfigDict(populate_by_name=True)

    days: tuple[Weekday, ...] = Field(min_length=1)
    opens: ClockText = Field(alias="from")
    closes: ClockText = Field(alias="to")


class DeputyRow(ClosedRow):
    """Who answers when the contact holder does not."""

    function: LabelText
    phone: PhoneText
    name: LabelText | None = None


class ContactRow(ClosedRow):
    """A contact holder in a profile."""

    function: LabelText
    phone: PhoneText
    last_verified: date
    name: LabelText | None = None
    out_of_hours_phone: PhoneText | None = None
    office_hours: tuple[HoursRow, ...] = Field(default=(), max_length=3)
    deputy: DeputyRow | None = None
    absent_until: date | None = None

    @property
    def holder(self) -> ContactHolder:
        """The contact holder as the index takes it."""
        hours = [row.model_dump(by_alias=True) for row in self.office_hours]
        return ContactHolder(
            function=Label(self.function),
            name=None if self.name is None else Label(self.name),
            phone=Phone(self.phone),
            outOfHoursPhone=(
                None
                if self.out_of_hours_phone is None
                else Phone(self.out_of_hours_phone)
            ),
            officeHours=[
                OfficeHours.model_validate({**row, "days": list(row["days"])})
                for row in hours
            ],
            deputy=(
                None
                if self.deputy is None
                else Deputy.model_validate(self.deputy.model_dump())
            ),
            absentUntil=self.absent_until,
            lastVerified=self.last_verified,
        )

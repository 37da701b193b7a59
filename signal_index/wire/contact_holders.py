"""Contact holders: whom a generalist calls. A function, not a case file.

Texts are bounded, so that nineteen flags fit in one padded part of an answer.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from signal_index.wire.errors import InvalidField
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import Count, Day, Id, LabelText, PhoneText, Time, unfit

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)


def _in_order(days: list[Weekday]) -> list[Weekday]:
    if len(set(days)) != len(days):
        raise unfit("doubled")
    return [day for day in WEEKDAYS if day in days]


class OfficeHours(RequestModel):
    """When the phone is answered: days of the week and two local times `hh:mm`."""

    days: Annotated[
        list[Weekday], Field(min_length=1, max_length=7), AfterValidator(_in_order)
    ]
    opens: Time = Field(alias="from")
    closes: Time = Field(alias="to")

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> OfficeHours:
        if self.closes <= self.opens:
            raise InvalidField("officeHours", "before-start")
        return self


class Deputy(RequestModel):
    """Who answers when the contact holder is away."""

    function: LabelText
    phone: PhoneText
    name: LabelText | None = None


class ContactHolder(RequestModel):
    """A function that can be called about a signal, and how to reach it.

    A person's name is there only where the agency wants it.
    """

    function: LabelText
    name: LabelText | None = None
    phone: PhoneText
    outOfHoursPhone: PhoneText | None = None
    officeHours: list[OfficeHours] = Field(default_factory=list, max_length=3)
    deputy: Deputy | None = None
    absentUntil: Day | None = None
    lastVerified: Day


class StoredContactHolder(ContactHolder):
    """A contact holder under the agency's own id for it."""

    model_config = ConfigDict(extra="ignore")  # an answer, unlike what it extends

    id: Id


class OwnContactHolder(StoredContactHolder):
    """The same with how many signals name it, and from when it is shown as stale."""

    staleFrom: Day
    stale: bool
    remind: bool
    signals: Count


class ContactHolders(AnswerModel):
    """All contact holders of the own organisation."""

    items: list[OwnContactHolder]


class HandOver(RequestModel):
    """To whom a whole caseload goes."""

    to: Id = Field(description="De contactpersoon die de signalen overneemt")


class HandedOver(AnswerModel):
    """How many signals changed hands."""

    signals: Count

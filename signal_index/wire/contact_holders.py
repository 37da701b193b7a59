"""Contact holders: whom a generalist calls. A function, not a case file.

Texts are bounded, so that nineteen flags fit in one padded part of an answer.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from signal_index.wire.errors import InvalidField
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import (
    Count,
    Day,
    Id,
    KidText,
    LabelText,
    OinText,
    PhoneText,
    SignatureText,
    Time,
    unfit,
)

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


class ContactSignature(AnswerModel):
    """Who signed contact details, when (seconds of Unix time), by which key, and how.

    With it the compact JWS that was sent can be written again, byte for byte.
    """

    by: OinText
    at: Count
    kid: KidText
    value: SignatureText


class StoredContactHolder(ContactHolder):
    """A contact holder under the agency's own id for it, as it was signed.

    `source`: for whose signals it was signed. One that came along with signals of
    another source is as that one signed it, until its new source signs it.
    `signature` is null of a row that is not as it was stored.
    """

    model_config = ConfigDict(extra="ignore")  # an answer, unlike what it extends

    id: Id
    source: OinText
    signature: ContactSignature | None


class OwnContactHolder(StoredContactHolder):
    """The same with how many signals name it, and from when it is shown as stale."""

    staleFrom: Day
    stale: bool
    remind: bool
    signals: Count


class UnreadableContactHolder(AnswerModel):
    """A contact holder whose stored details cannot be read: nobody calls by them.

    Stored anew under this id, it takes their place. `signals`: how many name it.
    """

    id: Id
    signals: Count


class ContactHolders(AnswerModel):
    """All contact holders of the own organisation."""

    items: list[OwnContactHolder]
    unreadable: list[UnreadableContactHolder] = Field(default_factory=list)


class HandOver(RequestModel):
    """To whom a whole caseload goes."""

    to: Id = Field(description="De contactpersoon die de signalen overneemt")


class HandedOver(AnswerModel):
    """How many signals changed hands."""

    signals: Count

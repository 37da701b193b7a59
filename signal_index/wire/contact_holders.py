"""Contact holders: whom a generalist calls. A function, not a case file.

Texts are bounded, so that twenty flags fit in one padded part of an answer.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from signal_index.wire.model import RequestModel
from signal_index.wire.values import LabelText, PhoneText, Time

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class OfficeHours(RequestModel):
    """When the phone is answered: days of the week and two local times `hh:mm`."""

    days: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    opens: Time = Field(alias="from")
    closes: Time = Field(alias="to")


class Deputy(RequestModel):
    """Who answers when the contact holder is away."""

    function: LabelText
    phone: PhoneText
    name: LabelText | None = None

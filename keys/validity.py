"""How long the key config is valid, and from when on that is a warning.

One form for holder, index, desk and agency, so that all say the same on the same day.
Pure; imports nothing of ours, so that the index's wire may.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Protocol

from pydantic import BaseModel, ConfigDict, Field

NONE: Final = "none"
OVER: Final = "over"
WARNINGS: Final = {7: "7-days", 30: "30-days", 90: "90-days"}
"""From so many days before the end on: what the warning is called; the nearest counts.

Ninety, because renewing takes three holders with a key that lies offline."""
_DAY: Final = timedelta(days=1)


class Dated(Protocol):
    """A key config, as far as this looks at it."""

    @property
    def serial(self) -> int:
        """Give its number."""

    @property
    def valid_until(self) -> datetime:
        """Give when it ends."""


class KeyValidity(BaseModel):
    """Until when the key config is valid, in whole days, and what to call that.

    `daysLeft` is a gauge for whoever watches: 0 on the last day, and when it is over.
    A `warning` that a reader does not know is none to it.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    serial: int
    validUntil: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    daysLeft: Annotated[int, Field(ge=0)]
    warning: Annotated[
        str, Field(json_schema_extra={"enum": [NONE, *WARNINGS.values(), OVER]})
    ]

    @property
    def until(self) -> datetime:
        """Give the moment at which it ends."""
        return datetime.fromisoformat(self.validUntil)

    @property
    def is_warning(self) -> bool:
        """Tell whether somebody must do something."""
        return self.warning in {*WARNINGS.values(), OVER}


def find_validity(config: Dated, now: datetime) -> KeyValidity:
    """Give how long a key config is still valid; its last moment is over already."""
    until, left = config.valid_until, config.valid_until - now
    return KeyValidity(
        serial=config.serial,
        validUntil=f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        daysLeft=max(0, left // _DAY),
        warning=_name(left),
    )


def _name(left: timedelta) -> str:
    if left <= timedelta(0):
        return OVER
    return next((said for days, said in WARNINGS.items() if left <= days * _DAY), NONE)

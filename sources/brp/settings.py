"""`[brp]` and `[brp_events]` in agency.toml: which gateway, for what and how much."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from sources.closed_row import ClosedRow
from sources.urls import Url

Basis = Literal["wgs-8"]
ALLOWED: Final[dict[Basis, frozenset[str]]] = {
    "wgs-8": frozenset({"vroegsignalering", "dreigende-ontruiming"})
}
"""What may be published of somebody who was found by name, by its legal basis."""


class GatewayPlace(ClosedRow):
    """A municipality's gateway to the population register, and by which key we ask."""

    url: Url
    key_file: Path
    per_minute: int = Field(default=60, ge=1, le=600)


class RegisterPlace(GatewayPlace):
    """Where a population register's own notices are read: who died, who moved."""

    subscriber: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)
    ]
    municipality: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]


class BrpPlace(GatewayPlace):
    """The gateway that a municipality finds persons with, and how much it may be asked.

    `on_behalf_of` is the partner without the right to a BSN; the municipality itself
    is the sender. `most_per_day` has no default: how many questions are ordinary,
    whoever answers for the gateway must say.
    """

    on_behalf_of: Annotated[str, StringConstraints(pattern=r"^[0-9]{20}$")]
    basis: Basis
    most_per_day: int = Field(ge=1, le=50_000)
    keep_days: int = Field(default=90, ge=1, le=180)
    doubt_days: int = Field(default=30, ge=1, le=90)

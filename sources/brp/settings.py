"""`[brp]` in agency.toml: which gateway, for whom, on what basis and how much."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from sources.closed_row import ClosedRow
from sources.urls import Url

Basis = Literal["wgs-8"]
ALLOWED: Final[dict[Basis, frozenset[str]]] = {"wgs-8": frozenset({"vroegsignalering"})}
"""What may be published of somebody who was found by name, by its legal basis."""


class BrpPlace(ClosedRow):
    """A municipality's gateway to the population register, and what it may be asked.

    `on_behalf_of` is the partner without the right to a BSN; the municipality itself
    is the sender. `most_per_day` has no default: how many questions are ordinary,
    whoever answers for the gateway must say.
    """

    url: Url
    key_file: Path
    on_behalf_of: Annotated[str, StringConstraints(pattern=r"^[0-9]{20}$")]
    basis: Basis
    most_per_day: int = Field(ge=1, le=50_000)
    per_minute: int = Field(default=60, ge=1, le=600)
    keep_days: int = Field(default=90, ge=1, le=180)
    doubt_days: int = Field(default=30, ge=1, le=90)

"""Which purposes and acts a municipality opened: by whom, since when, on what.

Invariants:
- no establishment, no purpose and no act of the loop: nothing is by default;
- of several for one of them the newest that has begun counts;
- what waits for its Staatsblad cannot be established without the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from keys.municipality import MunicipalityCode
from policy.catalogue import Catalogue
from policy.errors import InvalidEstablishment
from policy.vocabulary import (
    Establishment,
    LoopActId,
    PurposeId,
    parse_municipality,
)

Opened = PurposeId | LoopActId

STAATSBLAD = re.compile(r"(?:Stb\. ?)?([12]\d{3})(?:, ?| |-)([1-9]\d{0,3})")


def parse_staatsblad(text: str) -> str:
    """Read a Staatsblad number: "2027, 14", "Stb. 2027, 14" and "2027-14" are one."""
    found = STAATSBLAD.fullmatch(text.strip())
    if found is None:
        raise InvalidEstablishment("a Staatsblad number is a year and a number")
    return f"{found[1]}, {found[2]}"


def verify_establishment(catalogue: Catalogue, made: Establishment) -> None:
    """Check that this can be recorded, or raise `InvalidEstablishment`."""
    row = catalogue.find_opened(made.opens)
    if row is None:
        raise InvalidEstablishment("the catalogue does not have this purpose or act")
    parse_municipality(made.municipality)
    verify_established_by(catalogue, made.by_role)
    if made.staatsblad is not None:
        parse_staatsblad(made.staatsblad)
    elif row.needs_staatsblad:
        raise InvalidEstablishment("this waits for its Staatsblad number")


def verify_established_by(catalogue: Catalogue, role: str) -> None:
    """Raise `InvalidEstablishment` unless this role decides for a municipality."""
    if role not in catalogue.establishers:
        raise InvalidEstablishment(
            "this is established by " + ", ".join(catalogue.establishers)
        )


class Establishments:
    """All establishments, by municipality and what it opens. Never changed."""

    def __init__(self, catalogue: Catalogue, made: Iterable[Establishment]) -> None:
        self._made: dict[tuple[MunicipalityCode, Opened], list[Establishment]] = {}
        for establishment in made:
            verify_establishment(catalogue, establishment)
            place = (establishment.municipality, establishment.opens)
            self._made.setdefault(place, []).append(establishment)
        for rows in self._made.values():
            rows.sort(key=lambda row: (row.on, row.staatsblad or ""))

    def find(
        self, municipality: MunicipalityCode, opened: Opened, day: date
    ) -> Establishment | None:
        """Give the one that counts on this day, or the first that is still to begin."""
        rows = self._made.get((municipality, opened), [])
        begun = [row for row in rows if row.on <= day]
        return begun[-1] if begun else next(iter(rows), None)

    def of(self, municipality: MunicipalityCode) -> Iterator[Establishment]:
        """Give all of one municipality, in a fixed order: they go into its digest."""
        for place in sorted(self._made):
            if place[0] == municipality:
                yield from self._made[place]

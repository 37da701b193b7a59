"""Which purposes a municipality opened: by whom, since when, on which Staatsblad.

Invariants:
- no establishment, no purpose: nothing is established by default;
- of several for one purpose the newest that has begun counts;
- a purpose that waits for its Staatsblad cannot be established without the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from keys.municipality import MunicipalityCode
from policy.catalogue import Catalogue
from policy.errors import InvalidEstablishment
from policy.vocabulary import Establishment, PurposeId, parse_municipality

STAATSBLAD = re.compile(r"(?:Stb\. ?)?([12]\d{3})(?:, ?| |-)([1-9]\d{0,3})")


def parse_staatsblad(text: str) -> str:
    """Read a Staatsblad number: "2027, 14", "Stb. 2027, 14" and "2027-14" are one."""
    found = STAATSBLAD.fullmatch(text.strip())
    if found is None:
        raise InvalidEstablishment("a Staatsblad number is a year and a number")
    return f"{found[1]}, {found[2]}"


def verify_establishment(catalogue: Catalogue, made: Establishment) -> None:
    """Check that this can be recorded, or raise `InvalidEstablishment`."""
    purpose = catalogue.purposes.get(made.purpose)
    if purpose is None:
        raise InvalidEstablishment("the catalogue does not have this purpose")
    parse_municipality(made.municipality)
    if made.by_role not in catalogue.establishers:
        raise InvalidEstablishment(
            "a purpose is established by " + ", ".join(catalogue.establishers)
        )
    if made.staatsblad is not None:
        parse_staatsblad(made.staatsblad)
    elif purpose.needs_staatsblad:
        raise InvalidEstablishment("this purpose waits for its Staatsblad number")


class Establishments:
    """All establishments, by municipality and purpose. Never changed."""

    def __init__(self, catalogue: Catalogue, made: Iterable[Establishment]) -> None:
        self._made: dict[tuple[MunicipalityCode, PurposeId], list[Establishment]] = {}
        for establishment in made:
            verify_establishment(catalogue, establishment)
            place = (establishment.municipality, establishment.purpose)
            self._made.setdefault(place, []).append(establishment)
        for rows in self._made.values():
            rows.sort(key=lambda row: (row.on, row.staatsblad or ""))

    def find(
        self, municipality: MunicipalityCode, purpose: PurposeId, day: date
    ) -> Establishment | None:
        """Give the one that counts on this day, or the first that is still to begin."""
        rows = self._made.get((municipality, purpose), [])
        begun = [row for row in rows if row.on <= day]
        return begun[-1] if begun else next(iter(rows), None)

    def of(self, municipality: MunicipalityCode) -> Iterator[Establishment]:
        """Give all of one municipality, in a fixed order: they go into its digest."""
        for place in sorted(self._made):
            if place[0] == municipality:
                yield from self._made[place]

"""What of the ledger an officer may see, as a value that every search takes.

- An officer of an organisation of kind `municipality` sees the entries of its
  municipality, whichever organisation made them: the municipality is controller of the
  index. Any other organisation's officer sees only what that organisation did.
- A store function that reads entries for an officer takes an `OfficerScope`: forgetting
  it does not type-check.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from keys.municipality import MunicipalityCode


@dataclass(frozen=True, slots=True)
class OfficerScope:
    """Whose entries: a municipality's, or within it those of one organisation."""

    municipality: MunicipalityCode
    organisation: str | None

    def covers(self, municipality: str | None, organisation: str | None) -> bool:
        """Tell whether an entry with these in its clear header may be seen."""
        if municipality != self.municipality:
            return False
        return self.organisation is None or organisation == self.organisation


def within(
    scope: OfficerScope,
    municipality: ColumnElement[str],
    organisation: ColumnElement[str],
) -> ColumnElement[bool]:
    """Give the condition that keeps rows inside the scope: the same as `covers`."""
    inside = municipality == scope.municipality
    if scope.organisation is None:
        return inside
    return inside & (organisation == scope.organisation)

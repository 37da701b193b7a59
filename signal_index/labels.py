"""What ids and codes are called, for whoever reads them: one rule for all.

What nothing names any more (a purpose that left the catalogue, an organisation that was
removed) is shown as its code: what was recorded stays readable, and is never blank.

Proven by tests/unit/signal_index/test_labels.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, overload

from policy.catalogue import Catalogue
from signal_index.wire.choices import Choice


class Named(Protocol):
    """Something with a name of its own, an organisation for one."""

    @property
    def name(self) -> str:
        """What people call it."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of organisations, and labels of what one municipality's catalogue has."""

    catalogue: Catalogue
    organisations: Mapping[str, Named]

    @overload
    def of(self, table: Mapping[Any, Any], code: str) -> str: ...
    @overload
    def of(self, table: Mapping[Any, Any], code: str | None) -> str | None: ...
    def of(self, table: Mapping[Any, Any], code: str | None) -> str | None:
        """Look up a code in one of the catalogue's tables: its label, or the code."""
        found = None if code is None else table.get(code)
        if found is None:
            return code
        return found if isinstance(found, str) else str(found.label)

    def is_about_safety(self, purpose: str) -> bool:
        """Tell whether who is asked about for a purpose may be in danger."""
        table: Mapping[Any, Any] = self.catalogue.purposes
        return purpose in table and bool(table[purpose].about_safety)

    @overload
    def organisation(self, oin: str) -> str: ...
    @overload
    def organisation(self, oin: str | None) -> str | None: ...
    def organisation(self, oin: str | None) -> str | None:
        """Look up an organisation's name; its number where it is not registered."""
        found = None if oin is None else self.organisations.get(oin)
        return oin if found is None else found.name

    @overload
    def purpose(self, code: str) -> str: ...
    @overload
    def purpose(self, code: str | None) -> str | None: ...
    def purpose(self, code: str | None) -> str | None:
        """Look up a purpose's label: a lookup's, an officer's, or an act's own."""
        words = self.catalogue
        tables = (words.purposes, words.officer_purposes, words.act_purposes)
        return self.of(next((one for one in tables if code in one), {}), code)

    def category(self, code: str) -> str:
        """Look up a category's label."""
        return self.of(self.catalogue.categories, code)

    def category_short(self, code: str) -> str:
        """Look up the word or two that stand for a category in a sentence or a list."""
        table: Mapping[str, Any] = self.catalogue.categories  # type: ignore[assignment]
        found = table.get(code)
        return code if found is None else str(found.short)

    def does_coordinate(self, code: str) -> bool:
        """Tell whether who tells of a category coordinates what others do."""
        table: Mapping[str, Any] = self.catalogue.categories  # type: ignore[assignment]
        found = table.get(code)
        return found is not None and bool(found.coordinates)

    def explain_category(self, category: str) -> str | None:
        """Find what a citizen reads about a category; none of one that left."""
        table: Mapping[str, Any] = self.catalogue.categories  # type: ignore[assignment]
        found = table.get(category)
        return None if found is None else found.citizen_text

    def domains_of(self, category: str) -> tuple[str, ...]:
        """Name the life domains of a category; none of one that left the catalogue."""
        table: Mapping[str, Any] = self.catalogue.categories  # type: ignore[assignment]
        found = table.get(category)
        return () if found is None else tuple(str(one) for one in found.life_domains)

    @property
    def outcome_order(self) -> tuple[str, ...]:
        """The codes of what can come of a flag, in the catalogue's order."""
        return tuple(str(code) for code in self.catalogue.outcomes)

    def choices(self, table: Mapping[Any, Any]) -> list[Choice]:
        """Name everything that can be chosen from a table, in the catalogue's order."""
        return [Choice(code=str(code), label=self.of(table, code)) for code in table]

    def name(self, table: Mapping[Any, Any], codes: Iterable[str]) -> list[Choice]:
        """Name each of these codes."""
        return [Choice(code=code, label=self.of(table, code)) for code in codes]

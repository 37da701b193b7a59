"""What the ids in counts and entries are called, for those who read them.

An id that nothing names any more (a purpose that left the catalogue, an organisation
that was removed) is shown as it is: what was recorded stays readable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policy.catalogue import Catalogue
from signal_index.store.standing import Standing


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of organisations, and labels of what the catalogue has."""

    standing: Standing
    catalogue: Catalogue

    def organisation(self, oin: str) -> str:
        """Give an organisation's name."""
        found = self.standing.organisations.get(oin)
        return oin if found is None else found.name

    def purpose(self, purpose: str | None) -> str | None:
        """Give a purpose's label."""
        for known, row in self.catalogue.purposes.items():
            if known == purpose:
                return row.label
        return purpose

    def category(self, category: str) -> str:
        """Give a category's label."""
        return label_category(self.catalogue, category)

    def domains_of(self, category: str) -> Sequence[str]:
        """Give the life domains that a category belongs to."""
        for known, row in self.catalogue.categories.items():
            if known == category:
                return tuple(row.life_domains)
        return ()

    def domain(self, domain: str) -> str:
        """Give a life domain's name."""
        return self.catalogue.life_domains.get(domain, domain)

    def follow_up(self, code: str) -> str:
        """Give what a user said came of a lookup, in words."""
        return self.catalogue.outcomes.get(code, code)

    def officer_purpose(self, code: str) -> str:
        """Give why an officer asks something of the ledger, in words."""
        found = self.catalogue.officer_purposes.get(code)
        return code if found is None else found.label


def label_category(catalogue: Catalogue, category: str) -> str:
    """Give the label of a category; its id where the catalogue no longer has it."""
    for known, row in catalogue.categories.items():
        if known == category:
            return row.label
    return category

"""The label of a category, for answers that are not yet models of the wire."""

from __future__ import annotations

from policy.catalogue import Catalogue


def label_category(catalogue: Catalogue, category: str) -> str:
    """Give the label of a category; its id where the catalogue no longer has it."""
    for known, row in catalogue.categories.items():
        if known == category:
            return row.label
    return category

"""Purposes, legal bases, categories, life domains and closed lists, as TOML.

What stands in the `.toml` files beside this module is data for lawyers and officers;
this package reads it strictly (unknown keys refused, each fault with its line).
"""

from policy.catalogue.catalogue import Catalogue
from policy.catalogue.load import load_catalogue, parse_catalogue, shipped_texts
from policy.catalogue.model import (
    Category,
    KeptAfterEnd,
    LegalBasis,
    LoopAct,
    Purpose,
    Reference,
)

__all__ = [
    "Catalogue",
    "Category",
    "KeptAfterEnd",
    "LegalBasis",
    "LoopAct",
    "Purpose",
    "Reference",
    "load_catalogue",
    "parse_catalogue",
    "shipped_texts",
]

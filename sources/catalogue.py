"""What kinds, ways of informing and answers are called: the public catalogue.

Read as a file, like a lawyer would: an agency knows no rules of the index, and nothing
follows from these names. A municipality may have kinds of its own; the command's
`--category` names such a one, and the index says whether it takes it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from signal_index.wire.rehearsals import REHEARSED_FUNCTION


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of signal: by which codes its citizens may know of it, and whom to call.

    `functions`: what who is called may be called, beside those of every kind.
    """

    label: str
    informed: tuple[str, ...]
    functions: tuple[str, ...]


@cache
def load_kinds() -> Mapping[str, Kind]:
    """Give the kinds that are in use, by their id."""
    return {
        each["id"]: Kind(
            each["label"],
            tuple(each["informed_codes"]),
            tuple(each.get("contact_functions", ())),
        )
        for each in _load("categories.toml")["category"]
        if each["active"]
    }


@cache
def load_ways() -> Mapping[str, str]:
    """Give the ways in which a citizen can know, by their code."""
    return {each["id"]: each["label"] for each in _load("codes.toml")["informed"]}


@cache
def load_functions() -> tuple[str, ...]:
    """Give what who is called may be called, whatever the kind, outside a rehearsal."""
    labels = (each["label"] for each in _load("codes.toml")["contact_function"])
    return tuple(label for label in labels if label != REHEARSED_FUNCTION)


@cache
def load_answers() -> Mapping[str, str]:
    """Give what a source may answer to a correction or objection, by its code."""
    answers = _load("citizen-rights.toml")["correction_answer"]
    return {each["id"]: each["label"] for each in answers}


@cache
def load_exceptions() -> frozenset[str]:
    """Give the codes that say why a citizen does not know."""
    ways = _load("codes.toml")["informed"]
    return frozenset(each["id"] for each in ways if each["kind"] == "exception")


def _load(name: str) -> dict[str, Any]:
    place = files("policy") / "catalogue" / name
    return tomllib.loads(place.read_text(encoding="utf-8"))

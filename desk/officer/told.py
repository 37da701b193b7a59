"""What the index said to a form: its own title and detail, shown beside the form.

The index's problems are Dutch sentences for people (docs/wire-formats.md), so a page
shows them as they are. What is no problem of ours is `IndexUnreachable`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from desk.errors import IndexFoundFault, IndexUnreachable, LoginTooWeak
from desk.holders import Passed
from desk.index import read_problem
from desk.texts import Texts
from signal_index.wire.problem import FieldError, Ground

_TOO_WEAK: Final = "/assurance-too-low"
MOST_FAULTS: Final = 50


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that was wrong: in which field or file, on which line."""

    field: str
    line: str
    message: str


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal of the index: what it is about, and all that was wrong.

    `references`: which signals stand in the way, by their sources' names for them.
    `grounds`: by which rules it is not allowed, each with what helps.
    """

    slug: str
    title: str
    detail: str
    faults: tuple[Fault, ...] = ()
    references: tuple[UUID, ...] = ()
    grounds: tuple[Ground, ...] = ()


def read_told(passed: Passed) -> Told | None:
    """Read what the index refused with, or None where it did what was asked.

    Raises `LoginTooWeak`, and `IndexUnreachable` where it did not answer as agreed.
    """
    if passed.status < 300:
        return None
    problem = read_problem(passed)
    slug = problem.type.rpartition("/")[2]
    if passed.status >= 500 and slug != "policy-unusable":
        raise IndexUnreachable
    if f"/{slug}" == _TOO_WEAK:
        raise LoginTooWeak
    return Told(
        slug=slug,
        title=problem.title,
        detail=problem.detail,
        faults=tuple(_fault(one) for one in problem.errors[:MOST_FAULTS]),
        references=tuple(problem.references),
        grounds=tuple(problem.grounds),
    )


def tell_fault(fault: IndexFoundFault, texts: Texts) -> Told:
    """Say of a form that was not even sent which fields do not hold."""
    faults = tuple(Fault(name, "", "") for name in sorted(fault.fields))
    return Told("invalid-input", texts.get("told.not-filled-in"), "", faults)


def _fault(one: FieldError) -> Fault:
    code = one.code
    line = code.removeprefix("line-") if code.startswith("line-") else ""
    return Fault(one.field, line, one.message)

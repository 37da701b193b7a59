"""How two values of one field of the catalogue are held against each other.

Each comparer is a small frozen value with one question: did it change, and does that
let somebody see more? `{}` in a sentence stands for what came, went, or is new and old.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from policy.catalogue import Catalogue, KeptAfterEnd
from policy.vocabulary import Assurance, OrganisationKind, Role

Pair = tuple[Catalogue, Catalogue]
Changes = Iterator[tuple["Direction", str]]


class Direction(StrEnum):
    """Which way a change goes; `wider` is the only one that gives anybody more."""

    WIDER = "wider"
    NARROWER = "narrower"
    OTHER = "other"


class Comparer(Protocol):
    """Holds the old and the new value of a field against each other."""

    def compare(self, old: Any, new: Any, catalogues: Pair) -> Changes:  # noqa: ANN401
        """Give what changed, each with its way and a Dutch half sentence."""
        ...


def _way(more: bool, wider: bool | None) -> Direction:  # noqa: FBT001 - two yes-or-no facts
    if wider is None:
        return Direction.OTHER
    return Direction.WIDER if more is wider else Direction.NARROWER


@dataclass(frozen=True, slots=True)
class Text:
    """Words that change nothing about who sees what (or, with `wider`, may do so)."""

    says: str
    wider: bool | None = None

    def compare(self, old: Any, new: Any, catalogues: Pair) -> Changes:  # noqa: ANN401
        """Give one change where the two are not the same."""
        del catalogues
        if old != new:
            yield _way(more=True, wider=self.wider), self.says


@dataclass(frozen=True, slots=True)
class Statute:
    """A reference to a statute, told in full: it is what the second person judges."""

    says: str
    gone: str

    def compare(self, old: Any, new: Any, catalogues: Pair) -> Changes:  # noqa: ANN401
        """Give the new statute, or that there is none any more."""
        del catalogues
        if old == new:
            return
        if new is None:
            yield Direction.OTHER, self.gone
            return
        checked = "door een jurist nagekeken" if new.checked else "niet nagekeken"
        place = f"{new.statute}, artikel {new.article} ({checked})"
        yield Direction.OTHER, self.says.format(place)


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no. `wider` is the value that lets somebody see more; None: neither."""

    on: str
    off: str
    wider: bool | None

    def compare(self, old: Any, new: Any, catalogues: Pair) -> Changes:  # noqa: ANN401
        """Give one change where it was switched."""
        del catalogues
        if old != new:
            yield _way(bool(new), self.wider), self.on if new else self.off


@dataclass(frozen=True, slots=True)
class Names:
    """A list of ids. `lists` is where their labels stand; `wider`: more is wider."""

    more: str
    fewer: str
    lists: str = ""
    wider: bool | None = True

    def compare(self, old: Any, new: Any, catalogues: Pair) -> Changes:  # noqa: ANN401
        """Give what came and what went, each in one half sentence."""
        before, after = _ids(old), _ids(new)
        came = [name for name in after if name not in before]
        went = [name for name in before if name not in after]
        if came:
            said = self.more.format(self._say(came, catalogues[1]))
            yield _way(more=True, wider=self.wider), said
        if went:
            said = self.fewer.format(self._say(went, catalogues[0]))
            yield _way(more=False, wider=self.wider), said
        if not came and not went and old != new:
            yield Direction.OTHER, "noemt hetzelfde in andere woorden of volgorde"

    def _say(self, ids: list[str], catalogue: Catalogue) -> str:
        return ", ".join(_label(catalogue, self.lists, one) for one in ids)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of months or days: more is wider."""

    says: str

    def compare(self, old: Any, new: Any, catalogues: Pair) -> Changes:  # noqa: ANN401
        """Give one change where the number is another."""
        del catalogues
        if old != new:
            yield _way(new > old, wider=True), self.says.format(new, old)


@dataclass(frozen=True, slots=True)
class Level:
    """How sure a login must be: less is wider."""

    says: str

    def compare(self, old: Any, new: Any, catalogues: Pair) -> Changes:  # noqa: ANN401
        """Give one change where the level is another."""
        del catalogues
        if old != new:
            levels = list(Assurance)
            higher = levels.index(new) > levels.index(old)
            said = self.says.format(LEVELS[new], LEVELS[old])
            yield _way(higher, wider=False), said


@dataclass(frozen=True, slots=True)
class FromDay:
    """The first day on which something holds: earlier is wider."""

    says: str

    def compare(self, old: Any, new: Any, catalogues: Pair) -> Changes:  # noqa: ANN401
        """Give one change where the day is another; no day is always."""
        del catalogues
        if old != new:
            earlier = (new or date.min) < (old or date.min)
            said = self.says.format(_day(new, "altijd"), _day(old, "altijd"))
            yield _way(earlier, wider=True), said


@dataclass(frozen=True, slots=True)
class UntilDay:
    """The last day on which something holds: later is wider."""

    says: str

    def compare(self, old: Any, new: Any, catalogues: Pair) -> Changes:  # noqa: ANN401
        """Give one change where the day is another; no day is for ever."""
        del catalogues
        if old != new:
            later = (new or date.max) > (old or date.max)
            said = self.says.format(
                _day(new, "nader bericht"), _day(old, "nader bericht")
            )
            yield _way(later, wider=True), said


@dataclass(frozen=True, slots=True)
class Kept:
    """How long something is kept after its end: only what a lawyer checked counts."""

    says: str

    def compare(self, old: Any, new: Any, catalogues: Pair) -> Changes:  # noqa: ANN401
        """Give one change where the months that count are others."""
        del catalogues
        before, after = _months(old), _months(new)
        if before != after:
            yield _way(after > before, wider=True), self.says.format(after, before)
        elif old != new:
            yield Direction.OTHER, "noemt het bewaren na het einde anders"


LEVELS = {
    Assurance.LOW: "laag",
    Assurance.SUBSTANTIAL: "substantieel",
    Assurance.HIGH: "hoog",
}


def _months(kept: KeptAfterEnd | None) -> int:
    return kept.months if kept is not None and kept.allowed_by.checked else 0


def _day(day: date | None, none: str) -> str:
    return none if day is None else f"{day.day}-{day.month}-{day.year}"


def _ids(values: Any) -> list[str]:  # noqa: ANN401 - ids, or rows that have one
    return [str(getattr(value, "id", value)) for value in values]


def _label(catalogue: Catalogue, lists: str, one: str) -> str:
    """Give the Dutch name of an id, or the id where nothing names it."""
    if one in catalogue.categories and not lists:
        return catalogue.categories[catalogue.parse_category(one)].label
    if one in set(Role):
        return catalogue.file.role_labels[Role(one)]
    if one in set(OrganisationKind):
        return catalogue.file.organisation_kind_labels[OrganisationKind(one)]
    named = getattr(catalogue, lists, {}) if lists else {}
    found = named.get(one, one)
    return str(getattr(found, "label", found))

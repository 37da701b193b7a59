"""An entry whose groups are open, and reading what they say.

Neither `person` nor `about` is ever among them: whoever reads an entry so learns not
about whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from keys.base64url import decode_b64u
from signal_index.ledger.entry import turn_mark
from signal_index.ledger.facts import MARK_BYTES
from signal_index.ledger.keys import DisclosureKey
from signal_index.ledger.sealing import open_parsed
from signal_index.proof import (
    DisclosureRefused,
    Group,
    Json,
    JsonObject,
    Kind,
    Leaf,
    ProofError,
    digest_disclosure,
    parse_leaf,
)


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """An entry, and what it says; `groups` is None where that was erased.

    Or where it does not open: `is_unreadable`. One such row hides no other.
    """

    entry: UUID
    kind: Kind
    recorded_at: datetime
    organisation: str | None
    leaf: bytes
    groups: Mapping[Group, JsonObject | None] | None = None
    is_unreadable: bool = False
    key: DisclosureKey | None = None

    @property
    def content(self) -> Literal["readable", "erased", "unreadable"]:
        """Tell whether anything can be read of it, and if not, why not."""
        if self.is_unreadable:
            return "unreadable"
        return "erased" if self.groups is None else "readable"

    @property
    def parsed_leaf(self) -> Leaf:
        """The leaf, read; a year's first leaf is no act, and nobody's to open."""
        leaf = parse_leaf(self.leaf)
        assert isinstance(leaf, Leaf)  # noqa: S101 - it is in nobody's scope
        return leaf

    def group(self, group: Group) -> JsonObject:
        """Find all that a group says; nothing where the entry lacks it."""
        return (self.groups or {}).get(group) or {}

    def value(self, group: Group, name: str) -> Json:
        """Find what a group says under this name; None where it says nothing."""
        return self.group(group).get(name)

    def text(self, group: Group, name: str) -> str | None:
        """Find a text that a group says under this name."""
        found = self.value(group, name)
        return found if isinstance(found, str) else None

    def texts(self, group: Group, name: str) -> list[str]:
        """Find the list of texts that a group says under this name; else none."""
        found = self.value(group, name)
        return [str(one) for one in found] if isinstance(found, list) else []

    @property
    def is_repeat(self) -> bool:
        """Tell whether it answers again what was answered shortly before."""
        return self.value(Group.DECISION, "repeat") is True

    @property
    def flags(self) -> Sequence[tuple[str, str]] | None:
        """Category and source of each flag shown; None where none could have been."""
        found = self._flags()
        if found is None:
            return None
        return [(str(one["category"]), str(one["source"])) for one in found]

    @property
    def contacts(self) -> Sequence[UUID]:
        """The contact holder that each flag named, in the same order."""
        return [
            UUID(bytes=decode_b64u(str(one["contact"]))) for one in self._flags() or ()
        ]

    @property
    def marks(self) -> Sequence[bytes]:
        """By what each flag is known in other answers to its user, in the same order.

        Only the flags of a lookup have one.
        """
        if self.key is None:
            return []
        return read_marks(self.entry, self.group(Group.WHAT), self.key)

    def _flags(self) -> Sequence[Mapping[str, Json]] | None:
        return _read_flags(self.group(Group.WHAT))


def read_marks(entry: UUID, what: JsonObject, key: DisclosureKey) -> Sequence[bytes]:
    """Read, of the group `what` of a lookup, the mark of each flag, opened."""
    marks = decode_b64u(str(what.get("marks", "")))
    return [
        turn_mark(key, entry, place, marks[at : at + MARK_BYTES])
        for place, at in enumerate(range(0, len(marks), MARK_BYTES))
    ]


def _read_flags(what: JsonObject) -> Sequence[Mapping[str, Json]] | None:
    if "flags" not in what:
        return None
    found = what["flags"]
    flags = found if isinstance(found, list) else []
    return [one for one in flags if isinstance(one, Mapping)]


def open_entry(closed: Opened, sealed: bytes, key: DisclosureKey) -> Opened:
    """Open all that an entry says, but for the person asked about.

    One that was altered, sealed under another key, or says something else than its
    leaf, is `is_unreadable`: who has the key of the year can seal another text.
    """
    try:
        _, groups = open_groups(closed.entry, closed.leaf, sealed, key)
    except ProofError:
        return replace(closed, is_unreadable=True)
    shown: dict[Group, JsonObject | None] = {
        group: value
        for group, value in groups.items()
        if group not in {Group.PERSON, Group.ABOUT}
    }
    return replace(closed, groups=shown, key=key)


OpenedGroups = tuple[Leaf, Mapping[Group, JsonObject | None]]
"""An entry's leaf, and all that it says."""


def open_groups(
    entry: UUID, data: bytes, sealed: bytes, key: DisclosureKey
) -> OpenedGroups:
    """Give the leaf of an entry and all that it says, about whom too.

    Each group is the one in the leaf, and the leaf is of this entry, or `ProofError`.
    """
    opened = open_parsed(entry, sealed, key=key)
    leaf = parse_leaf(data)
    said = {group: digest_disclosure(text) for group, (text, _) in opened.items()}
    if not isinstance(leaf, Leaf) or dict(leaf.groups) != said or leaf.entry != entry:
        raise DisclosureRefused("the sealed groups are not those of the leaf")
    return leaf, {group: said.value for group, (_, said) in opened.items()}


class Openings:
    """Entries that were opened: in one reading none is opened twice."""

    def __init__(self) -> None:
        self._opened: dict[UUID, OpenedGroups | ProofError] = {}

    def __repr__(self) -> str:
        return "<Openings>"

    def open(
        self, entry: UUID, data: bytes, sealed: bytes, key: DisclosureKey
    ) -> OpenedGroups:
        """Give what `open_groups` gives or raises, the same each time."""
        if entry not in self._opened:
            try:
                self._opened[entry] = open_groups(entry, data, sealed, key)
            except ProofError as error:
                self._opened[entry] = error
        found = self._opened[entry]
        if isinstance(found, ProofError):
            raise found
        return found

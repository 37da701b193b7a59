"""What differs between two key configs, named by holder and member.

Serves the rule of what may change within an epoch (`keys.config`), and shows a holder
what it is asked to sign. Pure; the values are public.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from keys.config_document import KeyConfig

RENEWED: Final = frozenset(
    {"serial", "state", "validFrom", "validUntil", "ticketKey", "formerTicketKey"}
)
"""What holders may change by signing alone. All else, also what is added to the
document one day, belongs to a version and epoch."""

_NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Change:
    """One member that is another; without a holder it is of the key."""

    holder: str | None
    member: str
    before: str
    after: str

    @property
    def where(self) -> str:
        """Name it: `validUntil`, `holder-2: publicShare`."""
        return self.member if self.holder is None else f"{self.holder}: {self.member}"


def list_changes(before: KeyConfig, after: KeyConfig) -> Sequence[Change]:
    """List what is another, in the order of the document.

    A holder stands in its place: one that was replaced shows by what differs, under
    its former id; more or fewer of them is a change of `holders`.
    """
    old, new = _members_of(before), _members_of(after)
    of_old, of_new = old.pop("holders"), new.pop("holders")
    changes = _compare(None, old, new)
    if len(of_old) != len(of_new):
        count = (str(len(of_old)), str(len(of_new)))
        changes.append(Change(None, "holders", *count))
    for one, other in zip(of_old, of_new, strict=False):
        changes += _compare(one["id"], one, other)
    return changes


def _members_of(config: KeyConfig) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(config.encode())
    return members


def _compare(
    holder: str | None, old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[Change]:
    names = [*old, *(name for name in new if name not in old)]
    return [
        Change(holder, name, _say(old.get(name)), _say(new.get(name)))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _say(value: object) -> str:
    """Say a value in one line: of a key what it is, which no name can hide."""
    if value is None:
        return _NONE
    return str(value["x"]) if isinstance(value, dict) else str(value)

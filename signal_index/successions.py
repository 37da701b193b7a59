"""Whose a flag is by now that was shown before its source was succeeded.

It follows from what two persons agreed on, kinds and contact holders of one source, and
from when: nothing of any citizen is read for it. So it is about who is called, and does
not say that a flag of before still stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Held(NamedTuple):
    """A flag as an answer names it: its kind, whose it is, and its contact holder."""

    category: str
    source: str
    contact: UUID


@dataclass(frozen=True, slots=True)
class Succession:
    """Signals that passed on, `at` one moment; `contacts`: of these alone, None: all.

    `named`: whom the successor has for each contact holder of before; `contact`: whom
    for all others, None where those came along.
    """

    municipality: str
    source: str
    successor: str
    categories: frozenset[str]
    contacts: frozenset[UUID] | None
    contact: UUID | None
    at: datetime
    named: Mapping[UUID, UUID] = field(default_factory=dict)

    def pass_on(self, one: Held) -> Held:
        """Give whose this flag is after it: the very same where it is not about it."""
        if one.source != self.source or one.category not in self.categories:
            return one
        if self.contacts is not None and one.contact not in self.contacts:
            return one
        contact = self.named.get(one.contact, self.contact or one.contact)
        return one._replace(source=self.successor, contact=contact)


def find_heir(
    one: Held, municipality: str, shown_at: datetime, since: Sequence[Succession]
) -> Held:
    """Find whose a flag is now that was shown then; `since`: the oldest first."""
    for each in since:
        if each.municipality == municipality and each.at > shown_at:
            one = each.pass_on(one)
    return one

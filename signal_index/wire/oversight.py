"""What officers did with the ledger, for who watches them; never about whom."""

from __future__ import annotations

from signal_index.wire.ledger_entries import ToldKind
from signal_index.wire.model import AnswerModel
from signal_index.wire.values import Count, Id, Instant


class OfficersAct(AnswerModel):
    """One act of an officer; `lookupEntryId`: the lookup that it was about."""

    entryId: Id
    at: Instant
    kind: ToldKind
    act: str | None
    organisation: str
    user: str | None
    roles: list[str]
    purposeLabel: str | None
    aboutCitizen: bool
    lookupEntryId: str | None


class ActCount(AnswerModel):
    """How often somebody did acts of one kind."""

    kind: ToldKind
    count: Count


class CountedOfficer(AnswerModel):
    """How often one officer did what, since `since`."""

    organisation: str
    user: str
    roles: list[str]
    acts: list[ActCount]


class OfficersActs(AnswerModel):
    """A page of acts, the newest first, and counts of the last thirty days.

    `complete`: whether all of those days could be counted.
    """

    items: list[OfficersAct]
    next: Id | None
    people: list[CountedOfficer]
    since: Instant
    complete: bool

"""Matches: that another organisation helps the same person, whom to call, who leads.

- A match is named by what this source calls it, and of its own signal by its reference;
  the other side calls it otherwise, and nothing of its signal is here but its kind.
- What is not there any more (an end, an objection, a source that left, an embargo, a
  closed act) is not in the list, and does not come back.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from signal_index.wire.lookups import FlagContact
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import Count, Day, Id, Municipality, OinText

MatchAct = Literal["take-lead", "leave-lead", "agreed", "not-agreed", "done"]
"""What a side says: `signal_index.matching.MatchAct`, but for what nobody says."""
MatchStage = Literal["open", "agreed", "not-agreed", "done"]
ToldStage = Annotated[str, Field(json_schema_extra={"enum": [*get_args(MatchStage)]})]
"""A stage in an answer: an older reader shows one that it does not know."""
Side = Literal["own", "other"]
"""Who of the two: this source, or the other one."""


class MatchPartner(AnswerModel):
    """The other organisation, as it stands now: whom to call there.

    `contactHolder` is null as in `Flag`.
    """

    organisation: str
    category: str
    categoryLabel: str
    contactHolder: FlagContact | None


class Match(AnswerModel):
    """One match, as one of the two sees it.

    `reference` is that of the own signal; `case` is how the own machine sealed the
    case's name for its desk, with an acknowledgement. `step`: how many steps were made,
    to be named in the next one. `followUpBy`: the last day for something to follow,
    null where `agreed`, `not-agreed` or `done` was said; `isOverdue` after ten working
    days without. `until`: the last day on which it is shown.
    `agreedOn`: when it was last said that something was agreed, also when it is done;
    null where the last word was that nothing was.
    """

    id: Id
    source: OinText
    reference: Id
    case: str | None
    municipality: Municipality
    category: str
    categoryLabel: str
    partner: MatchPartner
    foundOn: Day
    until: Day
    stage: ToldStage
    lead: Side | None
    step: Count
    lastStepBy: Side | None
    lastStepOn: Day | None
    followUpBy: Day | None
    isOverdue: bool
    agreedOn: Day | None = None


class Matches(AnswerModel):
    """A page of matches; `next` begins the following page, `padding` is its length.

    `unreadable`: how many the index cannot open. `closedDays`: as in `Catalogue`, the
    public holidays of a year from today: nobody's office hours.
    """

    items: list[Match]
    next: Id | None
    unreadable: Count
    closedDays: list[Day]
    padding: str


class MatchStep(RequestModel):
    """What this side says of a match, and how many steps it has seen (`step`).

    The same once more is not said twice. Where the other side said something meanwhile
    it is refused, and nothing changes.
    """

    act: MatchAct
    step: Count

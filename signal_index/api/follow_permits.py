"""What the policy permits of following: when it begins, and each time after.

Nothing else opens a follow, reads what it looks at, or names a colleague.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from keys.months import months_back
from keys.municipality import MunicipalityCode
from keys.pseudonym import StoredPoint
from policy.errors import LoopActDenied, NoDecision, UnknownCode
from policy.loop import LoopPermit, LoopQuestion, decide_loop, is_established
from policy.policy import Policy
from policy.vocabulary import (
    Caller,
    CategoryId,
    InformedCode,
    LoopActId,
    Permit,
    PermittedCategory,
    Subject,
)
from signal_index.api.context import Index
from signal_index.follows import name_follow_row
from signal_index.ledger import Group, Opened
from signal_index.row_keys import RowKeys, Rows
from signal_index.store.follows import StoredFollow


@dataclass(frozen=True, slots=True, repr=False)
class Beside:
    """What an answer may say beside the flags of one person.

    `row` is None where the rule permits nothing: then no follow is looked for.
    """

    row: Rows | None
    names_colleagues: bool
    can_follow: bool


def find_beside(
    policy: Policy,
    permit: Permit,
    points: Sequence[StoredPoint],
    keys: RowKeys,
    now: datetime,
) -> tuple[Beside, ...]:
    """Say for each person of a permitted lookup what may stand beside the flags.

    It depends on who asks, why, and how the citizen knows of it; on nothing found.
    """
    acts = (LoopActId.COLLEAGUE, LoopActId.FOLLOW)
    open_ = [
        one for one in acts if is_established(policy, one, permit.municipality, now=now)
    ]
    if not open_:
        return ()
    made = []
    for subject, point in zip(permit.subjects, points, strict=True):
        names = _is_permitted(policy, LoopActId.COLLEAGUE, permit, subject, now)
        can = _is_permitted(policy, LoopActId.FOLLOW, permit, subject, now)
        row = None
        if names or can:
            row = keys.find(point, name_follow_row(permit.caller.organisation))
        made.append(Beside(row, names, can))
    return tuple(made)


def decide_follow(
    policy: Policy, who: Caller, lookup: Opened, informed: InformedCode, now: datetime
) -> LoopPermit:
    """Permit following after an answer, or raise `LoopActDenied` with every ground.

    Of the kinds that were asked about, those that the act may be about. Raises
    `NoDecision` where the rules gave no sure answer.
    """
    catalogue = policy.catalogue
    asked = [
        catalogue.parse_category(one) for one in lookup.texts(Group.WHAT, "categories")
    ]
    question = LoopQuestion(
        act=LoopActId.FOLLOW,
        municipality=MunicipalityCode(lookup.parsed_leaf.municipality or ""),
        categories=tuple(asked),
        caller=who,
        purpose=catalogue.parse_purpose(lookup.text(Group.WHY, "purpose") or ""),
        informed=informed,
        broken_glass=lookup.text(Group.WHY, "breakGlass") is not None,
    )
    return decide_loop(policy, question, now=now)


def find_reach(
    policy: Policy, lookup: Opened, permit: LoopPermit, today: date
) -> Collection[PermittedCategory]:
    """Give the kinds of a permitted follow, each as far back as its lookup saw."""
    catalogue = policy.catalogue
    purpose = catalogue.parse_purpose(lookup.text(Group.WHY, "purpose") or "")
    back = months_back(today, catalogue.purposes[purpose].look_back_months)
    return [PermittedCategory(one, back) for one in sorted(permit.categories)]


async def decide_again(
    index: Index, who: Caller, one: StoredFollow, now: datetime
) -> LoopPermit:
    """Ask the same of a follow that stands: the rule as it is today, this very caller.

    Raises `LoopActDenied` also where its purpose or its code left the catalogue.
    """
    policy = await policy_in(index, one.municipality, now)
    catalogue, said = policy.catalogue, one.said
    try:
        question = LoopQuestion(
            act=LoopActId.FOLLOW,
            municipality=MunicipalityCode(one.municipality),
            categories=_known(policy, said.watched),
            caller=who,
            purpose=catalogue.parse_purpose(said.purpose),
            informed=catalogue.parse_informed(said.informed),
        )
    except UnknownCode:
        raise LoopActDenied(()) from None
    if not question.categories:
        raise LoopActDenied(())
    return decide_loop(policy, question, now=now)


async def permit_again(
    index: Index, who: Caller, one: StoredFollow, now: datetime
) -> LoopPermit | None:
    """Ask the same for a list: None where it may not be looked at now."""
    try:
        return await decide_again(index, who, one, now)
    except (LoopActDenied, NoDecision):
        return None


async def policy_in(index: Index, municipality: str, now: datetime) -> Policy:
    """Give the policy that holds in a municipality now."""
    standing = await index.standing.get(now)
    return index.policy.get(standing, MunicipalityCode(municipality))


def _is_permitted(
    policy: Policy, act: LoopActId, permit: Permit, subject: Subject, now: datetime
) -> bool:
    asked = LoopQuestion(
        act=act,
        municipality=permit.municipality,
        categories=tuple(one.id for one in permit.categories),
        caller=permit.caller,
        purpose=permit.purpose,
        informed=subject.informed,
        broken_glass=permit.review,
    )
    try:
        decide_loop(policy, asked, now=now)
    except (LoopActDenied, NoDecision):
        return False  # the lookup itself was permitted, and is answered
    return True


def _known(policy: Policy, kinds: Collection[str]) -> tuple[CategoryId, ...]:
    return tuple(one for one in policy.catalogue.categories if str(one) in kinds)

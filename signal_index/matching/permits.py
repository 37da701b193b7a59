"""Who may hear of whom: the act's own rules, asked in both directions.

- Each direction is asked with how that citizen was informed of that signal: one that a
  citizen was not told of, with a reason, is matched with nothing.
- What the rules deny, or cannot say, is no match: silence is safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from keys.municipality import MunicipalityCode
from policy.errors import LoopActDenied, NoDecision, UnknownCategory, UnknownCode
from policy.loop import LoopPermit, LoopQuestion, decide_loop, is_established
from policy.policy import Policy
from policy.vocabulary import LoopActId

_ACT = LoopActId.MATCH


class Signalled(NamedTuple):
    """Of which kind a signal is, and how its citizen was informed; None: not asked."""

    category: str
    informed: str | None


def is_open(policy: Policy, municipality: str, now: datetime) -> bool:
    """Tell whether a municipality has opened the act."""
    return is_established(policy, _ACT, MunicipalityCode(municipality), now=now)


def find_partners(
    policy: Policy, municipality: str, told: Signalled, now: datetime
) -> Sequence[str] | None:
    """Find the kinds that may hear of a signal, and be heard of.

    None where the act is closed, or no kind is named together with this one: then
    nothing is done at all. Empty where this signal tells nobody.
    """
    if not is_open(policy, municipality, now):
        return None
    pairs = policy.catalogue.loop_acts[_ACT].named_pairs
    named = {to for of, to in pairs if of == told.category}
    named &= {of for of, to in pairs if to == told.category}
    if not named:
        return None
    return [
        to
        for to in sorted(named)
        if permit_match(policy, municipality, told, Signalled(to, None), now)
    ]


def permit_match(
    policy: Policy, municipality: str, one: Signalled, other: Signalled, now: datetime
) -> LoopPermit | None:
    """Permit two signals to hear of each other; None where either may not."""
    permit = _permit_one(policy, municipality, one, other, now)
    if permit is None or _permit_one(policy, municipality, other, one, now) is None:
        return None
    return permit


def _permit_one(
    policy: Policy, municipality: str, one: Signalled, other: Signalled, now: datetime
) -> LoopPermit | None:
    try:
        catalogue = policy.catalogue
        asked = LoopQuestion(
            act=_ACT,
            municipality=MunicipalityCode(municipality),
            categories=(catalogue.parse_category(one.category),),
            informed=(
                None if one.informed is None else catalogue.parse_informed(one.informed)
            ),
            partner=catalogue.parse_category(other.category),
        )
        return decide_loop(policy, asked, now=now)
    except (LoopActDenied, NoDecision, UnknownCategory, UnknownCode):
        return None

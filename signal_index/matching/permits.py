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
    permits = Permits(policy, municipality, now)
    return [to for to in sorted(named) if permits.find(told, Signalled(to, None))]


class Permits:
    """What one municipality's policy says at one moment; each pair is asked once."""

    def __init__(self, policy: Policy, municipality: str, now: datetime) -> None:
        self._policy = policy
        self._municipality = MunicipalityCode(municipality)
        self._now = now
        self._found: dict[tuple[Signalled, Signalled], LoopPermit | None] = {}

    def find(self, one: Signalled, other: Signalled) -> LoopPermit | None:
        """Permit two signals to hear of each other; None where either may not."""
        permit = self._find_one(one, other)
        return None if self._find_one(other, one) is None else permit

    def _find_one(self, one: Signalled, other: Signalled) -> LoopPermit | None:
        if (one, other) not in self._found:
            self._found[one, other] = self._ask(one, other)
        return self._found[one, other]

    def _ask(self, one: Signalled, other: Signalled) -> LoopPermit | None:
        words, told = self._policy.catalogue, one.informed
        try:
            asked = LoopQuestion(
                act=_ACT,
                municipality=self._municipality,
                categories=(words.parse_category(one.category),),
                informed=None if told is None else words.parse_informed(told),
                partner=words.parse_category(other.category),
            )
            return decide_loop(self._policy, asked, now=self._now)
        except (LoopActDenied, NoDecision, UnknownCategory, UnknownCode):
            return None

"""Whether anybody outside confirms that the ledger only grows, and what follows.

- Ten minutes without enough cosignatures: `/v1/health` warns, and so do the desk's
  pages.
- Four hours: only break-glass lookups are answered. A ledger that nobody watches could
  be rewritten; an emergency cannot wait for a witness, and is reviewed anyway.
- At once, where the sequencer refuses: the ledger is not the one that was signed, or a
  witness saw another one. Then too only break-glass lookups are answered, and health is
  red.
- In a trial (`unwitnessed_until`) nobody need confirm until that day is over; from then
  on its midnight counts as the last confirmation.
- The distance counts, not its sign: a clock that jumps back does not make old
  confirmation new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from policy.errors import LookupDenied
from policy.vocabulary import Question, RefusalGround

WARN_AFTER: Final = timedelta(minutes=10)
REFUSE_AFTER: Final = timedelta(hours=4)

_GROUND: Final = RefusalGround(
    "ledger-unwitnessed",
    "Al meer dan vier uur kijkt geen getuige of er niets in het logboek van de index "
    "verandert. Daarom kunt u nu alleen zoeken bij spoed.",
    "Is er direct gevaar, kies dan Zoeken bij spoed. Kan het wachten, probeer het dan "
    "later opnieuw; de beheerder van de index lost dit op.",
)


_REFUSED: Final = RefusalGround(
    "ledger-refused",
    "Het logboek van de index klopt niet met wat eerder is getekend. Daarom kunt u nu "
    "alleen zoeken bij spoed.",
    "Is er direct gevaar, kies dan Zoeken bij spoed. Anders: bel de beheerder van de "
    "index, en laat niets weghalen.",
)


class WitnessState(StrEnum):
    """How it stands with the witnesses."""

    WITNESSED = "witnessed"
    TRIAL = "trial"
    UNWITNESSED = "unwitnessed"
    BREAK_GLASS_ONLY = "break-glass-only"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class WitnessRule:
    """Who need confirm: by default witnesses must, from the first entry on."""

    trial_until: date | None = None

    def judge(
        self, since: datetime | None, now: datetime, *, is_refused: bool = False
    ) -> WitnessState:
        """Give the state; `since` is when somebody last confirmed, None: no entries.

        `is_refused`: nothing is signed any more; that is so in a trial too.
        """
        if is_refused:
            return WitnessState.REFUSED
        if self.trial_until is not None:
            ended = datetime.combine(
                self.trial_until + timedelta(days=1), time(), tzinfo=UTC
            )
            if now < ended:
                return WitnessState.TRIAL
            since = ended
        if since is None or abs(now - since) < WARN_AFTER:
            return WitnessState.WITNESSED
        if abs(now - since) < REFUSE_AFTER:
            return WitnessState.UNWITNESSED
        return WitnessState.BREAK_GLASS_ONLY


def verify_witnessed(state: WitnessState, question: Question) -> None:
    """Hold that this question may be answered, or raise `LookupDenied`.

    Proven by tests/attack/test_an_unwatched_ledger_answers_only_emergencies.py.
    """
    ground = _GROUNDS.get(state)
    if ground is not None and question.break_glass is None:
        raise LookupDenied((ground,))


_GROUNDS: Final = {
    WitnessState.BREAK_GLASS_ONLY: _GROUND,
    WitnessState.REFUSED: _REFUSED,
}

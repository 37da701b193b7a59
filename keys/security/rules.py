"""When what happened is an alarm: one table of bounds, and counting in windows.

- A rule counts one thing of one account in a window: it is crossed by the first one
  above its bound. Windows stand on the clock (of a day: UTC), so that everybody who
  counts has the same.
- Of one account a rule says one alarm in each window: nobody is muted by another's
  flood, nor by their own of before.
- Who is not known by a token or signature that holds counts as nobody, together.

Pure: the moment comes in. Proven by tests/unit/keys/test_security.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final


class Counted(StrEnum):
    """What a rule counts."""

    PERSONS = "persons"
    REFUSALS = "refusals"
    REFUSALS_OF_NOBODY = "refusals-of-nobody"
    DECOYS = "decoys"
    CONTACTS = "contacts"
    FORKS = "forks"
    LEDGERS = "ledgers"


class RuleId(StrEnum):
    """What an alarm is called, for officer and SOC."""

    DECOY_ASKED = "decoy-asked"
    CONTACT_REFUSED = "contact-refused"
    SUCCESSOR_FORKED = "successor-forked"
    LEDGER_FORKED = "ledger-forked"
    BURST = "burst"
    ENUMERATION = "enumeration"
    REFUSAL_SWEEP = "refusal-sweep"
    NOBODY_SWEEP = "nobody-sweep"


@dataclass(frozen=True, slots=True)
class Rule:
    """So many of something in a window, of one account; one more is an alarm."""

    id: RuleId
    counts: Counted
    window: timedelta
    most: int

    def begin(self, at: datetime) -> datetime:
        """Give when the window of a moment began."""
        epoch = datetime.fromtimestamp(0, UTC)
        return epoch + (at - epoch) // self.window * self.window


_DAY: Final = timedelta(days=1)
_SHORT: Final = timedelta(minutes=10)

RULES: Final[Sequence[Rule]] = (
    Rule(RuleId.DECOY_ASKED, Counted.DECOYS, _DAY, 0),
    Rule(RuleId.CONTACT_REFUSED, Counted.CONTACTS, _DAY, 0),
    Rule(RuleId.SUCCESSOR_FORKED, Counted.FORKS, _DAY, 0),
    Rule(RuleId.LEDGER_FORKED, Counted.LEDGERS, _DAY, 0),
    Rule(RuleId.BURST, Counted.PERSONS, _SHORT, 30),
    Rule(RuleId.ENUMERATION, Counted.PERSONS, _DAY, 60),
    Rule(RuleId.REFUSAL_SWEEP, Counted.REFUSALS, _SHORT, 15),
    Rule(RuleId.NOBODY_SWEEP, Counted.REFUSALS_OF_NOBODY, _SHORT, 300),
)
"""Three households of ten in ten minutes, sixty persons a day: what one team's busiest
day does not reach (the review rule `volume` looks from forty a week on)."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who it was, by the names that may be told; all None: nobody that is known.

    `account` is a keyed hash: whoever reads it learns that it is the same one.
    """

    organisation: str | None = None
    client: str | None = None
    account: str | None = None


NOBODY: Final = Account()
OTHERS: Final = Account(account="others")
"""Together, those for whom there was no room any more in a window."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule that was crossed in a window, and how many it was when that was seen."""

    rule: RuleId
    who: Account
    begins: datetime
    count: int
    at: datetime
    entry: str | None = None
    municipality: str | None = None

    @property
    def id(self) -> str:
        """The same for the same rule, account, municipality and window."""
        who = (self.who.organisation, self.who.account, self.municipality)
        parts = (self.rule, self.begins.isoformat(), *who)
        return sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


@dataclass(slots=True)
class _Window:
    begins: datetime
    counts: dict[Account, int] = field(default_factory=dict)


class Tally:
    """Counts in memory, by rule and window; what is kept of each is bounded."""

    def __init__(self, rules: Sequence[Rule] = RULES, room: int = 10_000) -> None:
        self._rules = rules
        self._room = room
        self._windows: dict[RuleId, _Window] = {}

    def count(
        self, what: Counted, who: Account, now: datetime, many: int = 1
    ) -> Sequence[Alarm]:
        """Count so many; give the alarms that this makes."""
        return [
            alarm
            for rule in self._rules
            if rule.counts is what
            for alarm in self._add(rule, who, now, many)
        ]

    def _add(
        self, rule: Rule, who: Account, now: datetime, many: int
    ) -> Sequence[Alarm]:
        window = self._open(rule, now)
        if who not in window.counts and len(window.counts) >= self._room:
            who = OTHERS
        before = window.counts.get(who, 0)
        window.counts[who] = after = before + many
        if before <= rule.most < after:
            return [Alarm(rule.id, who, window.begins, after, now)]
        return []

    def _open(self, rule: Rule, now: datetime) -> _Window:
        """Give the window of now; a clock that was put back opens none of before."""
        window, begins = self._windows.get(rule.id), rule.begin(now)
        if window is None or window.begins < begins:
            window = self._windows[rule.id] = _Window(begins)
        return window

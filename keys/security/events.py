"""The stream of what a SOC must see: one closed list, for index, holders and desk.

- A line is JSON on the service's own standard error, marked `"stream": "security"`. A
  kind that is not in the list, or a field that is not its own, cannot be written.
- Never a person: no account as its provider calls it but a keyed hash, no path but its
  template, no text of anybody; a value without the form of its field is `unfit`.
- What is refused is counted by `keys.security.rules` as it is written.

What each kind means and what to do: docs/security-events.md, held to this list by
tests/unit/docs/test_security_events_page.py.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final, Protocol

from keys import clock
from keys.errors import SuccessorForked
from keys.events import Log, LoggedEvent
from keys.security.rules import NOBODY, Account, Alarm, Counted, Tally

_WHO: Final = ("organisation", "client", "account")
_ASKED: Final = (*_WHO, "reason", "route", "trace")
_ACT: Final = ("organisation", "account", "act", "municipality", "entry")


class SecurityEvent(LoggedEvent):
    """All that the stream can say."""

    TOKEN_REFUSED = "token-refused", *_ASKED
    GATE_REFUSED = "gate-refused", *_ASKED
    SUSPENDED_REFUSED = "suspended-refused", *_ASKED
    QUESTION_REFUSED = "question-refused", *_ASKED
    TICKET_REFUSED = "ticket-refused", *_ASKED
    REPLAY_REFUSED = "replay-refused", *_ASKED
    BUDGET_SPENT = "budget-spent", *_ASKED
    LIMIT_REACHED = "limit-reached", *_ASKED, "count"
    LOGIN = "login", *_WHO
    LOGIN_REFUSED = "login-refused", "reason", "reference"
    LOGOUT = "logout", *_WHO, "reason"
    RECEIPT_REFUSED = "receipt-refused", "reason", "reference"
    CONTACT_REFUSED = "contact-refused", "organisation", "reason"
    KEY_CONFIG_TAKEN_UP = "key-config-taken-up", "serial", "epoch"
    KEY_CONFIG_REFUSED = "key-config-refused", "reason"
    SUCCESSOR_REFUSED = "successor-refused", "reason"
    LEDGER_FORKED = "ledger-forked"
    KEY_CONFIG_ENDS = "key-config-ends", "serial", "count"
    KEYS_CHANGED = "keys-changed", *_ACT
    RULES_CHANGED = "rules-changed", *_ACT
    ADMINISTERED = "administered", *_ACT
    APPROVAL = "approval", *_ACT
    EXPORT = "export", *_ACT
    STATEMENT_GIVEN = "statement-given", "organisation", "count"
    HOLDER_RESTORED = "holder-restored", "reason", "since", "count"
    DECOYS_LACKING = "decoys-lacking", "count"
    ALARM = "alarm", *_WHO, "municipality", "entry", "rule", "count", "since"
    ALARM_UNSENT = "alarm-unsent", "reason", "count"

    @property
    def stream(self) -> str:
        """What marks its lines among those of the technical log."""
        return "security"


REFUSALS: Final = frozenset(
    {
        SecurityEvent.TOKEN_REFUSED,
        SecurityEvent.GATE_REFUSED,
        SecurityEvent.SUSPENDED_REFUSED,
        SecurityEvent.REPLAY_REFUSED,
        SecurityEvent.BUDGET_SPENT,
        SecurityEvent.LOGIN_REFUSED,
    }
)
"""What counts as a refusal of whoever asked, as it is written. What the ledger records
(a question that the policy denies, tickets that do not hold) is counted there."""

_CODE: Final = re.compile(r"(?=.{1,64}$)[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "organisation": re.compile(r"[0-9]{20}"),
    "client": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}"),
    "account": re.compile(r"[0-9a-f]{32}|others"),
    "municipality": re.compile(r"[0-9]{4}"),
    "entry": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "act": _CODE,
    "reason": _CODE,
    "rule": _CODE,
    "route": re.compile(r"(?=.{1,100}$)(/\.?[a-z][a-z0-9._-]*|/\{[a-z_]+\})+"),
    "trace": re.compile(r"[0-9a-f]{32}"),
    "reference": re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{3}"),
    "since": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:+]{5,16}"),
}
UNFIT: Final = "unfit"

_Value = str | int | None
NameAccount = Callable[[str, str], str]
"""Gives the keyed hash of an account, from its organisation and its own name there."""


def name_account(key: bytes, organisation: str, sub: str) -> str:
    """Give the keyed hash of an account: the same one under the same key."""
    return hmac.digest(key, f"{organisation}\n{sub}".encode(), sha256)[:16].hex()


def code_of(error: BaseException) -> str:
    """Give the name of a fact as a code: `ConfigRolledBack`, `config-rolled-back`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()


class Sink(Protocol):
    """Where alarms go beside the stream."""

    def put(self, alarm: Alarm) -> None:
        """Take an alarm; never wait."""


class SecurityLog:
    """The stream of one service, with what it counts."""

    def __init__(
        self,
        log: Log,
        name: NameAccount,
        sink: Sink | None = None,
        clock: Callable[[], datetime] = clock.now,
    ) -> None:
        self._log = log
        self._name = name
        self._sink = sink
        self._clock = clock
        self._tally = Tally()

    def know(
        self, organisation: str | None, client: str | None, sub: str | None
    ) -> Account:
        """Give by what names an account may be told."""
        if organisation is None or sub is None:
            return Account(organisation, client)
        return Account(organisation, client, self._name(organisation, sub))

    def write(
        self, event: SecurityEvent, who: Account = NOBODY, **fields: _Value
    ) -> None:
        """Write one event, and count it where it is a refusal."""
        named = {name: getattr(who, name) for name in _WHO if name in event.fields}
        self._say(event, named | fields)
        if event in REFUSALS:
            is_known = who.account is not None
            what = Counted.REFUSALS if is_known else Counted.REFUSALS_OF_NOBODY
            self.count(what, who if is_known else NOBODY)

    def count(self, what: Counted, who: Account, many: int = 1) -> None:
        """Count what is no event by itself: whom somebody asked about."""
        for alarm in self._tally.count(what, who, self._clock(), many):
            self.tell(alarm)

    def tell_successor(self, refusal: Exception) -> None:
        """Write that no successor of a pinned key was taken up; a fork is an alarm."""
        self.write(SecurityEvent.SUCCESSOR_REFUSED, reason=code_of(refusal))
        if isinstance(refusal, SuccessorForked):
            self.count(Counted.FORKS, NOBODY)

    def tell_ledger_fork(self) -> None:
        """Write that a ledger showed two trees that contradict each other: an alarm."""
        self.write(SecurityEvent.LEDGER_FORKED)
        self.count(Counted.LEDGERS, NOBODY)

    def tell(self, alarm: Alarm) -> None:
        """Write an alarm, and hand it on."""
        fields: dict[str, _Value] = {
            "rule": alarm.rule,
            "count": alarm.count,
            "since": alarm.begins.isoformat(timespec="minutes"),
            "entry": alarm.entry,
            "municipality": alarm.municipality,
        }
        named = {name: getattr(alarm.who, name) for name in _WHO}
        self._say(SecurityEvent.ALARM, named | fields)
        if self._sink is not None:
            self._sink.put(alarm)

    def _say(self, event: SecurityEvent, fields: Mapping[str, _Value]) -> None:
        given = {name: value for name, value in fields.items() if value is not None}
        said = {name: _fit(name, value) for name, value in given.items()}
        self._log.write(event, **said)


def _fit(name: str, value: str | int) -> str | int:
    form = _FORMS.get(name)
    if form is None or isinstance(value, int):
        return value if isinstance(value, int) else UNFIT
    return value if form.fullmatch(value) else UNFIT


def list_fields() -> Sequence[str]:
    """List every field that the stream can have."""
    return sorted({name for event in SecurityEvent for name in event.fields})

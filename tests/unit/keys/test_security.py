"""The stream is a closed list of forms; its rules count, and say an alarm once."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from keys.events import EventLog
from keys.security.events import (
    UNFIT,
    SecurityEvent,
    SecurityLog,
    code_of,
    list_fields,
    name_account,
)
from keys.security.rules import (
    NOBODY,
    OTHERS,
    RULES,
    Account,
    Alarm,
    Counted,
    Rule,
    RuleId,
    Tally,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OIN = "00000001000000000001"
ANN = Account(OIN, "desk", "a" * 32)
BURST = Rule(RuleId.BURST, Counted.PERSONS, timedelta(minutes=10), 30)


class Soc:
    """Takes what it is given."""

    def __init__(self) -> None:
        self.alarms: list[Alarm] = []

    def put(self, alarm: Alarm) -> None:
        self.alarms.append(alarm)


class Stream:
    """A security stream on a clock that stands still."""

    def __init__(self) -> None:
        self.now, self.soc, self.written = NOON, Soc(), io.StringIO()
        log = EventLog(self.written, lambda: self.now)
        self.log = SecurityLog(log, self._name, self.soc, lambda: self.now)

    @staticmethod
    def _name(organisation: str, sub: str) -> str:
        return name_account(b"key", organisation, sub)

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]


def test_a_line_is_marked_and_names_an_account_by_a_keyed_hash() -> None:
    stream = Stream()
    who = stream.log.know(OIN, "desk-team", "ann@example.nl")
    stream.log.write(SecurityEvent.LOGIN, who)
    (line,) = stream.lines
    assert (line["stream"], line["event"], line["client"]) == (
        "security",
        "login",
        "desk-team",
    )
    assert line["account"] == name_account(b"key", OIN, "ann@example.nl")
    assert "ann" not in stream.written.getvalue()


def test_no_field_has_room_for_a_person_or_a_text() -> None:
    forbidden = {"subject", "sub", "user", "name", "pseudonym", "person", "token"}
    assert not forbidden & set(list_fields())
    assert not {"path", "url", "query", "address", "message"} & set(list_fields())


@pytest.mark.parametrize(
    "field", sorted({*list_fields()} - {"count", "serial", "epoch", "client"})
)
def test_a_value_without_the_form_of_its_field_is_not_written(field: str) -> None:
    for value in ("123456782", "Jan de Vries", "a/../b?bsn=1", "x" * 200, "lijn\n2"):
        stream = Stream()
        event = next(one for one in SecurityEvent if field in one.fields)
        who = Account(**{field: value}) if field in ANN.__dataclass_fields__ else NOBODY
        given = {} if who is not NOBODY else {field: value}
        stream.log.write(event, who, **given)
        (line,) = stream.lines
        assert line[field] == UNFIT


def test_a_field_that_is_not_of_the_kind_cannot_be_written() -> None:
    stream = Stream()
    with pytest.raises(ValueError, match="login"):
        stream.log.write(SecurityEvent.LOGIN, ANN, reason="x")
    assert stream.lines == []


def test_a_fact_is_called_by_its_own_name() -> None:
    class ConfigRolledBack(Exception):
        pass

    assert code_of(ConfigRolledBack("secret")) == "config-rolled-back"


def test_the_first_above_the_bound_is_an_alarm_once_in_each_window() -> None:
    tally = Tally([BURST])
    assert tally.count(Counted.PERSONS, ANN, NOON, 30) == []
    (alarm,) = tally.count(Counted.PERSONS, ANN, NOON, 10)
    assert (alarm.who, alarm.count) == (ANN, 40)
    assert tally.count(Counted.PERSONS, ANN, NOON, 500) == []
    (later,) = tally.count(Counted.PERSONS, ANN, NOON + timedelta(minutes=10), 31)
    assert (later.count, later.id == alarm.id) == (31, False)


def test_nobody_is_muted_by_anothers_flood() -> None:
    tally = Tally([BURST], room=100)
    for number in range(1_000):
        tally.count(Counted.PERSONS, Account(OIN, None, str(number)), NOON)
    (alarm,) = tally.count(Counted.PERSONS, Account(OIN, None, "0"), NOON, 30)
    assert alarm.who.account == "0"
    assert Tally([BURST], room=0).count(Counted.PERSONS, ANN, NOON, 31)[0].who == OTHERS


def test_windows_are_the_same_for_whoever_counts() -> None:
    day = next(rule for rule in RULES if rule.window == timedelta(days=1))
    assert day.begin(NOON) == datetime(2026, 11, 23, tzinfo=UTC)
    assert BURST.begin(NOON + timedelta(minutes=9, seconds=59)) == NOON


def test_refusals_of_an_account_are_counted_and_told_once() -> None:
    stream = Stream()
    for _ in range(40):
        stream.log.write(SecurityEvent.GATE_REFUSED, ANN, reason="caller-not-allowed")
    (alarm,) = stream.soc.alarms
    assert (alarm.rule, alarm.who, alarm.count) == (RuleId.REFUSAL_SWEEP, ANN, 16)
    assert [one["event"] for one in stream.lines].count("alarm") == 1


def test_who_has_no_token_counts_as_nobody_together() -> None:
    stream = Stream()
    for _ in range(301):
        stream.log.write(SecurityEvent.TOKEN_REFUSED, reason="caller-unknown")
    (alarm,) = stream.soc.alarms
    assert (alarm.rule, alarm.who) == (RuleId.NOBODY_SWEEP, NOBODY)

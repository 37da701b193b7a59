"""The end of a key config is a warning in time, the same for all, and said once."""

import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from keys.events import EventLog
from keys.reminding import Reminder
from keys.security.events import SecurityLog
from keys.validity import find_validity
from tests.holder_fakes import NOON, FakeClock

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Ends:
    valid_until: datetime
    serial: int = 4


@pytest.mark.parametrize(
    ("left", "days", "warning"),
    [
        (400 * DAY, 400, "none"),
        (90 * DAY + SECOND, 90, "none"),
        (90 * DAY, 90, "90-days"),
        (30 * DAY + SECOND, 30, "90-days"),
        (30 * DAY, 30, "30-days"),
        (7 * DAY + SECOND, 7, "30-days"),
        (7 * DAY, 7, "7-days"),
        (DAY - SECOND, 0, "7-days"),
        (timedelta(0), 0, "over"),
        (-30 * DAY, 0, "over"),
    ],
)
def test_so_many_days_before_the_end_is_that_warning(
    left: timedelta, days: int, warning: str
) -> None:
    found = find_validity(Ends(NOON + left), NOON)
    assert (found.serial, found.daysLeft, found.warning) == (4, days, warning)
    assert found.is_warning == (warning != "none")
    assert found.until == NOON + left


def test_a_warning_of_another_version_is_none() -> None:
    found = find_validity(Ends(NOON), NOON)
    assert not found.model_copy(update={"warning": "365-days"}).is_warning


def test_what_ends_is_said_once_at_each_warning_and_daily_in_the_last_week() -> None:
    stream, clock = io.StringIO(), FakeClock()
    log = SecurityLog(EventLog(stream, clock), lambda *_: "", clock=clock)
    reminder, config = Reminder(log, clock), Ends(NOON + 100 * DAY)
    for _ in range(103 * 4):
        reminder.remind(config)
        clock.forward(DAY / 4)
    said = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {(one["event"], one["serial"]) for one in said} == {("key-config-ends", 4)}
    counts = [one["count"] for one in said]
    assert counts[:3] == [90, 30, 7]
    assert sorted(set(counts[2:]), reverse=True) == [7, 6, 5, 4, 3, 2, 1, 0]
    assert len(counts) <= 3 + 8 + 4  # a day each, and each day that it is over


def test_a_renewed_config_is_no_warning_any_more() -> None:
    stream, clock = io.StringIO(), FakeClock()
    log = SecurityLog(EventLog(stream, clock), lambda *_: "", clock=clock)
    reminder = Reminder(log, clock)
    reminder.remind(Ends(NOON + DAY))
    reminder.remind(Ends(NOON + 700 * DAY, serial=5))
    assert len(stream.getvalue().splitlines()) == 1

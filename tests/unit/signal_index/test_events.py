"""The log of the index is a closed list."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from keys.events import EventLog, take_over_logging
from signal_index.events import Event
from tests.store_builders import FakeClock

FORBIDDEN = {"subject", "pseudonym", "user", "sub", "token", "reference", "person"}


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    root.handlers[:], root.level = handlers, level


def a_log() -> tuple[EventLog, io.StringIO]:
    stream = io.StringIO()
    return EventLog(stream, FakeClock()), stream


def test_no_event_may_name_a_person() -> None:
    allowed = {name for event in Event for name in event.fields}
    assert allowed
    assert not allowed & FORBIDDEN


def test_an_event_is_one_line_of_json() -> None:
    log, stream = a_log()
    log.write(Event.CLEANED, what="lookups", count=3)
    assert stream.getvalue().endswith("\n")
    assert json.loads(stream.getvalue()) == {
        "at": "2026-11-22T12:00:00.000+00:00",
        "event": "cleaned",
        "what": "lookups",
        "count": 3,
    }


def test_a_field_outside_the_list_cannot_be_logged() -> None:
    log, stream = a_log()
    with pytest.raises(ValueError, match="cleaned"):
        log.write(Event.CLEANED, pseudonym="x")
    assert not stream.getvalue()


def test_what_a_library_says_is_reduced_to_where_it_came_from(
    root_logger: logging.Logger,
) -> None:
    log, stream = a_log()
    take_over_logging(log)
    root_logger.getChild("somelib").error("about %s", "a secret")
    line = json.loads(stream.getvalue())
    assert line.pop("at")
    assert line == {
        "event": "library",
        "logger": "somelib",
        "level": "ERROR",
        "kind": "",
    }

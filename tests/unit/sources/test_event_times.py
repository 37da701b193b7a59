"""The time of an event orders it, so that it must be one moment."""

import pytest

from sources.connectors.cloud_events import find_fault
from tests.connector_formats import Record, make_event


@pytest.mark.parametrize(
    ("time", "fault"),
    [
        ("2026-11-29T12:00:00Z", ""),
        ("2026-11-29T12:00:00.250+01:00", ""),
        (None, ""),
        ("2026-11-29T12:00:00", "time"),
        ("2026-11-29", "time"),
        ("gisteren", "time"),
        ("0001-01-01T00:00:00+14:00", "time"),
        ("", "time"),
        (1764417600, "time"),
    ],
)
def test_a_time_without_a_zone_is_named(time: object, fault: str) -> None:
    assert find_fault(make_event(Record(), 1) | {"time": time}) == fault


def test_an_event_needs_no_time() -> None:
    event = make_event(Record(), 1)
    del event["time"]
    assert find_fault(event) == ""

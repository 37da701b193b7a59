"""Leveringen: what is rejected now, each reason once, and since when."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from desk.agency.deliveries import Standing, find_rejects
from signal_index.wire.deliveries import ClosedDelivery

COUNTS = ("read", "accepted", "unchanged", "withdrawn", "rejected")
FIRST = datetime(2026, 11, 1, 6, tzinfo=UTC)


def a_delivery(
    day: int, category: str = "bijstand", kind: str = "full", **rejects: int
) -> ClosedDelivery:
    at = (FIRST + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = [
        {"reason": name.replace("_", "-"), "count": many}
        for name, many in rejects.items()
    ]
    return ClosedDelivery.model_validate(
        {
            "delivery": UUID(int=day),
            "kind": kind,
            "from": at,
            "until": at,
            "closedAt": at,
            "categories": [category],
            "municipalities": ["9901"],
            "counts": dict.fromkeys(COUNTS, 9) | {"rejected": sum(rejects.values())},
            "hearing": "heard",
            "rejects": told,
            "passed": [],
        }
    )


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def test_what_is_rejected_each_day_is_said_once_since_the_first() -> None:
    told = [a_delivery(each, bsn_missing=each) for each in (3, 2, 1)]
    assert find_rejects(told) == [Standing("bsn-missing", 3, day(1))]


def test_what_was_mended_is_not_said_any_more() -> None:
    assert find_rejects([a_delivery(2), a_delivery(1, bsn_missing=4)]) == []


def test_what_came_back_stands_since_it_came_back() -> None:
    told = [
        a_delivery(3, bsn_missing=1),
        a_delivery(2),
        a_delivery(1, bsn_missing=1),
    ]
    assert find_rejects(told) == [Standing("bsn-missing", 1, day(3))]


def test_changes_do_not_mend_what_they_do_not_name() -> None:
    told = [
        a_delivery(3, kind="delta", date_invalid=2),
        a_delivery(2, kind="delta"),
        a_delivery(1, bsn_missing=5),
    ]
    assert find_rejects(told) == [
        Standing("bsn-missing", 5, day(1)),
        Standing("date-invalid", 2, day(3)),
    ]


def test_two_registrations_are_added_and_mended_apart() -> None:
    told = [
        a_delivery(4, "wmo", bsn_missing=1),
        a_delivery(3),
        a_delivery(2, "wmo", bsn_missing=1),
        a_delivery(1, bsn_missing=7),
    ]
    assert find_rejects(told) == [Standing("bsn-missing", 1, day(2))]

"""Ids of rows and entries: UUIDv7 (RFC 9562 section 5.7) that say a minute, no more.

What an entry said is erased; its id stays for good, and so may what somebody else kept
of the same act, to the second. So the 48 bits of the time are those of the minute's
begin, which section 6.1 of the RFC lets them be.

- Ids sort by the minute. Within one they stand in the order in which one process made
  them, and those of two processes in none: what comes first is what the tree says.
- A number follows the one before by a random distance, which tells neither how many
  there were nor when: random ids would each land on another page of an index, and cost
  ten times as much to insert into millions of rows.
- The last eight bits tell apart the ids of one act that are made together.
- Nothing in an id says anything about a person.

Proven by tests/attack/test_an_erased_entry_says_no_more_than_its_minute.py.
"""

import secrets
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final
from uuid import UUID

MINUTE: Final = timedelta(minutes=1)
MOST_TOGETHER: Final = 256
_NUMBER_BITS: Final = 66
_STEP_BITS: Final = 40
_LOW_BITS: Final = 54


def floor_minute(at: datetime) -> datetime:
    """Give the begin of the minute in which an instant lies, in UTC."""
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def make_uuid7(now: datetime, number: int, place: int = 0) -> UUID:
    """Give the id for the minute of an instant, a number of 66 bits, and a place.

    The same arguments give the same id: `new_uuid7` is what production code wants.
    """
    if not 0 <= number < 1 << _NUMBER_BITS or not 0 <= place < MOST_TOGETHER:
        raise ValueError("an id takes a number of 66 bits and a place of eight")
    milliseconds = int(floor_minute(now).timestamp()) * 1000
    high, low = number >> _LOW_BITS, number & ((1 << _LOW_BITS) - 1)
    value = milliseconds << 80 | 0x7 << 76 | high << 64
    return UUID(int=value | 0x2 << 62 | low << 8 | place)


class _Numbers:
    """The numbers of one process: within a minute each is larger than the last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute: datetime | None = None
        self._last = 0

    def draw(self, now: datetime) -> int:
        minute = floor_minute(now)
        with self._lock:
            if minute != self._minute:
                self._minute, self._last = minute, secrets.randbits(_NUMBER_BITS - 1)
            else:
                self._last += 1 + secrets.randbits(_STEP_BITS)
            return self._last


_NUMBERS: Final = _Numbers()


def new_uuid7(now: datetime) -> UUID:
    """Give a fresh id for the minute of this instant."""
    return make_uuid7(now, _NUMBERS.draw(now))


def new_uuids7(now: datetime, many: int) -> tuple[UUID, ...]:
    """Give fresh ids of one act, alike but for the last byte; at most 256."""
    number = _NUMBERS.draw(now)
    return tuple(make_uuid7(now, number, place) for place in range(many))


def read_uuid7_minute(made: UUID) -> datetime:
    """Give the begin of the minute in which an id was made."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC)


def first_id(at: datetime) -> UUID:
    """Give the lowest id of the minute in which an instant lies."""
    return make_uuid7(at, 0)


def end_id(at: datetime) -> UUID:
    """Give what is above every id that was made before an instant, and hardly more.

    Of a minute that had begun then, all ids are below it.
    """
    return make_uuid7(at + MINUTE - timedelta(microseconds=1), 0)

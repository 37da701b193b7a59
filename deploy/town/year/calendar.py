"""When people work: weekdays more than weekends, quiet summers, some evenings."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from sources.population.draw import Draw

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_WEEKDAYS = (115, 110, 90, 105, 80, 0, 0)
_MONTHS = (100, 95, 105, 95, 85, 100, 65, 70, 110, 110, 115, 75)
_WORKING_HOURS = (8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 13, 14, 14, 15, 15, 16, 17)
_EVENING_HOURS = (19, 19, 19, 20, 20, 21, 21, 22, 23, 6, 2)


@dataclass(frozen=True)
class Period:
    """The days of the simulation, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Count the days."""
        return (self.last - self.first).days + 1


class WorkCalendar:
    """Draws moments of a period as people work in it."""

    def __init__(self, period: Period, draw: Draw) -> None:
        self._draw = draw
        self._days = [period.first + timedelta(days=n) for n in range(period.days)]
        self._heights = list(accumulate(_weight(day) for day in self._days))

    def draw_moment(self, *, evening: int) -> datetime:
        """Give a moment; `evening` of a hundred fall outside office hours.

        Of those, a third fall in a weekend, by day.
        """
        if not self._draw.chance(evening):
            return self._at(self._working_day(), _WORKING_HOURS)
        if self._draw.chance(33):
            return self._at(self._weekend_day(), _WORKING_HOURS)
        return self._at(self._working_day(), _EVENING_HOURS)

    def draw_evening(self, days_before_end: int) -> datetime:
        """Give an evening, so many days before the end of the period."""
        last = len(self._days) - 1
        return self._at(self._days[max(0, last - days_before_end)], (20, 21, 22))

    def _working_day(self) -> date:
        drawn = self._draw.below(self._heights[-1])
        return self._days[bisect_right(self._heights, drawn)]

    def _weekend_day(self) -> date:
        weekend = [day for day in self._days if day.weekday() >= 5]
        return self._draw.choose(weekend or self._days)

    def _at(self, day: date, hours: tuple[int, ...]) -> datetime:
        moment = time(self._draw.choose(hours), self._draw.below(60))
        local = datetime.combine(day, moment, AMSTERDAM)
        return local.astimezone(UTC) + timedelta(milliseconds=self._draw.below(60_000))


def _weight(day: date) -> int:
    return max(1, _WEEKDAYS[day.weekday()] * _MONTHS[day.month - 1])

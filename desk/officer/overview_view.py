"""From the index's counts to what the overview shows: figures, and tables with charts.

A chart is drawn by the browser from the table that stands beside it: there is one copy
of each number, and whoever cannot see the chart misses nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from babel.dates import format_date

from desk.numbers import format_number, format_share
from desk.texts import Texts
from signal_index.wire import overview as wire

BY_DAY_UP_TO: Final = 31
BY_WEEK_UP_TO: Final = 186


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; its first cell is its name."""

    label: str
    numbers: tuple[int | float | None, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A table with a chart beside it.

    `series` says how many of the first columns of numbers the chart draws; `is_time`
    draws them standing, one after another, the others lie.
    """

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    series: int = 1
    is_time: bool = False
    is_stacked: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One number above the charts, and what it is of how many."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the page shows of one answer."""

    figures: Sequence[Figure]
    blocks: Sequence[Block]
    users: Sequence[wire.UserCounts]
    choices: Mapping[str, Sequence[tuple[str, str]]]


def make_view(found: wire.Overview, texts: Texts) -> View:
    """Make what the page shows of the index's answer."""
    blocks = [
        _days(found.days, texts),
        _purposes(found.purposes, texts),
        _teams(found.teams, texts),
        _outcomes(found.totals, texts),
        _follow_up(found.followUp, texts),
        *(_stock(found.stock, texts) if found.stock else ()),
    ]
    choices = _choices(found.choices)
    return View(_figures(found, texts), blocks, found.users, choices)


def _choices(found: wire.OverviewChoices) -> Mapping[str, Sequence[tuple[str, str]]]:
    return {
        "organisation": [(one.oin, one.name) for one in found.organisations],
        "team": [(team, team) for team in found.teams],
        "purpose": [(one.id, one.label) for one in found.purposes],
    }


def _figures(found: wire.Overview, texts: Texts) -> Sequence[Figure]:
    totals, follow_up = found.totals, found.followUp
    lookups, answered = totals.lookups, totals.hits + totals.misses

    def of(name: str, number: int, whole: int) -> Figure:
        share = format_share(number, whole)
        note = texts.get(f"overview.figure.{name}.note", share=share)
        return Figure(name, format_number(number), note)

    missing = texts.get(
        "overview.figure.noFollowUp.note",
        share=format_share(follow_up.missing, follow_up.asked),
        asked=format_number(follow_up.asked),
    )
    return [
        Figure(
            "lookups",
            format_number(lookups),
            texts.get(
                "overview.figure.lookups.note", users=format_number(totals.users)
            ),
        ),
        of("misses", totals.misses, answered),
        of("refused", totals.refused, lookups),
        of("offHours", totals.offHours, lookups),
        of("breakGlass", totals.breakGlass, lookups),
        of("repeated", totals.repeated, answered),
        Figure("noFollowUp", format_number(follow_up.missing), missing),
    ]


def _days(days: Sequence[wire.DayCounts], texts: Texts) -> Block:
    groups = _group(days)
    rows = [
        Row(
            label,
            (
                sum(one.lookups - one.offHours for one in own),
                sum(one.offHours for one in own),
                sum(one.refused for one in own),
                sum(one.breakGlass for one in own),
            ),
        )
        for label, own in groups.items()
    ]
    names = ("officeHours", "offHours", "refused", "breakGlass")
    columns = tuple(texts.get(f"overview.column.{name}") for name in names)
    return Block("days", columns, rows, series=2, is_time=True, is_stacked=True)


def _group(
    days: Sequence[wire.DayCounts],
) -> Mapping[str, Sequence[wire.DayCounts]]:
    groups: dict[str, list[wire.DayCounts]] = {}
    for one in days:
        label = _name_of(one.day, len(days))
        groups.setdefault(label, []).append(one)
    return groups


def _name_of(day: date, days: int) -> str:
    if days <= BY_DAY_UP_TO:
        return format_date(day, "EEEEEE d MMM", locale="nl")
    if days <= BY_WEEK_UP_TO:
        monday = day - timedelta(days=day.weekday())
        week = day.isocalendar().week
        return f"week {week} ({format_date(monday, 'd MMM', locale='nl')})"
    return format_date(day, "MMM y", locale="nl")


def _purposes(found: Sequence[wire.PurposeCounts], texts: Texts) -> Block:
    rows = [
        Row(one.label or texts.get("overview.no-purpose"), _numbers(one))
        for one in found
    ]
    return Block("purposes", _columns(texts), rows)


def _teams(found: Sequence[wire.TeamCounts], texts: Texts) -> Block:
    rows = [
        Row(
            one.team or texts.get("overview.no-team"),
            _numbers(one),
            note=one.organisationName,
        )
        for one in found
    ]
    return Block("teams", _columns(texts), rows)


def _columns(texts: Texts) -> tuple[str, ...]:
    names = ("lookups", "offHours", "refused", "breakGlass")
    return tuple(texts.get(f"overview.column.{name}") for name in names)


def _numbers(one: wire.LookupCounts) -> tuple[int, ...]:
    return one.lookups, one.offHours, one.refused, one.breakGlass


def _outcomes(totals: wire.TotalCounts, texts: Texts) -> Block:
    numbers = {
        "hits": totals.hits,
        "misses": totals.misses,
        "refused": totals.refused,
        "failed": totals.failed,
    }
    rows = [
        Row(texts.get(f"overview.outcome.{name}"), (number,))
        for name, number in numbers.items()
    ]
    return Block("outcomes", (texts.get("overview.column.lookups"),), rows)


def _follow_up(found: wire.FollowUpCounts, texts: Texts) -> Block:
    rows = [Row(one.label, (one.lookups, one.flags)) for one in found.said]
    nothing = (found.missing, found.flagsMissing)
    rows.append(Row(texts.get("overview.nothing-said"), nothing))
    if not found.asked:
        rows = []
    columns = tuple(
        texts.get(f"overview.column.{name}") for name in ("lookups", "flags")
    )
    return Block("followUp", columns, rows)


def _stock(found: wire.OverviewStock, texts: Texts) -> Sequence[Block]:
    names = ("active", "medianDaysOpen")
    columns = tuple(texts.get(f"overview.column.{name}") for name in names)
    sources = [
        Row(
            one.sourceName,
            (one.active, one.medianDaysOpen),
            note=one.label,
        )
        for one in found.sources
    ]
    domains = [
        Row(one.label, (one.active, one.medianDaysOpen)) for one in found.domains
    ]
    return Block("sources", columns, sources), Block("domains", columns, domains)

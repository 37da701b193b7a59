"""The monthly report, without persons: protected before it leaves the index.

- About one whole calendar month (Dutch time) that is over and counted: reports over
  periods that overlap would tell more together than each of them may.
- Making one is an entry (kind `report`), once for each form in which it is made.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.callers import Officer
from signal_index.api.context import get_index
from signal_index.api.labels import Labels
from signal_index.api.overview_counts import (
    CountedPeriod,
    SealedPeriod,
    Wanted,
    counted_until,
    find_period,
    open_period,
)
from signal_index.api.reading import give_json, read_json
from signal_index.api.recording import record_act
from signal_index.api.report_answers import describe_general
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing
from signal_index.errors import ReportNotReady
from signal_index.ledger import Kind
from signal_index.notice import InvalidField
from signal_index.notice.fields import parse_object, parse_text
from signal_index.overview.counts import Counts
from signal_index.overview.days import Stage
from signal_index.overview.hours import day_of
from signal_index.overview.report import Month, make_general_report
from signal_index.proof import JsonObject
from signal_index.store.ledger import insert_entries
from signal_index.store.overview import find_first_day

FORMS: Final = frozenset({"page", "csv", "pdf"})
_MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")

routes = Routes()


@dataclass(frozen=True, slots=True)
class WholeMonth:
    """A calendar month."""

    first: date
    last: date


@routes.post("/general-reports")
async def make_report(request: Request, caller: Officer) -> Response:
    """Make the report of a month, protected, in the form that is asked for."""
    index, scope = get_index(request), caller.scope
    item = parse_object(await read_json(request), ("month", "form"))
    month, form = parse_month(item["month"]), parse_form(item["form"])
    now = index.clock()
    if month.last >= day_of(now):
        raise ReportNotReady
    what: JsonObject = {
        "act": "general-report",
        "month": month.first.isoformat()[:7],
        "form": form,
    }
    async with committing(index.engine) as conn:
        sealed = await find_period(conn, scope, month.first, month.last, day_of(now))
        _verify_counted(sealed, await find_first_day(conn))
        record = record_act(Kind.REPORT, caller.caller, what, index.keys, now)
        await insert_entries(conn, [record])
    found = await open_period(sealed, Wanted(), index.keys)
    catalogue = index.catalogue_in(scope.municipality)
    labels = Labels(await index.standing.get(now), catalogue)
    report = make_general_report(_month(sealed, found), labels.domains_of)
    until = counted_until(sealed)
    return give_json(describe_general(month.first, until, report, labels))


def parse_month(value: object) -> WholeMonth:
    """Give a month from `YYYY-MM`, or raise `InvalidField`."""
    text = parse_text(value, "month", maximum=7)
    if _MONTH.fullmatch(text) is None:
        raise InvalidField("month", "wrong-form")
    first = date.fromisoformat(f"{text}-01")
    length = monthrange(first.year, first.month)[1]
    return WholeMonth(first, first + timedelta(days=length - 1))


def parse_form(value: object) -> str:
    """Give the form in which a report is made, or raise `InvalidField`."""
    if not isinstance(value, str) or value not in FORMS:
        raise InvalidField("form", "unknown-code")
    return value


def _verify_counted(sealed: SealedPeriod, first_lookup: date | None) -> None:
    """Raise `ReportNotReady` unless each day since the first lookup is counted."""
    if first_lookup is None or first_lookup > sealed.last:
        raise ReportNotReady
    days = (sealed.last - max(sealed.first, first_lookup)).days + 1
    whole = [one for one in sealed.counted.values() if one.stage >= Stage.COMPLETE]
    if len(whole) < days:
        raise ReportNotReady


def _month(sealed: SealedPeriod, found: CountedPeriod) -> Month:
    stages = {one.stage for one in sealed.counted.values()}
    every: Mapping[date, Counts] = {
        day: found.by_day.get(day, Counts()) for day in sorted(sealed.counted)
    }
    return Month(
        by_day=every,
        by_organisation=found.by_organisation,
        settled=found.settled if stages == {Stage.SETTLED} else None,
        stock_day=None if sealed.stock is None else sealed.stock.day,
        stocks=() if sealed.stock is None else sealed.stock.stocks,
    )

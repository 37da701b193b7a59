"""The monthly report, without persons: protected before it leaves the index.

- About one whole calendar month (Dutch time) that is over and counted: reports over
  periods that overlap would tell more together than each of them may.
- Making one is an entry (kind `report`), once for each form in which it is made.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from signal_index.api.acting import acting
from signal_index.api.callers import Officer
from signal_index.api.context import TheIndex
from signal_index.api.overview_counts import (
    CountedPeriod,
    SealedPeriod,
    counted_until,
    find_period,
    open_period,
)
from signal_index.api.report_answers import name_lookups, name_stock
from signal_index.api.routing import Routes
from signal_index.days import day_of
from signal_index.errors import ReportNotReady
from signal_index.ledger import Kind
from signal_index.overview import report
from signal_index.overview.counts import Counts
from signal_index.overview.days import Stage
from signal_index.overview.protection import SMALL
from signal_index.store.overview import find_first_day
from signal_index.wire import reports as wire
from signal_index.wire.overview import LookupFilter

routes = Routes("toezicht")


@routes.post(
    "/general-reports", "Maandrapport zonder personen", raises=(ReportNotReady,)
)
async def make_general_report(
    body: wire.GeneralReportQuestion, index: TheIndex, caller: Officer
) -> wire.GeneralReport:
    """Make the report of a month, protected, in the form that is asked for."""
    first = date.fromisoformat(f"{body.month}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    async with acting(index, caller.caller, Kind.REPORT) as act:
        today = day_of(act.now)
        if last >= today:
            raise ReportNotReady
        sealed = await find_period(act.conn, caller.scope, first, last, today)
        _verify_counted(sealed, await find_first_day(act.conn))
        await act.record({"act": "general-report", **body.model_dump()})
    found = await open_period(sealed, LookupFilter(), index.keys)
    labels = await index.labels_in(caller.scope.municipality)
    made = report.make_general_report(
        _month(sealed, found), labels.domains_of, labels.outcome_order
    )
    return wire.GeneralReport(
        month=body.month,
        countedUntil=counted_until(sealed),
        hiddenBelow=SMALL,
        lookups=None if made.lookups is None else name_lookups(made.lookups, labels),
        stock=None if made.stock is None else name_stock(made.stock, labels),
    )


def _verify_counted(sealed: SealedPeriod, first_lookup: date | None) -> None:
    """Raise `ReportNotReady` unless each day since the first lookup is counted."""
    if first_lookup is None or first_lookup > sealed.last:
        raise ReportNotReady
    days = (sealed.last - max(sealed.first, first_lookup)).days + 1
    whole = [one for one in sealed.counted.values() if one.stage >= Stage.COMPLETE]
    if len(whole) < days:
        raise ReportNotReady


def _month(sealed: SealedPeriod, found: CountedPeriod) -> report.Month:
    stages = {one.stage for one in sealed.counted.values()}
    return report.Month(
        by_day={day: found.by_day.get(day, Counts()) for day in sorted(sealed.counted)},
        by_organisation=found.by_organisation,
        settled=found.settled if stages == {Stage.SETTLED} else None,
        stock_day=None if sealed.stock is None else sealed.stock.day,
        stocks=() if sealed.stock is None else sealed.stock.stocks,
    )

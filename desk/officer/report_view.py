"""The monthly report as sections of plain tables: the same on a page, in PDF and CSV.

The index has hidden what must be hidden; here a hidden number becomes a word. Nothing
is added up here: a sum could tell what the index hid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.moments import format_weekday
from desk.numbers import DASH, format_number, format_share
from desk.texts import Texts
from signal_index.wire import reports as wire

CellValue = int | str | None
"""A number, a text, or None for a number that is hidden."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its name, perhaps what it belongs to, and its cells.

    `is_part` sets it under the line before, of which it is a part.
    """

    label: str
    cells: tuple[CellValue, ...]
    group: str = ""
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its heading; without lines only `text` is shown."""

    name: str
    text: str
    columns: tuple[str, ...]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class GeneralReport:
    """A monthly report, ready to be shown."""

    month: str
    counted_until: datetime | None
    sections: Sequence[Section]


def make_report(found: wire.GeneralReport, texts: Texts) -> GeneralReport:
    """Make the sections of the index's answer."""
    made = _Maker(texts)
    lookups, stock = found.lookups, found.stock
    sections = (
        [made.empty("summary", "reports.few")]
        if lookups is None
        else made.lookups(lookups)
    )
    sections += (
        [made.empty("sources", "reports.no-stock")]
        if stock is None
        else made.stock(stock)
    )
    return GeneralReport(found.month, found.countedUntil, sections)


def show_cell(value: CellValue, texts: Texts) -> str:
    """Give a cell as it is read: a hidden number is a word, nothing is a dash."""
    if value is None:
        return texts.get("reports.hidden")
    return value or DASH if isinstance(value, str) else format_number(value)


class _Maker:
    """Makes sections in one language."""

    def __init__(self, texts: Texts) -> None:
        self._t = texts.get

    def empty(self, name: str, key: str) -> Section:
        """Give a section that only says something."""
        return Section(name, self._t(key), (), ())

    def lookups(self, found: wire.ReportedLookups) -> list[Section]:
        """Give what was looked up."""
        return [
            self._summary(found),
            self._section(
                "purposes",
                [
                    (one.label or self._t("overview.no-purpose"), one.lookups)
                    for one in found.purposes
                ],
            ),
            self._teams(found.organisations),
            self._follow_up(found.followUp),
            self._section(
                "days",
                [(format_weekday(one.day), one.lookups) for one in found.days],
            ),
        ]

    def stock(self, found: wire.ReportedStock) -> list[Section]:
        """Give which signals stood in the index."""
        columns = self._columns("active", "medianDaysOpen")
        text = self._t("reports.stock.text", active=format_number(found.active))
        sources = [
            Line(
                one.label,
                (one.active, one.medianDaysOpen),
                group=one.sourceName,
            )
            for one in found.sources
        ]
        domains = [
            Line(one.label, (one.active, one.medianDaysOpen)) for one in found.domains
        ]
        more = self._t("reports.domains.text")
        return [
            Section("sources", text, columns, sources),
            Section("domains", more, columns, domains),
        ]

    def _summary(self, found: wire.ReportedLookups) -> Section:
        whole = found.total
        numbers = {
            "hits": found.hits,
            "misses": found.misses,
            "refused": found.refused,
            "failed": found.failed,
            "offHours": found.offHours,
            "breakGlass": found.breakGlass,
            "repeated": found.repeated,
        }
        lines = [
            Line(self._t("reports.total"), (whole, "")),
            Line(self._t("reports.users"), (found.users, "")),
        ]
        for name, number in numbers.items():
            share = "" if number is None else format_share(number, whole)
            label = self._t(f"reports.summary.{name}")
            lines.append(Line(label, (number, share)))
        columns = self._columns("number", "share")
        return Section("summary", self._t("reports.summary.text"), columns, lines)

    def _teams(self, found: Sequence[wire.ReportedOrganisation]) -> Section:
        lines = []
        for organisation in found:
            name = organisation.organisationName
            lines.append(Line(name, (organisation.lookups,)))
            lines += [
                Line(
                    team.team or self._t("overview.no-team"),
                    (team.lookups,),
                    group=name,
                    is_part=True,
                )
                for team in organisation.teams
            ]
        return Section("teams", "", self._columns("lookups"), lines)

    def _follow_up(self, found: Sequence[wire.ReportedFollowUp] | None) -> Section:
        if found is None:
            return self.empty("followUp", "reports.follow-up.later")
        nothing = self._t("overview.nothing-said")
        pairs = [(one.label or nothing, one.lookups) for one in found]
        return self._section("followUp", pairs)

    def _section(self, name: str, pairs: Sequence[tuple[str, int | None]]) -> Section:
        lines = [Line(label, (number,)) for label, number in pairs]
        return Section(name, "", self._columns("lookups"), lines)

    def _columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self._t(f"reports.column.{name}") for name in names)

"""Reports as files: the monthly one, and the one with persons."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from starlette.responses import Response, StreamingResponse

from desk.csv_files import MARK, MEDIA_TYPE, encode_rows
from desk.moments import format_month, format_sortable
from desk.officer.report_view import GeneralReport
from desk.texts import Texts
from signal_index.wire import reports as wire

PDF_ROWS: Final = 300
"""A longer report with persons is for a spreadsheet: 300 rows on paper take six seconds
of a processor, and every further row takes more than the one before."""

COLUMNS: Final = (
    "at",
    "sub",
    "team",
    "organisationName",
    "person",
    "purposeLabel",
    "outcome",
    "flags",
    "offHours",
    "breakGlass",
    "repeated",
    "followUpLabel",
    "entryId",
)
ON_PAPER: Final = COLUMNS[:-1]
"""Paper has no room for the entry's id; by it a spreadsheet leads to the ledger."""

FetchPage = Callable[[UUID | None], Awaitable[wire.SpecificReportPage]]


def attach(body: bytes, media_type: str, name: str) -> Response:
    """Give a file to keep."""
    return Response(body, media_type=media_type, headers=_named(name))


def general_csv(report: GeneralReport, texts: Texts) -> bytes:
    """Give the monthly report: one line for each number, with what it is about."""
    names = ("section", "group", "label", "column", "value")
    rows: list[Sequence[object]] = [
        [texts.get(f"reports.csv.{name}") for name in names]
    ]
    hidden = texts.get("reports.hidden")
    for section in report.sections:
        title = texts.get(f"reports.section.{section.name}")
        if not section.lines:
            rows.append([title, "", section.text, "", ""])
        rows += [
            [title, line.group, line.label, column, hidden if cell is None else cell]
            for line in section.lines
            for column, cell in zip(section.columns, line.cells, strict=True)
            if cell != ""
        ]
    return MARK.encode() + encode_rows(rows)


def general_name(month: str, suffix: str) -> str:
    """Give the file's name."""
    return f"maandrapport-{month}.{suffix}"


def specific_csv(
    first: wire.SpecificReportPage, fetch: FetchPage, texts: Texts
) -> Response:
    """Give all rows of a report with persons as they come, page by page.

    `first` is there already: what the index has against it was said before the file
    began. A page that fails later breaks the download off: a file that ends too early
    never looks whole.
    """

    async def stream() -> AsyncIterator[bytes]:
        heads = [texts.get(f"reports.row.{name}") for name in COLUMNS]
        yield MARK.encode() + encode_rows([heads])
        page = first
        while True:
            yield encode_rows(row_cells(row, texts) for row in page.items)
            if page.next is None:
                return
            page = await fetch(page.next)

    name = f"rapport-met-personen-{str(first.request.id)[-12:]}.csv"
    return StreamingResponse(stream(), media_type=MEDIA_TYPE, headers=_named(name))


async def collect_rows(
    first: wire.SpecificReportPage, fetch: FetchPage
) -> list[wire.SpecificReportLookup] | None:
    """Give all rows of a report for paper, or None where they are too many."""
    rows, page = list(first.items), first
    while page.next is not None and len(rows) <= PDF_ROWS:
        page = await fetch(page.next)
        rows += page.items
    return rows if len(rows) <= PDF_ROWS else None


def row_cells(
    row: wire.SpecificReportLookup, texts: Texts, columns: Sequence[str] = COLUMNS
) -> list[str]:
    """Write one row of a report with persons, as it is read."""

    def yes_or_no(holds: object) -> str:
        return texts.get("reports.yes" if holds else "reports.no")

    told = {
        "at": format_sortable(row.at),
        "sub": row.sub or "",
        "team": row.team or "",
        "organisationName": row.organisationName,
        "person": row.person or "",
        "purposeLabel": row.purposeLabel or "",
        "outcome": texts.get(f"search.outcome.{row.outcome}") if row.outcome else "",
        "flags": row.flags,
        "offHours": yes_or_no(row.offHours),
        "breakGlass": yes_or_no(row.breakGlass),
        "repeated": yes_or_no(row.repeated),
        "followUpLabel": "; ".join(one.label for one in row.followUp),
        "entryId": row.entryId,
    }
    return [str(told[name]) for name in columns]


def title_of(month: str, texts: Texts) -> str:
    """Give the monthly report's title."""
    return texts.get("reports.general.of", month=format_month(month))


def name_about(asked: wire.SpecificReport, texts: Texts) -> str:
    """Give in words which lookups a report with persons is about."""
    named = {
        "user": asked.user,
        "team": asked.team,
        "organisation": asked.organisationName,
        "purpose": asked.purposeLabel,
    }
    said = [
        texts.get(f"reports.about.{name}", name=value)
        for name, value in named.items()
        if value
    ]
    return ", ".join(said) or texts.get("reports.about.all")


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}

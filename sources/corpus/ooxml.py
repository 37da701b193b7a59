"""Workbooks, written by hand: the same bytes each time, and what a library would mend.

Only what a sheet needs (ECMA-376, part 1): texts stand in their cells, three styles.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from xml.sax.saxutils import escape, quoteattr

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_MADE: Final = (2026, 6, 1, 12, 0, 0)
_EXCEL_ZERO: Final = date(1899, 12, 30)
_DAY, _NINE = 1, 2
_STYLES: Final = (
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="000000000"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1">'
    '<fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
)


@dataclass(frozen=True, slots=True)
class Nine:
    """A number that the sheet shows with nine digits."""

    number: int


Cell = str | int | float | date | Nine


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows, and which of them a filter hides (from 0)."""

    name: str
    rows: Sequence[Sequence[Cell]]
    hidden: frozenset[int] = field(default=frozenset())
    is_hidden: bool = False


def write_workbook(*sheets: Sheet, main: str = MAIN) -> bytes:
    """Give a workbook with these sheets."""
    parts = {
        "[Content_Types].xml": _write_types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _write_book(sheets, main),
        "xl/_rels/workbook.xml.rels": _relations(
            [
                *(("worksheet", f"worksheets/sheet{n}.xml") for n in _count(sheets)),
                ("styles", "styles.xml"),
            ]
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{_STYLES}</styleSheet>',
    }
    for n, sheet in zip(_count(sheets), sheets, strict=True):
        parts[f"xl/worksheets/sheet{n}.xml"] = _write_sheet(sheet, main)
    return write_archive({name: _declare(text) for name, text in parts.items()})


def write_archive(members: dict[str, bytes]) -> bytes:
    """Give a ZIP whose bytes depend on its members alone."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), data)
    return made.getvalue()


def _declare(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}'.encode()


def _count(sheets: Sequence[Sheet]) -> range:
    return range(1, len(sheets) + 1)


def _write_types(count: int) -> str:
    base = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [
        (f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, count + 1)
    ]
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{base}.{kind}+xml"/>'
        for name, kind in parts
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{rels}"/>{overrides}</Types>'
    )


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _write_book(sheets: Sequence[Sheet], main: str) -> str:
    inside = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}"'
        f'{" state=" + quoteattr("hidden") if sheet.is_hidden else ""} r:id="rId{n}"/>'
        for n, sheet in zip(_count(sheets), sheets, strict=True)
    )
    return (
        f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><sheets>{inside}</sheets>'
        "</workbook>"
    )


def _write_sheet(sheet: Sheet, main: str) -> str:
    rows = "".join(
        f'<row r="{n + 1}"{" hidden=" + quoteattr("1") if n in sheet.hidden else ""}>'
        f"{''.join(_write_cell(cell, at, n) for at, cell in enumerate(row))}</row>"
        for n, row in enumerate(sheet.rows)
    )
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'


def _write_cell(cell: Cell, at: int, row: int) -> str:
    place = f'r="{chr(ord("A") + at)}{row + 1}"'
    match cell:
        case str():
            text = escape(cell)
            return f'<c {place} t="inlineStr"><is><t>{text}</t></is></c>'
        case date():
            return f'<c {place} s="{_DAY}"><v>{(cell - _EXCEL_ZERO).days}</v></c>'
        case Nine():
            return f'<c {place} s="{_NINE}"><v>{cell.number}</v></c>'
        case _:
            return f"<c {place}><v>{cell}</v></c>"

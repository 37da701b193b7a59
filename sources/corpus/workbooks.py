"""Workbooks: typed cells, several sheets, filters, and files that are none."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Final

from sources.corpus.exports import COLUMNS, HEADER, ROWS, make_export, write_profile
from sources.corpus.model import Checked, Dirty, Proposed
from sources.corpus.ooxml import (
    STRICT,
    Cell,
    Nine,
    Sheet,
    write_archive,
    write_workbook,
)
from sources.corpus.people import invent_numbers
from sources.passed_over import PassedOver, Why

ALL: Final = Checked(signals=ROWS)
FOUND: Final = Proposed(COLUMNS)
HIDDEN: Final = frozenset({3, 4, 5})
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def _make(
    name: str,
    about: str,
    data: bytes,
    checked: Checked = ALL,
    proposed: Proposed = FOUND,
    *,
    layout: Sequence[str] = (),
    columns: Mapping[str, str] = COLUMNS,
    suffix: str = "xlsx",
) -> Dirty:
    name = f"excel-{name}"
    profile = write_profile(name, form="xlsx", layout=layout, columns=columns)
    return Dirty(name, about, f"{name}.{suffix}", data, profile, proposed, checked)


def _rows(seed: int, label: str) -> list[list[Cell]]:
    export = make_export(seed, label)
    rows: list[list[Cell]] = [[*export.header]]
    rows.extend([*row] for row in export.rows)
    return rows


def make_cells(seed: int) -> Iterator[Dirty]:
    """Give workbooks with typed cells."""
    texts = _rows(seed, "cells")
    yield _make("tekst", "Alles is tekst", write_workbook(Sheet("Zaken", texts)))
    typed = [
        [int(str(bsn)), number, date(2026, 1 + n % 9, 13 + n), ""]
        for n, (bsn, number, *_) in enumerate(texts[1:])
    ]
    yield _make(
        "getallen-en-datums",
        "BSN als getal, dag als datum",
        write_workbook(Sheet("Zaken", [HEADER, *typed])),
    )
    zeroed = list(islice(invent_numbers(seed, "shown", "0123"), ROWS))
    shown = [[Nine(int(zeroed[n])), *row[1:]] for n, row in enumerate(typed)]
    yield _make(
        "nul-getoond",
        "Getallen die het werkblad met negen cijfers toont",
        write_workbook(Sheet("Zaken", [HEADER, *shown])),
    )
    serial = [[*row[:2], 46035 + n, ""] for n, row in enumerate(texts[1:])]
    yield _make(
        "dag-als-getal",
        "De dag staat als los getal in de cel",
        write_workbook(Sheet("Zaken", [HEADER, *serial])),
    )


def make_sheets(seed: int) -> Iterator[Dirty]:
    """Give workbooks with a title, other sheets and hidden rows."""
    rows = _rows(seed, "sheets")
    notes = Sheet("Toelichting", [["Deze lijst komt uit het systeem."], [""]])
    titled = Sheet("Lopende zaken", [["Lopende zaken"], [""], *rows])
    yield _make(
        "tweede-werkblad",
        "De zaken staan op het tweede werkblad, onder een titel",
        write_workbook(notes, titled),
        Checked(
            ROWS,
            passed=(PassedOver(Why.TITLE, 1, (1,)), PassedOver(Why.EMPTY, 1, (2,))),
        ),
    )
    again = Sheet("Oude zaken", rows)
    yield _make(
        "twee-werkbladen",
        "Twee werkbladen met dezelfde kolommen: welk?",
        write_workbook(Sheet("Zaken", rows), again),
        Checked(refusal="op meer dan een werkblad"),
        Proposed(refusal="Oude zaken"),
    )
    unseen = write_workbook(notes, Sheet("Archief", rows, is_hidden=True))
    yield _make(
        "verborgen-werkblad",
        "De kolommen staan alleen op een verborgen werkblad",
        unseen,
        Checked(refusal="verborgen werkblad: 'Archief'"),
        Proposed(refusal="verborgen werkblad: 'Archief'"),
    )
    yield _make(
        "verborgen-werkblad-gekozen",
        "Een verborgen werkblad; het profiel noemt het",
        unseen,
        proposed=Proposed(refusal="verborgen werkblad: 'Archief'"),
        layout=('sheet = "Archief"',),
    )
    asked = Proposed(COLUMNS, asks=frozenset({"xlsx.hidden_rows"}))
    filtered = write_workbook(Sheet("Zaken", rows, HIDDEN))
    yield _make(
        "filter",
        "Drie rijen zijn verborgen: tellen zij mee?",
        filtered,
        Checked(refusal="3 rijen van het werkblad zijn verborgen"),
        asked,
    )
    yield _make(
        "filter-telt-mee",
        "Verborgen rijen tellen mee; het profiel zegt het",
        filtered,
        Checked(ROWS, passed=(_hide(Why.HIDDEN_READ),)),
        asked,
        layout=('hidden_rows = "read"',),
    )
    yield _make(
        "filter-telt-niet-mee",
        "Verborgen rijen tellen niet mee; het profiel zegt het",
        filtered,
        Checked(ROWS - len(HIDDEN), passed=(_hide(Why.HIDDEN),)),
        asked,
        layout=('hidden_rows = "skip"',),
    )


def _hide(why: Why) -> PassedOver:
    return PassedOver(why, len(HIDDEN), tuple(sorted(at + 1 for at in HIDDEN)))


def make_pretenders(seed: int) -> Iterator[Dirty]:
    """Give files that are no workbook, whatever they are called."""
    rows = _rows(seed, "pretenders")
    csv = make_export(seed, "pretenders").write()
    html = b"<html><body><table><tr><td>BSN</td></tr></table></body></html>"
    files = (
        (
            "strict",
            "Strict Open XML",
            write_workbook(Sheet("Z", rows), main=STRICT),
            "Strict",
        ),
        ("xls", "Een oud Excel-bestand", _OLE, "oud Excel-bestand"),
        ("html", "Een webpagina die .xls heet", html, "webpagina"),
        ("ods", "Een werkblad van LibreOffice", _write_ods(), "OpenDocument"),
        ("csv", "CSV die .xlsx heet", csv, "CSV"),
    )
    for name, about, data, words in files:
        suffix = {"xls": "xls", "html": "xls", "ods": "ods"}.get(name, "xlsx")
        proposed = FOUND if name == "csv" else Proposed(refusal=words)
        yield _make(name, about, data, Checked(refusal=words), proposed, suffix=suffix)


def _write_ods() -> bytes:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return write_archive({"mimetype": kind.encode(), "content.xml": b"<x/>"})

"""What a file really is, whatever its name says: one sentence, and what to do.

Looked at are the first bytes, and the names of the members of an archive. Nothing is
unpacked.
"""

import zipfile
from pathlib import Path
from typing import BinaryIO, Final

from sources.connectors.safe_zip import BROKEN, HALF
from sources.errors import UnreadableFile

_SAMPLE: Final = 4096
_PAGE: Final = 1 << 16
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP: Final = b"PK\x03\x04"
_SAVE: Final = "Open het in Excel en bewaar het als gewone werkmap (.xlsx)."
_OLD: Final = (
    "Dit is een oud Excel-bestand (.xls), of een werkmap met een wachtwoord. Open het "
    "in Excel en bewaar het als .xlsx, zonder wachtwoord."
)
NO_EXCEL: Final = (
    "Het bestand is geen leesbare Excel. Open het in Excel, bewaar het opnieuw als "
    ".xlsx en sluit Excel. Lukt dat niet, maak of haal het bestand dan opnieuw."
)
_WORKBOOK: Final = (
    "Dit is een werkmap van Excel (.xlsx), en het profiel is voor CSV. Bewaar het "
    "bestand in Excel als CSV, of maak met `signal-source profile init BESTAND` een "
    'profiel voor de werkmap. Wilt u het profiel zelf veranderen? Zet format = "xlsx", '
    "maak van [csv] en [csv.columns] [xlsx] en [xlsx.columns], en haal delimiter en "
    "encoding weg."
)
_TEXT: Final = (
    "Dit is tekst (CSV), en het profiel is voor een werkmap van Excel. Bewaar het "
    "bestand in Excel als .xlsx, of maak met `signal-source profile init BESTAND` een "
    'profiel voor de tekst. Wilt u het profiel zelf veranderen? Zet format = "csv", '
    "maak van [xlsx] en [xlsx.columns] [csv] en [csv.columns], haal sheet, header_row "
    "en hidden_rows weg, en zet er delimiter, encoding en dates bij."
)
_LOCK: Final = (
    "Dit is een hulpbestand van Excel, dat er staat zolang de werkmap open is. Sluit "
    "Excel en neem het bestand met dezelfde naam zonder ~$."
)
_SAVE_TEXT: Final = "Exporteer het als CSV, of bewaar het in Excel als CSV."
_HTML: Final = "Dit is een webpagina (HTML), ook al heet het bestand anders."
_LOGIN: Final = (
    "Dit is een webpagina (HTML) met een formulier, en geen export. Vraagt het systeem "
    "waar het bestand vandaan komt om in te loggen? Log daar opnieuw in en haal de "
    "export nog een keer op."
)
_FORM: Final = (b"<form", b'type="password"')
_XML: Final = "Dit is XML, geen tabel."
_BY_MEMBER: Final = (
    ("xl/workbook.bin", f"Dit is een binaire werkmap (.xlsb). {_SAVE}"),
    ("content.xml", f"Dit is een OpenDocument-werkblad (.ods). {_SAVE}"),
    ("index.zip", f"Dit is een werkblad van Numbers. {_SAVE}"),
)


def refuse_lock_file(path: Path) -> None:
    """Raise `UnreadableFile` for what Excel writes beside a workbook that is open."""
    if path.name.startswith("~$"):
        raise UnreadableFile(_LOCK)


def is_archive(file: BinaryIO) -> bool:
    """Tell whether a file begins as a workbook does, whatever it is called."""
    return _look(file).startswith(_ZIP)


def refuse_other_than_text(file: BinaryIO) -> None:
    """Raise `UnreadableFile` for what cannot be CSV, and say what it is."""
    first = _look(file)
    if first.startswith(_ZIP):
        kind = _name_archive(file) or _WORKBOOK
        raise UnreadableFile(kind)
    if first.startswith(_OLE):
        raise UnreadableFile(_OLD)
    if kind := _name_markup(file, _SAVE_TEXT):
        raise UnreadableFile(kind)


def refuse_other_than_workbook(file: BinaryIO) -> None:
    """Raise `UnreadableFile` for what cannot be .xlsx, and say what it is."""
    first = _look(file)
    if first.startswith(_OLE):
        raise UnreadableFile(_OLD)
    if first.startswith(_ZIP):
        if kind := _name_archive(file):
            raise UnreadableFile(kind)
        return
    if kind := _name_markup(file, _SAVE):
        raise UnreadableFile(kind)
    if not first.strip():
        raise UnreadableFile("Het bestand is leeg.")
    if b"\0" not in first:
        raise UnreadableFile(_TEXT)
    raise UnreadableFile(NO_EXCEL)


def _look(file: BinaryIO, size: int = _SAMPLE) -> bytes:
    file.seek(0)
    first = file.read(size)
    file.seek(0)
    return first


def _name_markup(file: BinaryIO, save: str) -> str:
    """Say what a page or XML is, and how to `save` it as what the profile reads."""
    begin = _look(file, _PAGE).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if begin.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        is_form = any(sign in begin for sign in _FORM) and b"<table" not in begin
        return _LOGIN if is_form else f"{_HTML} {save}"
    return f"{_XML} {save}" if begin.startswith((b"<?xml", b"<workbook")) else ""


def _name_archive(file: BinaryIO) -> str:
    """Say what an archive is that is no .xlsx, or is not whole; empty for others."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = {name.lower() for name in archive.namelist()}
    except BROKEN:
        return HALF
    finally:
        file.seek(0)
    for name, kind in _BY_MEMBER:
        if name in names:
            return kind
    if names and "xl/workbook.xml" not in names:
        return "Dit is een archief (ZIP) zonder werkmap. Pak het uit en lever de tabel."
    return ""

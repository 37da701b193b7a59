"""Recognise a file that is in a standard's own format, and list what it holds.

The fields of a standard need no mapping. What is listed is which of its names are read
and which are never looked at; no value of the file is kept.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import ijson  # type: ignore[import-untyped]  # it ships no types
from lxml import etree

from sources.connectors.file_kinds import (
    refuse_lock_file,
    refuse_other_than_text,
    refuse_other_than_workbook,
)
from sources.connectors.ggk_envelope import open_envelope
from sources.connectors.istandaarden import LIMITS, ZIP, find_messages
from sources.connectors.istandaarden_xml import find_form
from sources.connectors.json_stream import parse, skip_mark
from sources.connectors.safe_xml import MOST_BYTES, parse_xml
from sources.connectors.safe_zip import open_archive, read_member
from sources.errors import UnreadableFile
from sources.formats import FORMATS

MOST_EVENTS: Final = 2_000_000
_LISTS: Final = {
    facts.json_list: name for name, facts in FORMATS.items() if facts.json_list
}
OFFICE: Final = frozenset({"content.xml", "xl/workbook.bin", "index.zip"})
_LEAVES: Final = frozenset({"string", "number", "boolean", "null"})
_DDAS_READ: Final = frozenset(
    {
        *("Burgerservicenummer", "Geboortedatum", "gemeentecode", "startdatum"),
        *("toekenningsdatum", "einddatum", "uitstroom", "datum", "ID", "signaaldatum"),
        *("ontstaansdatum", "status", "resultaat", "functietitel", "telefoonnummer"),
    }
)
_MESSAGE_READ: Final = frozenset(
    {
        *("Bsn", "Afzender", "Ontvanger", "Dagtekening", "ToewijzingNummer", "Datum"),
        *("Ingangsdatum", "Begindatum", "Einddatum", "Toewijzingsdatum"),
        *("Toewijzingstijd", "StatusAanlevering", "RedenWijziging", "RedenBeeindiging"),
    }
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A format of a standard, and the names in the file: read, and not read."""

    form: str
    read: tuple[str, ...]
    unread: tuple[str, ...]


def recognise(path: Path) -> Recognised | None:
    """Give the standard's format of a file, or None for a table.

    A file that is something else than its name says is refused in a sentence.
    """
    refuse_lock_file(path)
    with path.open("rb") as file:
        first = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
        if b"<html" in first.lower():
            refuse_other_than_text(file)
    if first.startswith((b"{", b"[")):
        return _recognise_json(path)
    if first.startswith(b"<"):
        return _recognise_message(path.read_bytes()[: MOST_BYTES + 1])
    if first.startswith(ZIP) and not is_workbook(path):
        return _recognise_archive(path)
    return None


def _recognise_json(path: Path) -> Recognised:
    names: set[str] = set()
    form = ""
    try:
        with path.open("rb") as file:
            skip_mark(file)
            for key, is_leaf in islice(_walk_names(file), MOST_EVENTS):
                form = _LISTS.get(key, form)
                names |= {key} if is_leaf else set()
    except (ijson.JSONError, UnicodeDecodeError):
        raise UnreadableFile("Het bestand is geen leesbare JSON.") from None
    if {"specversion", "source", "type"} <= names:
        return Recognised("cloudevents-1.0", ("type", "source", "time"), ())
    if form:
        return _sort(form, names, _DDAS_READ)
    raise UnreadableFile("Deze JSON is van geen standaard die wij kennen.")


def _walk_names(file: BinaryIO) -> Iterator[tuple[str, bool]]:
    """Give each name in a JSON file, and whether it holds a value of its own."""
    key = ""
    for _prefix, event, value in parse(file):
        if event == "map_key":
            key = value
        elif key:
            yield key, event in _LEAVES


def _recognise_message(data: bytes) -> Recognised:
    form, _number = find_form(data)
    if form not in FORMATS:
        raise UnreadableFile("Deze versie van iWmo of iJw kennen wij niet.")
    return _sort(form, set(_find_names(open_envelope(parse_xml(data)))), _MESSAGE_READ)


def _recognise_archive(path: Path) -> Recognised:
    with path.open("rb") as file, open_archive(file, LIMITS) as archive:
        if OFFICE & {name.lower() for name in archive.namelist()}:
            refuse_other_than_workbook(file)
        return _recognise_message(read_member(archive, find_messages(archive)[0]))


def is_workbook(path: Path) -> bool:
    """Tell whether a file is a workbook, whatever it is called."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return path.suffix.lower() in {".xlsx", ".xlsm"} and _is_archive(path)
    except (OSError, ValueError):
        return False


def _is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(ZIP)) == ZIP


def _find_names(root: etree._Element) -> Iterator[str]:
    for element in root.iter("{*}*"):
        if not len(element):
            yield str(etree.QName(element).localname)


def _sort(form: str, names: set[str], read: frozenset[str]) -> Recognised:
    return Recognised(form, tuple(sorted(names & read)), tuple(sorted(names - read)))

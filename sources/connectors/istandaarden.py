"""iWmo and iJw 3.2: what a municipality assigns, and a provider starts and stops.

    301 toewijzing   opens (or, by the profile, waits for the start); announces the end
    305 start        opens, or confirms what the assignment opened
    307 stop         closes; a stop that is only for a while closes nothing

A file is one message, alone or in a StUF-GGk envelope, or a ZIP of such files. Each
product of a message is a case, known by the municipality and its ToewijzingNummer.
Other messages of the standard say nothing that we tell.

- Elements we do not know, in any order, are ignored. An element that may stand once
  and stands twice is a reject: we do not choose which BSN was meant.
- Messages may arrive in any order: each says when it was written, and the last word
  counts (OP033x1).

Proven by tests/contract/test_istandaarden_messages.py.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from signal_index.wire.signals import WithdrawalReason
from sources.connectors.cases import read_case
from sources.connectors.fields import Dialect, RawCase, RawField, Role
from sources.connectors.istandaarden_xml import Product, find_products
from sources.connectors.safe_xml import MOST_BYTES
from sources.connectors.safe_zip import MEBIBYTE, Limits, open_archive, read_member
from sources.errors import UnreadableFile
from sources.layouts import ISO_DAYS
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import (
    Case,
    CaseNumber,
    Closing,
    Entry,
    Place,
    Reading,
    Reject,
    Skipped,
)

LIMITS: Final = Limits(members=100_000, total=8_192 * MEBIBYTE, member=MOST_BYTES)
ZIP: Final = b"PK\x03\x04"
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_DELETED: Final = frozenset({"01", "13"})  # with end = begin it never was (OP087)
_SENT: Final = frozenset({"1", "2", "9"})  # COD467
_REMOVED: Final = "3"
_DIALECT: Final = Dialect(ISO_DAYS)
# Why a case ended, where it matters for what may be kept. The lists of the standards
# differ: 31 is a move in WMO588, and "as planned" in JZ588, where 35 is a move.
_WHY_STOPPED: Final = {
    "iwmo-3.2": {
        "02": WithdrawalReason.DECEASED,
        "31": WithdrawalReason.MOVED_AWAY,
    },
    "ijw-3.2": {
        "02": WithdrawalReason.DECEASED,
        "35": WithdrawalReason.MOVED_AWAY,
    },
}
# WMO002 and JZ002, alike here.
_WHY_CHANGED: Final = {
    "02": WithdrawalReason.DECEASED,
    "07": WithdrawalReason.MOVED_AWAY,
}


def read(file: BinaryIO, profile: Profile, *, today: date) -> Iterator[Reading]:
    """Give the readings of a message, or of each message in a ZIP.

    Raises `UnreadableFile` for a message alone that is none; inside a ZIP it is a
    reject, so that one bad message does not hold up the rest.
    """
    file.seek(0)
    if file.read(len(ZIP)) != ZIP:
        file.seek(0)
        data = file.read(MOST_BYTES + 1)
        yield from read_message(data, profile, ("bericht 1", today))
        return
    with open_archive(file, LIMITS) as archive:
        for count, name in enumerate(find_messages(archive), start=1):
            place = f"bericht {count}"
            try:
                data = read_member(archive, name)
                found = list(read_message(data, profile, (place, today)))
            except UnreadableFile:
                found = [(Reject(Place(None, place), "", Reason.MESSAGE_UNREADABLE),)]
            yield from found


def find_messages(archive: zipfile.ZipFile) -> list[str]:
    """Give the members that may be messages; raises `UnreadableFile` for none.

    What a computer adds by itself (`__MACOSX`, `.DS_Store`) is passed over, and so is
    what has another extension than a message has.
    """
    found = [
        each.filename
        for each in archive.infolist()
        if not each.is_dir() and _may_be_message(PurePosixPath(each.filename))
    ]
    if not found:
        raise UnreadableFile("Het archief bevat geen berichten (.xml).")
    return found


def _may_be_message(path: PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and path.suffix.lower() in {"", ".xml"}


def read_message(
    data: bytes, profile: Profile, at: tuple[str, date]
) -> Iterator[Reading]:
    """Give the readings of one message, which stands `at` a place and a day."""
    place, today = at
    for product in find_products(data, profile.format, place):
        if isinstance(product, Reject):
            yield (product,)
        else:
            yield _read_product(product, profile, today)


def _read_product(product: Product, profile: Profile, today: date) -> Reading:
    match product.message:
        case "301":
            return _read_assignment(product, profile, today)
        case "305":
            return _read_start(product, profile, today)
        case _:
            return _read_stop(product, profile, today)


def _read_assignment(product: Product, profile: Profile, today: date) -> Reading:
    begin, end = product.text("Ingangsdatum"), product.text("Einddatum")
    if product.text("RedenWijziging") in _DELETED and begin == end:
        return _take_back(product, today)
    # Contact begins when it is assigned, also where the first visit is yet to come.
    start = "Toewijzingsdatum" if _is_ahead(begin, today) else "Ingangsdatum"
    reading = _tell(product, _make_raw(product, start), profile, today)
    closes = any(isinstance(each, Closing) for each in reading)
    return reading if closes or profile.messages.opens != "start" else (Skipped(),)


def _read_start(product: Product, profile: Profile, today: date) -> Reading:
    opens = profile.messages.opens == "start"
    if product.text("StatusAanlevering") == _REMOVED:
        return _take_back(product, today) if opens else (Skipped(),)
    if fault := _find_fault(product, "StatusAanlevering", _SENT):
        return (fault,)
    reading = _tell(product, _make_raw(product, "Begindatum"), profile, today)
    return reading if opens else _unless_known(reading)


def _read_stop(product: Product, profile: Profile, today: date) -> Reading:
    raw = _make_raw(product, "Begindatum")
    if product.text("StatusAanlevering") == _REMOVED:
        # There was no stop: what it closed is open again, and its end is not an end.
        going_on = replace(raw, fields={**raw.fields, "end": RawField("Einddatum", "")})
        return _unless_known(_tell(product, going_on, profile, today))
    if fault := _find_fault(product, "StatusAanlevering", _SENT):
        return (fault,)
    if product.text("RedenBeeindiging") in profile.messages.continues_after:
        return (Skipped(),)
    if fault := _find_fault(product, "Einddatum", None):
        return (fault,)
    return _tell(product, raw, profile, today)


def _is_ahead(text: str, today: date) -> bool:
    try:
        return date.fromisoformat(text) > today
    except ValueError:
        return False


def _find_fault(
    product: Product, name: str, known: frozenset[str] | None
) -> Reject | None:
    text = product.text(name)
    if text and (known is None or text in known):
        return None
    reason = Reason.CODE_UNKNOWN if text else Reason.FIELD_MISSING
    return Reject(product.place, name, reason)


def _take_back(product: Product, today: date) -> Reading:
    """Close a case that its registration says never was one."""
    number = _make_number(product)
    if not number:
        reason = Reason.CASE_NUMBER_INVALID
        return (Reject(product.place, "ToewijzingNummer", reason),)
    why = WithdrawalReason.ENTERED_IN_ERROR
    return (Closing(CaseNumber(number), today, why, product.told_at),)


def _make_number(product: Product) -> str:
    number = product.text("ToewijzingNummer")
    if not _NUMBER.fullmatch(number):
        return ""
    return f"{product.municipality}-{int(number)}"


def _make_raw(product: Product, start: str) -> RawCase:
    place = "Afzender" if product.message == "301" else "Ontvanger"
    fields: dict[Role, RawField] = {
        "number": RawField("ToewijzingNummer", _make_number(product)),
        "bsn": RawField("Bsn", product.text("Bsn")),
        "birth": RawField("Geboortedatum", _find_birth(product)),
        "municipality": RawField(place, product.municipality),
        "start": RawField(start, product.text(start)),
        "end": RawField("Einddatum", product.text("Einddatum")),
    }
    return RawCase(product.place, fields, _DIALECT)


def _find_birth(product: Product) -> str:
    """Give the first day on which somebody can be born (COD170: what is not known)."""
    text = product.text("Geboortedatum")
    match product.text("DatumGebruik"):
        case "1":
            return f"{text[:7]}-00"
        case "2":
            return f"{text[:4]}-00-00"
        case "3":
            return ""
        case _:
            return text


def _tell(product: Product, raw: RawCase, profile: Profile, today: date) -> Reading:
    """Give what the product means, when that was said, and why a case ended."""
    changed = _WHY_CHANGED.get(product.text("RedenWijziging"))
    stopped = _WHY_STOPPED[profile.format].get(product.text("RedenBeeindiging"))
    why = changed or stopped
    found: list[Entry] = []
    for each in read_case(raw, profile, today=today):
        match each:
            case Case():
                found.append(replace(each, told_at=product.told_at))
            case Closing():
                reason = why or each.reason
                found.append(replace(each, told_at=product.told_at, reason=reason))
            case _:
                found.append(each)
    return tuple(found)


def _unless_known(reading: Reading) -> Reading:
    return tuple(
        replace(each, unless_known=True) if isinstance(each, Case) else each
        for each in reading
    )

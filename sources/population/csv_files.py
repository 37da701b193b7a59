"""Three agencies' CSV files in the field names of their registrations, dirt included.

Each writer gives how many of its records must be rejected, by reason, so that a demo
can check that exactly those were.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sources.population.draw import Draw
from sources.population.people import BIJSTAND, SAFETY, SCHOOL, Citizen
from sources.population.setting import MUNICIPALITY, Setting, Written
from sources.reasons import Reason

INCOME_FILE: Final = "income-support.csv"
SCHOOLS_FILE: Final = "schools.csv"
SAFETY_FILE: Final = "veilig-thuis.csv"
Row = Sequence[str]
INCOME_HEADER: Final = (
    "Burgerservicenr",
    "IdDossier",
    "CdSzWet",
    "DatBUitkeringsverhouding",
    "DatEUitkeringsverhouding",
    "CdGemeente",
    "Uitvoeringsteam",
)
SCHOOLS_HEADER: Final = (
    "Meldingsnummer",
    "Burgerservicenummer",
    "Geboortedatum",
    "DatumMelding",
    "Verzuimsoort",
    "DatumAfhandeling",
    "Gemeente",
    "TelefoonLeerplicht",
)
SAFETY_HEADER: Final = (
    "Casusnummer",
    "BSN",
    "Startdatum",
    "Einddatum",
    "OptInIndex",
    "BesprokenOp",
)


def write_income(setting: Setting, citizens: list[Citizen]) -> Written:
    """Write income support in the names of the SUWI register (SGR)."""
    draw, written = Draw(setting.seed, "income"), Written()
    known = [each for each in citizens if BIJSTAND in each.categories]
    rows: list[Row] = []
    for citizen in known:
        row = _income_row(draw, setting, citizen)
        rows.append(row)
        written.records, written.accepted = written.records + 1, written.accepted + 1
    for _ in setting.dirty_rounds(len(known)):
        stray = [_income_row(draw, setting, setting.town.make_stray()) for _ in "1234"]
        rows.append(_with(stray[0], 0, setting.town.make_mistyped()))
        written.expect(Reason.BSN_INVALID)
        rows.append(_with(stray[1], 3, _compact(setting.on + timedelta(days=40))))
        written.expect(Reason.DATE_IN_FUTURE)
        rows.append(_with(stray[2], 2, "99"))
        written.expect(Reason.CODE_UNKNOWN)
        rows.append(_with(stray[3], 6, "TEAM-ONBEKEND"))
        written.expect(Reason.CONTACT_UNKNOWN)
        rows.append(draw.choose(rows[: len(known)]))
        written.expect(Reason.DOUBLE_RECORD)
        rows.append(_closed_income(draw, setting))
        written.records += 1
    _write_csv(setting.folder / INCOME_FILE, INCOME_HEADER, rows, (";", "windows-1252"))
    return written


def write_schools(setting: Setting, citizens: list[Citizen]) -> Written:
    """Write truancy notices; a spreadsheet has eaten the zeros of its numbers."""
    draw, written = Draw(setting.seed, "schools"), Written()
    known = [each for each in citizens if SCHOOL in each.categories]
    rows: list[Row] = []
    for citizen in known:
        rows.append(_school_row(draw, setting, citizen))
        written.records, written.accepted = written.records + 1, written.accepted + 1
    for _ in setting.dirty_rounds(len(known)):
        young = date(setting.on.year - 10, 6, 1)
        strays = [setting.town.make_stray() for _ in "123"]
        for stray in strays:
            stray.born = young
        stray_rows = [_school_row(draw, setting, stray) for stray in strays]
        rows.append(_with(stray_rows[0], 7, "06-123"))
        written.expect(Reason.PHONE_INVALID)
        rows.append(_with(stray_rows[1], 4, "ZOMAAR"))
        written.expect(Reason.CODE_UNKNOWN)
        rows.append(_with(stray_rows[2], 3, "31-02-2026"))
        written.expect(Reason.DATE_INVALID)
        if known:
            rows.append(draw.choose(rows[: len(known)]))
            written.expect(Reason.DOUBLE_RECORD)
    _write_csv(setting.folder / SCHOOLS_FILE, SCHOOLS_HEADER, rows, (",", "utf-8-sig"))
    return written


def write_safety(setting: Setting, citizens: list[Citizen]) -> Written:
    """Write safety concerns; who gave no opt-in must leave no trace."""
    draw, written = Draw(setting.seed, "safety"), Written()
    rows: list[Row] = []
    for citizen in citizens:
        told = SAFETY in citizen.categories
        if told or citizen.without_opt_in:
            rows.append(_safety_row(draw, setting, citizen, "J" if told else "N"))
            written.records += 1
            written.accepted += told
    for _ in setting.dirty_rounds(len(rows)):
        stray = setting.town.make_stray()
        rows.append(_safety_row(draw, setting, stray, "MISSCHIEN"))
        written.expect(Reason.CODE_UNKNOWN)
        row = _safety_row(draw, setting, setting.town.make_stray(), "J")
        rows.append(_with(row, 1, setting.town.make_mistyped()))
        written.expect(Reason.BSN_INVALID)
    _write_csv(setting.folder / SAFETY_FILE, SAFETY_HEADER, rows, (";", "utf-8"))
    return written


def _income_row(draw: Draw, setting: Setting, citizen: Citizen) -> Row:
    # Partners share a case: one signal for each of them all the same.
    shared = citizen.household >= 0
    number = citizen.household if shared else 900_000 + draw.below(99_999)
    return (
        citizen.bsn,
        f"PW-{setting.on.year}-{number:06d}",
        draw.choose(("1", "1", "1", "2", "3")),
        _compact(draw.day_before(setting.on, least=5, most=1_500)),
        "",
        MUNICIPALITY,
        draw.choose(("TEAM-NOORD", "TEAM-ZUID")),
    )


def _closed_income(draw: Draw, setting: Setting) -> Row:
    row = _income_row(draw, setting, setting.town.make_stray())
    start = date.fromisoformat(row[3]) - timedelta(days=400)
    end = start + timedelta(days=200)
    return _with(_with(row, 3, _compact(start)), 4, _compact(end))


def _school_row(draw: Draw, setting: Setting, citizen: Citizen) -> Row:
    return (
        f"VZ-{draw.below(10**12):012d}",
        citizen.bsn.removeprefix("0"),
        citizen.born.strftime("%d-%m-%Y"),
        draw.day_before(setting.on, least=2, most=300).strftime("%d-%m-%Y"),
        draw.choose(("RELATIEF", "LANGDURIG", "OVERIG")),
        "",
        MUNICIPALITY,
        draw.choose(("0182 555 010", "+31 182 555011", "")),
    )


def _safety_row(draw: Draw, setting: Setting, citizen: Citizen, opt_in: str) -> Row:
    start = draw.day_before(setting.on, least=2, most=200)
    return (
        f"VT-{draw.below(10**12):012d}",
        citizen.bsn,
        start.isoformat(),
        "",
        opt_in,
        min(start + timedelta(days=draw.below(14)), setting.on).isoformat(),
    )


def _write_csv(
    path: Path, header: Row, rows: Iterable[Row], dialect: tuple[str, str]
) -> None:
    delimiter, encoding = dialect
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)


def _with(row: Row, index: int, value: str) -> Row:
    return (*row[:index], value, *row[index + 1 :])


def _compact(day: date) -> str:
    return day.strftime("%Y%m%d")

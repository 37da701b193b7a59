"""Days in every form, in the wrong order, and days that are none."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from sources.corpus.exports import COLUMNS, ROWS, Export, make_export, write_profile
from sources.corpus.model import Checked, Dirty, Proposed, Rejected
from sources.reasons import Reason

ALL: Final = Checked(signals=ROWS)
FOUND: Final = Proposed(COLUMNS)
SPOILED: Final = 4
LINE: Final = SPOILED + 2
_MONTHS: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus"),
    "september",
)
_EXCEL_ZERO: Final = date(1899, 12, 30)


def _make(
    name: str,
    about: str,
    export: Export,
    checked: Checked = ALL,
    proposed: Proposed = FOUND,
    *,
    forms: tuple[str, ...] = ("%d-%m-%Y",),
    empty: str = "",
) -> Dirty:
    layout = ['delimiter = ";"', 'encoding = "utf-8"']
    layout += [f"empty = [{empty}]"] if empty else []
    profile = write_profile(f"datum-{name}", layout=layout, dates=forms)
    file = f"datum-{name}.csv"
    return Dirty(
        f"datum-{name}", about, file, export.write(), profile, proposed, checked
    )


def _day(n: int) -> date:
    return date(2026, 1 + n % 9, 13 + n)


def make_forms(seed: int) -> Iterator[Dirty]:
    """Give the export with its days in each form that is read."""
    export = make_export(seed, "forms")
    forms: tuple[tuple[str, str, str, Callable[[date], str]], ...] = (
        ("iso", "2026-01-13", "%Y-%m-%d", lambda d: d.isoformat()),
        ("compact", "20260113", "%Y%m%d", lambda d: d.strftime("%Y%m%d")),
        ("streepjes", "13-1-2026", "%d-%m-%Y", lambda d: f"{d.day}-{d.month}-{d.year}"),
        (
            "kort-jaar",
            "13-1-26",
            "%d-%m-%y",
            lambda d: f"{d.day}-{d.month}-{d.year % 100}",
        ),
        ("schuin", "13/1/2026", "%d/%m/%Y", lambda d: f"{d.day}/{d.month}/{d.year}"),
        ("punten", "13.1.2026", "%d.%m.%Y", lambda d: f"{d.day}.{d.month}.{d.year}"),
        (
            "maand-kort",
            "13-mrt-26",
            "%d-%b-%y",
            lambda d: f"{d.day}-{_shorten(d)}-{d.year % 100}",
        ),
        (
            "maand-lang",
            "13 maart 2026",
            "%d %b %Y",
            lambda d: f"{d.day} {_MONTHS[d.month - 1]} {d.year}",
        ),
        (
            "met-tijd",
            "13-1-2026 00:00",
            "%d-%m-%Y",
            lambda d: f"{d.day}-{d.month}-{d.year} 00:00",
        ),
        ("iso-t", "2026-01-13T00:00:00", "%Y-%m-%d", lambda d: f"{d}T00:00:00"),
        ("iso-z", "2026-01-13T00:00:00Z", "%Y-%m-%d", lambda d: f"{d}T00:00:00Z"),
        ("excel", "46035", "excel", lambda d: str((d - _EXCEL_ZERO).days)),
    )
    for name, shown, form, write in forms:
        yield _make(name, f"Zoals {shown}", _write_days(export, write), forms=(form,))


def _write_days(export: Export, write: Callable[[date], str]) -> Export:
    return export.change("Ingangsdatum", lambda n, _old: write(_day(n)))


def _shorten(day: date) -> str:
    return "mrt" if day.month == 3 else _MONTHS[day.month - 1][:3]


def make_orders(seed: int) -> Iterator[Dirty]:
    """Give exports in which the order of day and month is wrong, or cannot be seen."""
    export = make_export(seed, "orders")
    american = export.change("Ingangsdatum", lambda n, _x: f"{_day(n):%m/%d/%Y}")
    asked = frozenset({"csv.dates"})
    yield _make(
        "maand-voorop",
        "De maand staat voorop; het profiel zegt de dag",
        american,
        Checked(refusal="kan in 12 datums alleen de maand vooraan staan"),
        Proposed(COLUMNS, asks=asked),
        forms=("%d/%m/%Y",),
    )
    yield _make(
        "maand-voorop-beloofd",
        "De maand staat voorop, en het profiel zegt het",
        american,
        proposed=Proposed(COLUMNS, asks=asked),
        forms=("%m/%d/%Y",),
    )
    yield _make(
        "dag-of-maand",
        "Niets bewijst of de dag of de maand voorop staat",
        export.change("Ingangsdatum", lambda n, _x: f"01-{2 + n % 8:02}-2026"),
        proposed=Proposed(COLUMNS, asks=asked),
    )
    yield _make(
        "twee-volgorden",
        "Sommige datums hebben de dag voorop, andere de maand",
        export.change(
            "Ingangsdatum", lambda n, x: f"{_day(n):%m-%d-%Y}" if n % 2 else x
        ),
        Checked(refusal="In andere regels is het andersom"),
        Proposed(COLUMNS, asks=asked),
    )


def make_wrong_days(seed: int) -> Iterator[Dirty]:
    """Give exports in which one day is none, or means that there is none."""
    export = make_export(seed, "wrong days")
    starts = (
        ("bestaat-niet", "31 februari", "31-02-2026", Reason.DATE_INVALID),
        ("leeg", "Geen begindatum", "", Reason.FIELD_MISSING),
        ("toekomst", "Begint over jaren", "13-01-2999", Reason.DATE_IN_FUTURE),
        ("excel-ertussen", "Een getal van Excel ertussen", "46035", Reason.DATE_SERIAL),
    )
    for name, about, text, reason in starts:
        rejects = (Rejected(LINE, "Ingangsdatum", reason),)
        spoiled = export.put("Ingangsdatum", SPOILED, text)
        yield _make(name, about, spoiled, Checked(ROWS - 1, rejects=rejects))
    ends = (
        ("einde-1900", "Einde 01-01-1900 betekent: geen", "01-01-1900"),
        ("einde-nullen", "Einde 00-00-0000 betekent: geen", "00-00-0000"),
        ("einde-streepje", "Een streepje betekent: geen", "-"),
        ("einde-null", "NULL betekent: geen", "NULL"),
    )
    for name, about, text in ends:
        spoiled = export.put("Einddatum", SPOILED, text)
        reason = Reason.DATE_MEANS_EMPTY
        rejects = (Rejected(LINE, "Einddatum", reason),)
        yield _make(
            name, about, spoiled, Checked(ROWS - 1, rejects=rejects), _END_ASKED
        )
        yield _make(
            f"{name}-beloofd",
            f"{about}; het profiel zegt het",
            spoiled,
            proposed=_END_ASKED,
            empty=f'"{text}"',
        )
    ended = export.put("Einddatum", SPOILED, "14-09-2026").put(
        "Einddatum", 1, "31-12-9999"
    )
    yield _make(
        "geeindigd",
        "Een zaak eindigde; 31-12-9999 is open",
        ended,
        Checked(ROWS - 1, 1),
    )
    before = export.put("Einddatum", SPOILED, "13-01-2020")
    rejects = (Rejected(LINE, "Einddatum", Reason.END_BEFORE_START),)
    yield _make(
        "einde-voor-begin",
        "Eindigt voor het begin",
        before,
        Checked(ROWS - 1, rejects=rejects),
    )


_END_ASKED: Final = FOUND

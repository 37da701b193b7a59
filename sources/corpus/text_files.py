"""Encodings, lines, headers and quotes: how the same export is written down."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sources.corpus.exports import COLUMNS, ROWS, Export, make_export, write_profile
from sources.corpus.model import Checked, Dirty, Proposed, Rejected
from sources.passed_over import PassedOver, Why
from sources.reasons import Reason

ALL: Final = Checked(signals=ROWS)
FOUND: Final = Proposed(COLUMNS)
NAME: Final = "André"


def _make(
    name: str,
    about: str,
    data: bytes,
    *,
    checked: Checked = ALL,
    proposed: Proposed = FOUND,
    layout: Sequence[str] = (),
    dates: Sequence[str] = ("%d-%m-%Y",),
) -> Dirty:
    profile = write_profile(name, layout=layout, dates=dates)
    return Dirty(name, about, f"{name}.csv", data, profile, proposed, checked)


def make_encodings(seed: int) -> Iterator[Dirty]:
    """Give the export in each encoding, with a name that is no ASCII beside it."""
    export = make_export(seed, "encoding").add("Naam", lambda n: f"{NAME} {n}")
    written = (
        ("utf-8", "UTF-8", "utf-8", "utf-8"),
        ("utf-8-met-bom", "UTF-8 met BOM", "utf-8-sig", "utf-8"),
        ("utf-16", "UTF-16, zoals Excel 'Unicode-tekst' bewaart", "utf-16", "utf-8"),
        ("utf-16-zonder-bom", "UTF-16 zonder BOM", "utf-16-le", "utf-8"),
        ("windows-1252", "Windows-1252", "cp1252", "windows-1252"),
        ("cp850", "Codering van DOS", "cp850", "cp850"),
        (
            "utf-8-anders-beloofd",
            "UTF-8; het profiel zegt 1252",
            "utf-8",
            "windows-1252",
        ),
    )
    for name, about, encoding, stated in written:
        layout = ('delimiter = ";"', f'encoding = "{stated}"')
        yield _make(
            f"codering-{name}", about, export.write(encoding=encoding), layout=layout
        )
    yield _make(
        "codering-verkeerd",
        "Windows-1252; het profiel zegt UTF-8",
        export.write(encoding="cp1252"),
        checked=Checked(refusal="Regel 2 is niet in de codering utf-8"),
    )


def make_lines(seed: int) -> Iterator[Dirty]:
    """Give the export with more, fewer or other lines around its rows."""
    export = make_export(seed, "lines")
    lines = export.lines()
    blank = ";" * (len(export.header) - 1)
    last = export.rows[-1]
    ways: tuple[tuple[str, str, Sequence[str]], ...] = (
        ("sep", "Eerste regel zegt hoe gescheiden is", ["sep=;", *lines]),
        (
            "titel",
            "Een titel boven de kolomnamen",
            ["Overzicht bijstand", f"Peildatum 29-11-2026{blank}", blank, *lines],
        ),
        ("totaal", "Een totaal eronder", [*lines, f"Totaal;{ROWS};;"]),
        ("leeg-eronder", "Lege rijen eronder", [*lines, blank, blank, blank]),
        ("leeg-ertussen", "Lege rijen ertussen", [*lines[:5], "", blank, *lines[5:]]),
        (
            "kop-herhaald",
            "De kolomnamen op elke bladzijde",
            [*lines[:7], lines[0], *lines[7:]],
        ),
        ("einde-dos", "Een Ctrl+Z aan het eind", [*lines, "\x1a"]),
        (
            "scheiding-aan-eind",
            "Een scheiding achter elke rij",
            [f"{x};" for x in lines],
        ),
        (
            "kop-hoofdletters",
            "Kolomnamen in hoofdletters",
            [lines[0].upper(), *lines[1:]],
        ),
        (
            "kop-spaties",
            "Spaties in de kolomnamen, ook harde",
            [" BSN ; Dossiernummer\u00a0;Ingangsdatum ; Einddatum", *lines[1:]],
        ),
        (
            "kop-aanhalingstekens",
            "Kolomnamen tussen aanhalingstekens",
            [";".join(f'"{x}"' for x in export.header), *lines[1:]],
        ),
        (
            "kolom-dubbel",
            "De kolom BSN staat er twee keer",
            [
                f"BSN;{line}" if n == 0 else f"{line[:9]};{line}"
                for n, line in enumerate(lines)
            ],
        ),
        ("alleen-kop", "Alleen kolomnamen", lines[:1]),
        ("leeg", "Een leeg bestand", []),
        ("afgebroken", "Breekt af in de laatste rij", [*lines[:-1], last[0]]),
    )
    for name, about, written in ways:
        end = "" if name == "afgebroken" else "\n"
        data = ("\n".join(written) + end if written else "").encode()
        yield _make(
            f"regels-{name}",
            about,
            data,
            checked=_CHECKED.get(name, ALL),
            proposed=_PROPOSED.get(name, FOUND),
        )
    joined = {"alleen-cr": "\r", "crlf": "\r\n"}
    for name, sign in joined.items():
        data = (sign.join(lines) + sign).encode()
        yield _make(f"regels-{name}", f"Regeleinde {name}", data)
    yield _make(
        "regels-geen-einde", "Geen regeleinde aan het eind", "\n".join(lines).encode()
    )


def _passing(*passed: PassedOver) -> Checked:
    return Checked(signals=ROWS, passed=passed)


_UPPER: Final = {role: name.upper() for role, name in COLUMNS.items()}
_CHECKED: Final = {
    "titel": _passing(PassedOver(Why.TITLE, 2, (1, 2)), PassedOver(Why.EMPTY, 1, (3,))),
    "totaal": _passing(PassedOver(Why.TOTAL, 1, (ROWS + 2,))),
    "leeg-eronder": _passing(PassedOver(Why.EMPTY, 3, (ROWS + 2, ROWS + 3, ROWS + 4))),
    "leeg-ertussen": _passing(PassedOver(Why.EMPTY, 2, (6, 7))),
    "kop-herhaald": _passing(PassedOver(Why.HEADINGS, 1, (8,))),
    "alleen-kop": Checked(signals=0),
    "leeg": Checked(refusal="leeg"),
    "kolom-dubbel": Checked(refusal="'BSN' van het profiel staat meer dan een keer"),
    "afgebroken": Checked(refusal="breekt af"),
}
_PROPOSED: Final = {
    "kop-hoofdletters": Proposed(_UPPER),
    "alleen-kop": Proposed(
        {"bsn": "BSN", "start": "<VUL IN>", "end": "Einddatum"},
        asks=frozenset({"csv.columns.start", "csv.dates"}),
    ),
    "leeg": Proposed(refusal="kolomnamen"),
    "kolom-dubbel": Proposed(
        {**COLUMNS, "bsn": "<VUL IN>"}, frozenset({"csv.columns.bsn"})
    ),
}


def make_cells(seed: int) -> Iterator[Dirty]:
    """Give exports that separate otherwise, and fields with quotes and line ends."""
    export = make_export(seed, "cells").add("Naam", lambda n: f"De Wit {n}")
    comma = make_export(seed, "comma").write(delimiter=",")
    yield _make(
        "cellen-komma",
        "Gescheiden met komma's; het profiel zegt puntkomma's",
        comma,
    )
    yield _make(
        "cellen-tab",
        "Gescheiden met tabs",
        make_export(seed, "tab").write(delimiter="\t"),
        layout=('delimiter = "\\t"', 'encoding = "utf-8"'),
    )
    ways: tuple[tuple[str, str, Callable[[Export], Export], Checked], ...] = (
        (
            "meer-regels",
            "Een veld van twee regels, met een puntkomma",
            lambda each: each.put("Naam", 3, '"Jan\nde Wit; van"'),
            ALL,
        ),
        (
            "aanhalingsteken",
            "Een los aanhalingsteken in een veld",
            lambda each: each.put("Naam", 3, '"t Hoff" van'),
            Checked(refusal="Vanaf regel 5"),
        ),
        (
            "rijen-verslonden",
            "Twee losse aanhalingstekens slokken rijen op",
            lambda each: each.put("Naam", 3, '"t Hoff').put("Naam", 6, 'Bos"'),
            Checked(ROWS - 4, rejects=(Rejected(5, "", Reason.ROWS_SWALLOWED),)),
        ),
        (
            "rij-te-lang",
            "Een rij heeft een veld te veel",
            lambda each: each.put("Naam", 3, "de Wit;Jan"),
            Checked(
                signals=ROWS - 1,
                rejects=(Rejected(5, "", Reason.RECORD_MALFORMED),),
            ),
        ),
    )
    refused = {"aanhalingsteken": "Vanaf regel 5"}
    for name, about, spoil, checked in ways:
        proposed = Proposed(refusal=refused[name]) if name in refused else FOUND
        yield _make(
            f"cellen-{name}",
            about,
            spoil(export).write(),
            checked=checked,
            proposed=proposed,
        )

"""Words and codes: what is open, which municipality, whom to call, who agreed."""

import unicodedata
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from sources.corpus.exports import COLUMNS, ROWS, Export, make_export, write_profile
from sources.corpus.model import Checked, Dirty, Proposed, Rejected
from sources.corpus.people import invent_numbers
from sources.reasons import Reason

ALL: Final = Checked(signals=ROWS)
SPOILED: Final = 4
LINE: Final = SPOILED + 2
STATUS: Final = COLUMNS | {"status": "Status"}
CODES: Final = """[codes.status]
opens = ["Lopend", "In behandeling"]
closes = ["Beëindigd", "Afgehandeld"]
ignores = ["Aanvraag"]"""


def _make(
    name: str,
    about: str,
    export: Export,
    columns: Mapping[str, str],
    checked: Checked,
    *,
    asks: tuple[str, ...] = (),
    proposed: Mapping[str, str] | None = None,
    codes: str = "",
    municipality: str = "9901",
) -> Dirty:
    profile = write_profile(
        name, columns=columns, codes=codes, municipality=municipality
    )
    found = Proposed(columns if proposed is None else proposed, frozenset(asks))
    return Dirty(name, about, f"{name}.csv", export.write(), profile, found, checked)


def make_statuses(seed: int) -> Iterator[Dirty]:
    """Give exports with a status: known words, an unknown one, a free text."""
    export = make_export(seed, "statuses")
    known = ("Lopend", "In behandeling", "Beëindigd", "Aanvraag")
    plain = export.add("Status", lambda n: known[n % 4])
    yield _make(
        "status-bekend",
        "Woorden waarvan bekend is wat zij betekenen",
        plain,
        STATUS,
        Checked(signals=6, closed=3),
        codes=CODES,
    )
    yield _make(
        "status-onbekend",
        "Opgeschort: open of dicht? Dat zegt het bestand niet",
        plain.put("Status", SPOILED, "Opgeschort"),
        STATUS,
        Checked(5, 3, (Rejected(LINE, "Status", Reason.CODE_UNKNOWN),)),
        asks=("codes.status",),
        codes=CODES,
    )
    apart = unicodedata.normalize("NFD", "Beëindigd")
    yield _make(
        "status-nfd",
        "De ë als e met een los trema",
        plain.change("Status", lambda _n, x: apart if x == "Beëindigd" else x),
        STATUS,
        Checked(signals=6, closed=3),
        codes=CODES,
    )
    ended = ("Lopend", "Gereed", "Stopgezet", "Inactief")
    yield _make(
        "status-dicht",
        "Drie woorden voor: het is voorbij",
        export.add("Status", lambda n: ended[n % 4]),
        STATUS,
        Checked(signals=3, closed=9),
        codes=CODES.replace('"Afgehandeld"', '"Gereed", "Stopgezet", "Inactief"'),
    )
    yield _make(
        "status-vrije-tekst",
        "De status is een verhaal",
        export.add("Status", lambda n: f"wacht nog op een brief van de huisarts {n}"),
        COLUMNS,
        ALL,
        asks=("csv.columns.status", "codes.status.opens"),
        proposed=STATUS | {"status": "<VUL IN>"},
    )


def make_municipalities(seed: int) -> Iterator[Dirty]:
    """Give exports with codes of a municipality, as they are written."""
    columns = COLUMNS | {"municipality": "Gemeentecode"}
    codes = ("0599", "599", "GM0599", "gm599")
    export = make_export(seed, "places").add("Gemeentecode", lambda n: codes[n % 4])
    yield _make(
        "gemeente-nul-kwijt",
        "599, GM0599 en gm599 zijn alle 0599",
        export,
        columns,
        ALL,
        municipality="0599",
    )
    rejects = (Rejected(LINE, "Gemeentecode", Reason.MUNICIPALITY_UNKNOWN),)
    yield _make(
        "gemeente-naam",
        "Een naam in plaats van een code",
        export.put("Gemeentecode", SPOILED, "Rotterdam"),
        columns,
        Checked(ROWS - 1, rejects=rejects),
        municipality="0599",
    )


def make_phones(seed: int) -> Iterator[Dirty]:
    """Give exports with a number of a team, and with numbers of relatives."""
    columns = COLUMNS | {"phone": "Telefoon team"}
    numbers = ("0182 555 101", "+31 182 555102", "0182-555103")
    export = make_export(seed, "phones")
    teams = export.add("Telefoon team", lambda n: numbers[n % 3])
    yield _make("telefoon-team", "Drie nummers van teams", teams, columns, ALL)
    beside = teams.rewrite("Telefoon team", lambda old: f"tel. {old} (optie 2)")
    yield _make(
        "telefoon-met-keuze",
        "Een woord voor het nummer, een keuze erachter",
        beside,
        columns,
        ALL,
    )
    wrong = (
        ("letters", "Letters zijn geen cijfers", "0800 2000 VTH", Reason.PHONE_LETTERS),
        ("te-kort", "Een half nummer", "06-123", Reason.PHONE_INVALID),
        (
            "twee",
            "Twee nummers in een veld",
            "0182 555 101 / 0182 555 102",
            Reason.PHONE_SEVERAL,
        ),
    )
    for name, about, text, reason in wrong:
        rejects = (Rejected(LINE, "Telefoon team", reason),)
        spoiled = teams.put("Telefoon team", SPOILED, text)
        yield _make(
            f"telefoon-{name}",
            about,
            spoiled,
            columns,
            Checked(ROWS - 1, rejects=rejects),
        )
    yield _make(
        "telefoon-familie",
        "Elke rij een ander nummer: van familie, dus nooit voorgesteld",
        export.add("Contactpersoon telefoon", lambda n: f"06 1234 5{n:03}"),
        COLUMNS,
        ALL,
    )


def make_opt_ins(seed: int) -> Iterator[Dirty]:
    """Give an export with opt-ins: maybe is no yes, and leaves only a reject."""
    codes = ("J", "N", "J", "MISSCHIEN")
    columns = COLUMNS | {"opt_in": "Toestemming"}
    export = make_export(seed, "opt-ins").add("Toestemming", lambda n: codes[n % 4])
    rejects = tuple(
        Rejected(n + 2, "Toestemming", Reason.CODE_UNKNOWN) for n in (3, 7, 11)
    )
    yield _make(
        "toestemming-misschien",
        "MISSCHIEN is geen toestemming",
        export,
        columns,
        Checked(6, 6, rejects),
        codes='[codes.opt_in]\nyes = ["J"]\nno = ["N", ""]',
    )


def make_case_numbers(seed: int) -> Iterator[Dirty]:
    """Give exports whose case numbers are shared, or fail."""
    export = make_export(seed, "case numbers")
    partners = list(islice(invent_numbers(seed, "partners"), ROWS))
    shared = export.change("Dossiernummer", lambda n, _x: f"D-{n // 2:03}").change(
        "BSN", lambda n, _x: partners[n]
    )
    layout = ('delimiter = ";"', 'encoding = "utf-8"', "shared_case_numbers = true")
    name = "zaaknummer-gedeeld"
    yield Dirty(
        name,
        "Partners delen een zaak: ieder een signaal",
        f"{name}.csv",
        shared.write(),
        write_profile(name, layout=layout),
        Proposed(COLUMNS),
        ALL,
    )
    rejects = (Rejected(LINE, "Dossiernummer", Reason.CASE_NUMBER_INVALID),)
    yield _make(
        "zaaknummer-leeg",
        "Een zaak zonder nummer",
        export.put("Dossiernummer", SPOILED, ""),
        COLUMNS,
        Checked(ROWS - 1, rejects=rejects),
    )

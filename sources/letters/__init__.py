"""The letter that tells a citizen that a signal is going to stand in the index.

Merged at the agency from its own file: names and addresses are read here, written into
one file for the printer, and go nowhere else. A record gets a letter where `check` says
that it would be sent: what judges the one judges the other; or, of an agency that
delivers already, where the index has no signal of it yet. Who has more than one case
with the same contact holder gets one letter. Dutch at B1 level (GDPR art. 12 and 14:
short, plain, with the citizen's rights).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final

from keys.files import write_whole
from signal_index.wire.deliveries import DeliveryKind
from signal_index.wire.values import Phone
from sources.clock import write_day
from sources.connectors.delimited import open_csv
from sources.connectors.file_kinds import is_archive
from sources.connectors.mapped import find_telling
from sources.connectors.table import find_missing
from sources.errors import InvalidProfile, LettersRefused
from sources.foreseeing import find_lines, foresee, open_copy
from sources.intake.files import FileIntake
from sources.intake.listening import Listening
from sources.layouts import CsvLayout
from sources.outbox.deliveries import count_by_field
from sources.outbox.strays import count_strays
from sources.outbox_key import OutboxKey
from sources.passed_over import say_passed
from sources.phones import write_phone
from sources.profile import Profile
from sources.publisher.task import Task
from sources.reasons import say_rejects
from sources.values import Case, CaseNumber, Reading

_NOBODY: Final = (
    "Er is geen brief gemaakt. Onder dit zaaknummer of op deze regel staat geen open "
    "zaak, of het record wordt afgewezen: `signal-source check` zegt waarom."
)
_CSV_ALONE: Final = (
    "Brieven worden uit een CSV-bestand gemaakt. Sla een werkmap op als CSV, en maak "
    "daar met `signal-source profile init BESTAND` een profiel bij."
)
_NO_LETTERS: Final = (
    "Er is geen brief gemaakt: uit dit bestand gaat geen enkel signaal. "
    "`signal-source check` zegt waarom."
)


_NOBODY_NEW: Final = (
    "Er is geen brief gemaakt: in dit bestand staat geen zaak die nieuw is. Elke zaak "
    "waarvan een signaal zou gaan, is al aangeleverd."
)
_BEGUN_ANEW: Final = (
    "Er is geen brief gemaakt. U begon met een nieuw postvak: wie al een brief kreeg, "
    "is hier nog niet te zien. Lever eerst alles aan, of kies zonder --new: met --case."
)


@dataclass(frozen=True, slots=True)
class Told:
    """The outbox that says what was delivered before, and its key; None without one."""

    outbox: Path | None
    key: OutboxKey | None


@dataclass(frozen=True, slots=True)
class LetterTerms:
    """What stands in every letter; `name` and `address` name columns of the file.

    `chosen` are the case numbers, and `lines` the lines of the file, that get a letter;
    without any, every case does. `told`: what was delivered before, and then only what
    was not gets one.
    """

    about: str
    organisation: str
    name: str
    address: tuple[str, ...]
    today: date
    chosen: frozenset[str] = frozenset()
    lines: frozenset[int] = frozenset()
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom one letter is for."""

    name: str = field(repr=False)
    address: tuple[str, ...] = field(repr=False)
    contact: str
    phone: Phone


@dataclass(frozen=True, slots=True)
class Letters:
    """How many were written, and in sentences which records got none, and why."""

    count: int
    passed: Sequence[str]


def write_letters(
    source: Path, into: Path, profile: Profile, terms: LetterTerms
) -> Letters:
    """Write one page per citizen for the printer, and give how many, and who got none.

    The file is written whole or not at all, for its owner, and over no other. Raises
    `InvalidProfile` where the file is not CSV, `LettersRefused` where a column is
    missing, nothing is to be written, or nowhere to write it.
    """
    recipients, passed = _find_recipients(source, profile, terms)
    if not recipients:
        raise LettersRefused(_say_nobody(terms))
    letter = _read_text("letter.html")
    pages = "\n".join(_render(letter, one, terms) for one in recipients)
    text = _read_text("frame.html").substitute(pages=pages)
    try:
        write_whole(into, text.encode())
    except FileExistsError:
        raise LettersRefused(
            f"{into.name} bestaat al. Er is niets geschreven. Kies bij --into een "
            "andere naam, of haal het oude bestand eerst weg."
        ) from None
    except OSError:
        raise LettersRefused(
            f"{into.name} is niet te schrijven. Er is niets geschreven. Bestaat de "
            "map, mag u daar schrijven, en is er ruimte op de schijf?"
        ) from None
    return Letters(len(recipients), passed)


def _say_nobody(terms: LetterTerms) -> str:
    if terms.chosen or terms.lines:
        return _NOBODY
    return _NOBODY_NEW if terms.told else _NO_LETTERS


def _find_recipients(
    source: Path, profile: Profile, terms: LetterTerms
) -> tuple[Sequence[Recipient], Sequence[str]]:
    if profile.csv is None:
        raise InvalidProfile(_CSV_ALONE)
    if profile.identify:
        # Who is not found gets no signal, and so no letter that says so.
        raise InvalidProfile("Brieven vragen een bestand met een BSN.")
    wanted = (terms.name, *terms.address)
    _verify_columns(source, profile.csv, wanted)
    found = _judge(source, profile, terms)
    made: dict[object, Recipient] = {}
    same = 0
    for line, row in _read_rows(source, profile, wanted):
        if (case := found.cases.get(line)) is not None:
            holder = case.contact.holder
            lines = tuple(row[name] for name in terms.address if row[name])
            one = Recipient(
                _address(row[terms.name]), lines, holder.function, holder.phone
            )
            whose = (case.bsn, one.contact, one.phone)
            same += whose in made
            made.setdefault(whose, one)
    told = [f"{same} x dezelfde inwoner met meer zaken: die krijgt een brief."]
    return list(made.values()), [*(told if same else ()), *found.passed]


@dataclass(frozen=True, slots=True)
class _Judged:
    """The cases that get a letter, by their line; and in sentences what gets none."""

    cases: Mapping[int, Case]
    passed: Sequence[str]


def _judge(source: Path, profile: Profile, terms: LetterTerms) -> _Judged:
    """Judge a file as `check` does, as a first delivery or beside what was delivered.

    Nothing is kept. Raises `LettersRefused` where it is not known what was delivered.
    """
    read: dict[int, Case] = {}

    def hear(reading: Reading) -> None:
        for one in reading:
            if isinstance(one, Case) and one.place.line is not None:
                read[one.place.line] = one

    intake = Listening(FileIntake(source, profile), hear)
    noon = datetime.combine(terms.today, time(12), UTC)
    before = terms.told or Told(None, None)
    with open_copy(before.outbox, before.key) as outbox:
        if count_strays(outbox):
            raise LettersRefused(_BEGUN_ANEW)
        task = Task(intake, profile, DeliveryKind.FULL)
        delivery = foresee(outbox, task, now=noon, told=lambda _count: None).delivery
        sent = find_lines(outbox, delivery.id, is_new=True)
        changed = len(find_lines(outbox, delivery.id, is_new=False)) - len(sent)
        rejects = count_by_field(outbox, delivery.id)
    cases = {
        line: one
        for line, one in read.items()
        if line in sent and _is_chosen(one, terms)
    }
    if terms.chosen or terms.lines:
        return _Judged(cases, ())
    aside = {
        "al aangeleverd": delivery.counts.unchanged + changed,
        "afgelopen": delivery.ended,
        "nog niet begonnen": delivery.not_begun,
        "niets te melden": delivery.ignored,
    }
    passed = [*say_passed(delivery.passed), *(say_rejects(each) for each in rejects)]
    passed += [f"{count} x {what}." for what, count in aside.items() if count]
    return _Judged(cases, passed)


def _verify_columns(source: Path, layout: CsvLayout, wanted: Sequence[str]) -> None:
    """Refuse columns that the file does not have, before a whole file is read."""
    with source.open("rb") as file:
        if is_archive(file):
            raise InvalidProfile(_CSV_ALONE)
        _lines, table = open_csv(file, layout, ())
        missing = find_missing(table.header, wanted)
    if missing:
        raise LettersRefused(
            f"Deze kolommen staan niet in het bestand: {', '.join(missing)}. Geef bij "
            "--name en --address een kolomnaam, niet wat eronder staat. Het "
            f"bestand heeft: {', '.join(filter(None, table.header))}."
        )


def _is_chosen(case: Case, terms: LetterTerms) -> bool:
    """Tell whether a case gets a letter; partners under one number all do."""
    if not terms.chosen and not terms.lines:
        return True
    number = case.key.text if isinstance(case.key, CaseNumber) else None
    return number in terms.chosen or case.place.line in terms.lines


def _read_rows(
    source: Path, profile: Profile, wanted: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    layout = profile.csv
    if layout is None:
        return
    with source.open("rb") as file:
        _lines, table = open_csv(file, layout, wanted)
        for line, row in table.rows(*find_telling(layout.columns)):
            if len(row) == len(table.header):
                yield (
                    line,
                    {name: row[table.positions[name]].strip() for name in wanted},
                )


def _address(name: str) -> str:
    """Give a name as one is addressed: of "Vries, A. de" that is "A. de Vries"."""
    last, comma, first = (part.strip() for part in name.partition(","))
    return f"{first} {last}" if comma and first else last


def _render(letter: Template, one: Recipient, terms: LetterTerms) -> str:
    address = "<br>".join(escape(line) for line in (one.name, *one.address))
    return letter.substitute(
        address=address,
        name=escape(one.name),
        about=escape(terms.about),
        organisation=escape(terms.organisation),
        contact=escape(one.contact),
        phone=escape(write_phone(one.phone)),
        day=write_day(terms.today),
    )


def _read_text(name: str) -> Template:
    return Template((resources.files("sources.letters") / name).read_text("utf-8"))

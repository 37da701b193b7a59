"""The letter that tells a citizen that a signal is going to stand in the index.

Merged at the agency from its own file: names and addresses are read here, written into
one file for the printer, and go nowhere else. Only records that would be published get
a letter. Dutch at B1 level (GDPR art. 12 and 14: short, plain, with the citizen's
rights).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final

from signal_index.wire.values import Phone
from sources.connectors import read_file
from sources.connectors.delimited import open_csv
from sources.connectors.mapped import find_telling
from sources.errors import InvalidProfile
from sources.phones import write_phone
from sources.profile import Profile
from sources.values import Case

MONTHS: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus"),
    *("september", "oktober", "november", "december"),
)


@dataclass(frozen=True, slots=True)
class LetterTerms:
    """What stands in every letter; `address` names columns, line by line."""

    about: str
    organisation: str
    name: str
    address: tuple[str, ...]
    today: date


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom one letter is for."""

    name: str = field(repr=False)
    address: tuple[str, ...] = field(repr=False)
    contact: str
    phone: Phone


def write_letters(
    source: Path, into: Path, profile: Profile, terms: LetterTerms
) -> int:
    """Write one page per citizen for the printer, and give how many.

    Raises `InvalidProfile` where the file is not CSV, `UnreadableFile` where a column
    is missing.
    """
    recipients = list(_find_recipients(source, profile, terms))
    letter = _read_text("letter.html")
    pages = "\n".join(_render(letter, one, terms) for one in recipients)
    into.touch(mode=0o600)
    into.write_text(_read_text("frame.html").substitute(pages=pages), "utf-8")
    return len(recipients)


def _find_recipients(
    source: Path, profile: Profile, terms: LetterTerms
) -> Iterator[Recipient]:
    if profile.csv is None:
        raise InvalidProfile("Brieven worden uit een CSV-bestand gemaakt.")
    if profile.identify:
        # Who is not found gets no signal, and so no letter that says so.
        raise InvalidProfile("Brieven vragen een bestand met een BSN.")
    with source.open("rb") as file:
        readings = read_file(file, profile, today=terms.today)
        cases = {
            one.place.line: one
            for reading in readings
            for one in reading
            if isinstance(one, Case) and one.place.line is not None
        }
    wanted = (terms.name, *terms.address)
    for line, row in _read_rows(source, profile, wanted):
        if (case := cases.get(line)) is not None:
            holder = case.contact.holder
            lines = tuple(row[name] for name in terms.address if row[name])
            yield Recipient(row[terms.name], lines, holder.function, holder.phone)


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


def _render(letter: Template, one: Recipient, terms: LetterTerms) -> str:
    today = terms.today
    address = "<br>".join(escape(line) for line in (one.name, *one.address))
    return letter.substitute(
        address=address,
        name=escape(one.name),
        about=escape(terms.about),
        organisation=escape(terms.organisation),
        contact=escape(one.contact),
        phone=escape(write_phone(one.phone)),
        day=f"{today.day} {MONTHS[today.month - 1]} {today.year}",
    )


def _read_text(name: str) -> Template:
    return Template((resources.files("sources.letters") / name).read_text("utf-8"))

"""Whom the demo's population register knows; nobody of them exists.

- The town's own invented people, in the households that the agencies' files have.
- Persons of the official test set of the register (RvIG), as published with the BRP
  API: a family, an ended marriage, namesakes of one day, somebody who died, somebody
  who left, data under investigation, data that are secret.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from deploy.town.people import SEED, SIZE, People
from sources.population.people import Citizen, Town

FIRST_NAMES: Final = (
    *("Noor", "Bram", "Aylin", "Daan", "Sofie", "Youssef", "Lotte", "Milan", "Esra"),
    *("Ruben", "Fleur", "Kofi", "Iris", "Teun", "Samira", "Jelle", "Hanna", "Emre"),
    *("Roos", "Wout", "Chantal", "Igor", "Mei", "Sander", "Naomi", "Piet", "Yara"),
)
SURNAMES: Final = (
    *(("", "Kamphuis"), ("van", "Oorschot"), ("", "Yildirim"), ("de", "Graaf")),
    *(("", "Benali"), ("van den", "Heuvel"), ("", "Zijlstra"), ("", "Amoah")),
    *(("ter", "Horst"), ("", "Wieringa"), ("", "Nowak"), ("van der", "Sluis")),
    *(("", "Schipper"), ("", "Haddad"), ("de", "Wildt"), ("", "Rietveld")),
)
MONTHS: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus"),
    *("september", "oktober", "november", "december"),
)
ADULT_DAYS: Final = 18 * 365
DEAD: Final = ("O", "overlijden")
LEFT: Final = ("E", "emigratie")


@dataclass(frozen=True)
class Entry:
    """One person of the register: first names, prefix, surname, and what is said."""

    number: str
    name: tuple[str, str, str]
    born: str
    partner: str = ""
    former_partner: str = ""
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    ended: tuple[str, str] | None = None
    secret: bool = False
    investigated: bool = False
    lines: tuple[str, str] = ("Kerkplein 1", "9901 AA  VOORBEELDSTAD")


MEREL: Final = "999993847"
NAMESAKES: Final = ("999994426", "999992132")
OFFICIAL: Final = (
    Entry(
        MEREL,
        ("Merel", "", "Kooyman"),
        "1982-04-10",
        partner="999990184",
        parents=("999991887", "999991346"),
        children=("999994918", "999995121"),
    ),
    Entry("999990184", ("Martin Gerard", "", "Maassen"), "1975-03-06", partner=MEREL),
    Entry("999991887", ("Irene Louise", "", "Holthuizen"), "1954-05-05"),
    Entry("999991346", ("Jan Adrianus", "", "Kooyman"), "1950-03-04"),
    Entry("999994918", ("Catharina-Amalia", "", "Maassen"), "2003-11-07"),
    Entry("999995121", ("Lisanne-Caroline", "", "Maassen"), "2002-02-22", ended=LEFT),
    Entry("999992077", ("Jan", "", "Staart"), "2015-01-01", ended=DEAD),
    Entry(
        "999994931",
        ("Jan", "de", "Jager"),
        "1970-12-01",
        former_partner="999994785",
        children=("999992107",),
        secret=True,
    ),
    Entry(
        "999994785",
        ("Anita", "", "Jansen"),
        "1971-01-01",
        former_partner="999994931",
        children=("999992107",),
        secret=True,
    ),
    Entry("999992107", ("Jaffe", "de", "Jager"), "2005-01-01"),
    Entry("999994086", ("Lethe", "", "Olympos"), "1986-04-01", investigated=True),
    *(
        Entry(
            number,
            ("Johannes Hendrikus Jacobus", "", "Käster"),
            "1958-10-09",
            lines=(street, "9901 AB  VOORBEELDSTAD"),
        )
        for number, street in zip(NAMESAKES, ("Singel 4", "Veldweg 90"), strict=True)
    ),
)
"""Numbers, names, days and families as in the test set of 2 May 2022."""


def list_register(people: People, *, without: Collection[str]) -> list[dict[str, Any]]:
    """Give everybody but some, as the register gives them."""
    settled = Town(SEED, people.on).settle(SIZE)
    citizens = [each for each in settled if each.bsn not in without]
    return write_persons([*name_citizens(citizens, people.on), *OFFICIAL])


def name_citizens(citizens: Sequence[Citizen], on: date) -> list[Entry]:
    """Give the town's people names and families."""
    households: dict[int, list[Citizen]] = {}
    for citizen in citizens:
        households.setdefault(citizen.household, []).append(citizen)
    return [each for one in households.values() for each in _name_household(one, on)]


def write_persons(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Give entries in the form of the BRP API; family is described by its own entry."""
    known = {entry.number: entry for entry in entries}
    return [_write(entry, known) for entry in entries]


def _name_household(members: Sequence[Citizen], on: date) -> list[Entry]:
    grown = [(on - each.born).days >= ADULT_DAYS for each in members]
    adults = tuple(m.bsn for m, adult in zip(members, grown, strict=True) if adult)
    children = tuple(m.bsn for m in members if m.bsn not in adults)
    named = [_name(each, place) for place, each in enumerate(members)]
    return [
        replace(
            _age(entry, place, members[0].household),
            children=children,
            partner=_other(entry.number, adults),
        )
        if entry.number in adults
        else replace(entry, parents=adults)
        for place, entry in enumerate(named)
    ]


def _age(entry: Entry, place: int, household: int) -> Entry:
    """Give an adult the years of a parent: the drawn ones are of anybody over 18."""
    year = 1972 + (household * 3 + place) % 17
    return replace(entry, born=f"{year}{entry.born[4:].replace('-02-29', '-02-28')}")


def _name(citizen: Citizen, place: int) -> Entry:
    family = citizen.household
    prefix, surname = SURNAMES[(family + (7 if place == 1 else 0)) % len(SURNAMES)]
    first = FIRST_NAMES[(family * 5 + place * 3 + citizen.born.day) % len(FIRST_NAMES)]
    line = f"Hofweg {family + 1}"
    return Entry(
        citizen.bsn,
        (first, prefix, surname),
        citizen.born.isoformat(),
        lines=(line, "9901 AA  VOORBEELDSTAD"),
    )


def _other(number: str, couple: Sequence[str]) -> str:
    others = [each for each in couple if each != number]
    return others[0] if len(couple) == 2 and others else ""


def _write(entry: Entry, known: dict[str, Entry]) -> dict[str, Any]:
    line1, line2 = entry.lines
    partners = [_relate(known[entry.partner])] if entry.partner else []
    if entry.former_partner:
        ended = {"ontbindingHuwelijkPartnerschap": {"datum": write_day("2006-12-31")}}
        partners.append(_relate(known[entry.former_partner]) | ended)
    code, reason = entry.ended or ("", "")
    return {
        **_relate(entry),
        "adressering": {"adresregel1": line1, "adresregel2": line2},
        "partners": partners,
        "ouders": [_relate(known[each]) for each in entry.parents],
        "kinderen": [_relate(known[each]) for each in entry.children],
        **({"geheimhoudingPersoonsgegevens": True} if entry.secret else {}),
        **(
            {"inOnderzoek": {"burgerservicenummer": True}} if entry.investigated else {}
        ),
        **(
            {"opschortingBijhouding": {"reden": {"code": code, "omschrijving": reason}}}
            if code
            else {}
        ),
    }


def _relate(entry: Entry) -> dict[str, Any]:
    first, prefix, surname = entry.name
    initials = "".join(f"{name[0]}." for name in first.replace("-", " ").split())
    return {
        "burgerservicenummer": entry.number,
        "naam": {
            "voornamen": first,
            "voorletters": initials,
            **({"voorvoegsel": prefix} if prefix else {}),
            "geslachtsnaam": surname,
        },
        "geboorte": {"datum": write_day(entry.born)},
    }


def write_day(day: str) -> dict[str, str]:
    """Give a whole day as the register gives it."""
    year, month, number = day.split("-")
    words = f"{int(number)} {MONTHS[int(month) - 1]} {year}"
    return {"type": "Datum", "datum": day, "langFormaat": words}

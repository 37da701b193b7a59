"""A gateway of test persons, and the files of a partner who has no numbers.

Nobody here exists. The gateway speaks BRP API Personen 2.x over httpx, in memory.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from sources.brp.gateway import HttpGateway
from sources.brp.identifying import Identifier
from sources.brp.settings import BrpPlace
from sources.brp.wire import Person
from sources.outbox.store import Outbox
from sources.publisher.patience import Patience
from sources.values import Sought
from tests.sources_builders import NOW, a_number

PARTNER = "00000001000000000077"
KEY = "sleutel-van-de-koppeling"
BORN = date(1980, 5, 17)
PROFILE = """
name = "vroegsignalen"
format = "csv"
category = "vroegsignalering"
municipalities = ["9901"]
valid_months = 6
informed = "informed-by-letter"
default_contact = "TEAM"
identify = "brp"

[csv]
delimiter = ";"
encoding = "utf-8"
dates = ["%Y-%m-%d"]

[csv.columns]
case_number = "Melding"
start = "Datum"
surname = "Achternaam"
initials = "Voorletters"
birth = "Geboren"
postcode = "Postcode"
house_number = "Huisnummer"

[contacts.TEAM]
function = "Team Vroegsignalering"
phone = "0182 555 400"
last_verified = 2026-10-01
"""
HEADER = (
    *("Melding", "Datum", "Achternaam", "Voorletters"),
    *("Geboren", "Postcode", "Huisnummer"),
)


def a_sought(**changed: Any) -> Sought:  # noqa: ANN401 - fields by name
    """Somebody who is sought; override one thing."""
    given: dict[str, Any] = {
        "surname": "Zeldzaam",
        "born": BORN,
        "postcode": "9901ZZ",
        "house_number": 12,
        "initials": "Q",
    }
    return Sought(**(given | changed))


def a_person(number: str | None = None, **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """That person as the register gives them; override whole members."""
    person = {
        "burgerservicenummer": a_number(1) if number is None else number,
        "naam": {"voorletters": "Q.", "geslachtsnaam": "Zeldzaam"},
        "geboorte": {"datum": {"type": "Datum", "datum": BORN.isoformat()}},
        "adressering": {
            "adresregel1": "Lange Nieuwstraat 12",
            "adresregel2": "9901 ZZ  VOORBEELDSTAD",
        },
    }
    return person | changed


def read(person: dict[str, Any]) -> Person:
    return Person.model_validate(person)


def a_row(**changed: str) -> dict[str, str]:
    """A report of arrears; override one thing."""
    row = {
        "Melding": "M-1",
        "Datum": "2026-11-01",
        "Achternaam": "Zeldzaam",
        "Voorletters": "Q.",
        "Geboren": BORN.isoformat(),
        "Postcode": "9901 zz",
        "Huisnummer": "12 bis",
    }
    return row | changed


def write_reports(path: Path, *rows: dict[str, str]) -> Path:
    lines = [";".join(HEADER)]
    lines += [";".join(row[name] for name in HEADER) for row in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@dataclass
class FakeRegister:
    """Answers by surname, as a register does; remembers every question."""

    persons: Sequence[dict[str, Any]] = ()
    status: int = 200
    body: bytes | None = None
    asked: list[httpx.Request] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.body is not None:
            return httpx.Response(self.status, content=self.body)
        if self.status != 200:
            return httpx.Response(self.status, json={"title": "Zeldzaam"})
        question = json.loads(request.content)
        found = [
            one
            for one in self.persons
            if one["naam"]["geslachtsnaam"].casefold()
            == question["geslachtsnaam"].casefold()
            and one["geboorte"]["datum"].get("datum") == question["geboortedatum"]
        ]
        return httpx.Response(200, json={"type": question["type"], "personen": found})


async def no_sleep(_seconds: float) -> None: ...


def an_identifier(
    folder: Path,
    outbox: Outbox,
    register: FakeRegister,
    **changed: Any,  # noqa: ANN401
) -> Identifier:
    """What a municipality finds persons with; the register stands in memory."""
    key = folder / "brp.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(KEY)
    given: dict[str, Any] = {
        "url": "https://brp.test/haalcentraal/api/brp",
        "key_file": key,
        "on_behalf_of": PARTNER,
        "basis": "wgs-8",
        "most_per_day": 100,
    }
    place = BrpPlace(**(given | changed))
    client = httpx.AsyncClient(transport=httpx.MockTransport(register.answer))
    patience = Patience(lambda: NOW, attempts=2, sleep=no_sleep)
    return Identifier(outbox, HttpGateway(client, place, patience), place)

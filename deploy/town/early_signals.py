"""A housing corporation reports arrears, without numbers; the municipality finds whom.

The municipality runs the agent, asks its gateway of test persons, and publishes for
the corporation. One of the three reports could be about either of two persons, and
waits for somebody to decide.
"""

import csv
import json
import secrets
import sys
from pathlib import Path
from typing import Any

from deploy.town.commands import run
from deploy.town.parties import EARLY_SIGNALS
from deploy.town.people import People
from deploy.town.places import Places
from deploy.town.processes import Party
from deploy.town.publishing import Published
from deploy.town.register import list_register, write_day
from deploy.town.settings_files import PROFILES

BORN = "1979-03-14"
FOUND, IN_DOUBT = 2, 1


def write_register(places: Places, people: People) -> None:
    """Make the register of test persons, the gateway's key and the file of reports."""
    places.brp.mkdir(parents=True, exist_ok=True)
    persons = places.brp / "persons.json"
    reported = people.unknown[-4:]
    known = [*list_persons(reported), *list_register(people, without=reported)]
    persons.write_text(json.dumps(known), "utf-8")
    if not places.brp_key.exists():
        places.brp_key.touch(mode=0o600)
        places.brp_key.write_text(secrets.token_urlsafe(32), "ascii")
    write_reports(places.agency(EARLY_SIGNALS.slug) / EARLY_SIGNALS.file)


def write_reports(path: Path) -> None:
    """Write what the corporation reports: names and addresses, no number."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, list(REPORTS[0]), delimiter=";")
        rows.writeheader()
        rows.writerows(REPORTS)


def brp_party(places: Places) -> Party:
    """Give the gateway of test persons."""
    command = [
        *(sys.executable, "-m", "deploy.brp"),
        *("--persons", str(places.brp / "persons.json")),
        *("--key-file", str(places.brp_key)),
        *("--port", str(places.brp_port)),
    ]
    return Party("brp", command, f"{places.brp_url}/health")


def publish_reports(places: Places) -> Published:
    """Have the municipality's agent publish the reports; raises `PartyFailed`."""
    folder = places.agency(EARLY_SIGNALS.slug)
    profile = PROFILES / EARLY_SIGNALS.profile
    command = ["signal-source", "publish", "--settings", "agency.toml"]
    given = ["--profile", str(profile), "--json", EARLY_SIGNALS.file]
    said = json.loads(run([*command, *given], folder).splitlines()[-1])
    return Published(said["accepted"], said["rejected"], said["unchanged"])


def list_doubts(places: Places) -> list[dict[str, str]]:
    """Give the reports that wait for somebody, by their references alone."""
    command = ["signal-source", "brp", "list", "--settings", "agency.toml"]
    folder = places.agency(EARLY_SIGNALS.slug)
    found: list[dict[str, str]] = json.loads(run([*command, "--json"], folder))
    return found


def list_persons(numbers: tuple[str, ...]) -> list[dict[str, Any]]:
    """Give four invented persons with these numbers; the last two are namesakes."""
    first, second, twin, other = numbers
    return [
        _person(first, ("Q.", "", "Duijvenstein"), "Hofje 3"),
        _person(second, ("A.B.", "van der", "Zandbergen"), "Plein 1940 12A"),
        _person(twin, ("M.", "", "Noordhof"), "Kade 7"),
        _person(other, ("M.", "", "Noordhof"), "Ring 81"),
    ]


def _person(number: str, name: tuple[str, str, str], line: str) -> dict[str, Any]:
    initials, prefix, surname = name
    return {
        "burgerservicenummer": number,
        "naam": {
            "voorletters": initials,
            "geslachtsnaam": surname,
            **({"voorvoegsel": prefix} if prefix else {}),
        },
        "geboorte": {"datum": write_day(BORN)},
        "adressering": {
            "adresregel1": line,
            "adresregel2": "9901AA  VOORBEELDSTAD",
        },
    }


def _report(number: int, name: tuple[str, str], house: str) -> dict[str, str]:
    return {
        "Melding": f"WV-{number}",
        "Meldingsdatum": "2026-11-02",
        "Achternaam": name[1],
        "Voorletters": name[0],
        "Geboortedatum": BORN,
        "Postcode": "9901 AA",
        "Huisnummer": house,
    }


REPORTS = (
    _report(1, ("Q.", "DUIJVENSTEIN"), "3"),
    _report(2, ("A.", "Zandbergen, van der"), "12 A"),
    _report(3, ("M.", "Noordhof"), "7"),
)

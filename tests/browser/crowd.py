"""More than the demo's town has: nine flags with the longest texts, and every way in
which a contact person is not simply there.

Published as an agency would: its own `signal-source`, a profile and a file of changes.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from deploy.town.commands import run
from deploy.town.parties import FOUNDED, MUNICIPALITY
from deploy.town.people import People
from deploy.town.places import Places
from deploy.town.settings_files import write_toml
from sources.clock import now

INCOME, DEBTS = ("income-support", "bijstand"), ("debt-help", "schuldhulpverlening")
BESIDE = "{}-9901"  # what the agency's own profile is called
LONGEST_NAME = "Mevrouw W.A.M. van Oldenbarnevelt-Schimmelpenninck-Wagenaar"
LONGEST_ROLE = "Consulent bijzondere bijstand en minimaregelingen, Centrum 1"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = [
    {"days": ["mon", "wed", "fri"], "from": "08:30", "to": "12:15"},
    {"days": ["tue", "thu"], "from": "13:00", "to": "17:30"},
    {"days": ["sat"], "from": "09:00", "to": "11:45"},
]
Contact = dict[str, Any]


@dataclass(frozen=True)
class Crowd:
    """Whom to look up for it."""

    nine: str
    hard_to_reach: str


def publish_crowd(places: Places, people: People) -> Crowd:
    """Publish for two citizens whom no agency knew."""
    crowd = Crowd(people.unknown[-1], people.unknown[-2])
    wide = {f"WIDE-{place}": _longest(place) for place in range(9)}
    hard = _hard_to_reach(now().date())
    income = [(crowd.nine, key) for key in list(wide)[:5]]
    income += [(crowd.hard_to_reach, key) for key in hard]
    _publish(places, INCOME, wide | hard, income)
    _publish(places, DEBTS, wide, [(crowd.nine, key) for key in list(wide)[5:]])
    return crowd


def _longest(place: int) -> Contact:
    """Give a contact holder with every field, each as long as it may be."""
    return {
        "function": LONGEST_ROLE[:-1] + str(place),
        "name": LONGEST_NAME,
        "phone": f"0182 555 30{place}",
        "out_of_hours_phone": f"0182 555 40{place}",
        "last_verified": date(2025, 1, 15),
        "office_hours": HOURS,
        "deputy": {
            "function": LONGEST_ROLE,
            "name": LONGEST_NAME,
            "phone": f"0182 555 50{place}",
        },
        "absent_until": date(2027, 12, 31),
    }


def _hard_to_reach(today: date) -> dict[str, Contact]:
    yesterday = WEEK[(today - timedelta(days=1)).weekday()]
    known = {"phone": "0182 555 101", "last_verified": today}
    shut = [{"days": [yesterday], "from": "09:00", "to": "17:00"}]
    away = {"absent_until": today + timedelta(days=3)}
    deputy = {"function": "Teamcoach", "name": "J. Smit", "phone": "0182 555 100"}
    return {
        "NIGHT": known
        | {"function": "Nachtploeg", "office_hours": shut}
        | {"out_of_hours_phone": "0182 555 199"},
        "SHUT": known | {"function": "Loket", "office_hours": shut},
        "AWAY": known | {"function": "Regisseur", "deputy": deputy} | away,
        "ALONE": known | {"function": "Eenpitter"} | away,
        "OLD": known | {"function": "Archief", "last_verified": date(2025, 1, 15)},
    }


def _publish(
    places: Places,
    agency: tuple[str, str],
    contacts: dict[str, Contact],
    signals: list[tuple[str, str]],
) -> None:
    slug, category = agency
    folder = places.agency(slug)
    people = [*contacts.values(), *(one.get("deputy", {}) for one in contacts.values())]
    words = {
        one[each] for one in people for each in ("function", "name") if each in one
    }
    oin = next(one.submitter for one in FOUNDED if one.slug == slug)
    approve = ["signal-index", "contact-label", "approve", oin, *sorted(words)]
    said = ["--by", "college", "--on", "2026-01-05", "--settings", "index.toml"]
    run([*approve, *said], places.index)
    profile = folder / "crowd.toml"
    beside = {"beside": [BESIDE.format(slug)]}
    write_toml(profile, beside | _profile(category, contacts))
    _write_file(folder / "crowd.csv", signals)
    # What the Kredietbank took over in another test, no file of it ever told.
    run(["signal-source", "outbox", "beside", "--settings", "agency.toml"], folder)
    command = ["signal-source", "publish", "--settings", "agency.toml"]
    run([*command, "--profile", str(profile), "--delta", "crowd.csv"], folder)


def _profile(category: str, contacts: dict[str, Contact]) -> dict[str, Any]:
    return {
        "name": "crowd",
        "format": "csv",
        "category": category,
        "municipalities": [MUNICIPALITY],
        "valid_months": 12,
        "informed": "informed-by-letter",
        "csv": {
            "delimiter": ";",
            "encoding": "utf-8",
            "dates": ["%Y-%m-%d"],
            "columns": {
                "bsn": "BSN",
                "case_number": "Zaak",
                "start": "Start",
                "contact": "Contact",
            },
        },
        "contacts": contacts,
    }


def _write_file(path: Path, signals: list[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("BSN", "Zaak", "Start", "Contact"))
        for place, (number, contact) in enumerate(signals):
            writer.writerow((number, f"CROWD-{place:03d}", "2025-03-01", contact))

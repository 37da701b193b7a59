"""Found the town: make every party's keys, settings and registrations.

Keys and data are made once and kept; settings, the provider's clients and the
registrations are written at each start (registering the same again changes nothing).
"""

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

from deploy.town.ceremony import make_key
from deploy.town.commands import run
from deploy.town.parties import (
    DESKS,
    EARLY_SIGNALS,
    FOUNDED,
    MUNICIPALITY,
    PORTAL_CLIENT,
    SCHOOL_DESK,
    SUPERVISOR,
    TEAM,
    TOWN_HALL,
    WITNESS,
)
from deploy.town.places import Places
from deploy.town.provider import (
    write_broker,
    write_case_system_key,
    write_provider,
)
from deploy.town.settings_files import write_settings, write_toml, write_witness

BY_HAND = tuple(desk for desk in DESKS if desk.signals_by_hand)
TENDING = tuple(desk for desk in DESKS if desk.tends_contacts)
ESTABLISHED = {
    "wmo-onderzoek": "college",
    "schuldhulp-toegang": "college",
    "jeugdhulp-toegang": "college",
    "leerplicht-uitvoering": "college",
    "veiligheid": "college",
}
LEAD = "Casusregisseur wijkteam Centrum"
TEAMS = (
    "Klantmanager Inkomen, team Noord",
    "Klantmanager Inkomen, team Zuid",
    "Teamcoach Inkomen Noord",
)
"""What contact holders are called that is on no list for all: of a team, of the income
support."""
LOOP_ACTS = (
    *("notice-of-lookup", "match", "follow", "colleague", "hand-signal"),
    "answer",
)
ESTABLISHED_ON = date(2026, 1, 5)
MANDATE = ("employee-anke", f"--organisation={TOWN_HALL}", "--until=2027-12-31")


def program(name: str) -> str:
    """Give the path of one of our commands, beside the Python that runs this."""
    return str(Path(sys.executable).parent / name)


def found_town(places: Places) -> None:
    """Make whatever this town still lacks and write its settings anew.

    Raises `PartyFailed` with the words of the command that refused.
    """
    places.folder.mkdir(parents=True, exist_ok=True)
    _make_keys(places)
    write_settings(places)
    write_provider(places)
    write_broker(places)
    write_toml(places.index / "registry.toml", _registry(places))
    (places.folder / "checkpoint").mkdir(exist_ok=True)
    _run_index(places, "migrate")
    is_new = not (places.index / "keys").exists()
    if is_new:
        _run_index(places, "keys", "create")
    _run_index(places, "load", "registry.toml")
    if is_new:
        _run_index(places, "account", "mandate", *MANDATE)
        _run_index(places, "keys", "take-record", str(places.keys / "record.json"))
    write_witness(places)


def _run_index(places: Places, *verb: str) -> None:
    run(["signal-index", *verb, "--settings", "index.toml"], places.index)


def _make_keys(places: Places) -> None:
    """Make each party's keys with its own command, once, in its own folder."""
    write_case_system_key(places)
    desk = ["signal-desk", "keys", "create", "--client-algorithm", "Ed25519", "--into"]
    portal = ["signal-portal", *desk[1:]]
    by_hand = ["signal-desk", "keys", "hand-signals", "--into"]
    contacts = ["signal-desk", "keys", "contacts", "--into"]
    if not places.keys.exists():
        make_key(places.keys)
    jobs = [
        (places.witness, ["signal-index", "witness", "create", "--name", WITNESS]),
        *((places.desk_folder(each) / "keys", desk) for each in DESKS),
        (places.portal / "keys", portal),
        *(
            (places.source_keys(each), by_hand if each in BY_HAND else contacts)
            for each in TENDING
        ),
        *(
            (places.agency(agency.slug) / "keys", _agency_keys(agency.slug))
            for agency in FOUNDED
        ),
    ]
    for folder, command in jobs:
        _once(folder, command)
    auditor = places.keys / "auditor"
    if not auditor.exists():
        auditor.mkdir(mode=0o700)
        new_key = ["signal-keys", "organisation", "new-key", "--into"]
        run([*new_key, str(auditor)], auditor)


def _agency_keys(slug: str) -> list[str]:
    make = ["signal-source", "keys", "create", "--name", slug]
    return [*make, "--client-algorithm", "Ed25519", "--into"]


def _once(folder: Path, command: list[str]) -> None:
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        run([*command, str(folder)], folder.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _registry(places: Places) -> dict[str, Any]:
    """Give everything the index must know, in the form of `signal-index load`."""
    return {
        "organisation": [
            _organisation(TOWN_HALL, "Gemeente Voorbeeldstad", "municipality"),
            _organisation(TEAM, "Wijkteam Voorbeeldstad", "neighbourhood-team"),
            _organisation(SUPERVISOR, "Toezichthouder Voorbeeldstad", "supervisor"),
            *(
                _organisation(agency.organisation, agency.name, "source-agency")
                for agency in FOUNDED
            ),
            _organisation(SCHOOL_DESK.organisation, SCHOOL_DESK.name, "source-agency"),
            _organisation(
                EARLY_SIGNALS.submitter,
                "Gemeente Voorbeeldstad, vroegsignalering",
                "municipality",
            ),
        ],
        "client": [
            *(_client(d.client_id, d.organisation, "person-facing") for d in DESKS),
            _client("case-system", TEAM, "person-facing"),
            _client(PORTAL_CLIENT, TOWN_HALL, "machine"),
            *(
                _client(f"source-{agency.slug}", agency.submitter, "machine")
                for agency in FOUNDED
            ),
        ],
        "signer": [
            {
                "organisation": agency.submitter,
                "jwk": str(
                    places.agency(agency.slug) / "keys" / "notice-key.public.jwk"
                ),
            }
            for agency in FOUNDED
        ]
        + [
            {
                "organisation": desk.organisation,
                "jwk": str(places.source_keys(desk) / "notice-key.public.jwk"),
            }
            for desk in TENDING
        ],
        "source": [
            {
                "oin": agency.organisation,
                "kind": agency.kind,
                "categories": list(agency.categories),
                "municipalities": [MUNICIPALITY],
                "rhythm_days": agency.rhythm_days,
                "state": "live",
                "submitters": [agency.sender] if agency.sender else [],
            }
            for agency in FOUNDED
        ]
        + [
            {
                "oin": desk.organisation,
                "kind": desk.source_kind,
                "categories": list(desk.categories),
                "municipalities": [MUNICIPALITY],
                "rhythm_days": 183,
                "state": "live",
                "by_hand": True,
            }
            for desk in BY_HAND
        ],
        "contact_label": [
            {
                "organisation": organisation,
                "labels": list(labels),
                "by": "college",
                "on": ESTABLISHED_ON,
            }
            for organisation, labels in (
                (_find_submitter("income-support"), TEAMS),
                (TEAM, (LEAD,)),
            )
        ],
        "purpose": [
            {
                "id": purpose,
                "municipality": MUNICIPALITY,
                "by": by,
                "on": ESTABLISHED_ON,
            }
            for purpose, by in ESTABLISHED.items()
        ],
        "loop": [
            {
                "id": act,
                "municipality": MUNICIPALITY,
                "by": "college",
                "on": ESTABLISHED_ON,
            }
            for act in LOOP_ACTS
        ],
    }


def _find_submitter(slug: str) -> str:
    return next(one.submitter for one in FOUNDED if one.slug == slug)


def _client(id_: str, organisation: str, kind: str) -> dict[str, str]:
    return {"id": id_, "organisation": organisation, "kind": kind}


def _organisation(oin: str, name: str, kind: str) -> dict[str, Any]:
    return {"oin": oin, "name": name, "kind": kind, "municipality": MUNICIPALITY}

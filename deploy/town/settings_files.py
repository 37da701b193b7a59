"""Write the settings of every process of the town, as their operators would.

Written anew at each start, because ports can differ; keys and data stay.
"""

import json
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import tomlkit
from sqlalchemy.engine import make_url

import sources.profiles
from deploy.town.ceremony import INDEX_PINS, KEY_ORIGIN, PASSPHRASES
from deploy.town.parties import (
    AGENCIES,
    AUDIENCE,
    DESKS,
    FOUNDED,
    HALL_DESK,
    ORIGIN,
    PORTAL_CLIENT,
    PORTAL_HOST,
    REGISTER_PATH,
    SUPERVISOR,
    TEAM_DESK,
    TOWN_HALL,
    Agency,
    DeskOf,
)
from deploy.town.places import HOLDERS, Places
from keys import clock
from keys.files import READ_BY_ALL, write_whole

CASELOAD = 20_000
CALL_BACK = {"function": "Wijkteam Voorbeeldstad", "phone": "+31182555000"}
CASELOAD_BY_HAND = 500
VIEWS_PER_DAY = 2_000
PROFILES = Path(sources.profiles.__path__[0])
KEEP_DAYS = 90
_TRIAL = timedelta(days=30)
WHOM_TO_TELL = {
    "security_contact": "mailto:veilig@voorbeeldstad.example",
    "security_expires": date(2027, 12, 31),
}
WHOM_TO_ASK = {
    "phone": "+31182555900",
    "address": "Raadhuisplein 1, Voorbeeldstad",
    "officer": "dora@voorbeeldstad.example",
}


def write_settings(places: Places) -> None:
    """Write the settings files of holders, index, desks and agencies."""
    for index in HOLDERS:
        write_holder(places, index)
    write_toml(places.index / "index.toml", _index(places))
    for desk in DESKS:
        write_toml(places.desk_folder(desk) / "desk.toml", desk_settings(places, desk))
    write_toml(places.portal / "portal.toml", _portal(places))
    for agency in FOUNDED:
        write_agency(places, agency)


def write_holder(places: Places, index: int) -> None:
    """Write the settings of one key holder, and whom it serves."""
    write_toml(places.holder(index) / "holder.toml", _holder(places, index))
    listed = places.holder(index) / "organisations.toml"
    founded, joined = _organisations_at_holder(places), _find_joined(listed)
    write_toml(listed, {"organisations": [*founded, *joined]})


def write_agency(places: Places, agency: Agency) -> None:
    """Write an agency's settings with the ports of this start."""
    folder = places.agency(agency.slug)
    write_toml(folder / "agency.toml", _agency(places, agency))


def write_toml(path: Path, content: dict[str, Any]) -> None:
    """Write one TOML file, making its folder when needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = tomlkit.dumps(content).encode()
    write_whole(path, data, mode=READ_BY_ALL, replace=True)


def read_jwk(path: Path) -> dict[str, str]:
    """Read one public JWK file."""
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


def _holder(places: Places, index: int) -> dict[str, Any]:
    own = places.holder_keys(index)
    return {
        "holder": places.holder_name(index),
        "audience": AUDIENCE,
        "host": "127.0.0.1",
        "port": places.holder_ports[index - 1],
        "accepted_origin": KEY_ORIGIN,
        "key_config": str(own / "key-config.json"),
        "pins": str(own / "pins.json"),
        "share": str(own / "share.json"),
        "passphrase": str(places.keys / PASSPHRASES / places.holder_name(index)),
        "together_until": clock.now().date() + _TRIAL,
        "ticket_key": str(own / "ticket.key"),
        "index_key": str(places.index / "keys" / "receipt.public.jwk"),
        "organisations": "organisations.toml",
        "database": "budgets.db",
        "keep_days": KEEP_DAYS,
    }


def _organisations_at_holder(places: Places) -> list[dict[str, Any]]:
    desks = [
        {
            "kind": "lookup",
            "oin": desk.organisation,
            "name": desk.name,
            "per_user_per_day": desk.per_user_per_day,
            "per_organisation_per_day": desk.per_organisation_per_day,
            "request_key": read_jwk(
                places.desk_folder(desk) / "keys" / "request-key.public.jwk"
            ),
        }
        for desk in DESKS
        if desk.asks_holders
    ]
    portal = {
        "kind": "portal",
        "oin": TOWN_HALL,
        "name": "Gemeente Voorbeeldstad, eigen pagina",
        "per_day": VIEWS_PER_DAY,
        "request_key": read_jwk(places.portal / "keys" / "request-key.public.jwk"),
    }
    auditor = {
        "kind": "auditor",
        "oin": SUPERVISOR,
        "name": "Toezichthouder Voorbeeldstad",
        "request_key": read_jwk(places.keys / "auditor" / "request-key.public.jwk"),
    }
    sources = [
        {
            "kind": "source",
            "oin": agency.submitter,
            "name": agency.name,
            "declared_caseload": CASELOAD,
            "request_key": read_jwk(
                places.agency(agency.slug) / "keys" / "request-key.public.jwk"
            ),
            "notice_keys": _notice_keys(places, agency),
            "partners": [agency.organisation] if agency.sender else [],
        }
        for agency in FOUNDED
    ]
    by_hand = [
        {
            "kind": "source",
            "oin": desk.organisation,
            "name": desk.name,
            "declared_caseload": CASELOAD_BY_HAND,
            "request_key": read_jwk(
                places.source_keys(desk) / "source-request-key.public.jwk"
            ),
            "notice_keys": [
                read_jwk(places.source_keys(desk) / "notice-key.public.jwk")
            ],
        }
        for desk in DESKS
        if desk.signals_by_hand
    ]
    return [*desks, portal, auditor, *sources, *by_hand]


def _notice_keys(places: Places, agency: Agency) -> list[dict[str, str]]:
    """Give by which keys an agency signs: that of its machine, and of its desk."""
    name = "notice-key.public.jwk"
    own = (desk for desk in DESKS if desk.organisation == agency.submitter)
    desks = [desk for desk in own if desk.tends_contacts]
    return [
        read_jwk(places.agency(agency.slug) / "keys" / name),
        *(read_jwk(places.source_keys(desk) / name) for desk in desks),
    ]


def _find_joined(path: Path) -> list[dict[str, Any]]:
    """Give the organisations in a holder's list that joined by invitation."""
    if not path.exists():
        return []
    listed = tomllib.loads(path.read_text("utf-8"))["organisations"]
    return [each for each in listed if "invitation" in each]


def read_line(path: Path) -> str:
    """Read a file of one line, such as a public key."""
    return path.read_text("utf-8").strip()


def _witness(places: Places) -> dict[str, Any]:
    key = read_line(places.witness / "witness.vkey")
    return {"key": key, "url": places.witness_url}


def write_witness(places: Places) -> None:
    """Write the settings of the witness: after the index made the key it signs with."""
    content = {
        "host": "127.0.0.1",
        "port": places.witness_port,
        "key": "witness.key",
        "memory": "memory.json",
        "logs": [str(places.index / "keys" / "checkpoint.vkey")],
    }
    write_toml(places.witness / "witness.toml", content)


def _index(places: Places) -> dict[str, Any]:
    return {
        **database_logins(places.database_url),
        "upkeep": "in-process",
        "keys": "keys",
        "key_config": str(places.keys / "key-config.json"),
        "key_pins": str(places.keys / INDEX_PINS),
        "accepted_key_origin": KEY_ORIGIN,
        "audience": AUDIENCE,
        "issuers": [{"issuer": places.issuer, "algorithms": ["PS256"]}],
        "ledger_origin": ORIGIN,
        "checkpoint_file": str(places.folder / "checkpoint" / "checkpoint.json"),
        "witnesses": [_witness(places)],
        "witness_quorum": 1,
        "joining": {
            "url": places.index_url,
            "issuer": places.issuer,
            "client_algorithm": "Ed25519",
            "holders": [
                {"id": places.holder_name(i), "url": places.holder_url(i)}
                for i in HOLDERS
            ],
        },
        "host": "127.0.0.1",
        "port": places.index_port,
        "problem_base": f"{places.index_url}/v1/problems",
        **WHOM_TO_TELL,
    }


def database_logins(url: str) -> dict[str, str]:
    """Give the login of each role; `migrate` makes those of the index's own.

    A throw-away PostgreSQL trusts whoever comes from this machine: no passwords.
    """
    if url.startswith("sqlite"):
        return {"database_url": url}
    own = {
        "database_url": "index_web",
        "sequencer_database_url": "index_sequencer",
        "upkeep_database_url": "index_upkeep",
    }
    logins = {
        name: make_url(url).set(username=user).render_as_string(hide_password=False)
        for name, user in own.items()
    }
    return logins | {"admin_database_url": url}


def desk_settings(places: Places, desk: DeskOf) -> dict[str, Any]:
    """Give what one desk is started with."""
    return {
        "base_url": places.desk_url_of(desk),
        "host": desk.address,
        "port": places.desk_port_of(desk),
        "organisation": desk.organisation,
        "organisation_name": desk.name,
        "database": "desk.db",
        "index_url": places.index_url,
        "index_audience": AUDIENCE,
        "pins": str(places.keys / "pins.json"),
        "accepted_key_origin": KEY_ORIGIN,
        "request_key": "keys/request-key.jwk",
        "case_reference_key": "keys/case-reference.key",
        "notes_key": "keys/notes.key",
        **WHOM_TO_TELL,
        **_case_key(places, desk),
        **({"call_back": CALL_BACK} if desk is TEAM_DESK else {}),
        "support": desk.support,
        **({"help": WHOM_TO_ASK} if desk is HALL_DESK else {}),
        "team_phone": "+31182555000",
        "register_path": REGISTER_PATH if places.has_register(desk) else "",
        "holders": [
            {"index": i, "id": places.holder_name(i), "url": places.holder_url(i)}
            for i in HOLDERS
        ],
        "identity": {
            "issuer": places.issuer,
            "client_id": desk.client_id,
            "client_key": "keys/oidc-client.jwk",
            "scopes": list(desk.scopes),
            "token_algorithms": ["PS256"],
            "case_system_clients": ["case-system"] if desk is TEAM_DESK else [],
        },
        **({"notice_key": "source-keys/notice-key.jwk"} if desk.tends_contacts else {}),
        **(
            {"hand_signals": {"request_key": "source-keys/source-request-key.jwk"}}
            if desk.signals_by_hand
            else {}
        ),
        "ledger": {
            "origin": ORIGIN,
            "receipt_key": str(places.index / "keys" / "receipt.public.jwk"),
            "checkpoint_key": str(places.index / "keys" / "checkpoint.vkey"),
            **_watched_by(places),
        },
    }


def _watched_by(places: Places) -> dict[str, Any]:
    """Say whose cosignature a desk and the page for citizens ask for."""
    return {"witnesses": [_witness(places)["key"]], "witness_quorum": 1}


def _portal(places: Places) -> dict[str, Any]:
    """Give what the page for citizens is started with."""
    return {
        "base_url": places.portal_url,
        "host": PORTAL_HOST,
        "port": places.portal_port,
        "organisation": TOWN_HALL,
        "organisation_name": "Gemeente Voorbeeldstad",
        "index_url": places.index_url,
        "index_audience": AUDIENCE,
        "pins": str(places.keys / "pins.json"),
        "accepted_key_origin": KEY_ORIGIN,
        "known_config": "known-config.json",
        "request_key": "keys/request-key.jwk",
        "checkpoint_key": str(places.index / "keys" / "checkpoint.vkey"),
        "ledger_origin": ORIGIN,
        **_watched_by(places),
        **WHOM_TO_TELL,
        "holders": [
            {"index": i, "id": places.holder_name(i), "url": places.holder_url(i)}
            for i in HOLDERS
        ],
        "broker": {
            "issuer": places.broker_url,
            "client_id": PORTAL_CLIENT,
            "client_key": "keys/broker-client.jwk",
            "token_algorithms": ["PS256"],
            "level_claim": "loa",
            "levels": {"substantial": "substantial", "high": "high"},
        },
        "machine": {
            "issuer": places.issuer,
            "client_id": PORTAL_CLIENT,
            "client_key": "keys/oidc-client.jwk",
            "service_scopes": ["own-view"],
            "token_algorithms": ["PS256"],
        },
        "help": {**WHOM_TO_ASK, "leave_to": "https://www.knmi.nl"},
        "messages": {
            "database": "messages.db",
            "key": "keys/messages.key",
            "mail": {"host": "localhost", "sender": "gemeente@voorbeeldstad.example"},
            "letters": ".",
        },
    }


def _case_key(places: Places, desk: DeskOf) -> dict[str, str]:
    """Give the key that an agency's machine shares with its desk."""
    for agency in FOUNDED:
        if agency.submitter == desk.organisation:
            return {"case_key": str(places.agency(agency.slug) / "keys" / "case.key")}
    return {}


def _agency(places: Places, agency: Agency) -> dict[str, Any]:
    """Give an agency's settings; UWV delivers by hand, the others have an agent."""
    joining = places.agency(agency.slug) / "joining"
    feed = {
        "name": agency.slug,
        "profile": str(PROFILES / agency.profile),
        "file": agency.file,
    }
    return {
        "organisation": agency.submitter,
        "source": agency.organisation,
        "outbox": "outbox.db",
        "rejects": "rejects",
        **({"joining": "joining"} if joining.exists() else {}),
        "keys": {
            "request": "keys/request-key.jwk",
            "notice": "keys/notice-key.jwk",
            "client": "keys/oidc-client.jwk",
            "outbox": "keys/outbox.key",
        },
        "index": {"url": places.index_url, "audience": AUDIENCE},
        "identity": {
            "issuer": places.issuer,
            "client_id": f"source-{agency.slug}",
        },
        "holders": {
            "pins": str(places.keys / "pins.json"),
            "accepted_origin": KEY_ORIGIN,
            "places": [
                {"index": i, "id": places.holder_name(i), "url": places.holder_url(i)}
                for i in HOLDERS
            ],
        },
        "agent": {"name": f"agent-{agency.slug}"},
        "notices": {"case_key": "keys/case.key", "every_seconds": 5},
        **({"own_number": _own_number(agency)} if agency.phone else {}),
        "feeds": [feed] if agency in AGENCIES else [],
        **({"brp": _brp(places, agency)} if agency.sender else {}),
    }


def _own_number(agency: Agency) -> dict[str, Any]:
    today = clock.now().date()
    return {"function": "Loket", "phone": agency.phone, "last_verified": today}


def _brp(places: Places, agency: Agency) -> dict[str, Any]:
    return {
        "url": places.brp_url,
        "key_file": str(places.brp_key),
        "on_behalf_of": agency.organisation,
        "basis": "wgs-8",
        "most_per_day": 500,
        "per_minute": 600,
    }

"""Write what the OpenID provider knows: its keys, clients and accounts.

The provider's own keys are made once and kept; clients follow the ports of this start.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey, RSAKey

from deploy.town.login import ProviderClient
from deploy.town.parties import (
    ACCOUNTS,
    AUDIENCE,
    BROKER_HOST,
    DESKS,
    FOUNDED,
    MUNICIPALITY,
    PASSWORD,
    PORTAL_CLIENT,
    SAFETY_TRAINING,
    TEAM_DESK,
    TOWN_HALL,
    Account,
    DeskOf,
)
from deploy.town.places import Places

CITIZENS = "citizens.json"
CASE_SYSTEM_REDIRECT = "http://localhost:1/callback"
"""Nobody listens there: the check reads the code from the redirect itself."""


@dataclass(frozen=True)
class Citizen:
    """An invented inhabitant who logs in with DigiD; the number has no repr."""

    username: str
    number: str = field(repr=False)
    level: str = "substantial"


def write_provider(places: Places) -> Path:
    """Write `town.json` for this start and give its path."""
    kept = _settle_secrets(places.provider)
    town = {
        "issuer": places.issuer,
        "port": places.provider_port,
        "audience": AUDIENCE,
        **kept,
        "clients": _clients(places),
        "clientsFolder": str(places.clients),
        "accounts": [_account(account) for account in ACCOUNTS],
    }
    places.clients.mkdir(exist_ok=True)
    return _write(places.provider / "town.json", town)


def write_broker(places: Places) -> Path:
    """Write the same for who plays the broker of DigiD; its accounts come later."""
    kept = _settle_secrets(places.broker)
    town = {
        "issuer": places.broker_url,
        "host": BROKER_HOST,
        "port": places.broker_port,
        "audience": "urn:voorbeeldstad:digid",
        "look": "digid",
        "keepsNoSession": True,
        "claims": ["bsn", "loa"],
        **kept,
        "clients": [_portal_at_broker(places)],
        "clientsFolder": str(places.broker / "clients"),
        "accounts": [],
        "accountsFile": str(places.broker / CITIZENS),
    }
    return _write(places.broker / "town.json", town)


def write_citizens(places: Places, citizens: Sequence[Citizen]) -> None:
    """Write who can log in at the broker; it reads them at each login."""
    accounts = [
        {
            "username": one.username,
            "password": PASSWORD,
            "sub": f"citizen-{one.username}",
            "bsn": one.number,
            "loa": one.level,
        }
        for one in citizens
    ]
    path = places.broker / CITIZENS
    path.touch(mode=0o600)
    path.write_text(json.dumps(accounts), "utf-8")


def _write(path: Path, town: dict[str, Any]) -> Path:
    path.touch(mode=0o600)
    path.write_text(json.dumps(town, indent=1), "utf-8")
    return path


def _settle_secrets(folder: Path) -> dict[str, Any]:
    secrets_file = folder / "secrets.json"
    if not secrets_file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        secrets_file.touch(mode=0o600)
        secrets_file.write_text(json.dumps(_new_secrets()), "utf-8")
    kept: dict[str, Any] = json.loads(secrets_file.read_text("utf-8"))
    return kept


def case_system_client(places: Places) -> ProviderClient:
    """Give the case system's client, with its private key."""
    key = OKPKey.import_key(json.loads(_case_system_key(places).read_text("utf-8")))
    return ProviderClient("case-system", CASE_SYSTEM_REDIRECT, key)


def agency_client(places: Places, slug: str) -> ProviderClient:
    """Give an agency's client, with the private key from its own folder."""
    path = places.agency(slug) / "keys" / "oidc-client.jwk"
    key = OKPKey.import_key(json.loads(path.read_text("utf-8")))
    return ProviderClient(f"source-{slug}", "", key)


def desk_client(places: Places, desk: DeskOf) -> ProviderClient:
    """Give a desk's client, with the private key from its own folder."""
    path = places.desk_folder(desk) / "keys" / "oidc-client.jwk"
    key = OKPKey.import_key(json.loads(path.read_text("utf-8")))
    return ProviderClient(desk.client_id, f"{places.desk_url_of(desk)}/callback", key)


def write_case_system_key(places: Places) -> None:
    """Make the case system's client key, once."""
    path = _case_system_key(places)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    key = OKPKey.generate_key("Ed25519")
    path.touch(mode=0o600)
    path.write_text(json.dumps({**key.as_dict(private=True), "kid": "case"}), "utf-8")


def _case_system_key(places: Places) -> Path:
    return places.folder / "case-system" / "oidc-client.jwk"


def _new_secrets() -> dict[str, Any]:
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "PS256"})
    return {
        "cookieKey": secrets.token_urlsafe(32),
        "jwks": {"keys": [key.as_dict(private=True)]},
    }


def _clients(places: Places) -> list[dict[str, Any]]:
    case_system = {
        **_client("case-system", _case_system_key(places)),
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": [CASE_SYSTEM_REDIRECT],
        "scope": "openid profile lookup publish",
    }
    desks = [_desk_metadata(places, desk) for desk in DESKS]
    agencies = [_agency_metadata(places, agency.slug) for agency in FOUNDED]
    return [*desks, case_system, _portal_machine(places), *agencies]


def _desk_metadata(places: Places, desk: DeskOf) -> dict[str, Any]:
    origins = [places.desk_itself(desk)]
    if desk is TEAM_DESK:
        origins.append(places.front_url)
    public = places.desk_folder(desk) / "keys" / "oidc-client.public.jwk"
    return {
        **_client(desk.client_id, public),
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types": ["code"],
        "redirect_uris": [f"{url}/callback" for url in origins],
        "backchannel_logout_uri": f"{places.desk_itself(desk)}/backchannel-logout",
        "backchannel_logout_session_required": True,
        "post_logout_redirect_uris": [f"{url}/logged-out" for url in origins],
        "scope": " ".join(sorted({*desk.scopes, "ledger"})),
        "subject": {
            "org": desk.organisation,
            "roles": [],
            "municipality": MUNICIPALITY,
        },
    }


def _portal_machine(places: Places) -> dict[str, Any]:
    return {
        **_client(PORTAL_CLIENT, places.portal / "keys" / "oidc-client.public.jwk"),
        "grant_types": ["client_credentials"],
        "response_types": [],
        "redirect_uris": [],
        "scope": "own-view",
        "subject": {
            "org": TOWN_HALL,
            "roles": ["citizen-portal"],
            "municipality": MUNICIPALITY,
        },
    }


def _portal_at_broker(places: Places) -> dict[str, Any]:
    return {
        **_client(PORTAL_CLIENT, places.portal / "keys" / "broker-client.public.jwk"),
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "redirect_uris": [f"{places.portal_url}/terug"],
        "scope": "openid",
    }


def _agency_metadata(places: Places, slug: str) -> dict[str, Any]:
    agency = next(agency for agency in FOUNDED if agency.slug == slug)
    public = places.agency(slug) / "keys" / "oidc-client.public.jwk"
    return {
        **_client(f"source-{slug}", public),
        "grant_types": ["client_credentials"],
        "response_types": [],
        "redirect_uris": [],
        "scope": "publish",
        "subject": {
            "org": agency.submitter,
            "roles": ["source-publisher"],
            "municipality": MUNICIPALITY,
        },
    }


def _client(client_id: str, key_file: Path) -> dict[str, Any]:
    key = OKPKey.import_key(json.loads(key_file.read_text("utf-8")))
    public = {**key.as_dict(private=False), "use": "sig", "alg": "Ed25519"}
    return {
        "client_id": client_id,
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "Ed25519",
        "id_token_signed_response_alg": "PS256",
        "jwks": {"keys": [public]},
    }


def _account(account: Account) -> dict[str, Any]:
    trainings = []
    if account.trained_until is not None:
        trainings = [{"code": SAFETY_TRAINING, "validUntil": account.trained_until}]
    return {
        "username": account.username,
        "password": PASSWORD,
        "sub": f"employee-{account.username}",
        "name": account.name,
        "org": account.organisation,
        "roles": list(account.roles),
        "municipality": MUNICIPALITY,
        "trainings": trainings,
        "loa": account.assurance,
        **({"team": account.team} if account.team else {}),
    }

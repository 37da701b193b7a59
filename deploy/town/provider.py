"""Write what the OpenID provider knows: its keys, clients and accounts.

The provider's own keys are made once and kept; clients follow the ports of this start.
"""

import json
import secrets
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey, RSAKey

from deploy.town.login import ProviderClient
from deploy.town.parties import (
    ACCOUNTS,
    AUDIENCE,
    DESKS,
    FOUNDED,
    MUNICIPALITY,
    PASSWORD,
    SAFETY_TRAINING,
    TEAM_DESK,
    Account,
    DeskOf,
)
from deploy.town.places import Places

CASE_SYSTEM_REDIRECT = "http://localhost:1/callback"
"""Nobody listens there: the check reads the code from the redirect itself."""


def write_provider(places: Places) -> Path:
    """Write `town.json` for this start and give its path."""
    secrets_file = places.provider / "secrets.json"
    if not secrets_file.exists():
        places.provider.mkdir(parents=True, exist_ok=True)
        secrets_file.touch(mode=0o600)
        secrets_file.write_text(json.dumps(_new_secrets()), "utf-8")
    kept = json.loads(secrets_file.read_text("utf-8"))
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
    path = places.provider / "town.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(town, indent=1), "utf-8")
    return path


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
    return [*desks, case_system, *agencies]


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

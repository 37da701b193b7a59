"""The provider of the demo gives tokens to a client that joined while it ran."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import RSAKey

from deploy.town.ports import Ports
from deploy.town.processes import Party, Processes
from deploy.town.run import provider_command
from keys.base64url import decode_b64u
from keys.joining import open_own_request
from keys.joining.client_metadata import make_client_metadata
from sources.agency_keys import load_keys
from sources.clock import now
from sources.errors import TokenRefused
from sources.publisher.identity import ClientIdentity, Tokens
from sources.publisher.patience import Patience
from sources.settings import load_settings
from tests.joining_builders import CLIENT, OIN, Parties, found_parties

pytestmark = pytest.mark.anyio
AUDIENCE = "https://index.example"


@dataclass(frozen=True)
class Provider:
    """The running provider, and an agency that is about to join."""

    issuer: str
    clients: Path
    parties: Parties

    async def ask(self, client_id: str = CLIENT) -> str:
        """An access token, as the agency's own software asks for one."""
        keys = load_keys(load_settings(self.parties.agency / "agency.toml").keys)
        identity = ClientIdentity(self.issuer, client_id, AUDIENCE, keys.client)
        async with httpx.AsyncClient() as http:
            return await Tokens(http, identity, Patience(now, attempts=1)).get()

    def take_in(self, name: str = CLIENT, **changed: object) -> None:
        """Lay the client of the agency's request down, as its command would."""
        opened = open_own_request(self.parties.request.read_bytes())
        metadata = make_client_metadata(opened) | changed
        (self.clients / f"{name}.json").write_text(json.dumps(metadata), "utf-8")


@pytest.fixture
def provider(tmp_path: Path, ports: Ports) -> Iterator[Provider]:
    parties = found_parties(tmp_path / "parties")
    parties.invite()
    parties.join()
    clients, port = tmp_path / "clients", ports.hold()
    clients.mkdir()
    issuer = f"http://localhost:{port}"
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "PS256"})
    town = {
        "issuer": issuer,
        "port": port,
        "audience": AUDIENCE,
        "cookieKey": secrets.token_urlsafe(32),
        "jwks": {"keys": [key.as_dict(private=True)]},
        "clients": [],
        "clientsFolder": str(clients),
        "accounts": [],
    }
    settings = tmp_path / "town.json"
    settings.write_text(json.dumps(town), "utf-8")
    discovery = f"{issuer}/.well-known/openid-configuration"
    with Processes(tmp_path, tmp_path / "log") as processes:
        party = Party("provider", provider_command(settings), discovery)
        processes.start_together([party])
        yield Provider(issuer, clients, parties)


async def test_a_client_counts_from_the_moment_its_file_is_there(
    provider: Provider,
) -> None:
    with pytest.raises(TokenRefused, match="kent client_id"):
        await provider.ask()
    provider.take_in()
    claims = json.loads(decode_b64u((await provider.ask()).split(".")[1]))
    assert (claims["org"], claims["roles"]) == (OIN, ["source-publisher"])
    assert claims["aud"] == AUDIENCE


async def test_a_file_lets_nobody_in_under_another_name_or_from_elsewhere(
    provider: Provider,
) -> None:
    provider.take_in("other")
    with pytest.raises(TokenRefused, match="kent client_id other"):
        await provider.ask("other")
    provider.take_in("../outside", client_id="../outside")
    with pytest.raises(TokenRefused, match="kent client_id"):
        await provider.ask("../outside")

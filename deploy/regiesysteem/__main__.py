"""`python -m deploy.regiesysteem`: serve the example beside a running town."""

import asyncio
import json
import time
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from joserfc.jwk import OKPKey

from deploy.regiesysteem.app import Neighbours, create_app
from deploy.town.ceremony import KEY_ORIGIN
from deploy.town.login import ProviderClient, fetch_access_token
from deploy.town.parties import ACCOUNTS
from deploy.town.provider import CASE_SYSTEM_REDIRECT

TOKEN_SECONDS = 120.0


class Tokens:
    """The user's access token, fetched anew before it gets old."""

    def __init__(self, issuer: str, client: ProviderClient, username: str) -> None:
        self._issuer = issuer
        self._client = client
        self._who = next(each for each in ACCOUNTS if each.username == username)
        self._token = ""
        self._fetched = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def fetch(self) -> str:
        """Give a token that still holds; logs the user in anew if need be."""
        async with self._one_at_a_time:
            if time.monotonic() - self._fetched > TOKEN_SECONDS:
                self._token = await fetch_access_token(
                    self._issuer, self._client, self._who
                )
                self._fetched = time.monotonic()
            return self._token


def serve(
    *,
    town: Annotated[Path, typer.Option(help="The folder of a running town.")],
    desk: Annotated[str, typer.Option(help="The desk's address.")],
    issuer: Annotated[str, typer.Option(help="The provider's address.")],
    port: Annotated[int, typer.Option(help="Where to listen, on loopback.")],
    username: Annotated[str, typer.Option(help="Who uses it.")] = "fatima",
) -> None:
    """Serve the example's page and forward what it asks to the desk."""
    key = (town / "case-system" / "oidc-client.jwk").read_text("utf-8")
    client = ProviderClient(
        "case-system", CASE_SYSTEM_REDIRECT, OKPKey.import_key(json.loads(key))
    )
    neighbours = Neighbours(
        desk=desk,
        fetch_token=Tokens(issuer, client, username).fetch,
        pins=town / "keys" / "pins.json",
        accepted_key_origin=KEY_ORIGIN,
    )
    app = create_app(neighbours)
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    typer.run(serve)

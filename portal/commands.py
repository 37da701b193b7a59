"""`signal-portal`: serve the page for citizens, check its settings, make its keys."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from desk.errors import DeskError
from desk.headers import HEADERS
from desk.key_files import ClientAlgorithm, create_portal_keys
from keys.edge.errors import CannotListen
from keys.edge.server import make_server, serve_until_told
from keys.errors import KeysError
from keys.events import tell_refused
from portal import clock
from portal.app import build_portal, create_app
from portal.errors import PortalError
from portal.events import LOG, Event, log_event, log_to_stderr
from portal.settings import load_settings

app = typer.Typer(
    help="The page on which citizens see who is involved and who looked.",
    no_args_is_help=True,
    add_completion=False,
)
keys_app = typer.Typer(help="The portal's own keys.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
console = Console()
complaints = Console(stderr=True)

SettingsFile = Annotated[Path, typer.Option(help="The portal's settings, a TOML file.")]


@app.callback()
def portal() -> None:
    """Group the commands."""


@app.command()
def serve(settings: SettingsFile) -> None:
    """Serve the page until told to stop."""
    try:
        found = load_settings(settings)
        server = make_server(
            create_app(found, clock.now),
            (found.host, found.port),
            found.edge,
            partial(tell_refused, LOG, Event.LIMIT_REACHED),
            headers=HEADERS,
        )
    except (PortalError, CannotListen) as error:
        raise _complain(error) from None
    log_to_stderr()
    log_event(Event.STARTED, host=found.host, port=found.port)
    if not serve_until_told(server):
        complaints.print("signal-portal: it cannot listen at that address")
        raise typer.Exit(1)
    log_event(Event.STOPPED)


@app.command()
def check(settings: SettingsFile) -> None:
    """Read settings, keys and pins, and ask holders for their key config."""
    try:
        config = asyncio.run(_check(settings))
    except (PortalError, KeysError) as error:
        raise _complain(error) from None
    console.print(f"ready: key version {config}", markup=False)


async def _check(path: Path) -> int:
    found = load_settings(path)
    async with httpx.AsyncClient(trust_env=False, timeout=10.0) as http:
        built = build_portal(found, http, clock.now)
        return (await built.asking.fetch()).key_version


@keys_app.command()
def create(
    into: Annotated[Path, typer.Option(help="Folder for the key files.")],
    client_algorithm: Annotated[
        ClientAlgorithm,
        typer.Option(help="What broker and provider want it to sign with."),
    ] = "PS256",
) -> None:
    """Make the request key, and a client key for the broker and for the provider."""
    try:
        made = create_portal_keys(into, client_algorithm)
    except DeskError as error:
        raise _complain(error) from None
    for path in made:
        console.print(str(path), markup=False, soft_wrap=True)


def _complain(error: Exception) -> typer.Exit:
    said = str(error) or type(error).__name__
    complaints.print(f"signal-portal: {said}", markup=False, soft_wrap=True)
    return typer.Exit(1)

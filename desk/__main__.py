"""`signal-desk`: serve the desk, and make its keys."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from desk import clock
from desk.app import create_app
from desk.errors import DeskError
from desk.events import Event, log_event, log_to_stderr
from desk.key_files import ClientAlgorithm, create_keys
from desk.settings import load_settings

app = typer.Typer(
    help="The desk: what people of one organisation see of the signal index.",
    no_args_is_help=True,
    add_completion=False,
)
keys_app = typer.Typer(help="The desk's own keys.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
console = Console()
complaints = Console(stderr=True)


@app.callback()
def desk() -> None:
    """Group the commands."""


@app.command()
def serve(
    settings: Annotated[Path, typer.Option(help="The desk's settings, a TOML file.")],
) -> None:
    """Serve the desk until told to stop."""
    try:
        found = load_settings(settings)
        served = create_app(found, clock.now)
    except DeskError as error:
        complaints.print(f"signal-desk: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    log_to_stderr()
    log_event(Event.STARTED, host=found.host, port=found.port)
    uvicorn.run(
        served,
        host=found.host,
        port=found.port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    log_event(Event.STOPPED)


@keys_app.command()
def create(
    into: Annotated[Path, typer.Option(help="Folder for the key files.")],
    client_algorithm: Annotated[
        ClientAlgorithm,
        typer.Option(help="What the identity provider wants the desk to sign with."),
    ] = "PS256",
) -> None:
    """Make the request key, the OIDC client key and the case-reference key."""
    try:
        made = create_keys(into, client_algorithm)
    except DeskError as error:
        complaints.print(f"signal-desk: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    for path in made:
        console.print(str(path), markup=False, soft_wrap=True)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()

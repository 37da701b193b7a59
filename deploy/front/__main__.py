"""`python -m deploy.front`: serve a desk and the register's gateway on one origin."""

from pathlib import Path
from typing import Annotated

import httpx
import typer
import uvicorn

from deploy.front.app import Behind, create_app

SECONDS = 30.0


def serve(
    *,
    desk: Annotated[str, typer.Option(help="Where the desk itself listens.")],
    gateway: Annotated[str, typer.Option(help="Where the register's gateway is.")],
    path: Annotated[str, typer.Option(help="`register_path` of the desk.")],
    key_file: Annotated[Path, typer.Option(help="The key that the gateway wants.")],
    port: Annotated[int, typer.Option(help="Where to listen, on loopback.")],
) -> None:
    """Serve until stopped."""
    key = key_file.read_text("ascii").strip()
    app = create_app(Behind(desk, gateway, path, key), httpx.AsyncHTTPTransport())
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    typer.run(serve)

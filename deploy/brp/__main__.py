"""`python -m deploy.brp`: serve a register of test persons on loopback."""

import json
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from deploy.brp.app import create_app


def serve(
    *,
    persons: Annotated[Path, typer.Option(help="JSON with the invented persons.")],
    key_file: Annotated[Path, typer.Option(help="The key that callers must have.")],
    port: Annotated[int, typer.Option(help="Where to listen, on loopback.")],
) -> None:
    """Serve the register until it is stopped."""
    known = json.loads(persons.read_text("utf-8"))
    app = create_app(known, key_file.read_text("ascii").strip())
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    typer.run(serve)

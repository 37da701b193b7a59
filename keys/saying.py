"""How every command says a refusal: one line, and exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from keys.errors import KeysError


@contextmanager
def saying_why(what: str) -> Iterator[None]:
    """End the command with the reason where something of ours is refused."""
    try:
        yield
    except KeysError as refusal:
        typer.echo(f"{what}: {refusal.why}", err=True)
        raise typer.Exit(1) from None
    except OSError as error:  # a full disk, a folder that is another's, a file's place
        name = Path(str(error.filename or "file")).name
        typer.echo(f"{what}: {name}: {error.strerror}", err=True)
        raise typer.Exit(1) from None

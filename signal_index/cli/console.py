"""What every command shares: its settings file, its exit codes, its way to say no."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from keys.errors import KeysError
from policy.errors import PolicyError
from signal_index.errors import SignalIndexError
from signal_index.notice import NoticeError
from signal_index.wire.errors import InvalidField

Result = TypeVar("Result")

SettingsFile = Annotated[
    Path,
    typer.Option(
        "--settings",
        exists=True,
        dir_okay=False,
        readable=True,
        help="The TOML file with the settings of this index.",
    ),
]


@contextmanager
def refusing() -> Iterator[None]:
    """End the command with exit code 1 and one line when something does not hold."""
    try:
        yield
    except (
        SignalIndexError,
        PolicyError,
        KeysError,
        NoticeError,
        InvalidField,
    ) as refusal:
        reason = str(refusal) or type(refusal).__name__
        typer.echo(f"refused: {reason}", err=True)
        raise typer.Exit(1) from None


def run(job: Callable[[], Coroutine[object, object, Result]]) -> Result:
    """Run an asynchronous job to its end; a refusal ends the command."""
    with refusing():
        return asyncio.run(job())


def say(text: str) -> None:
    """Print one line for the person at the terminal."""
    typer.echo(text)


def is_terminal() -> bool:
    """Tell whether a person may be watching."""
    return sys.stdout.isatty()

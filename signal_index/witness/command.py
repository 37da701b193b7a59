"""`signal-index witness create`, `serve` and `sign`.

Run by somebody else than the index: another municipality, the supervisor, an officer.
Exit codes of `sign`: 0 cosigned, 1 refused (the ledger does not extend what was seen),
2 cannot judge.
"""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from keys.edge.errors import CannotListen
from keys.edge.server import make_server, serve_until_told
from keys.events import EventLog, take_over_logging, tell_refused
from keys.files import write_whole
from keys.security.events import SecurityEvent, code_of
from signal_index import clock
from signal_index.events import Event
from signal_index.proof import MalformedProof, split_key
from signal_index.verify.errors import CannotJudge
from signal_index.witness.app import make_witness_app
from signal_index.witness.errors import (
    CheckpointRefused,
    NotARequest,
    UnknownOrigin,
    WitnessUnusable,
)
from signal_index.witness.keys import (
    SEED_BYTES,
    make_cosigner,
    read_cosigner,
    write_cosigner,
)
from signal_index.witness.memory import create_memory, open_memory
from signal_index.witness.offline import cosign_place
from signal_index.witness.settings import load_witness_settings, read_logs
from signal_index.witness.witness import Cosigned, Witness

KEY_FILE = "witness.key"
PUBLIC_FILE = "witness.vkey"
MEMORY_FILE = "memory.json"
_REFUSED, _UNJUDGED = 1, 2

witness_app = typer.Typer(
    no_args_is_help=True,
    help="Witness a ledger: see that it only grows, and cosign it.",
)

SettingsFile = Annotated[
    Path,
    typer.Option("--settings", exists=True, dir_okay=False, help="The witness's TOML."),
]
Folder = Annotated[Path, typer.Argument(help="A new folder, for key and memory.")]
Name = Annotated[
    str, typer.Option(help="Its name, without scheme: witness.example.nl/w1")
]
Place = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="A request (as to add-checkpoint), an export, or the URL of the tiles.",
    ),
]
State = Annotated[
    Path,
    typer.Option("--state", file_okay=False, help="The folder that `create` made."),
]
LogKey = Annotated[
    list[str],
    typer.Option("--log", help="The ledger's public key, or a file with it."),
]
Into = Annotated[Path | None, typer.Option(help="Where the cosigned checkpoint goes.")]


@witness_app.command("create")
def create(folder: Folder, name: Name) -> None:
    """Make the key and the memory of a new witness."""
    with _refusing(unusable=_REFUSED):
        seed = secrets.token_bytes(SEED_BYTES)
        public = _verify_name(name, seed)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_cosigner(folder / KEY_FILE, name, seed)
        create_memory(folder / MEMORY_FILE)
        (folder / PUBLIC_FILE).write_text(public + "\n", "utf-8")
    typer.echo(public)


def _verify_name(name: str, seed: bytes) -> str:
    """Give the public key, or raise: a name that notes cannot hold is never used."""
    public = make_cosigner(name, seed).public.encode()
    try:
        split_key(public)
    except MalformedProof:
        raise WitnessUnusable("a name has no white space and no plus") from None
    return public


@witness_app.command("serve")
def serve(settings: SettingsFile) -> None:
    """Serve add-checkpoint to the ledgers that it was told of."""
    log = EventLog(sys.stderr, clock.now)
    take_over_logging(log)
    with _refusing(unusable=_REFUSED):
        told = load_witness_settings(settings, partial(_tell_refused, log))
        cosigner = read_cosigner(told.key)
        with open_memory(told.memory) as memory:
            witness = Witness(cosigner, memory, told.logs, clock.now)
            server = make_server(
                make_witness_app(witness, log, told.edge),
                (told.host, told.port),
                told.edge,
                partial(tell_refused, log, SecurityEvent.LIMIT_REACHED),
            )
            if not serve_until_told(server):
                raise WitnessUnusable("it cannot listen at that address")
    log.write(Event.STOPPED)


@witness_app.command("sign")
def sign(place: Place, state: State, log: LogKey, into: Into = None) -> None:
    """Cosign a ledger from a file, on a laptop; remembers what it saw.

    Exit code 0: cosigned. 1: refused, it does not extend what was seen. 2: cannot
    judge.
    """
    with _refusing(unusable=_UNJUDGED):
        logs = read_logs(log, Path(), _say_refused, state)
        cosigner = read_cosigner(state / KEY_FILE)
        with open_memory(state / MEMORY_FILE) as memory:
            done = cosign_place(Witness(cosigner, memory, logs, clock.now), place)
    note = _add_line(done)
    if into is None:
        typer.echo(note, nl=False)
    else:
        _write(into, note)
        typer.echo(f"Cosigned: {done.origin}, {done.size} entries.")


def _write(into: Path, note: str) -> None:
    try:
        write_whole(into, note.encode(), mode=0o644, replace=True)
    except OSError as cause:
        is_other = isinstance(cause, FileExistsError)
        said = "it is a link, a device or a pipe" if is_other else cause.strerror
        typer.echo(f"Cannot write {into.name}: {said}. Sign again elsewhere.", err=True)
        raise typer.Exit(_UNJUDGED) from None


def _add_line(done: Cosigned) -> str:
    return done.note + done.cosignature.encode()


def _tell_refused(log: EventLog, refusal: Exception) -> None:
    log.write(Event.SUCCESSOR_REFUSED, reason=code_of(refusal))


def _say_refused(refusal: Exception) -> None:
    typer.echo(f"successor of the ledger's key: {refusal}", err=True)


@contextmanager
def _refusing(*, unusable: int) -> Iterator[None]:
    try:
        yield
    except (UnknownOrigin, NotARequest, CannotJudge, MalformedProof) as refusal:
        typer.echo(f"Cannot judge: {refusal}.", err=True)
        raise typer.Exit(_UNJUDGED) from None
    except (WitnessUnusable, CannotListen) as refusal:
        typer.echo(f"refused: {refusal}", err=True)
        raise typer.Exit(unusable) from None
    except CheckpointRefused as refusal:
        typer.echo(f"Not cosigned: {refusal}.", err=True)
        raise typer.Exit(_REFUSED) from None

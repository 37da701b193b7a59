"""`signal-index verify`: one plain sentence, and an exit code that a machine can use.

0: the ledger holds. 1: it is false. 2: it cannot be judged.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from signal_index.proof import (
    MalformedProof,
    NoteKey,
    ProofRefused,
    encode_b64,
    parse_note_key,
)
from signal_index.verify import judge
from signal_index.verify.errors import CannotJudge
from signal_index.verify.sources import open_source

HOLDS, FALSE, UNJUDGED = 0, 1, 2

Place = Annotated[
    str,
    typer.Argument(
        metavar="PLACE",
        help="An export (folder or file), or the URL of a year's ledger, such as "
        "https://index.example/v1/ledger/2026.",
    ),
]
Key = Annotated[
    str,
    typer.Option(help="The ledger's public key (name+id+key), or a file with it."),
]
Year = Annotated[
    int | None,
    typer.Option(help="The year that the ledger must be of; any year when not given."),
]
Earlier = Annotated[
    list[Path] | None,
    typer.Option(
        "--earlier",
        help="A checkpoint of that year that you kept: the ledger must extend it.",
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", help="An auditor's token, to read entries over HTTP."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def verify_command(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    place: Place,
    key: Key,
    year: Year = None,
    earlier: Earlier = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Verify a year of the ledger, without trusting the index.

    Exit code 0: it holds. 1: it is false. 2: it cannot be judged.
    """
    code, facts = _judge(place, lambda: _trust(key, year, earlier or []), token_file)
    typer.echo(json.dumps(facts) if as_json else facts["sentence"])
    raise typer.Exit(code)


def _judge(
    place: str, find_trust: Callable[[], judge.Trust], token_file: Path | None
) -> tuple[int, dict[str, object]]:
    try:
        trust = find_trust()
        token = None if token_file is None else _read_text(token_file).strip()
        with open_source(place, token=token) as source, _progress() as progress:
            found = judge.judge_ledger(source, trust, progress=progress)
    except ProofRefused as refusal:
        return FALSE, {"verified": False, "sentence": f"False: {refusal}."}
    except (CannotJudge, MalformedProof) as refusal:
        return UNJUDGED, {"verified": None, "sentence": f"Cannot judge: {refusal}."}
    except Exception as fault:  # noqa: BLE001 - the edge: our own fault is no verdict
        sentence = f"Cannot judge: the verifier failed ({type(fault).__name__})."
        return UNJUDGED, {"verified": None, "sentence": sentence}
    return HOLDS, _facts(found)


def _facts(found: judge.Judgement) -> dict[str, object]:
    read = (
        "every entry is as it was recorded"
        if found.entries_read
        else "the entries themselves were not shown, only their hashes"
    )
    return {
        "verified": True,
        "sentence": f"Holds: {found.origin}, {found.size} entries; {read}.",
        "origin": found.origin,
        "entries": found.size,
        "root": encode_b64(found.root),
        "entriesRead": found.entries_read,
        "kinds": found.kinds,
        "previous": found.previous,
        "earlierCheckpoints": found.earlier,
    }


def _trust(key: str, year: int | None, earlier: Sequence[Path]) -> judge.Trust:
    return judge.Trust(_read_key(key), [_read_text(path) for path in earlier], year)


def _read_key(text: str) -> NoteKey:
    path = Path(text)
    return parse_note_key(_read_text(path) if path.is_file() else text)


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as cause:
        raise CannotJudge("a file that was named cannot be read") from cause


@contextmanager
def _progress() -> Iterator[judge.Progress]:
    console = Console(stderr=True)
    with Progress(
        TextColumn("verifying"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("verifying", total=None)
        yield lambda done, size: bar.update(task, completed=done, total=size)

"""`signal-index verify`: one plain sentence, and an exit code that a machine can use.

0: it holds. 1: it is false. 2: it cannot be judged. What is judged follows from what is
at the place: a ledger (an export, or tiles over HTTP), or proof files of entries.
"""

import json
from collections.abc import Callable, Iterator
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
    ProofRefused,
    parse_witness_key,
)
from signal_index.verify import judge, verdicts
from signal_index.verify.checkpoints import judge_growth
from signal_index.verify.errors import CannotJudge
from signal_index.verify.persons import ProvenPerson, read_person
from signal_index.verify.proof_files import find_proof_files, judge_proofs
from signal_index.verify.sources import open_source
from signal_index.verify.trust import choose_believed, make_quorum, read_trust

HOLDS, FALSE, UNJUDGED = 0, 1, 2

Place = Annotated[
    str,
    typer.Argument(
        metavar="PLACE",
        help="An export (folder or file), a proof file (or a folder or zip of them), "
        "or the URL of a year's ledger: https://index.example/v1/ledger/2026.",
    ),
]
Key = Annotated[
    str | None,
    typer.Option(help="The ledger's public key (name+id+key), or a file with it."),
]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        help="A trust policy (C2SP tlog-policy): ledger, witnesses and quorum in one.",
    ),
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
WitnessKeys = Annotated[
    list[str] | None,
    typer.Option(
        "--witness",
        help="The public key of a witness that must have cosigned, or a file with it.",
    ),
]
QuorumSize = Annotated[
    int | None,
    typer.Option("--quorum", help="How many of these witnesses; all when not given."),
]
CheckpointOnly = Annotated[
    bool,
    typer.Option(
        "--checkpoint-only",
        help="Hold the checkpoint against --earlier and --witness; read no entries.",
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", help="An auditor's token, to read entries over HTTP."),
]
ReceiptKeyFile = Annotated[
    Path | None,
    typer.Option(
        "--receipt-key",
        help="receipt.public.jwk: hold what follows on it against the ledger too.",
    ),
]
Person = Annotated[
    Path | None,
    typer.Option(
        "--person",
        help="What key holders proved of a number: hold that each entry is about that "
        "person. Asks for the number and the code that goes with the file.",
    ),
]
Pins = Annotated[
    Path | None,
    typer.Option(help="pins.json: whose key holders they are. With --person."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def verify_command(  # noqa: PLR0917 - each is an option of the command line
    place: Place,
    key: Key = None,
    policy: PolicyFile = None,
    year: Year = None,
    earlier: Earlier = None,
    witness: WitnessKeys = None,
    quorum: QuorumSize = None,
    checkpoint_only: CheckpointOnly = False,  # noqa: FBT002 - a flag
    token_file: TokenFile = None,
    receipt_key: ReceiptKeyFile = None,
    person: Person = None,
    pins: Pins = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Verify a year of the ledger, or entries of it, without trusting the index.

    Exit code 0: it holds. 1: it is false. 2: it cannot be judged.
    """

    def find_facts() -> verdicts.Facts:
        keys = [parse_witness_key(_read_named(text)) for text in witness or []]
        notes = [_read_text(path) for path in earlier or []]
        said = None if policy is None else _read_text(policy)
        log, asked = choose_believed(key, make_quorum(keys, quorum), said)
        trust = read_trust(log, receipt_key, notes, year, asked)
        if not checkpoint_only and (files := find_proof_files(place)):
            proven = judge_proofs(files, trust, _read_person(person, pins))
            return verdicts.tell_of_proofs(proven)
        if person is not None:
            raise CannotJudge("only proof files are held against a person")
        token = None if token_file is None else _read_text(token_file).strip()
        with open_source(place, token=token) as source:
            if checkpoint_only:
                return verdicts.tell_of_growth(judge_growth(source, trust))
            with _progress() as progress:
                found = judge.judge_ledger(source, trust, progress=progress)
        return verdicts.tell_of_ledger(found)

    code, facts = _judge(find_facts)
    typer.echo(json.dumps(facts) if as_json else facts["sentence"])
    raise typer.Exit(code)


def _judge(find_facts: Callable[[], verdicts.Facts]) -> tuple[int, verdicts.Facts]:
    try:
        return HOLDS, {"verified": True, **find_facts()}
    except ProofRefused as refusal:
        return FALSE, {"verified": False, "sentence": f"False: {refusal}."}
    except (CannotJudge, MalformedProof) as refusal:
        return UNJUDGED, {"verified": None, "sentence": f"Cannot judge: {refusal}."}
    except Exception as fault:  # noqa: BLE001 - the edge: our own fault is no verdict
        sentence = f"Cannot judge: the verifier failed ({type(fault).__name__})."
        return UNJUDGED, {"verified": None, "sentence": sentence}


def _read_person(file: Path | None, pins: Path | None) -> ProvenPerson | None:
    """Ask for the number and the code, without showing them; neither is kept."""
    if file is None:
        return None
    if pins is None:
        raise CannotJudge("--person needs --pins: whose key holders they are")
    number = typer.prompt("Number", hide_input=True, err=True)
    code = typer.prompt("Code", hide_input=True, err=True)
    return read_person(file, pins, number.strip(), code)


def _read_named(text: str) -> str:
    """Give a key that was written on the command line, or stands in the file named."""
    path = Path(text)
    return _read_text(path) if path.is_file() else text


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

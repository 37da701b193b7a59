"""`signal-index reconcile`: a day held against holders and desks, without the index.

0: everything fits. 1: something was found, or the ledger is false. 2: it cannot be
judged, because something is missing or cannot be read.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer
from joserfc.jwk import OKPKey

from keys.config import ConfigPins, KeyConfig, KeyOrigin
from keys.errors import KeysError
from keys.files import write_whole
from keys.pinned_keys import read_chain
from keys.pins import read_pins, verify_by_one_of
from keys.successor import KeyUse
from signal_index import clock
from signal_index.proof import (
    MalformedProof,
    ProofRefused,
    encode_json,
    parse_receipt_key,
    parse_witness_key,
)
from signal_index.reconcile.errors import CannotReconcile, FileMalformed
from signal_index.reconcile.judge import Files, Trusted, judge_day
from signal_index.reconcile.progress import showing
from signal_index.reconcile.sentences import describe_finding
from signal_index.reconcile.statements import list_files
from signal_index.verify.errors import CannotJudge
from signal_index.verify.pinned import read_trust
from signal_index.verify.trust import Trust, make_quorum
from signal_index.wire.completeness import JudgedReport, Weight

FITS, FOUND, UNJUDGED = 0, 1, 2

Day = Annotated[
    datetime, typer.Argument(formats=["%Y-%m-%d"], help="A UTC day that is over.")
]
Ledger = Annotated[
    list[Path],
    typer.Option(help="The ledger's export of the year; of the next too for 31-12."),
]
Opened = Annotated[Path, typer.Option(help="What `signal-index disclose DAY` wrote.")]
Statements = Annotated[
    list[Path],
    typer.Option(help="Statements that `signal-keys statement` kept, or their folder."),
]
Receipts = Annotated[
    list[Path] | None,
    typer.Option(help="What `signal-desk receipts DAY` wrote; one for each desk."),
]
Key = Annotated[Path, typer.Option(help="The ledger's public key (checkpoint.vkey).")]
ReceiptKey = Annotated[Path, typer.Option(help="The index's public receipt key (JWK).")]
Configs = Annotated[
    list[Path],
    typer.Option(
        help="The holders' key config of that day; of a day on which a holder was "
        "replaced both."
    ),
]
Pins = Annotated[
    Path,
    typer.Option(
        help="The holders' pinned config keys; other sets beside it (pins-….json) too."
    ),
]
Origin = Annotated[
    Literal["distributed", "dealt"],
    typer.Option(help="What the key config must say of its key."),
]
Witnesses = Annotated[
    list[str] | None,
    typer.Option("--witness", help="A witness that must have cosigned: key or file."),
]
QuorumSize = Annotated[
    int | None,
    typer.Option("--quorum", help="How many of these witnesses; all when not given."),
]
SoFar = Annotated[
    bool,
    typer.Option("--so-far", help="The day is not over: leave open what can come."),
]
Into = Annotated[
    Path | None, typer.Option("--report", help="A new file for the report (JSON).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def reconcile_command(  # noqa: PLR0917 - each is an option of the command line
    day: Day,
    ledger: Ledger,
    opened: Opened,
    statements: Statements,
    key: Key,
    receipt_key: ReceiptKey,
    key_config: Configs,
    pins: Pins,
    receipts: Receipts = None,
    witness: Witnesses = None,
    quorum: QuorumSize = None,
    accepted_origin: Origin = "distributed",
    so_far: SoFar = False,  # noqa: FBT002 - a flag of the command line
    report: Into = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Hold a day of the ledger against the key holders and the desks, offline.

    Needs no database and no network. Exit code 0: everything fits. 1: something was
    found. 2: it cannot be judged.
    """
    places = list_files(statements)
    files = Files(
        exports=ledger, opened=opened, statements=places, receipts=receipts or []
    )
    at = clock.now() if so_far else _end_of(day.date())

    def judge() -> JudgedReport:
        trusted = Trusted(
            ledger=_read_trust(key, receipt_key, witness or [], quorum),
            receipts=_read_receipt_keys(receipt_key, day.date(), at),
            holders=[
                _read_config(one, pins, accepted_origin, at) for one in key_config
            ],
        )
        with showing("verifying the ledger") as progress:
            return judge_day(
                day.date(), files, trusted, so_far=so_far, progress=progress
            )

    code, found = _judge(judge)
    if isinstance(found, JudgedReport) and report is not None:
        _keep(found, report)
    _say(found, as_json=as_json)
    raise typer.Exit(code)


def _judge(judge: Callable[[], JudgedReport]) -> tuple[int, JudgedReport | str]:
    try:
        found = judge()
    except ProofRefused as refusal:
        return FOUND, f"False: {refusal}."
    except (CannotReconcile, CannotJudge, MalformedProof, KeysError) as refusal:
        reason = str(refusal) or type(refusal).__name__
        return UNJUDGED, f"Cannot judge: {reason}."
    except Exception as fault:  # noqa: BLE001 - the edge: our own fault is no verdict
        return UNJUDGED, f"Cannot judge: the tool failed ({type(fault).__name__})."
    return (FOUND if found.findings else FITS), found


def _say(found: JudgedReport | str, *, as_json: bool) -> None:
    if isinstance(found, str):
        typer.echo(json.dumps({"sentence": found}) if as_json else found)
        return
    if as_json:
        typer.echo(encode_json(found.model_dump(mode="json")))
        return
    for one in found.findings:
        whom = (one.organisation, one.user, one.entryId)
        about = " ".join(str(member) for member in whom if member)
        typer.echo(f"{one.weight}: {describe_finding(one)}: {about}")
    typer.echo(_sum_up(found))


def _sum_up(found: JudgedReport) -> str:
    judged = found.judged
    counted = (
        f"{found.day}: {judged.entries} entries, {judged.requests} requests, "
        f"{judged.receipts} receipts"
    )
    left = f"; {judged.stillOpen} requests are still open" if judged.stillOpen else ""
    if not found.findings:
        return f"Fits: {counted}{left}."
    alarms = sum(one.weight is Weight.ALARM for one in found.findings)
    others = len(found.findings) - alarms
    return f"Found: {alarms} alarms and {others} findings in {counted}{left}."


def _keep(found: JudgedReport, into: Path) -> None:
    try:
        write_whole(into, encode_json(found.model_dump(mode="json")))
    except OSError as cause:
        typer.echo(f"Cannot write the report: {cause.strerror}.", err=True)
        raise typer.Exit(UNJUDGED) from None


def _read_trust(
    key: Path, receipt_key: Path, witnesses: Sequence[str], quorum: int | None
) -> Trust:
    """Give whose tree it must be; a witness may be a key or a file with one."""
    keys = [
        parse_witness_key(_read_text(Path(one)) if Path(one).is_file() else one)
        for one in witnesses
    ]
    return read_trust(str(key), receipt_key, (), None, make_quorum(keys, quorum))


def _read_config(path: Path, pins: Path, origin: KeyOrigin, at: datetime) -> KeyConfig:
    return verify_by_one_of(
        _read(path),
        _read_pins(pins),
        accepted_origin=origin,
        known=None,
        now=at,
    )


def _read_pins(path: Path) -> Sequence[ConfigPins]:
    try:
        return read_pins(path)
    except OSError as cause:
        raise FileMalformed(f"{path.name} cannot be read") from cause


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        raise FileMalformed(f"{path.name} cannot be read") from cause


def _read_text(path: Path) -> str:
    try:
        return _read(path).decode("utf-8")
    except UnicodeDecodeError as cause:
        raise FileMalformed(f"{path.name} is not text") from cause


def _read_receipt_keys(path: Path, day: date, until: datetime) -> list[OKPKey]:
    """Give the receipt keys that counted on a day: the one given, and what follows."""
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
    counted = read_chain(path, KeyUse.RECEIPT).list_between(begins, until)
    return [parse_receipt_key(key.jwk) for key in counted]


def _end_of(day: date) -> datetime:
    """Give the last second of a UTC day: the key config must be of that time."""
    tomorrow = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    return tomorrow - timedelta(seconds=1)

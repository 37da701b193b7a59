"""`signal-keys ceremony`: one process for each step.

Every command works in the holder's own folder, asks for its passphrase or the PIN of
its token, and prints no secret. Exit codes: 0 done, 1 refused with a reason, 2 wrong
use.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from keys import clock
from keys.base64url import encode_b64u
from keys.ceremony.cards import CARD, KEY_CONFIG, open_card, verify_unserved
from keys.ceremony.checking import open_signed, verify_in_use
from keys.ceremony.conclusion import make_pins, verify_record
from keys.ceremony.describing import describe
from keys.ceremony.digits import tell_digits, verify_digits
from keys.ceremony.documents import (
    CardFile,
    CertificateFile,
    CommitFile,
    DoneFile,
    MessageFile,
    PlanFile,
    RecordFile,
    encode,
    read_file,
)
from keys.ceremony.errors import CeremonyMixed
from keys.ceremony.exchange import collect_commits, compare_clocks
from keys.ceremony.holder import Holder, draw, open_holder
from keys.ceremony.plan import (
    Plan,
    draw_up,
    draw_up_succession,
    open_plan,
    verify_begun,
)
from keys.ceremony.results import erase_traces, settle, sweep, write_results
from keys.ceremony.rotation import RotatedFile, RotationFile
from keys.ceremony.steps import accept, commit, finish, share
from keys.config import KeyConfig, parse_pins
from keys.config_document import SignedDocument, read_payload
from keys.files import read_public, write_public
from keys.keyring import SHARE
from keys.saying import saying_why
from keys.sealer_options import PassphraseOption, TokenOption, ask_sealer
from keys.sealing import Sealer

PLAN: Final = "ceremony.json"
_TOGETHER: Final = timedelta(minutes=10)


class Kind(StrEnum):
    """What a ceremony is for."""

    GENERATE = "generate"
    REFRESH = "refresh"
    REPLACE = "replace"
    ROTATE = "rotate"


_File = TypeVar("_File", CommitFile, MessageFile, CertificateFile, DoneFile)

ceremony = typer.Typer(
    help="Make a key that nobody has whole, step by step.", no_args_is_help=True
)

FolderOption = Annotated[
    Path, typer.Option("--folder", help="The holder's own folder.")
]
DigitsOption = Annotated[
    str | None,
    typer.Option(help="As another holder reads them aloud; none: you are asked."),
]


@ceremony.command("open")
def open_(
    cards: Annotated[list[Path], typer.Argument(help="Every card, in their order.")],
    valid_days: Annotated[
        int, typer.Option(min=1, max=3650, help="Days that the key config is valid.")
    ],
    *,
    kind: Annotated[
        Kind,
        typer.Option(help="A new key, new shares of the key in use, or the next one."),
    ] = Kind.GENERATE,
    threshold: Annotated[
        int | None,
        typer.Option(min=2, max=9, help="Holders that suffice: of a new key."),
    ] = None,
    lost: Annotated[
        list[str] | None,
        typer.Option(help="At replace: a holder without a share, or that leaves."),
    ] = None,
    current: Annotated[
        Path, typer.Option(help="The config in use, where there is one.")
    ] = Path(KEY_CONFIG),
    rotation: Annotated[
        Path | None, typer.Option(help="At rotate: rotation.json, from the index.")
    ] = None,
    into: Annotated[Path, typer.Option(help="A new file for all holders.")] = Path(
        PLAN
    ),
) -> None:
    """Write down who takes part; the others compare its digits as they commit."""
    if (threshold is None) == (kind is Kind.GENERATE):
        raise typer.BadParameter("--threshold belongs to a new key, and only to it")
    if bool(lost) != (kind is Kind.REPLACE):
        raise typer.BadParameter("--lost belongs to --kind replace, and only to it")
    if (rotation is None) == (kind is Kind.ROTATE):
        raise typer.BadParameter("--rotation belongs to --kind rotate, and only to it")
    with saying_why("Not opened"):
        given = tuple(read_file(CardFile, path) for path in cards)
        valid, nonce = timedelta(days=valid_days), secrets.token_bytes(32)
        if threshold is not None:
            file = draw_up(
                given, threshold=threshold, valid=valid, nonce=nonce, now=clock.now()
            )
        else:
            file = draw_up_succession(
                read_file(SignedDocument, current),
                given,
                lost=lost or (),
                rotation=_read_rotation(rotation),
                valid=valid,
                nonce=nonce,
                now=clock.now(),
            )
        plan = open_plan(file)
        write_public(into, encode(plan.file) + b"\n")
    _say(plan)
    typer.echo(f"{into}: {tell_digits(plan.session.context)}")


@ceremony.command("commit")
def commit_command(
    *,
    folder: FolderOption = Path(),
    passphrase: PassphraseOption = None,
    token: TokenOption = None,
    digits: DigitsOption = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Give up what an earlier try left here.")
    ] = False,
) -> None:
    """Step 1: compare ceremony.json aloud, and fix a contribution nobody sees yet."""
    with saying_why("Not committed"):
        plan = _read_plan(folder)
        _say(plan)
        verify_begun(plan, clock.now())
        holder = _open_holder(folder, plan, passphrase, token)
        told = digits or typer.prompt("The digits of ceremony.json, as they are read")
        verify_digits(told, plan.session.context)
        if anew:
            holder.states.give_up()
        path = commit(holder, draw(holder), clock.now())
    typer.echo(f"Send {path} to every holder.")


@ceremony.command("share")
def share_command(
    commits: Annotated[list[Path], typer.Argument(help="commit-1.json and so on.")],
    *,
    folder: FolderOption = Path(),
    passphrase: PassphraseOption = None,
    token: TokenOption = None,
) -> None:
    """Step 2: give out the contribution, now that every holder committed."""
    with saying_why("Not shared"):
        holder = _open_holder(folder, _read_plan(folder), passphrase, token)
        files = _read_all(CommitFile, commits)
        tokens = collect_commits(
            holder.plan, ((name, file.commit) for name, file in files)
        )
        _say_clocks(compare_clocks(holder.plan, tokens, clock.now()))
        path = share(holder, files)
    typer.echo(f"Send {path} to every holder.")


@ceremony.command("accept")
def accept_command(
    messages: Annotated[list[Path], typer.Argument(help="message-1.json and so on.")],
    *,
    folder: FolderOption = Path(),
    passphrase: PassphraseOption = None,
    token: TokenOption = None,
) -> None:
    """Step 3: check every contribution, and certify what they come to."""
    with saying_why("Not accepted"):
        holder = _open_holder(folder, _read_plan(folder), passphrase, token)
        path, transcript = accept(holder, _read_all(MessageFile, messages))
    typer.echo(f"Send {path} to every holder.")
    typer.echo(f"Read these digits aloud: {tell_digits(transcript)}")


@ceremony.command("finish")
def finish_command(
    certificates: Annotated[
        list[Path], typer.Argument(help="certificate-1.json and so on.")
    ],
    *,
    folder: FolderOption = Path(),
    passphrase: PassphraseOption = None,
    token: TokenOption = None,
    digits: DigitsOption = None,
) -> None:
    """Step 4: with every certificate there, write the share and erase the rest."""
    with saying_why("Not finished"):
        plan = _read_plan(folder)
        sealer = _ask_sealer(folder, plan, passphrase, token)
        holder = open_holder(folder, plan, sealer)
        finished = finish(holder, _read_all(CertificateFile, certificates))
        told = digits or typer.prompt("The digits that another holder reads aloud")
        verify_digits(told, finished.conclusion.transcript)
        results = write_results(holder, finished, sealer)
        erase_traces(folder)
    typer.echo(f"Any {plan.session.threshold} of {len(plan.cards)} holders suffice.")
    if plan.former is not None:
        typer.echo(f"{results} waits. Send done-{holder.index}.json to every holder.")
    if finished.handed is not None:
        typer.echo(f"Send hand-over-{holder.index}.json to the index, and to it alone.")
    typer.echo("share.json opens with the same passphrase, or token: keep them apart.")
    if plan.former is None:
        typer.echo("record.json goes to the municipality and the auditor.")
    if plan.former is None or plan.former.kind == "replace":
        typer.echo("pins.json reaches clients by another road than key-config.json.")


@ceremony.command("settle")
def settle_command(
    done: Annotated[list[Path], typer.Argument(help="done-1.json and so on.")],
    *,
    rotated: Annotated[
        Path | None, typer.Option(help="At rotate: rotated.json, from the index.")
    ] = None,
    folder: FolderOption = Path(),
    passphrase: PassphraseOption = None,
    token: TokenOption = None,
) -> None:
    """Replace the former share, now that every holder has its new one."""
    with saying_why("Not settled"):
        plan = _read_plan(folder)
        sweep(folder)
        sealer = ask_sealer(folder, passphrase, token)
        said = None if rotated is None else read_file(RotatedFile, rotated)
        files = _read_all(DoneFile, done)
        had_share = (folder / SHARE).exists()
        settle(folder, plan, files, sealer, rotated=said)
    typer.echo("The new share is in its place.")
    if had_share:
        typer.echo("The former share is gone here: remove every copy of it as well.")
    typer.echo("record.json goes to the municipality and the auditor.")


@ceremony.command("verify")
def verify_command(
    record: Annotated[Path, typer.Argument(help="record.json of any holder.")],
    *,
    pins: Annotated[
        Path | None, typer.Option(help="pins.json: the holders that must be in it.")
    ] = None,
    known: Annotated[
        Path | None,
        typer.Option(help="The key-config.json that the ceremony must follow on."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="The key-config.json in use: made by it, or renewed since."),
    ] = None,
) -> None:
    """Check a whole ceremony again; needs no secret, so anybody may."""
    with saying_why("Not good"):
        conclusion, _ = verify_record(read_file(RecordFile, record))
        plan = conclusion.plan
        if pins is not None:
            pinned = parse_pins(read_public(pins)).keys
            if pinned != tuple(each.config_key for each in plan.cards):
                raise CeremonyMixed("made by other holders than pins.json names")
        if known is not None:
            _verify_follows(plan, read_payload(read_file(SignedDocument, known)))
        if config is not None:
            used = open_signed(read_public(config), make_pins(plan))
            verify_in_use(used, conclusion.config)
            ends = f"{used.valid_until:%Y-%m-%d}"
            typer.echo(f"{config.name}: serial {used.serial}, until {ends}")
    _say(plan)
    typer.echo(f"public key  {encode_b64u(conclusion.outcome.public_key.encoded)}")
    typer.echo(f"transcript  {tell_digits(conclusion.transcript)}")
    typer.echo("It holds. Compare these digits with those that the holders read aloud.")


def _say_clocks(made: Mapping[str, datetime]) -> None:
    """Say when each committed; where that lies apart, a person must say why."""
    said = ", ".join(f"{id_} {at:%H:%M}" for id_, at in made.items())
    typer.echo(f"committed (UTC, by each own clock): {said}")
    if max(made.values()) - min(made.values()) > _TOGETHER:
        typer.echo(
            "These lie apart. Did you not wait for each other that long, then a clock "
            "is wrong: stop, and compare your clocks."
        )


def _verify_follows(plan: Plan, known: KeyConfig) -> None:
    if plan.former is None or plan.former.config != known:
        raise CeremonyMixed("follows on another config than the one given")


def _read_rotation(path: Path | None) -> str | None:
    return None if path is None else read_file(RotationFile, path).rotation


def _say(plan: Plan) -> None:
    for line in describe(plan):
        typer.echo(line)


def _read_plan(folder: Path) -> Plan:
    return open_plan(read_file(PlanFile, folder / PLAN))


def _read_all(model: type[_File], paths: Sequence[Path]) -> list[tuple[str, _File]]:
    return [(path.name, read_file(model, path)) for path in paths]


def _open_holder(
    folder: Path, plan: Plan, passphrase: Path | None, token: Path | None
) -> Holder:
    return open_holder(folder, plan, _ask_sealer(folder, plan, passphrase, token))


def _ask_sealer(
    folder: Path, plan: Plan, passphrase: Path | None, token: Path | None
) -> Sealer:
    """Ask what opens the keys, once this folder can take the step at all."""
    plan.find_index(open_card(read_file(CardFile, folder / CARD)))
    sweep(folder)
    verify_unserved(folder)
    return ask_sealer(folder, passphrase, token)

"""`signal-keys card` and `signal-keys ceremony`: one process for each step.

Every command works in the holder's own folder, asks for its passphrase, and prints no
secret. Exit codes: 0 done, 1 refused with a reason, 2 wrong use.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from keys import clock
from keys.base64url import encode_b64u
from keys.ceremony.cards import CARD, make_card, open_card
from keys.ceremony.conclusion import verify_record
from keys.ceremony.digits import tell_digits, verify_digits
from keys.ceremony.documents import (
    CardFile,
    CertificateFile,
    CommitFile,
    MessageFile,
    PlanFile,
    RecordFile,
    encode,
    read_file,
)
from keys.ceremony.errors import CeremonyMixed
from keys.ceremony.plan import Plan, draw_up, open_plan
from keys.ceremony.results import erase_traces, write_results
from keys.ceremony.state import erase_states
from keys.ceremony.steps import Holder, accept, commit, finish, open_holder, share
from keys.config import parse_pins
from keys.dkg import draw_polynomial
from keys.errors import KeyFileMalformed
from keys.files import write_public
from keys.group import generate_scalar
from keys.saying import saying_why
from keys.sealing import PassphraseSealer, parse_passphrase, read_passphrase

PLAN: Final = "ceremony.json"
_OWNER_FOLDER: Final = 0o700
_File = TypeVar("_File", CommitFile, MessageFile, CertificateFile)

card = typer.Typer(help="Who a holder is in a ceremony.", no_args_is_help=True)
ceremony = typer.Typer(
    help="Make a key that nobody has whole, step by step.", no_args_is_help=True
)

FolderOption = Annotated[
    Path, typer.Option("--folder", help="The holder's own folder.")
]
PassphraseOption = Annotated[
    Path | None,
    typer.Option(help="A file with the passphrase, apart; none: you are asked."),
]
DigitsOption = Annotated[
    str | None,
    typer.Option(help="As another holder reads them aloud; none: you are asked."),
]


@card.command("new")
def card_new(
    id_: Annotated[str, typer.Option("--id", help="The holder, for example holder-1.")],
    into: Annotated[Path, typer.Option(help="A folder for this holder alone.")],
    *,
    passphrase: PassphraseOption = None,
) -> None:
    """Make a holder's keys and its card; read the card's digits aloud in the call."""
    with saying_why("Not made"):
        into.mkdir(mode=_OWNER_FOLDER, parents=True, exist_ok=True)
        made = make_card(into, id_, _ask_sealer(into, passphrase, is_new=True))
    typer.echo(f"{into / CARD}: {tell_digits(made.payload.encode())}")


@ceremony.command("open")
def open_(
    cards: Annotated[list[Path], typer.Argument(help="Every card, in their order.")],
    threshold: Annotated[
        int, typer.Option(min=2, max=9, help="Holders that suffice together.")
    ],
    valid_days: Annotated[
        int, typer.Option(min=1, max=3650, help="Days that the key config is valid.")
    ],
    *,
    into: Annotated[Path, typer.Option(help="A new file for all holders.")] = Path(
        PLAN
    ),
) -> None:
    """Write down who takes part; the others compare its digits as they commit."""
    with saying_why("Not opened"):
        plan = open_plan(
            draw_up(
                tuple(read_file(CardFile, path) for path in cards),
                threshold=threshold,
                valid=timedelta(days=valid_days),
                nonce=secrets.token_bytes(32),
                now=clock.now(),
            )
        )
        write_public(into, encode(plan.file) + b"\n")
    _describe(plan)
    typer.echo(f"{into}: {tell_digits(plan.session.context)}")


@ceremony.command("commit")
def commit_command(
    *,
    folder: FolderOption = Path(),
    passphrase: PassphraseOption = None,
    digits: DigitsOption = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Give up what an earlier try left here.")
    ] = False,
) -> None:
    """Step 1: compare ceremony.json aloud, and fix a contribution nobody sees yet."""
    with saying_why("Not committed"):
        plan = _read_plan(folder)
        _describe(plan)
        told = digits or typer.prompt("The digits of ceremony.json, as they are read")
        verify_digits(told, plan.session.context)
        holder = _open_holder(folder, plan, passphrase)
        if anew:
            erase_states(folder)
        polynomial = draw_polynomial(plan.session.threshold)
        path = commit(holder, polynomial, generate_scalar())
    typer.echo(f"Send {path} to every holder.")


@ceremony.command("share")
def share_command(
    commits: Annotated[list[Path], typer.Argument(help="commit-1.json and so on.")],
    *,
    folder: FolderOption = Path(),
    passphrase: PassphraseOption = None,
) -> None:
    """Step 2: give out the contribution, now that every holder committed."""
    with saying_why("Not shared"):
        holder = _open_holder(folder, _read_plan(folder), passphrase)
        path = share(holder, _read_all(CommitFile, commits))
    typer.echo(f"Send {path} to every holder.")


@ceremony.command("accept")
def accept_command(
    messages: Annotated[list[Path], typer.Argument(help="message-1.json and so on.")],
    *,
    folder: FolderOption = Path(),
    passphrase: PassphraseOption = None,
) -> None:
    """Step 3: check every contribution, and certify what they come to."""
    with saying_why("Not accepted"):
        holder = _open_holder(folder, _read_plan(folder), passphrase)
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
    digits: DigitsOption = None,
) -> None:
    """Step 4: with every certificate there, write the share and erase the rest."""
    with saying_why("Not finished"):
        plan = _read_plan(folder)
        sealer = _ask_sealer(folder, passphrase)
        holder = open_holder(folder, plan, sealer)
        finished = finish(holder, _read_all(CertificateFile, certificates))
        told = digits or typer.prompt("The digits that another holder reads aloud")
        verify_digits(told, finished.conclusion.transcript)
        write_results(holder, finished, sealer)
        erase_traces(folder)
    typer.echo(f"Any {plan.session.threshold} of {len(plan.cards)} holders suffice.")
    typer.echo("share.json opens with the same passphrase: keep the two apart.")
    typer.echo("pins.json reaches clients by another road than key-config.json.")


@ceremony.command("verify")
def verify_command(
    record: Annotated[Path, typer.Argument(help="record.json of any holder.")],
    *,
    pins: Annotated[
        Path | None, typer.Option(help="pins.json: the holders that must be in it.")
    ] = None,
) -> None:
    """Check a whole ceremony again; needs no secret, so anybody may."""
    with saying_why("Not good"):
        conclusion, _ = verify_record(read_file(RecordFile, record))
        plan = conclusion.plan
        if pins is not None:
            known = parse_pins(_read(pins)).keys
            if known != tuple(each.config_key for each in plan.cards):
                raise CeremonyMixed("made by other holders than pins.json names")
    _describe(plan)
    typer.echo(f"public key  {encode_b64u(conclusion.outcome.public_key.encoded)}")
    typer.echo(f"transcript  {tell_digits(conclusion.transcript)}")


def _describe(plan: Plan) -> None:
    draft = plan.file.draft
    typer.echo(f"Any {draft.threshold} of these holders will suffice:")
    for index, (each, file) in enumerate(
        zip(plan.cards, plan.file.cards, strict=True), 1
    ):
        typer.echo(f"  {index}  {each.id}  card {tell_digits(file.payload.encode())}")
    typer.echo(f"valid {draft.valid_from:%Y-%m-%d} to {draft.valid_until:%Y-%m-%d}")


def _read_plan(folder: Path) -> Plan:
    return open_plan(read_file(PlanFile, folder / PLAN))


def _read_all(model: type[_File], paths: Sequence[Path]) -> list[tuple[str, _File]]:
    return [(path.name, read_file(model, path)) for path in paths]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None


def _open_holder(folder: Path, plan: Plan, passphrase: Path | None) -> Holder:
    plan.find_index(open_card(read_file(CardFile, folder / CARD)))
    return open_holder(folder, plan, _ask_sealer(folder, passphrase))


def _ask_sealer(
    folder: Path, file: Path | None, *, is_new: bool = False
) -> PassphraseSealer:
    if file is None:
        asked: str = typer.prompt(
            "Passphrase", hide_input=True, confirmation_prompt=is_new
        )
        return PassphraseSealer(parse_passphrase(asked))
    if file.resolve().is_relative_to(folder.resolve()):
        raise KeyFileMalformed("the passphrase lies with the keys; keep it apart")
    return PassphraseSealer(read_passphrase(file))

"""`signal-keys config`: renew the key config of the same shares, without the shares.

A draft goes to each holder, who signs it where its config-signing key is; whoever has
all signatures puts them together. None of these commands reads a share.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from keys import clock
from keys.ceremony.cards import CONFIG_KEY, TICKET_KEY
from keys.config import KeyConfig, open_config, parse_pins
from keys.config_changes import list_changes
from keys.config_document import parse_document
from keys.errors import RenewalRefused
from keys.files import read_json, write_public
from keys.joining.confirming import read_file
from keys.jose import PrivateKey, PublicKey, parse_public_key
from keys.keyring import (
    SHARE,
    SealedUse,
    find_holder,
    load_signing_key,
    write_signing_key,
)
from keys.renewal import assemble, draft_renewal, find_signer, sign_draft
from keys.saying import saying_why
from keys.sealer_options import PassphraseOption, TokenOption, ask_sealer
from keys.signed_configs import remember_signed

NEXT_TICKET_KEY: Final = "next-ticket.key"
NEXT_PUBLIC_TICKET_KEY: Final = "next-ticket.public.jwk"

config = typer.Typer(help="Renew the key config: same shares.", no_args_is_help=True)

_Known = Annotated[Path, typer.Option(help="The key config in use; over is no matter.")]
_Pins = Annotated[Path, typer.Option(help="The holders' pins, as you have them.")]


@config.command("new-ticket-key")
def new_ticket_key(
    into: Annotated[Path, typer.Option(help="Existing folder for the two files.")],
    *,
    beside: Annotated[
        Path | None,
        typer.Option(help="A sealed file that opens alike; none: one that lies there."),
    ] = None,
    passphrase: PassphraseOption = None,
    token: TokenOption = None,
) -> None:
    """Make a holder's next ticket key: next-ticket.key and its public half.

    It is sealed as what lies there: that is opened first, so that no mistyped
    passphrase seals it.
    """
    with saying_why("Not made"):
        key = PrivateKey.generate()
        sealer = ask_sealer(into, passphrase, token)
        holder = find_holder(beside or _find_sealed(into), sealer)
        path = into / NEXT_TICKET_KEY
        write_signing_key(path, key, SealedUse.TICKET, holder, sealer)
        write_public(into / NEXT_PUBLIC_TICKET_KEY, _as_json(key.public.jwk))
    typer.echo(f"{into / NEXT_TICKET_KEY}\n{into / NEXT_PUBLIC_TICKET_KEY}")


@config.command("draft")
def draft(
    *,
    known: _Known,
    pins: _Pins,
    valid_days: Annotated[
        int, typer.Option(min=1, max=3650, help="Days that it is valid from today.")
    ],
    into: Annotated[Path, typer.Option(help="A new file; send it to each holder.")],
    ticket_key: Annotated[
        list[str] | None,
        typer.Option(help="holder-1=FILE: a holder's new public key; repeat it."),
    ] = None,
) -> None:
    """Draft the next key config: the same shares, the next serial, another end."""
    with saying_why("No draft"):
        before = _open(known, pins)
        new = dict(_read_named(text) for text in ticket_key or [])
        ends = clock.now() + timedelta(days=valid_days)
        made = draft_renewal(before, ends, new)
        write_public(into, _as_json(json.loads(made.encode())))
    _print_changes(before, made)
    typer.echo(f"Send {into} to each holder, to sign.")


@config.command("sign")
def sign(
    drafted: Annotated[Path, typer.Argument(help="The draft that you got.")],
    *,
    known: _Known,
    pins: _Pins,
    key: Annotated[Path, typer.Option(help="Your config-signing.key.")],
    into: Annotated[Path, typer.Option(help="A new file for your signature.")],
    ticket_key: Annotated[
        Path | None,
        typer.Option(help="Your new public ticket key, where you made one."),
    ] = None,
    passphrase: PassphraseOption = None,
    token: TokenOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Give up what you signed with its number.")
    ] = False,
) -> None:
    """See what a draft changes and sign it as one holder; your share is not needed."""
    with saying_why("Not signed"):
        before = _open(known, pins)
        made = parse_document(KeyConfig, read_file(drafted))
        sealer = ask_sealer(key.parent, passphrase, token)
        own = load_signing_key(key, SealedUse.CONFIG, None, sealer)
        signed = sign_draft(
            made, before, own, None if ticket_key is None else _read_key(ticket_key)
        )
        _print_changes(before, made)
        if not yes:
            typer.confirm(f"Sign it as {find_signer(own, before).id}?", abort=True)
        remember_signed(key, made, sealer, anew=anew)
        write_public(into, signed)
    typer.echo(f"Signed. Send {into} to whoever assembles.")


@config.command("assemble")
def assemble_command(
    signed: Annotated[list[Path], typer.Argument(help="Each holder's signed file.")],
    *,
    known: _Known,
    pins: _Pins,
    into: Annotated[Path, typer.Option(help="A new file: the next key config.")],
) -> None:
    """Put the holders' signatures together, and verify it as a client does."""
    with saying_why("Not assembled"):
        before = _open(known, pins)
        files = {str(path): read_file(path) for path in signed}
        held = parse_pins(read_file(pins))
        write_public(into, assemble(files, before, held, now=clock.now()))
    typer.echo(f"{into}: give it to the index and to each holder, in place of theirs.")


def _find_sealed(folder: Path) -> Path:
    names = (SHARE, TICKET_KEY, CONFIG_KEY)
    lying = [folder / name for name in names if (folder / name).exists()]
    return lying[0] if lying else folder / SHARE


def _open(known: Path, pins: Path) -> KeyConfig:
    return open_config(read_file(known), parse_pins(read_file(pins)))


def _read_named(text: str) -> tuple[str, PublicKey]:
    holder, equals, path = text.partition("=")
    if not equals:
        raise RenewalRefused(f"--ticket-key {text}: write it as holder-1=FILE")
    return holder, _read_key(Path(path))


def _read_key(path: Path) -> PublicKey:
    return parse_public_key(read_json(read_file(path), path.name))


def _as_json(value: object) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"


def _print_changes(before: KeyConfig, after: KeyConfig) -> None:
    is_shorter = after.valid_until < before.valid_until
    lines: Sequence[str] = [
        f"  {change.where}: {change.before} -> {change.after}"
        + (", SHORTER than now" if is_shorter and change.where == "validUntil" else "")
        for change in list_changes(before, after)
    ]
    typer.echo("\n".join(["Changes, and nothing else:", *lines]))

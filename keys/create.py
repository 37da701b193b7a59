"""`signal-keys create`: deal a key and write a folder for each holder.

    DIR/key-config.json, DIR/pins.json            public, for clients
    DIR/holder-1/share.json                       sealed share
    DIR/passphrases/holder-1                      opens it (with --passphrases file)
    DIR/holder-1/ticket.jwk                       private key of the service
    DIR/holder-1/config-signing.jwk               private, for the next config: offline
    DIR/holder-1/key-config.json, pins.json       copies, which the holder serves

- Nothing is overwritten: a key that was in use would be gone, and with it every row.
- All of it appears at once or not at all: it is written beside DIR and then renamed.
- Secrets have mode 0600 and folders 0700 from their first moment.

Proven by tests/contract/test_keys_create.py.
"""

import json
import secrets
import shutil
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keys import clock
from keys.dealing import Dealing, DealingPlan, DealtHolder, deal_key
from keys.errors import KeyFileExists, KeyringRefused
from keys.files import write_secret
from keys.jose import PrivateKey
from keys.keyring import write_share
from keys.sealing import (
    Passphrase,
    PassphraseSealer,
    generate_passphrase,
    parse_passphrase,
)

OWNER_FOLDER = 0o700
PASSPHRASES = "passphrases"
"""The folder of the passphrases, beside those of the shares and never in one."""


class Passphrases(StrEnum):
    """Where the passphrases of the shares come from."""

    FILE = "file"
    PROMPT = "prompt"


def create_command(
    out: Annotated[Path, typer.Option(help="Folder to make; must not hold anything.")],
    valid_days: Annotated[
        int, typer.Option(min=1, max=3650, help="Days that the key config is valid.")
    ],
    holders: Annotated[int, typer.Option(min=2, max=9, help="Key holders.")] = 3,
    threshold: Annotated[
        int, typer.Option(min=2, max=9, help="Holders that suffice together.")
    ] = 2,
    passphrases: Annotated[
        Passphrases,
        typer.Option(help="Write the passphrases to a folder apart, or ask for each."),
    ] = Passphrases.FILE,
) -> None:
    """Deal a pseudonym key for demo and tests, with a folder for each key holder.

    Whoever runs this sees the whole key: the config says so (`origin: dealt`), and
    clients in production refuse it.
    """
    if threshold > holders:
        raise typer.BadParameter("the threshold cannot exceed the number of holders")
    now = clock.now()
    plan = DealingPlan(
        holders=holders,
        threshold=threshold,
        valid_from=now,
        valid_until=now + timedelta(days=valid_days),
    )
    try:
        refuse_to_overwrite(out)
        chosen = _choose_passphrases(passphrases, holders)
        write_dealing(out, deal_key(plan), chosen, keep=passphrases is Passphrases.FILE)
    except KeyringRefused as refusal:
        typer.echo(f"Not created: {refusal}", err=True)
        raise typer.Exit(1) from None
    _explain(out, plan, passphrases)


def refuse_to_overwrite(out: Path) -> None:
    """Raise `KeyFileExists` unless `out` is absent or an empty folder."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise KeyFileExists(f"{out} exists and is no folder")
    if out.is_dir() and any(out.iterdir()):
        raise KeyFileExists(f"{out} holds something; keys are never overwritten")


def write_dealing(
    out: Path, dealing: Dealing, passphrases: list[Passphrase], *, keep: bool
) -> None:
    """Write all folders of a dealing at once; `keep` writes the passphrases as well.

    Raises `KeyFileExists` when `out` holds anything, also when it came there while
    this was writing.
    """
    refuse_to_overwrite(out)
    beside = out.parent / f".{out.name}.{secrets.token_hex(4)}"
    try:
        beside.mkdir(mode=OWNER_FOLDER, parents=True)
        _write_public(beside, dealing)
        apart = beside / PASSPHRASES
        if keep:
            apart.mkdir(mode=OWNER_FOLDER)
        for holder, passphrase in zip(dealing.holders, passphrases, strict=True):
            folder = beside / holder.id
            folder.mkdir(mode=OWNER_FOLDER)
            _write_holder(folder, holder, passphrase)
            _write_public(folder, dealing)
            if keep:
                text = f"{passphrase.text}\n".encode()
                write_secret(apart / holder.id, text)
        beside.rename(out)  # refused by the system unless `out` is absent or empty
    except OSError as error:
        raise KeyringRefused(f"{out}: {error.strerror}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write_holder(folder: Path, holder: DealtHolder, passphrase: Passphrase) -> None:
    sealer = PassphraseSealer(passphrase)
    write_share(folder / "share.json", holder.share, holder.id, sealer)
    _write_key(folder / "config-signing.jwk", holder.config_key)
    _write_key(folder / "ticket.jwk", holder.ticket_key)


def _write_key(path: Path, key: PrivateKey) -> None:
    write_secret(path, json.dumps(key.jwk, indent=2).encode() + b"\n")


def _write_public(folder: Path, dealing: Dealing) -> None:
    (folder / "key-config.json").write_bytes(dealing.document)
    (folder / "pins.json").write_bytes(dealing.pins)


def _choose_passphrases(source: Passphrases, holders: int) -> list[Passphrase]:
    if source is Passphrases.FILE:
        return [generate_passphrase() for _ in range(holders)]
    return [_ask_passphrase(index) for index in range(1, holders + 1)]


def _ask_passphrase(index: int) -> Passphrase:
    asked: str = typer.prompt(
        f"Passphrase of holder-{index}", hide_input=True, confirmation_prompt=True
    )
    return parse_passphrase(asked)


def _explain(out: Path, plan: DealingPlan, passphrases: Passphrases) -> None:
    until: datetime = plan.valid_until
    say = Console(highlight=False, markup=False, soft_wrap=True).print
    say(f"Dealt a key: any {plan.threshold} of {plan.holders} holders suffice;")
    say(f"valid until {until:%Y-%m-%d %H:%M} UTC. Written to {out}:")
    say("  key-config.json   public: the key, its holders, signed by each of them")
    say(
        "  pins.json         public: give it to clients by another road than the config"
    )
    for index in range(1, plan.holders + 1):
        say(f"  holder-{index}/         for it alone: its sealed share and two keys")
    if passphrases is Passphrases.FILE:
        say(f"  {PASSPHRASES}/      opens each share: another disk than the share's")
    say("config-signing.jwk signs the next key config; the service never needs it.")
    say("Bring each folder to its holder and remove it here: while they lie together,")
    say(
        "whoever reads this folder has the key. Origin: dealt, for demo and tests only."
    )

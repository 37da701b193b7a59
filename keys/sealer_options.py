"""How a command is told what opens a holder's keys: a passphrase, or a token.

Neither passphrase nor PIN is ever an argument: it is typed unseen, or read from a file
of its owner that does not lie with the keys.
"""

from pathlib import Path
from typing import Annotated

import typer

from keys.errors import KeyFileMalformed
from keys.sealing import (
    PassphraseSealer,
    Pin,
    Sealer,
    parse_passphrase,
    parse_pin,
    read_passphrase,
    read_pin,
)
from keys.token_file import TokenPlace, open_token, read_token

PassphraseOption = Annotated[
    Path | None,
    typer.Option(help="A file with the passphrase, apart; none: you are asked."),
]
TokenOption = Annotated[
    Path | None,
    typer.Option(help="Which token (TOML), in place of a passphrase."),
]


def ask_sealer(
    folder: Path,
    passphrase: Path | None,
    token: Path | None = None,
    *,
    is_new: bool = False,
) -> Sealer:
    """Ask for what opens the keys in a folder, or read it from a file apart.

    `is_new`: a passphrase is typed twice. Raises `KeysError`.
    """
    if token is None:
        return ask_passphrase(folder, passphrase, is_new=is_new)
    if passphrase is not None:
        raise KeyFileMalformed("--passphrase or --token: one of the two")
    place = read_token(token)
    return open_token(place, ask_pin(folder, place))


def ask_passphrase(
    folder: Path, file: Path | None, *, is_new: bool = False
) -> PassphraseSealer:
    """Ask for the passphrase, or read it from a file apart; raises `KeysError`."""
    if file is None:
        asked: str = typer.prompt(
            "New passphrase" if is_new else "Passphrase",
            hide_input=True,
            confirmation_prompt=is_new,
        )
        return PassphraseSealer(parse_passphrase(asked))
    _verify_apart(folder, file, "passphrase")
    return PassphraseSealer(read_passphrase(file))


def ask_pin(folder: Path | None, place: TokenPlace) -> Pin:
    """Ask for the PIN, or read it from the file that the token's file names.

    `folder`: where the keys lie that it opens, if there are any yet.
    """
    if place.pin is None:
        return parse_pin(typer.prompt("PIN of the token", hide_input=True))
    if folder is not None:
        _verify_apart(folder, place.pin, "PIN")
    return read_pin(place.pin)


def _verify_apart(folder: Path, file: Path, name: str) -> None:
    if file.resolve().is_relative_to(folder.resolve()):
        raise KeyFileMalformed(f"the {name} lies with the keys; keep it apart")

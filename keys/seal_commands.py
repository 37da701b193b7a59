"""`signal-keys seal`: have a token open a holder's files, or a passphrase again.

Nothing is lost on the way: each stays as it was until the new one has opened.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from keys.keyring import reseal
from keys.saying import saying_why
from keys.sealer_options import PassphraseOption, ask_passphrase, ask_pin
from keys.token_file import make_token_key, open_token, read_token

seal = typer.Typer(
    help="What opens a share: passphrase or token.", no_args_is_help=True
)

_Token = Annotated[Path, typer.Option(help="Which token, and its key (TOML).")]


Way = Literal["token", "passphrase"]


@seal.command("new-key")
def new_key(token: _Token) -> None:
    """Make the key in the token that seals files; it never leaves it."""
    with saying_why("Not made"):
        place = read_token(token)
        make_token_key(place, ask_pin(None, place))
    typer.echo(
        "Made. Move what is sealed to it: signal-keys seal move share.json ticket.key "
        f"--to token --token {token}"
    )


@seal.command("move")
def move(
    files: Annotated[
        list[Path],
        typer.Argument(help="Every sealed file: share.json, ticket.key and so on."),
    ],
    *,
    to: Annotated[Way, typer.Option(help="What opens it from now on.")],
    token: _Token,
    passphrase: PassphraseOption = None,
) -> None:
    """Seal what a holder has in the other way; each file opens in one throughout.

    Copies of the files of before open as before: erase them, and what opened them.
    """
    with saying_why("Not moved"):
        place = read_token(token)
        is_back = to == "passphrase"
        folder = files[0].parent
        by_passphrase = ask_passphrase(folder, passphrase, is_new=is_back)
        by_token = open_token(place, ask_pin(folder, place))
        ways = (by_token, by_passphrase) if is_back else (by_passphrase, by_token)
        for file in files:
            typer.echo(f"{file} of {reseal(file, *ways)} opens by {to}.")
    typer.echo("Set it in holder.toml too.")
    typer.echo("Erase every copy of the files of before, and what opened them.")

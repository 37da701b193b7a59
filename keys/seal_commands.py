"""`signal-keys seal`: have a token open a holder's share, or a passphrase again.

Nothing is lost on the way: the share stays as it was until the new file has opened.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from keys.keyring import reseal_share
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
    """Make the key in the token that seals shares; it never leaves it."""
    with saying_why("Not made"):
        place = read_token(token)
        make_token_key(place, ask_pin(None, place))
    typer.echo(
        "Made. Move the share to it: signal-keys seal move SHARE --to token "
        f"--token {token}"
    )


@seal.command("move")
def move(
    share: Annotated[Path, typer.Argument(help="share.json of this holder.")],
    *,
    to: Annotated[Way, typer.Option(help="What opens it from now on.")],
    token: _Token,
    passphrase: PassphraseOption = None,
) -> None:
    """Seal a share in the other way, in its place; it opens in one of both throughout.

    Copies of the file of before open as before: erase them, and what opened them.
    """
    with saying_why("Not moved"):
        place = read_token(token)
        is_back = to == "passphrase"
        by_passphrase = ask_passphrase(share.parent, passphrase, is_new=is_back)
        by_token = open_token(place, ask_pin(share.parent, place))
        ways = (by_token, by_passphrase) if is_back else (by_passphrase, by_token)
        holder = reseal_share(share, *ways)
    typer.echo(f"{share} of {holder} opens by {to}. Set it in holder.toml too.")
    typer.echo("Erase every copy of the file of before, and what opened it.")

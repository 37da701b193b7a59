"""`signal-keys card`: who a holder is, made on its own machine.

No command of a ceremony prints a secret, or takes a passphrase that lies with the keys.
"""

from pathlib import Path
from typing import Annotated

import typer

from keys.ceremony.cards import CARD, make_card, make_card_again
from keys.ceremony.digits import tell_digits
from keys.errors import KeyFileMalformed
from keys.files import make_folder
from keys.saying import saying_why
from keys.sealing import PassphraseSealer, parse_passphrase, read_passphrase

card = typer.Typer(help="Who a holder is in a ceremony.", no_args_is_help=True)
PassphraseOption = Annotated[
    Path | None,
    typer.Option(help="A file with the passphrase, apart; none: you are asked."),
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
        make_folder(into)
        made = make_card(into, id_, ask_sealer(into, passphrase, is_new=True))
    typer.echo(f"{into / CARD}: {tell_digits(made.payload.encode())}")


@card.command("again")
def card_again(
    id_: Annotated[str, typer.Option("--id", help="The holder, as in the key config.")],
    into: Annotated[Path, typer.Option(help="The folder with its config key.")],
    *,
    passphrase: PassphraseOption = None,
) -> None:
    """Make the card of a holder's next ceremony, with the config key that it has."""
    with saying_why("Not made"):
        made = make_card_again(into, id_, ask_sealer(into, passphrase))
    typer.echo(f"{into / CARD}: {tell_digits(made.payload.encode())}")


def ask_sealer(
    folder: Path, file: Path | None, *, is_new: bool = False
) -> PassphraseSealer:
    """Ask for the passphrase, or read it from a file apart; raises `KeysError`."""
    if file is None:
        asked: str = typer.prompt(
            "Passphrase", hide_input=True, confirmation_prompt=is_new
        )
        return PassphraseSealer(parse_passphrase(asked))
    if file.resolve().is_relative_to(folder.resolve()):
        raise KeyFileMalformed("the passphrase lies with the keys; keep it apart")
    return PassphraseSealer(read_passphrase(file))

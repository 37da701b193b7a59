"""`signal-keys card`: who a holder is, made on its own machine.

No command of a ceremony prints a secret, or takes a passphrase or PIN that lies with
the keys.
"""

from pathlib import Path
from typing import Annotated

import typer

from keys.ceremony.cards import CARD, make_card, make_card_again
from keys.ceremony.digits import tell_digits
from keys.ceremony.results import sweep
from keys.files import make_folder
from keys.saying import saying_why
from keys.sealer_options import PassphraseOption, TokenOption, ask_sealer

card = typer.Typer(help="Who a holder is in a ceremony.", no_args_is_help=True)


@card.command("new")
def card_new(
    id_: Annotated[str, typer.Option("--id", help="The holder, for example holder-1.")],
    into: Annotated[Path, typer.Option(help="A folder for this holder alone.")],
    *,
    passphrase: PassphraseOption = None,
    token: TokenOption = None,
) -> None:
    """Make a holder's keys and its card; read the card's digits aloud in the call."""
    with saying_why("Not made"):
        make_folder(into)
        made = make_card(into, id_, ask_sealer(into, passphrase, token, is_new=True))
    typer.echo(f"{into / CARD}: {tell_digits(made.payload.encode())}")


@card.command("again")
def card_again(
    id_: Annotated[str, typer.Option("--id", help="The holder, as in the key config.")],
    into: Annotated[Path, typer.Option(help="The folder with its config key.")],
    *,
    passphrase: PassphraseOption = None,
    token: TokenOption = None,
) -> None:
    """Make the card of a holder's next ceremony, with the config key that it has."""
    with saying_why("Not made"):
        sweep(into)
        made = make_card_again(into, id_, ask_sealer(into, passphrase, token))
    typer.echo(f"{into / CARD}: {tell_digits(made.payload.encode())}")

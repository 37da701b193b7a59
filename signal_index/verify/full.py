"""`signal-index verify`: the verifier that also looks into the life of keys."""

from typing import Final

import typer

from signal_index.verify.command import Means, run
from signal_index.verify.pinned import read_trust

FULL: Final = Means("signal-index verify", read_trust, follows_keys=True)


def verify_command(context: typer.Context) -> None:
    """Verify a year of the ledger, or entries of it, without trusting the index.

    Exit code 0: it holds. 1: it is false. 2: it cannot be judged.
    """
    raise typer.Exit(run(context.args, FULL))


PASS_ON: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
"""How it is registered, with `add_help_option=False`: its arguments are read there."""

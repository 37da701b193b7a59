"""What a person sees of a key's successor before taking it, and is asked to type.

The digits are not shown: whoever types them must have heard them by telephone, and
cannot copy them from the file that is being judged.
"""

from collections.abc import Sequence

import typer

from keys.ceremony.digits import verify_digits
from keys.config_document import SignedDocument
from keys.instants import write_instant
from keys.successor import Chain


def confirm_successors(
    chain: Chain, known: Sequence[SignedDocument], told: Sequence[str]
) -> None:
    """Show what would follow, and hold what was told against each that is new.

    `known`: what was taken before; `told`: the digits of the others, in order. Raises
    `DigitsMismatch`.
    """
    digits = iter(told)
    for one, said in zip(chain.taken, chain.said, strict=True):
        typer.echo(
            f"{one.key.kid} from {write_instant(one.begins)}; "
            f"the one before it until {write_instant(one.ends)}"
        )
        if said not in known:
            typed = next(digits, "") or typer.prompt(
                "Its digits, as they were read to you by telephone"
            )
            verify_digits(typed, said.payload.encode())

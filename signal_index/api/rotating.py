"""What a running index knows of rotations: by its database, and by what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.api.context import Index
from signal_index.ledger import Opened
from signal_index.rotations import Rotation, Standing
from signal_index.store.activations import find_first_uses
from signal_index.store.row_keys import find_uses
from signal_index.wire import keys as wire


async def read_rotating(
    index: Index, conn: AsyncConnection, steps: Sequence[Opened] = ()
) -> Standing:
    """Read what rotations follow from; `steps` of the ledger where a caller has them.

    Without these it is not known that a ceremony was asked for, nor that a row key is
    out of use and not destroyed yet.
    """
    return Standing(
        uses=await find_uses(conn),
        held=[int(one) for one in index.keys.scalars],
        version=int(index.key_config.key_version),
        asked=await find_first_uses(conn),
        steps=steps,
    )


def tell_rotations(found: Iterable[Rotation]) -> list[wire.KeyRotation]:
    """Tell how far each of these is."""
    return [
        wire.KeyRotation(
            stage=one.stage.value,
            former=one.former,
            following=one.following,
            since=one.since,
            until=one.until,
        )
        for one in found
    ]

"""What anybody may read: health, and whom to tell of a hole."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from keys.validity import find_validity
from signal_index.api.callers import Anyone
from signal_index.api.context import TheIndex, find_witness_state, get_index
from signal_index.api.rotating import read_rotating, tell_rotations
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.api.witnessing import WitnessState
from signal_index.rotations import find_rotations
from signal_index.wire import health as wire

_FINE: Final = frozenset({WitnessState.WITNESSED, WitnessState.TRIAL})

STANDS_STILL: Final = timedelta(days=7)
"""No step of a rotation takes so long; somebody forgot what comes next."""

routes = Routes("openbaar")


@routes.get("/health", "Of de index antwoordt")
async def show_health(index: TheIndex, caller: Anyone) -> wire.Health:
    """Say whether this process answers, reaches its database and is watched.

    `status` is `error` where the ledger is not the one that was signed; `warning`
    where no witness has confirmed it for ten minutes, from ninety days before the key
    config ends, and where a rotation stands still.
    """
    del caller
    async with looking(index.engine) as conn:
        going = find_rotations(await read_rotating(index, conn), index.clock())
    now = index.clock()
    standing = await index.standing.get(now)
    state, config = find_witness_state(index, standing, now), index.key_config
    validity = find_validity(config, now)
    is_still = any(one.since and now - one.since > STANDS_STILL for one in going)
    is_refused = state is WitnessState.REFUSED
    is_fine = state in _FINE and not validity.is_warning and not is_still
    return wire.Health(
        time=now,
        status="error" if is_refused else "ok" if is_fine else "warning",
        keyVersion=config.key_version,
        epoch=config.epoch,
        keyConfig=validity,
        rotations=tell_rotations(going),
        witness=wire.WitnessHealth(state=state.value, since=standing.unwitnessed_since),
    )


async def show_security_text(request: Request) -> Response:
    """Give the text of RFC 9116; it says of itself how long it holds."""
    return PlainTextResponse(get_index(request).names.security_text)

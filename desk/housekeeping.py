"""What the desk does by itself: drop old sessions, check receipts and the ledger."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from desk.desk import Desk
from desk.errors import DeskError
from desk.receipt_checks import check_receipts

SWEEP_SECONDS: Final = 60
CHECK_EVERY: Final = 10


async def keep_house(desk: Desk, clock: Callable[[], datetime]) -> None:
    """Go round once a minute; a party that does not answer is tried again later."""
    rounds = 0
    while True:
        await desk.ledger_watch.look()
        await desk.sessions.sweep()
        await desk.kept_forms.sweep()
        await desk.estimate_keys.sweep()
        await desk.lookup_notes.sweep()
        if desk.signalling is not None:
            await desk.signalling.kept.sweep()
        if rounds % CHECK_EVERY == 1:
            with suppress(DeskError):
                await check_receipts(desk, clock())
        rounds += 1
        await asyncio.sleep(SWEEP_SECONDS)

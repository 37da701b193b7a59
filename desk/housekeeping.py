"""What the desk does by itself: drop old sessions, check receipts, ledger and key."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from desk.desk import Desk
from desk.errors import DeskError
from desk.receipt_checks import check_receipts
from keys.reminding import Reminder

SWEEP_SECONDS: Final = 60
CHECK_EVERY: Final = 10


async def keep_house(desk: Desk, clock: Callable[[], datetime]) -> None:
    """Go round once a minute; a party that does not answer is tried again later."""
    rounds, reminder = 0, Reminder(desk.security.log, clock)
    while True:
        await desk.index_watch.look()
        await desk.ledger_watch.look()
        await desk.sessions.sweep()
        await desk.kept_forms.sweep()
        await desk.estimate_keys.sweep()
        await desk.lookup_notes.sweep()
        await desk.hand_overs.sweep()
        if desk.signalling is not None:
            await desk.signalling.kept.sweep()
        if rounds % CHECK_EVERY == 1:
            with suppress(DeskError):
                await check_receipts(desk, clock())
            with suppress(DeskError):
                await desk.holders.key_config()
        if config := await desk.holders.find_known():
            reminder.remind(config)
        rounds += 1
        await asyncio.sleep(SWEEP_SECONDS)

"""Stopping when the system asks: on Windows too, where a loop hears no signals."""

import asyncio
import signal
from typing import Final

STOPPING: Final = (signal.SIGTERM, signal.SIGINT)


def stop_on_signals(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    """Set `stopped` once the process is asked to stop, by whichever signal comes.

    A loop on Windows takes no handlers; there the interpreter takes them, and wakes
    the loop. Proven by tests/contract/test_as_if_on_windows.py.
    """
    for number in STOPPING:
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))

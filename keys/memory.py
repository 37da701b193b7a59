"""Keep what a process has in its memory out of files: keys, shares, tokens, numbers.

- No core is dumped, also not to a program that the system collects them with; another
  process of the same user cannot read the memory either (Linux's PR_SET_DUMPABLE).
- Where the system knows none of this (Windows) nothing is done: see docs/security.md.
"""

import ctypes
import sys
from importlib import import_module
from typing import Final

_SET_DUMPABLE: Final = 4


class MemoryExposed(Exception):
    """The system would not promise that no core is dumped."""


def refuse_core_dumps() -> None:
    """See that this process leaves no core, or raise `MemoryExposed`."""
    if sys.platform != "linux":
        return
    resource = import_module("resource")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if ctypes.CDLL(None, use_errno=True).prctl(_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise MemoryExposed

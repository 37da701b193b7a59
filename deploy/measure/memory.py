"""How much memory a process has, as the kernel tells."""

import re
from pathlib import Path
from typing import Literal


def read_memory_mib(pid: int, which: Literal["VmHWM", "VmRSS"]) -> float:
    """Give the most memory that a process ever had, or what it has now, in MiB."""
    return find_memory_mib(Path(f"/proc/{pid}/status").read_text("utf-8"), which)


def find_memory_mib(status: str, which: str) -> float:
    """Find it in what /proc says of a process; raises `ValueError`."""
    found = re.search(rf"^{which}:\s+([0-9]+) kB$", status, re.MULTILINE)
    if found is None:
        raise ValueError("the process says nothing of its memory")
    return int(found[1]) / 1024

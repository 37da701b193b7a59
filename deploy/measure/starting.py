"""What a command costs before it does anything: the CPU of showing its help."""

import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

COMMANDS = {
    "sourceHelpCpuSeconds": "signal-source",
    "indexHelpCpuSeconds": "signal-index",
}


def measure_starts(times: int) -> dict[str, object]:
    """Give the median CPU (user and system) in seconds of each command's `--help`."""
    return {
        name: round(median(_measure(command) for _ in range(times)), 3)
        for name, command in COMMANDS.items()
    }


def _measure(command: str) -> float:
    program = str(Path(sys.executable).parent / command)
    before = count_child_cpu()
    subprocess.run([program, "--help"], check=True, capture_output=True)  # noqa: S603 - our own command
    return count_child_cpu() - before


def count_child_cpu() -> float:
    """Give the CPU (user and system) of every command that has ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

"""A command as it is typed in the shell of this machine, to be copied from a text."""

import os
import shlex
import subprocess


def quote(*words: str, windows: bool = os.name == "nt") -> str:
    """Give words as they are typed; the shells of Windows know no single quotes."""
    return subprocess.list2cmdline(words) if windows else shlex.join(words)

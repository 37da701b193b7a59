"""The extras of an install: each role brings its own packages, and no other's.

Every command is there in every install, since Python has it so. Where its role was not
installed it leaves with one sentence and exit code 2, never with a traceback.
Proven by tests/contract/test_a_light_install.py.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Final, Literal

from keys.memory import refuse_core_dumps

Extra = Literal["source", "receiver", "holder", "token", "index", "desk", "portal"]
OURS: Final = frozenset({"desk", "keys", "policy", "portal", "signal_index", "sources"})
_UNUSABLE: Final = 2


class ExtraMissing(Exception):
    """A package of an extra is not there; `install` is the command that adds it."""

    def __init__(self, extra: Extra) -> None:
        self.install = f"pip install 'signal-index[{extra}]'"
        super().__init__(f"the extra {extra} is not installed")


def import_with_extra(module: str, extra: Extra) -> ModuleType:
    """Import a module of ours, or raise `ExtraMissing` where its packages are absent.

    A module of ours that is missing is a fault, and is raised as it is.
    """
    try:
        return import_module(module)
    except ImportError as missing:  # or half there: a package without its own extra
        if (missing.name or "").partition(".")[0] in OURS:
            raise
        raise ExtraMissing(extra) from None


def run_command(command: str, module: str, extra: Extra) -> None:
    """Run `app` of a role's module as `command`, or say what to install.

    Whatever it does, keys may come into its memory: no core of it is ever dumped.
    """
    refuse_core_dumps()
    try:
        app = import_with_extra(module, extra).app
    except ExtraMissing as missing:
        sys.stderr.write(f"This install has no {command}. Add it: {missing.install}\n")
        sys.exit(_UNUSABLE)
    app(prog_name=command)

"""A command that is named on the screen can be copied: with the paths that were given.

Every sentence is written without them, since what stops a run knows no paths. The line
that somebody typed is noted here, and its `--settings` and `--profile` are put into
each command between backticks that takes them.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

_NAMED: Final = re.compile(r"`signal-source ([a-z]+(?:-[a-z]+)*)([^`]*)`")
_OPTIONS: Final = ("--settings", "--profile")
TAKES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "publish": _OPTIONS,
        "reconcile": _OPTIONS,
        "check": ("--profile",),
        "status": ("--settings",),
        "doctor": ("--settings",),
        "deliveries": ("--settings",),
        "outbox": ("--settings",),
        "brp": ("--settings",),
        "evidence": ("--settings",),
        "find": ("--settings",),
        "notices": ("--settings",),
    }
)
"""What each verb that we name cannot do without, where it was given."""
_given: ContextVar[Mapping[str, str]] = ContextVar("given")


def note_given(words: Sequence[str]) -> None:
    """Note which paths stand on the line that was typed."""
    given = {}
    for at, word in enumerate(words):
        name, joined, value = word.partition("=")
        if name not in _OPTIONS:
            continue
        if joined:
            given[name] = value
        elif at + 1 < len(words):
            given[name] = words[at + 1]
    _given.set(given)


def complete(text: str) -> str:
    """Give text with each command in it as it can be copied."""
    return _NAMED.sub(_complete, text)


def _complete(found: re.Match[str]) -> str:
    verb, rest = found[1], found[2]
    given = _given.get({})
    added = "".join(
        f" {name} {shlex.quote(given[name])}"
        for name in TAKES.get(verb, ())
        if name in given and name not in rest
    )
    return f"`signal-source {verb}{rest}{added}`"

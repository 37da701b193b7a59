"""A command that is named on the screen can be copied: with the paths that were given.

Every sentence is written without them, since what stops a run knows no paths. The line
that somebody typed is noted here, and its `--settings` and `--profile` are put into
each command between backticks that takes them. What a command cannot do without and was
not on that line stands there in capitals: `PROFIEL`, and `BESTAND`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sources.typed import quote

_NAMED: Final = re.compile(r"`signal-source ([a-z]+(?:-[a-z]+)*)([^`]*)`")
_OPTIONS: Final = ("--settings", "--profile")
TAKES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "publish": _OPTIONS,
        "reconcile": _OPTIONS,
        "rehearse": _OPTIONS,
        "check": ("--profile",),
        "status": ("--settings",),
        "doctor": ("--settings",),
        "deliveries": ("--settings",),
        "outbox": ("--settings",),
        "brp": ("--settings",),
        "evidence": ("--settings",),
        "find": ("--settings",),
        "notices": ("--settings",),
        "matches": ("--settings",),
        "corrections": ("--settings",),
        "run": ("--settings",),
        "profile rename": ("--settings",),
    }
)
"""What each verb that we name cannot do without, where it was given."""
NEEDS_PROFILE: Final = frozenset({"publish", "reconcile", "check"})
"""What takes no other profile than one that is named."""
READS_FILE: Final = frozenset({"publish", "check"})
"""What reads a file, unless its profile names a database."""
_given: ContextVar[Mapping[str, str]] = ContextVar("given")


@contextmanager
def one_line() -> Iterator[None]:
    """Let what is noted of a line hold until that line is done, and no longer."""
    before = _given.set({})
    try:
        yield
    finally:
        _given.reset(before)


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
    if "--help" in rest:
        return found[0]
    given = _given.get({})
    word = next(iter(rest.split()), "")
    added = ""
    for name in TAKES.get(f"{verb} {word}", TAKES.get(verb, ())):
        if name in rest:
            continue
        if name in given:
            added += f" {name} {quote(given[name])}"
        elif name == "--profile" and verb in NEEDS_PROFILE:
            added += f" {name} PROFIEL"
    file = " BESTAND" if verb in READS_FILE and _asks_file(word, given) else ""
    return f"`signal-source {verb}{file}{rest}{added}`"


def _asks_file(word: str, given: Mapping[str, str]) -> bool:
    """Tell whether a verb lacks a file: a profile of a database reads none."""
    if word and not word.startswith("-"):
        return False
    try:
        profile = tomllib.loads(Path(given["--profile"]).read_text("utf-8"))
    except (KeyError, OSError, ValueError):
        return True
    return profile.get("format") != "sql"

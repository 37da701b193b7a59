"""Judges which key of the index follows which: by its word, once, and recorded.

An entry of kind `key` says it and has the statement that both keys signed. Beside a key
that a verifier pinned lies what was taken since (`keys.pinned_keys`). What must hold:

1. each statement in the tree is signed by the key before it and by itself, is of the
   key that its entry is about, and says what the entry says;
2. a key has one successor, in the tree and beside the pinned key the same;
3. each leads on to or from the key that was pinned: none between is missing;
4. what was taken while the tree grew stands in it: it was recorded before it counted.

The one place of the verifier that knows how a key is followed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from keys.errors import KeysError, SuccessorForged, SuccessorForked
from keys.instants import write_instant
from keys.pinned_keys import read_chain
from keys.successor import (
    Chain,
    KeyUse,
    Successor,
    open_successor,
    parse_successor,
)
from signal_index.proof import Json, JsonObject, MalformedProof, SucceededKey
from signal_index.verify.errors import SuccessionRefused

__all__ = [
    "Chain",
    "Followed",
    "KeyUse",
    "judge_successions",
    "read_pinned",
]

_USES: Final[Mapping[Json, KeyUse]] = {f"{use}-key-succeeded": use for use in KeyUse}
_RECORDED_WITHIN: Final = timedelta(days=1)
"""It is recorded at once; a command that broke off in between has a day."""

_Steps = Mapping[bytes, Successor]
"""By the key that is followed."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How many successors the tree names, and how many of these were not taken yet."""

    shown: int
    untaken: int


def read_pinned(path: Path, use: KeyUse) -> Chain:
    """Read a pinned key and what lies beside it.

    Raises `SuccessionRefused` where that is forged or forked, `MalformedProof` where
    it is no such key.
    """
    try:
        chain = read_chain(path, use)
    except SuccessorForked:
        raise SuccessionRefused("two keys follow one that was given") from None
    except SuccessorForged as refusal:
        raise SuccessionRefused(f"what follows on a key: {refusal}") from None
    except KeysError as refusal:
        raise MalformedProof(str(refusal)) from None
    if chain.is_forked:
        raise SuccessionRefused("two successors of a key were seen here")
    return chain


def as_ledger_key(chain: Chain) -> SucceededKey:
    """Give the key of a ledger as checkpoints are held against it."""
    return SucceededKey(chain.name, chain.keys)


def judge_successions(
    steps: Sequence[JsonObject],
    known: Mapping[KeyUse, Chain],
    span: tuple[datetime, datetime] | None,
) -> Followed:
    """Judge the successors that a tree names, against what was taken; or raise.

    `steps`: group `what` of each step with a key. `span`: the minutes of the tree's
    first and latest entry. Raises `SuccessionRefused`.
    """
    said: dict[KeyUse, dict[bytes, Successor]] = {use: {} for use in KeyUse}
    for what in steps:
        use = _USES.get(what.get("act"))
        if use is not None:
            step = _open(what, use)
            if said[use].setdefault(step.former.raw, step) != step:
                raise SuccessionRefused(f"two keys follow one {use} key")
    untaken = 0
    for use, chain in known.items():
        _compare(said[use], chain, span)
        untaken += _count_untaken(said[use], chain)
    return Followed(sum(map(len, said.values())), untaken)


def _open(what: JsonObject, use: KeyUse) -> Successor:
    try:
        step = open_successor(parse_successor(str(what.get("statement"))))
    except KeysError as refusal:
        raise SuccessionRefused(f"a {use} key follows falsely: {refusal}") from None
    told = {name: what.get(name) for name in ("number", "former", "key")}
    told |= {name: what.get(name) for name in ("begins", "ends")}
    if step.use != use or told != {
        "number": step.number,
        "former": step.former.kid,
        "key": step.key.kid,
        "begins": write_instant(step.begins),
        "ends": write_instant(step.ends),
    }:
        raise SuccessionRefused(f"a {use} key follows otherwise than both keys signed")
    return step


def _compare(
    said: _Steps, chain: Chain, span: tuple[datetime, datetime] | None
) -> None:
    for taken in chain.taken:
        there = said.get(taken.former.raw)
        if there is None and span is not None and _must_stand(taken, span):
            raise SuccessionRefused("a key was succeeded that no entry tells of")
        if there not in {None, taken}:
            raise SuccessionRefused("the ledger names another successor than was given")
    lead = _list_leading(said, chain)
    if any(step not in lead for step in said.values()):
        raise SuccessionRefused("a key follows one that is not known: one is missing")


def _must_stand(taken: Successor, span: tuple[datetime, datetime]) -> bool:
    begins, latest = span
    return begins <= taken.made and taken.made + _RECORDED_WITHIN < latest


def _list_leading(said: _Steps, chain: Chain) -> Sequence[Successor]:
    """List the steps that lead on from the pinned key, and those that led to it."""
    on = {**{one.former.raw: one for one in chain.taken}, **said}
    back = {one.key.raw: one for one in said.values()}
    found: list[Successor] = []
    at = chain.keys[0].raw
    while (step := on.get(at)) is not None and step not in found:
        found.append(step)
        at = step.key.raw
    at = chain.keys[0].raw
    while (step := back.get(at)) is not None and step not in found:
        found.append(step)
        at = step.former.raw
    return found


def _count_untaken(said: _Steps, chain: Chain) -> int:
    at, count = chain.keys[-1].raw, 0
    while (step := said.get(at)) is not None and count < len(said):
        count += 1
        at = step.key.raw
    return count

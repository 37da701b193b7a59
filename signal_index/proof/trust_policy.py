"""Trust policies (c2sp.org/tlog-policy): which ledger, which witnesses, how many.

    log VKEY [URL]
    witness NAME VKEY [URL]
    group NAME all|any|NUMBER MEMBER…
    quorum NAME|none

One file says what a verifier believes, for ours and for any other tool that reads it.

- A name is defined before it is used, once, and a member of one group at most: nobody
  counts twice. Nor does a key under two names.
- A file without exactly one quorum, or with a group that could never be reached, is
  refused, not read as "nobody need cosign". `quorum none` says that in so many words.
- Names are bytes to the specification. Here they are UTF-8, which it recommends.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from signal_index.proof.cosignature import Quorum, WitnessKey, parse_witness_key
from signal_index.proof.errors import MalformedProof
from signal_index.proof.note import NoteKey, parse_note_key

_BLANK = re.compile(r"[ \t]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COUNT = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_NOBODY = "none"
_MOST_LINES = 10_000


@dataclass(frozen=True)
class TrustPolicy:
    """What a file says: ledgers, and who must have cosigned (None: nobody need)."""

    logs: Sequence[NoteKey]
    quorum: Quorum | None


@dataclass
class _Read:
    logs: list[NoteKey] = field(default_factory=list)
    named: dict[str, WitnessKey | Quorum] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    quorums: list[str] = field(default_factory=list)


def parse_policy(text: str) -> TrustPolicy:
    """Read a policy, or raise `MalformedProof`."""
    if _CONTROL.search(text) or text.count("\n") > _MOST_LINES:
        raise MalformedProof("a policy is too long or holds control characters")
    read = _Read()
    for line in text.split("\n"):
        words = [word for word in _BLANK.split(line) if word]
        if words and not words[0].startswith("#"):
            _read_line(read, words)
    if len(read.quorums) != 1:
        raise MalformedProof("a policy does not say one quorum")
    return TrustPolicy(read.logs, _find_quorum(read, read.quorums[0]))


def _read_line(read: _Read, words: Sequence[str]) -> None:
    match words:
        case ["log", key] | ["log", key, _]:
            read.logs.append(_read_log(read, key))
        case ["witness", name, key] | ["witness", name, key, _]:
            _define(read, name, _read_witness(read, key))
        case ["group", name, count, *members] if members:
            _define(read, name, _read_group(read, count, members))
        case ["quorum", name]:
            if name != _NOBODY and name not in read.named:
                raise MalformedProof("the quorum of a policy is nobody that it names")
            read.quorums.append(name)
        case _:
            raise MalformedProof("a line of a policy is not one")


def _read_log(read: _Read, text: str) -> NoteKey:
    key = parse_note_key(text)
    if any(one.public == key.public for one in read.logs):
        raise MalformedProof("a policy names a ledger twice")
    return key


def _read_witness(read: _Read, text: str) -> WitnessKey:
    key = parse_witness_key(text)
    known = (one for one in read.named.values() if isinstance(one, WitnessKey))
    if any(one.public == key.public for one in known):
        raise MalformedProof("a policy names a witness twice")
    return key


def _read_group(read: _Read, count: str, members: Sequence[str]) -> Quorum:
    for member in members:
        if member not in read.named or member in read.used:
            raise MalformedProof("a member of a group is not defined, or of two groups")
        read.used.add(member)
    wanted = {"any": 1, "all": len(members)}.get(count)
    if wanted is None:
        wanted = int(count) if _COUNT.fullmatch(count) else 0
    if not 1 <= wanted <= len(members):
        raise MalformedProof("a group of a policy can never be reached")
    return Quorum([read.named[member] for member in members], wanted)


def _define(read: _Read, name: str, what: WitnessKey | Quorum) -> None:
    if name == _NOBODY or name in read.named:
        raise MalformedProof("a policy uses a name for two things")
    read.named[name] = what


def _find_quorum(read: _Read, name: str) -> Quorum | None:
    if name == _NOBODY:
        return None
    found = read.named[name]
    return Quorum([found], 1) if isinstance(found, WitnessKey) else found


def encode_policy(
    logs: Sequence[NoteKey], witnesses: Sequence[WitnessKey], count: int
) -> str:
    """Give the policy by which so many of these witnesses must have cosigned a ledger.

    `logs` are its keys: the first, and what followed on it. None of the witnesses: it
    says that nobody need.
    """
    lines = [f"log {one.encode()}" for one in logs]
    names = [f"w{number}" for number in range(1, len(witnesses) + 1)]
    lines += [
        f"witness {name} {one.encode()}"
        for name, one in zip(names, witnesses, strict=True)
    ]
    if not names:
        return "\n".join([*lines, f"quorum {_NOBODY}", ""])
    group = f"group witnesses {count} {' '.join(names)}"
    return "\n".join([*lines, group, "quorum witnesses", ""])

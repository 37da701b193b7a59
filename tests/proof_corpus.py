"""Files that a verifier is given, true and tampered with, each with its verdict.

One corpus for the command of outsiders and for the page: they must say the same of
each. Made here, from a tree of a few entries that the ledger's key signed and one
witness cosigned, and from what two key holders proved of an invented number.
"""

from __future__ import annotations

import asyncio
import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from keys.person_proof import write_person
from signal_index.ledger import (
    CheckpointKey,
    Entry,
    PersonGroup,
    commit_about,
    sign_checkpoint,
)
from signal_index.merkle import fold, inclusion_ranges
from signal_index.proof import (
    Checkpoint,
    FirstLeaf,
    Group,
    NoteKey,
    Shown,
    TlogProof,
    encode_first_leaf,
    encode_policy,
    hash_leaf,
    make_disclosure,
    parse_disclosure,
    parse_shown,
    parse_tlog_proof,
)
from signal_index.witness.keys import Cosigner
from tests.holders_builders import a_bsn, some_holders
from tests.ledger_builders import (
    CHECKPOINT_KEY,
    NOON,
    an_entry,
    an_id,
    prove,
)
from tests.ledger_world import key_of
from tests.witness_builders import COSIGNER, SECOND

ONE, TWO = a_bsn(1), a_bsn(2)
CODE = "7KQ4-TMPX-2B9D-HW6R"
HOLDS, FALSE, UNJUDGED = 0, 1, 2
OPENED = (Group.ABOUT, Group.DECISION, Group.WHAT, Group.WHY)
FOREIGN = CheckpointKey(b"\x09" * 32)
BOMB = 50 << 20
HUGE = 80 << 20


@dataclass(frozen=True)
class Case:
    """What somebody was given, what they type, and what must be said of it."""

    name: str
    verdict: int
    place: Path
    policy: Path | None
    person: Path | None = None
    pins: Path | None = None
    number: str = ""
    code: str = ""

    @property
    def options(self) -> Sequence[object]:
        """The command line, without the command."""
        named = (
            ("--policy", self.policy),
            ("--person", self.person),
            ("--pins", self.pins),
        )
        given = [one for name, path in named if path for one in (name, path)]
        return [self.place, *given]

    @property
    def typed(self) -> str:
        """What is typed where the command asks."""
        return f"{self.number}\n{self.code}\n"

    @property
    def files(self) -> Sequence[Path]:
        """What is chosen on the page."""
        return [one for one in (self.place, self.person, self.pins) if one]

    @property
    def believed(self) -> str:
        """What is pasted on the page."""
        return "" if self.policy is None else self.policy.read_text("utf-8")


@dataclass
class Corpus:
    """The cases, and where their files are."""

    folder: Path
    cases: list[Case] = field(default_factory=list)

    def get(self, name: str) -> Case:
        return next(one for one in self.cases if one.name == name)


@dataclass(frozen=True)
class Person:
    """What a citizen has of themselves, and the pseudonym that it leads to."""

    file: bytes
    pins: bytes
    pseudonym: bytes


def a_person() -> Person:
    holders = some_holders()
    with ThreadPoolExecutor(1) as pool:  # a browser's test has a loop of its own
        found = pool.submit(lambda: asyncio.run(holders.view_own(ONE))).result()
    assert found.evidence is not None
    file = write_person(found.evidence, holders.dealing.document, CODE)
    pseudonym = found.pseudonyms[0].encoded
    return Person(file, holders.dealing.pins, pseudonym)


def about(number: int, pseudonym: bytes, version: int = 1) -> Entry:
    """Give a lookup about somebody."""
    salt = number.to_bytes(16)
    whom = PersonGroup(b"\x07" * 32, number, commit_about(pseudonym, version, salt))
    return an_entry(number, person=whom)


@dataclass
class Tree:
    """A tree of a few entries, as its ledger signs it and witnesses cosign it."""

    leaves: list[bytes]
    origin: str = key_of().name
    key: CheckpointKey = CHECKPOINT_KEY
    witnesses: Sequence[Cosigner] = (COSIGNER,)

    def sign(self, size: int | None = None) -> str:
        hashes = [hash_leaf(one) for one in self.leaves][: size or len(self.leaves)]
        said = Checkpoint(self.origin, len(hashes), fold(hashes))
        seen = [one.cosign(said.encode(), at=NOON).encode() for one in self.witnesses]
        return sign_checkpoint(said, self.key) + "".join(seen)

    def prove(self, at: int, texts: Mapping[Group, str]) -> str:
        hashes = [hash_leaf(one) for one in self.leaves]
        path = prove(inclusion_ranges(at, len(hashes)), hashes)
        shown = Shown(self.leaves[at], [texts[one] for one in OPENED if one in texts])
        return TlogProof(at, path, self.sign(), shown.encode()).encode()


def reopened(proof: str, change: Callable[[list[str]], object]) -> str:
    """Give a proof whose opened texts were changed."""
    read = parse_tlog_proof(proof)
    shown = parse_shown(read)
    texts = list(shown.disclosures)
    change(texts)
    return replace(read, extra=Shown(shown.leaf, texts).encode()).encode()


def hide(texts: list[str]) -> None:
    """Say of the flags that were shown that there were none: one column, blank."""
    at = next(n for n, one in enumerate(texts) if _group(one) is Group.WHAT)
    said = parse_disclosure(texts[at])
    blank = {**(said.value or {}), "flags": []}
    blank.pop("pad")
    texts[at] = make_disclosure(Group.WHAT, said.salt, blank)


def _group(text: str) -> Group:
    return parse_disclosure(text).group


def pack(
    members: Sequence[tuple[str, str]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, text in members:
            archive.writestr(zipfile.ZipInfo(name), text, method)
    return packed.getvalue()


def lie_about_size(data: bytes, size: int) -> bytes:
    """Give a ZIP whose directory says that its first member is so long."""
    at = data.index(b"PK\x01\x02") + 24
    return data[:at] + struct.pack("<I", size) + data[at + 4 :]


def make_corpus(folder: Path) -> Corpus:
    """Write every file into a folder."""
    person = a_person()
    return _Maker(folder, person).make()


class _Maker:
    def __init__(self, folder: Path, person: Person) -> None:
        self.corpus = Corpus(folder)
        self.folder = folder
        self.person = person
        self.theirs = [about(n, person.pseudonym) for n in range(1, 4)]
        self.foreign = about(4, b"\x0b" * 32)
        self.other_key = about(5, person.pseudonym, version=2)
        entries = [*self.theirs, self.foreign, self.other_key]
        first = encode_first_leaf(FirstLeaf(an_id(0), NOON, key_of().name, None))
        self.tree = Tree([first, *(one.leaf for one in entries)])
        self.texts = [one.disclosures for one in entries]
        log = NoteKey(key_of().name, CHECKPOINT_KEY.public)
        self.policy = self.write(
            "getuigen.policy", encode_policy([log], [COSIGNER.public], 1)
        )
        self.bare = self.write("bare.policy", encode_policy([log], [], 0))
        self.pins = self.write("pins.json", person.pins)
        self.own = self.write("om-wie.json", person.file)

    def write(self, name: str, data: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def prove(self, number: int, tree: Tree | None = None) -> str:
        """Give the proof of one of the entries, the first being 1."""
        return (tree or self.tree).prove(number, self.texts[number - 1])

    def zip(self, *numbers: int, extra: Sequence[tuple[str, str]] = ()) -> bytes:
        members = [(f"bewijs-{n:04}.tlog-proof", self.prove(n)) for n in numbers]
        policy = self.policy.read_text()
        return pack([*members, ("getuigen.policy", policy), *extra])

    def add(
        self,
        name: str,
        verdict: int,
        data: str | bytes,
        *,
        suffix: str = "",
        policy: Path | None = None,
        believes: bool = True,
    ) -> None:
        ending = suffix or (".tlog-proof" if isinstance(data, str) else ".zip")
        place = self.write(name.replace(" ", "-") + ending, data)
        chosen = (policy or self.policy) if believes else None
        self.corpus.cases.append(Case(name, verdict, place, chosen))

    def add_person(self, name: str, verdict: int, data: bytes, **typed: object) -> None:
        self.add(name, verdict, data)
        chosen: dict[str, object] = {
            "person": self.own,
            "pins": self.pins,
            "number": ONE.digits,
            "code": CODE,
        }
        made = self.corpus.cases.pop()
        self.corpus.cases.append(replace(made, **(chosen | typed)))  # type: ignore[arg-type]  # names are the caller's

    def make(self) -> Corpus:
        self._true()
        self._tampered()
        self._of_others()
        self._about()
        self._malformed()
        return self.corpus

    def _true(self) -> None:
        self.add("a zip that is true", HOLDS, self.zip(1, 2, 3))
        self.add("one proof by itself", HOLDS, self.prove(2))
        self.add("without a witness", HOLDS, self.zip(1, 2), policy=self.bare)
        members = [("bewijs-0001.tlog-proof", self.prove(1))]
        self.add("stored and not deflated", HOLDS, pack(members, zipfile.ZIP_STORED))
        other = reopened(self.prove(1), lambda texts: texts.pop())
        self.add("a group that is not opened", HOLDS, other)

    def _tampered(self) -> None:
        true = self.prove(1)
        self.add("a hidden column", FALSE, reopened(true, hide))
        swapped = self.texts[1][Group.WHY]
        self.add(
            "a swapped group",
            FALSE,
            reopened(true, lambda texts: texts.__setitem__(-1, swapped)),
        )
        self.add(
            "a group twice",
            FALSE,
            reopened(true, lambda texts: texts.append(texts[0])),
        )
        read = parse_tlog_proof(true)
        shown = parse_shown(read)
        earlier = shown.leaf.replace(b"2026-11-22T12:00Z", b"2026-11-20T09:00Z")
        assert earlier != shown.leaf
        dated = replace(read, extra=Shown(earlier, shown.disclosures).encode())
        self.add("dated back", FALSE, dated.encode())
        cut = replace(parse_tlog_proof(self.prove(5)), checkpoint=self.tree.sign(4))
        self.add("a cut tree", FALSE, cut.encode())
        moved = replace(read, index=2)
        self.add("another place", FALSE, moved.encode())
        root = read.checkpoint.split("\n")[2]
        fork = read.checkpoint.replace(root, "A" * 43 + "=")
        self.add("another root", FALSE, replace(read, checkpoint=fork).encode())
        mixed = pack([("a.tlog-proof", true), ("b.tlog-proof", dated.encode())])
        self.add("one false among true", FALSE, mixed)

    def _of_others(self) -> None:
        for name, changes in {
            "another witness": {"witnesses": (SECOND,)},
            "no witness": {"witnesses": ()},
            "another key": {"key": FOREIGN},
            "another ledger": {"origin": "other.example/ledger/2026"},
        }.items():
            tree = replace(self.tree, **changes)  # type: ignore[arg-type]  # names are above
            self.add(name, FALSE, self.prove(1, tree))
        true = parse_tlog_proof(self.prove(1))
        *lines, seen, _ = true.checkpoint.split("\n")
        forged = "\n".join([*lines, seen[:-8] + "AAAAAAA=", ""])
        self.add("a forged witness", FALSE, replace(true, checkpoint=forged).encode())
        later = replace(self.tree, key=FOREIGN)
        followed = pack(
            [
                ("bewijs-0001.tlog-proof", self.prove(1, later)),
                ("checkpoint-successors.json", "{}"),
            ]
        )
        self.add("a key that follows", UNJUDGED, followed)
        logs = [NoteKey(key_of().name, one.public) for one in (CHECKPOINT_KEY, FOREIGN)]
        both = self.write("both.policy", encode_policy(logs, [COSIGNER.public], 1))
        self.add("a key that the policy has follow", HOLDS, followed, policy=both)
        self.add("the key before it", HOLDS, self.zip(1), policy=both)
        strange = NoteKey("other.example/ledger/2026", FOREIGN.public)
        two = encode_policy([logs[0], strange], [COSIGNER.public], 1)
        mixed = self.write("two-ledgers.policy", two)
        self.add("a policy of two ledgers", UNJUDGED, self.zip(1), policy=mixed)
        self.add("keys of its own only", UNJUDGED, self.zip(1), believes=False)

    def _about(self) -> None:
        data = self.zip(1, 2, 3)
        self.add_person("about this person", HOLDS, data)
        self.add_person("about, and of another key", HOLDS, self.zip(1, 5))
        self.add_person("the wrong name", FALSE, self.zip(1, 4))
        self.add_person("another number", FALSE, data, number=TWO.digits)
        self.add_person("another code", FALSE, data, code="2222" * 4)
        self.add_person("no number", UNJUDGED, data, number="123456789")
        self.add_person("of another key alone", UNJUDGED, self.zip(5))
        self.add_person("without pins", UNJUDGED, data, pins=None)
        said = json.loads(self.person.pins)
        strangers = json.dumps({"pins": said["pins"][::-1]})
        foreign = self.write("other-holders.json", strangers)
        self.add_person("holders that nobody knows", FALSE, data, pins=foreign)
        for name, change in _CHANGES.items():
            told = json.loads(self.person.file)
            change(told)
            file = self.write(f"{name.replace(' ', '-')}.json", json.dumps(told))
            self.add_person(name, FALSE, data, person=file)

    def _malformed(self) -> None:
        true = self.prove(1)
        whole = self.zip(1, 2, 3)
        self.add("a zip that was cut off", UNJUDGED, whole[: len(whole) * 2 // 3])
        self.add("an empty file", UNJUDGED, b"")
        self.add("an empty zip", UNJUDGED, pack([]))
        self.add("a zip of something else", UNJUDGED, pack([("a.txt", "hello")]))
        bomb = pack([("bomb.tlog-proof", "\0" * BOMB)])
        self.add("a zip bomb", UNJUDGED, bomb)
        self.add("a zip bomb that lies", UNJUDGED, lie_about_size(bomb, 1000))
        twice = pack([("a.tlog-proof", true), ("b.tlog-proof", true)])
        same = twice.replace(b"b.tlog-proof", b"a.tlog-proof")
        self.add("two of one name", UNJUDGED, same)
        self.add("a byte order mark", UNJUDGED, "\ufeff" + true)
        self.add("other line ends", UNJUDGED, true.replace("\n", "\r\n"))
        self.add("no text", UNJUDGED, b"\xff\xfe\0" * 9, suffix=".tlog-proof")
        bare = replace(parse_tlog_proof(true), extra=None)
        self.add("no entry", UNJUDGED, bare.encode())
        self.add("a long proof", UNJUDGED, true + "\n" * (2 << 20))
        self.add("a huge file", UNJUDGED, b"")
        with self.corpus.get("a huge file").place.open("r+b") as file:
            file.truncate(HUGE)
        policy = self.write("twice.policy", self.policy.read_text() * 2)
        self.add("a policy that is none", UNJUDGED, whole, policy=policy)


_CHANGES: Mapping[str, Callable[[dict[str, list[dict[str, object]]]], object]] = {
    "one holder alone": lambda said: said["evaluations"].pop(),
    "an answer of another": lambda said: said["evaluations"][0].update(holder=3),
    "an answer that is changed": lambda said: said["evaluations"][0].update(
        evaluated=said["evaluations"][1]["evaluated"]
    ),
}
"""What is done to the file of what holders proved."""

"""Judges proof files: entries that somebody was shown, each with its way to the root.

A file, a folder of them or a zip, as a citizen's adviser gets it. No ledger is needed:
the file carries the entry, what was opened of it, and the signed checkpoint.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from signal_index.proof import (
    PROOF_HEADER,
    FirstLeaf,
    JsonObject,
    MalformedProof,
    OpenedEntry,
    ProofRefused,
    format_minute,
    parse_tlog_proof,
    verify_proof_file,
)
from signal_index.verify.errors import CannotJudge, EntryRefused
from signal_index.verify.persons import (
    AboutThem,
    ProvenPerson,
    count_about,
    hold_about,
)
from signal_index.verify.sources import DAMAGE
from signal_index.verify.trust import Trust

SUFFIX = ".tlog-proof"
SUCCESSORS = "checkpoint-successors.json"
_ARCHIVE = b"PK"
_LARGEST = 1 << 20
_MOST = 100_000


@dataclass(frozen=True)
class ProvenEntries:
    """Entries that are in the ledger and read as they were opened, by file.

    `witnesses`: who cosigned any of their trees, and `fewest`: how many each of them;
    nobody where no witness is believed.
    """

    entries: Mapping[str, OpenedEntry]
    witnesses: Sequence[str]
    fewest: int
    about: AboutThem | None = None
    """What of them is about the person that they were held against."""

    @property
    def origins(self) -> Sequence[str]:
        """Name the trees they are in."""
        return sorted({one.checkpoint.origin for one in self.entries.values()})


def find_proof_files(place: str) -> Sequence[tuple[str, str]]:
    """Give name and text of each proof at a place; none where it is something else.

    Raises `CannotJudge` for a file that claims to be a proof and is not text.
    """
    path = Path(place)
    if path.is_dir():
        found = (
            [] if (path / "checkpoint").exists() else sorted(path.glob(f"*{SUFFIX}"))
        )
        if len(found) > _MOST:
            raise CannotJudge("there are more proofs than a file of them holds")
        return [(one.name, _decode(_read_file(one))) for one in found]
    if not path.is_file():
        return []
    if zipfile.is_zipfile(path):
        return list(_read_archive(path))
    data = _read_file(path)
    if not data and not path.stat().st_size:
        raise CannotJudge("the file is empty")
    if data.startswith(_ARCHIVE):
        raise CannotJudge("the file of proofs is damaged")
    is_proof = data.startswith(PROOF_HEADER.encode()) or path.suffix == SUFFIX
    return [(path.name, _decode(data))] if is_proof else []


def has_successors(place: str) -> bool:
    """Tell whether beside the proofs at a place lies what follows on a key."""
    path = Path(place)
    if path.is_dir():
        return (path / SUCCESSORS).exists()
    try:
        with zipfile.ZipFile(path) as archive:
            return SUCCESSORS in archive.namelist()
    except (*DAMAGE, OSError):
        return False


def _read_archive(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [one for one in archive.namelist() if one.endswith(SUFFIX)]
            if len(set(names)) < len(names):
                raise CannotJudge("the file of proofs has two of one name")
            if len(names) > _MOST:
                raise CannotJudge("there are more proofs than a file of them holds")
            for name in sorted(names):
                if archive.getinfo(name).file_size > _LARGEST:
                    raise CannotJudge("a proof is longer than any proof is")
                yield name, _decode(archive.read(name))
    except (*DAMAGE, OSError) as cause:
        raise CannotJudge("the file of proofs is damaged") from cause


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as cause:
        raise CannotJudge("a proof cannot be read") from cause
    return data if len(data) <= _LARGEST else b""


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as cause:
        raise MalformedProof("a proof is not text") from cause


def judge_proofs(
    files: Sequence[tuple[str, str]], trust: Trust, person: ProvenPerson | None = None
) -> ProvenEntries:
    """Hold that every proof is true, or raise with the name of the one that is not.

    And is about this person, where one is given.
    `ProofRefused`: it is false. `MalformedProof` or `CannotJudge`: it cannot be said.
    """
    proven: dict[str, OpenedEntry] = {}
    seen: list[Sequence[str]] = []
    about: list[bool] = []
    for name, text in files:
        try:
            proven[name], names = _judge(text, trust)
            seen.append(names)
            about.append(hold_about(proven[name], person) if person else True)
        except ProofRefused as refusal:
            raise EntryRefused(_named(name, files, refusal)) from refusal
        except MalformedProof as refusal:
            raise MalformedProof(_named(name, files, refusal)) from refusal
    told = None if person is None else count_about(about)
    names = sorted(set().union(*seen))
    return ProvenEntries(proven, names, min(map(len, seen)), told)


def _judge(text: str, trust: Trust) -> tuple[OpenedEntry, Sequence[str]]:
    proof = parse_tlog_proof(text)
    origin = trust.name_tree(proof.checkpoint)
    opened = verify_proof_file(proof, trust.list_keys(origin), origin=origin)
    witnessed = trust.verify_witnessed(proof.checkpoint)
    return opened, () if witnessed is None else witnessed.names


def _named(name: str, files: Sequence[tuple[str, str]], refusal: Exception) -> str:
    return str(refusal) if len(files) == 1 else f"{name}: {refusal}"


def describe_entry(one: OpenedEntry) -> JsonObject:
    """Give what a proof file says of its entry, without padding, for a machine."""
    leaf = one.leaf
    if isinstance(leaf, FirstLeaf):
        return {"entry": str(leaf.entry), "kind": "first-leaf", "index": one.index}
    opened = {
        group.group.value: _bare(group.value)
        for group in sorted(one.groups, key=lambda each: each.group)
    }
    return {
        "entry": str(leaf.entry),
        "kind": leaf.kind.value,
        "minute": format_minute(leaf.minute),
        "organisation": leaf.organisation,
        "municipality": leaf.municipality,
        "activity": leaf.activity,
        "outcome": leaf.outcome.value,
        "index": one.index,
        "opened": opened,
    }


def _bare(value: JsonObject | None) -> JsonObject | None:
    if value is None:
        return None
    return {name: member for name, member in value.items() if name != "pad"}

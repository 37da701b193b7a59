"""A pinned key of the index in a file, and beside it what follows on it.

    read_chain(path, use) -> Chain       as the files say now
    take_successors(path, statements)    more of them
    PinnedKey(path, use, tell, seen)     for a process: read again when replaced

What was taken lies beside the pinned key, and is never left out again: who uses it
keeps in a folder of its own what it saw, over a restart, and goes on by that. Two
successors of one key are kept too, as evidence, and every process that pins it says so
until a person has looked and taken the file away.

    receipt.public.jwk         the receipt key that was pinned, or
    checkpoint.vkey            the key of the ledger (c2sp.org/signed-note)
    receipt-successors.json    {"format":"signal-index/key-successors/1","successors":[
                               {payload, signatures},…]}
    receipt-fork.json          in the same form: two that contradict each other
    seen-receipt-successors.json    in the folder of who uses it: what it saw

Proven by tests/attack/test_a_key_is_succeeded_falsely.py and
tests/attack/test_what_was_taken_is_not_let_go.py.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated, Final, Literal, NamedTuple

from joserfc.jwk import OKPKey
from pydantic import Field, ValidationError

from keys.base64url import encode_b64u
from keys.config_document import Document, SignedDocument
from keys.errors import (
    KeyFileMalformed,
    KeysError,
    SuccessorForged,
    SuccessorForked,
    SuccessorRefused,
)
from keys.files import make_folder, read_json, read_public, replace_public
from keys.jose import ALGORITHM, PublicKey, parse_public_key
from keys.note_keys import ED25519, split_key
from keys.successor import Chain, KeyUse, Successor, find_forks, follow, open_successor
from keys.watching import Followed, Tell

try:
    import fcntl
except ModuleNotFoundError:
    fcntl = None  # type: ignore[assignment]

MAX_SUCCESSORS: Final = 64
CLOCKS_DIFFER: Final = timedelta(minutes=5)
_KEY_BYTES: Final = 32


class _File(Document):
    format: Literal["signal-index/key-successors/1"] = "signal-index/key-successors/1"
    successors: Annotated[tuple[SignedDocument, ...], Field(max_length=MAX_SUCCESSORS)]


class _Pinned(NamedTuple):
    key: PublicKey
    use: KeyUse
    name: str


def read_chain(path: Path, use: KeyUse) -> Chain:
    """Read a pinned key of this use and what follows on it, or raise `KeysError`."""
    pinned = _read_pinned(path)
    if pinned.use is not use:
        raise KeyFileMalformed(f"{path.name}: the {pinned.use} key, not the {use} key")
    documents = read_successors(find_successors(path))
    chain = follow(pinned.key, pinned.use, documents)
    _list_placed(pinned.key, chain, [open_successor(one) for one in documents])
    return replace(chain, name=pinned.name, is_forked=_stands(find_fork(path)))


def find_successors(path: Path) -> Path:
    """Give where the successors of a pinned key lie: beside it."""
    return path.with_name(f"{path.name.partition('.')[0]}-successors.json")


def find_fork(path: Path) -> Path:
    """Give where two that contradict each other lie, where somebody was shown them."""
    return path.with_name(f"{path.name.partition('.')[0]}-fork.json")


def list_files(path: Path) -> Sequence[Path]:
    """List what is read for a pinned key; a file that is not there too."""
    return [path, find_successors(path), find_fork(path)]


def read_successors(path: Path) -> tuple[SignedDocument, ...]:
    """Read the statements that lie beside a key; none where there is no file."""
    if not _stands(path):
        return ()
    try:
        return _File.model_validate_json(read_public(path), by_name=False).successors
    except ValidationError:
        raise SuccessorForged(f"{path.name}: not a file of successors") from None


def foresee_successors(
    path: Path, documents: Sequence[SignedDocument], now: datetime
) -> Chain:
    """Give what `take_successors` would have follow, and take nothing.

    Raises what it raises, and keeps the same evidence; and `SuccessorForged` for one
    that says it was made later than now: nobody could find its entry.
    """
    chain, _ = _join(path, documents)
    for one in chain.taken:
        if one.made > now + CLOCKS_DIFFER:
            raise SuccessorForged(f"it says it was made at {one.made:%Y-%m-%d %H:%M}")
    return chain


def take_successors(path: Path, documents: Sequence[SignedDocument]) -> Chain:
    """Put statements beside the pinned key; those that lie there stay.

    Raises what `follow` raises, and `SuccessorForged` for one that neither follows on
    the pinned key nor comes before it: another one is missing, or it is of elsewhere.
    A fork is kept as evidence, beside it and beside earlier evidence. One at a time: of
    two at once the later one sees what the earlier one took.
    """
    with _alone(path.parent):
        chain, whole = _join(path, documents)
        replace_public(find_successors(path), encode_successors(whole))
    return chain


def _join(
    path: Path, documents: Sequence[SignedDocument]
) -> tuple[Chain, Sequence[SignedDocument]]:
    pinned, known = _read_pinned(path), read_successors(find_successors(path))
    whole = [*known, *(one for one in documents if one not in known)]
    try:
        chain = follow(pinned.key, pinned.use, whole)
    except SuccessorForked:
        _keep_evidence(find_fork(path), find_forks(pinned.key, whole))
        raise
    said = [open_successor(one) for one in whole]
    placed = _list_placed(pinned.key, chain, said)
    if not chain.taken or any(one not in placed for one in said):
        raise SuccessorForged("does not follow on the pinned key; is one missing?")
    if len(whole) > MAX_SUCCESSORS:
        raise SuccessorForged(f"more than {MAX_SUCCESSORS} successors")
    return chain, whole


def _list_placed(
    pinned: PublicKey, chain: Chain, said: Sequence[Successor]
) -> Sequence[Successor]:
    """List the steps before and after a pinned key; raises where they do not count.

    An index hands out all of them: the second key of a use is its number 2.
    """
    placed = [*reversed(_list_before(pinned, said)), *chain.taken]
    if [one.number for one in placed] != list(range(2, len(placed) + 2)):
        raise SuccessorForged("not counted from the second key on; is one missing?")
    return placed


def _keep_evidence(file: Path, forked: Sequence[SignedDocument]) -> None:
    """Keep what contradicts each other; what was kept before stays, and goes first."""
    with suppress(SuccessorForged):  # a file that is none is evidence too: it stays
        kept = read_successors(file)
        whole = [*kept, *(one for one in forked if one not in kept)]
        replace_public(file, encode_successors(whole[:MAX_SUCCESSORS]))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only one that takes something in this folder; waits for another.

    Windows has no lock of a folder: there two at once are not parted.
    """
    if fcntl is None:
        yield
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def encode_successors(documents: Sequence[SignedDocument]) -> bytes:
    """Write the file that lies beside a pinned key."""
    made = _File(successors=tuple(documents))
    return made.model_dump_json(by_alias=True).encode() + b"\n"


def _stands(path: Path) -> bool:
    return path.is_symlink() or path.exists()  # a link to nothing is no absence


def _list_before(pinned: PublicKey, said: Sequence[Successor]) -> list[Successor]:
    before: list[Successor] = []
    wanted = pinned.raw
    while step := next(
        (one for one in said if one.key.raw == wanted and one not in before), None
    ):
        before.append(step)
        wanted = step.former.raw
    return before


def _read_pinned(path: Path) -> _Pinned:
    data = read_public(path)
    try:
        if data.lstrip().startswith(b"{"):
            key = parse_public_key(read_json(data, path.name))
            return _Pinned(key, KeyUse.RECEIPT, "")
        name, material = split_key(data.decode())
        return _Pinned(_as_public(material), KeyUse.CHECKPOINT, name)
    except KeysError as error:
        raise KeyFileMalformed(f"{path.name}: {error}") from None
    except ValueError:
        raise KeyFileMalformed(f"{path.name}: not a public key") from None


def _as_public(material: bytes) -> PublicKey:
    if material[:1] != ED25519 or len(material) != 1 + _KEY_BYTES:
        raise ValueError("a key of a ledger is an Ed25519 key")
    raw = encode_b64u(material[1:])
    key = OKPKey.import_key({"kty": "OKP", "crv": ALGORITHM, "x": raw})
    return PublicKey(key.thumbprint(), key)


class ReadOn:
    """Reads a pinned key again and again; what once followed on it is never let go.

    `tell` hears of a fork, at each reading; and at the first one of what was seen
    before, in an earlier run, and is gone: that counts all the same. `seen` is the
    folder in which this user of the key keeps it, apart from the key.
    """

    def __init__(self, path: Path, use: KeyUse, tell: Tell, seen: Path | None) -> None:
        self._path = path
        self._use = use
        self._tell = tell
        self._seen = None if seen is None else seen / f"seen-{use}-successors.json"
        self._held: Chain | None = None

    def __call__(self) -> Chain:
        """Read it, or raise `KeysError`: also where what was read before is gone."""
        chain = read_chain(self._path, self._use)
        if self._held is not None:
            _hold(self._held, chain)
        else:
            chain = self._recall(chain)
        self._remember(chain)
        self._held = chain
        if chain.is_forked:
            self._tell(SuccessorForked(chain.keys[0].key.kid))
        return chain

    def _recall(self, chain: Chain) -> Chain:
        """Give what was seen where the files have less, or something else."""
        if self._seen is None:
            return chain
        known = follow(chain.keys[0].key, self._use, read_successors(self._seen))
        try:
            _hold(known, chain)
        except SuccessorRefused as refusal:
            self._tell(refusal)
            return replace(known, name=chain.name, is_forked=chain.is_forked)
        return chain

    def _remember(self, chain: Chain) -> None:
        """Keep what was taken, over a restart; what cannot be kept is told."""
        if self._seen is None or not chain.said:
            return
        try:
            known = read_successors(self._seen)
            more = [one for one in chain.said if one not in known]
            if more:
                whole = [*known, *more][-MAX_SUCCESSORS:]
                make_folder(self._seen.parent)
                replace_public(self._seen, encode_successors(whole))
        except KeysError as refusal:
            self._tell(refusal)


def _hold(held: Chain, found: Chain) -> None:
    if found.keys[0].raw != held.keys[0].raw:
        raise SuccessorForged("another key is pinned; start again if that is meant")
    for taken, now in zip(held.taken, found.taken, strict=False):
        if taken != now:
            raise SuccessorForked(f"two keys follow {taken.former.kid}: stop, and call")
    if len(found.taken) < len(held.taken):
        raise SuccessorForged("what was taken lies beside the pinned key no more")


class PinnedKey:
    """A pinned key as a process holds it: what follows is taken up as it comes.

    `tell` hears each reason why it was not, and of a fork: at the start too. `seen` as
    for `ReadOn`: whoever runs for long has one.
    """

    def __init__(
        self,
        path: Path,
        use: KeyUse,
        tell: Tell,
        count_seconds: Callable[[], float] = monotonic,
        *,
        seen: Path | None,
    ) -> None:
        """Read it, or raise `KeysError`."""
        read = ReadOn(path, use, tell, seen)
        self._followed = Followed(list_files(path), read, tell, count_seconds)

    @property
    def chain(self) -> Chain:
        """The key that was pinned, and those that follow it."""
        return self._followed.get()

"""Judges one year of a ledger against the key and checkpoints that we hold.

What must hold, in this order:

1. the checkpoint is signed by the given key, under the ledger's name that the key
   bears and the year in question, and cosigned by enough of the given witnesses;
2. every entry hashes to its place in the tiles (where entries are shown), has the form
   of an entry of this year, is of the time that it says as far as its order and the
   witnesses tell (`signal_index.verify.times`); its id says that minute and no more,
   and none stands twice;
3. the first entry names this ledger and carries a signed checkpoint of an earlier year,
   or of the ledger whose place this one took, or none in the very first year;
4. the tiles of every level, and the root, are those that the leaf hashes give;
5. each earlier checkpoint that we hold, and each that was cosigned since, is the root
   of the tree as it was then;
6. where entries are shown, and the verifier looks into it: what each step with a key
   says is what was recorded, each ceremony has a record that holds
   (`signal_index.verify.key_steps`), and each key that follows another does so by its
   word (`signal_index.verify.successions`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from signal_index.proof import (
    HASH_BYTES,
    Checkpoint,
    FirstLeaf,
    Group,
    InclusionRefused,
    Kind,
    Leaf,
    LeafHeader,
    MalformedProof,
    TileRef,
    Witnessed,
    hash_leaf,
    list_tiles,
    parse_bundle,
    parse_leaf,
    read_header,
    split_tile,
    verify_checkpoint,
    year_of_origin,
)
from signal_index.verify.errors import CannotJudge, EntryRefused
from signal_index.verify.ids import SeenIds
from signal_index.verify.sources import LedgerSource
from signal_index.verify.times import JudgedTimes, Times, read_marks
from signal_index.verify.tree import TreeRebuilt, verify_root
from signal_index.verify.trust import JudgedKeys, Span, Trust, read_note

__all__ = ["Judgement", "Progress", "Trust", "judge_ledger"]

Progress = Callable[[int, int], None]
"""Called with the number of leaves done and the size of the tree."""


@dataclass(frozen=True)
class Judgement:
    """What holds: a whole tree, with its entries or only their hashes."""

    origin: str
    size: int
    root: bytes
    entries_read: bool
    kinds: Mapping[str, int]
    previous: str | None
    earlier: int
    witnessed: Witnessed | None
    is_former: bool
    keys: JudgedKeys | None
    times: JudgedTimes | None


def judge_ledger(
    source: LedgerSource,
    trust: Trust,
    *,
    progress: Progress = lambda _done, _size: None,
) -> Judgement:
    """Give what holds of a ledger, or raise.

    `ProofRefused`: it is false. `MalformedProof` or `CannotJudge`: it cannot be said.
    """
    note = _read_checkpoint(source)
    found = trust.verify_signed(note)
    signed = found.checkpoint
    earlier = trust.verify_earlier(signed)
    reader = _Reader(source, signed)
    marks = read_marks(source, trust, found) if reader.shows_entries else ()
    passed = _Passed([*earlier, *(one.checkpoint for one in marks)])
    with SeenIds() as seen:
        entries = _Entries(signed.origin, trust, seen, Times(marks))
        tree = TreeRebuilt(reader.read_tile)
        for ref in list_tiles(0, signed.size):
            hashes = split_tile(reader.read_tile(ref), ref.width)
            if reader.shows_entries:
                entries.check(reader.read_entries(ref), hashes)
            passed.verify(tree, hashes)
            tree.append(hashes)
            progress(tree.size, signed.size)
        seen.verify_distinct()
    tree.compare_partial_tiles()
    verify_root(tree.root_with(), signed.root, earlier=False)
    shown = reader.shows_entries
    return Judgement(
        origin=signed.origin,
        size=signed.size,
        root=signed.root,
        entries_read=shown,
        kinds=dict(sorted(entries.kinds.items())),
        previous=entries.previous,
        earlier=len(earlier),
        witnessed=found.witnessed,
        is_former=found.is_former,
        keys=trust.judge_keys(source, entries.key_steps, entries.span)
        if shown
        else None,
        times=entries.times.tell(),
    )


def _read_checkpoint(source: LedgerSource) -> str:
    data = source.read("checkpoint")
    if data is None:
        raise CannotJudge("there is no checkpoint at that place")
    return read_note(data)


class _Passed:
    """Holds the tree to earlier ones as it grows past their size."""

    def __init__(self, earlier: Sequence[Checkpoint]) -> None:
        self._left = sorted(earlier, key=lambda one: -one.size)
        self._root: tuple[int, bytes] | None = None

    def verify(self, tree: TreeRebuilt, hashes: Sequence[bytes]) -> None:
        """Take the hashes that come next in the tree, before it has them."""
        while self._left and self._left[-1].size <= tree.size + len(hashes):
            checkpoint = self._left.pop()
            if self._root is None or self._root[0] != checkpoint.size:
                more = hashes[: checkpoint.size - tree.size]
                self._root = checkpoint.size, tree.root_with(more)
            verify_root(self._root[1], checkpoint.root, earlier=True)


class _Reader:
    """Reads tiles and entries of a tree whose size is known."""

    def __init__(self, source: LedgerSource, signed: Checkpoint) -> None:
        self._source = source
        first = TileRef(None, 0, min(256, signed.size))
        self.shows_entries = source.has_entries or source.read(first.path()) is not None

    def read_tile(self, ref: TileRef) -> bytes:
        data = self._read(ref)
        if len(data) != ref.width * HASH_BYTES:
            raise MalformedProof("a tile does not have the length of its hashes")
        return data

    def read_entries(self, tile: TileRef) -> Sequence[bytes]:
        ref = TileRef(None, tile.position, tile.width)
        return parse_bundle(self._read(ref), ref.width)

    def _read(self, ref: TileRef) -> bytes:
        data = self._source.read(ref.path())
        if data is None:
            raise CannotJudge("a tile or a bundle of entries is missing")
        return data


class _Entries:
    """Checks entries against their hashes and against each other."""

    def __init__(self, origin: str, trust: Trust, seen: SeenIds, times: Times) -> None:
        self.times = times
        self.kinds: dict[str, int] = {}
        self.key_steps: dict[str, bytes] = {}
        self.previous: str | None = None
        self.span: Span | None = None
        self._origin = origin
        self._year = year_of_origin(origin)
        self._trust = trust
        self._seen = seen
        self._count = 0

    def check(self, leaves: Sequence[bytes], hashes: Sequence[bytes]) -> None:
        for data, expected in zip(leaves, hashes, strict=True):
            if hash_leaf(data) != expected:
                raise InclusionRefused(
                    f"entry {self._count} was changed after it was recorded"
                )
            self._check_entry(data)

    def _check_entry(self, data: bytes) -> None:
        leaf = _read(data)
        if (leaf.kind is Kind.FIRST_LEAF) is bool(self._count):
            raise EntryRefused("a first leaf does not stand exactly at the beginning")
        if leaf.kind is Kind.FIRST_LEAF:
            self._check_first(parse_leaf(data))
        if leaf.year != self._year:
            raise EntryRefused("an entry of another year stands in the tree")
        if _read_time(leaf.entry) != leaf.minute:
            raise EntryRefused(
                f"entry {self._count} has an id that says another time than its minute"
            )
        self._seen.add(leaf.entry)
        self.times.add(leaf.minute, begins=leaf.kind is Kind.FIRST_LEAF)
        begins, latest = self.span or (leaf.minute, leaf.minute)
        self.span = begins, max(latest, leaf.minute)
        self._count += 1
        self.kinds[leaf.kind] = self.kinds.get(leaf.kind, 0) + 1
        if leaf.kind is Kind.KEY:
            self._keep_key_step(parse_leaf(data))

    def _keep_key_step(self, leaf: Leaf | FirstLeaf) -> None:
        if isinstance(leaf, Leaf):
            self.key_steps[str(leaf.entry)] = leaf.groups[Group.WHAT]

    def _check_first(self, leaf: Leaf | FirstLeaf) -> None:
        if not isinstance(leaf, FirstLeaf) or leaf.origin != self._origin:
            raise EntryRefused("the first leaf is of another ledger or year")
        if leaf.previous is None:
            return
        origin = leaf.previous.partition("\n")[0]
        is_same = _base_of(origin) == _base_of(self._origin)
        latest = self._year - 1 if is_same else self._year
        if year_of_origin(origin) > latest:
            raise EntryRefused("the year does not begin with an earlier one")
        # the same keys sign for a ledger and for the one that it succeeded
        keys = self._trust.list_keys(origin)
        before = verify_checkpoint(leaf.previous, keys, origin=origin)
        self.previous = f"{before.origin}, {before.size} entries"


def _base_of(origin: str) -> str:
    return origin.rpartition("/")[0]


def _read_time(entry: bytes) -> datetime:
    """Read the time out of an id, a UUIDv7 as a leaf writes it."""
    return datetime.fromtimestamp(int(entry[:8] + entry[9:13], 16) / 1000, UTC)


def _read(data: bytes) -> LeafHeader:
    try:
        return read_header(data)
    except MalformedProof as cause:
        raise EntryRefused("an entry in the tree has not the form of one") from cause

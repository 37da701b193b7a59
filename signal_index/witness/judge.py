"""Decides whether a checkpoint may be cosigned: a pure function of what was seen.

The order of the checks is that of c2sp.org/tlog-witness: origin, signature, sizes, the
size seen last, the root of that size, the proof of growth.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from signal_index.proof import (
    EMPTY_ROOT,
    AddCheckpoint,
    Checkpoint,
    ConsistencyRefused,
    LedgerKey,
    MalformedProof,
    NoteKey,
    SignatureRefused,
    open_note,
    parse_add_checkpoint,
    parse_checkpoint,
    verify_consistency,
    year_of_origin,
)
from signal_index.witness.errors import (
    GrowthNotProven,
    NotARequest,
    NotSigned,
    OldSizeDiffers,
    RootDiffers,
    UnknownOrigin,
)


class Logs:
    """The logs that this witness was told of, each by its public keys.

    One of ours has a tree per calendar year and one key for all: the key of one year is
    taken for every other year of the same ledger. A key that follows on it by its own
    word is the ledger's too: what was cosigned before is gone on with. Any other log is
    known by its whole origin: `others`, and a key whose name does not end in a year.
    """

    def __init__(
        self,
        keys: Sequence[LedgerKey],
        others: Mapping[str, Sequence[NoteKey]] = MappingProxyType({}),
    ) -> None:
        self._others = others
        self._keys: dict[str, LedgerKey] = {}
        for key in keys:
            self._keys[_name_log(key.name)] = key

    def find(self, origin: str, now: datetime) -> Sequence[NoteKey]:
        """Give the keys of which one must sign a tree now, or raise `UnknownOrigin`."""
        if origin in self._others:
            return self._others[origin]
        try:
            return self._keys[_name_log(origin)].list_named(origin, now, now)
        except KeyError:
            raise UnknownOrigin("this log is not witnessed here") from None


def _name_log(origin: str) -> str:
    """Give what the trees of a log share: all but the year, where there is one."""
    try:
        year_of_origin(origin)
    except MalformedProof:
        return origin
    return origin.rpartition("/")[0] + "/"


def read_request(text: str) -> tuple[AddCheckpoint, str]:
    """Give the request and the origin it names, or raise `NotARequest`."""
    try:
        request = parse_add_checkpoint(text)
    except MalformedProof as cause:
        raise NotARequest(str(cause)) from cause
    return request, request.checkpoint.partition("\n")[0]


def judge_checkpoint(
    request: AddCheckpoint, keys: Sequence[NoteKey], seen: Checkpoint | None
) -> Checkpoint:
    """Give the checkpoint that may be cosigned, or raise a `CheckpointRefused` leaf.

    `keys`: the ledger's, of this moment. `seen` is what was cosigned last for this
    origin, None where nothing was. Proven by
    tests/property/test_witness_machine.py: no sequence of requests gets two cosigned
    trees of which neither extends the other.
    """
    try:
        offered = parse_checkpoint(open_note(request.checkpoint, keys)[0])
    except SignatureRefused as cause:
        raise NotSigned("the ledger's key did not sign this") from cause
    except MalformedProof as cause:
        raise NotARequest(str(cause)) from cause
    size = 0 if seen is None else seen.size
    if request.old > offered.size:
        raise NotARequest("the old size is larger than the checkpoint")
    root = EMPTY_ROOT if seen is None else seen.root
    is_fork = offered.size == size and offered.root != root
    if request.old != size:
        raise OldSizeDiffers(size, is_fork=is_fork)
    if is_fork:
        raise RootDiffers("another tree of this size was cosigned before")
    if offered.size == 0 and offered.root != EMPTY_ROOT:
        raise RootDiffers("a tree without leaves has another root")
    try:
        verify_consistency(size, offered.size, request.path, root, offered.root)
    except ConsistencyRefused as cause:
        raise GrowthNotProven(str(cause)) from cause
    return offered

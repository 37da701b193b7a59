"""Cosign from files: the same judgement on an officer's laptop, without a server.

What is given is either a request as it goes over HTTP, or a ledger itself (an export, a
folder of tiles, the URL of the public tiles): then the proof of growth is made here,
from the tiles, and judged like any other.
"""

from pathlib import Path

from signal_index.proof import (
    MAX_REQUEST_BYTES,
    AddCheckpoint,
    MalformedProof,
    TileRef,
    TreeRead,
    parse_checkpoint,
    split_note,
)
from signal_index.verify.errors import CannotJudge
from signal_index.verify.sources import LedgerSource, open_source
from signal_index.witness.witness import Cosigned, Witness

_FIRST = b"old "


def cosign_place(witness: Witness, place: str) -> Cosigned:
    """Cosign the checkpoint at a place, or raise.

    `CheckpointRefused`: it may not be. `CannotJudge` or `MalformedProof`: it cannot be
    read.
    """
    request = _read_request(place)
    if request is None:
        with open_source(place) as source:
            request = _make_request(witness, source).encode()
    return witness.add_checkpoint(request)


def _read_request(place: str) -> str | None:
    path = Path(place)
    if not path.is_file() or path.stat().st_size > MAX_REQUEST_BYTES:
        return None
    data = path.read_bytes()
    if not data.startswith(_FIRST):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError as cause:
        raise MalformedProof("the request is not text") from cause


def _make_request(witness: Witness, source: LedgerSource) -> AddCheckpoint:
    note = source.read("checkpoint")
    if note is None:
        raise CannotJudge("there is no checkpoint at that place")
    try:
        text, _ = split_note(note.decode())
    except UnicodeDecodeError as cause:
        raise MalformedProof("the checkpoint is not text") from cause
    offered = parse_checkpoint(text)
    seen = witness.memory.find(offered.origin)
    old = 0 if seen is None else seen.size
    path = (
        TreeRead(offered.size, lambda ref: _read_tile(source, ref)).prove_growth(old)
        if old <= offered.size
        else ()
    )
    return AddCheckpoint(min(old, offered.size), path, note.decode())


def _read_tile(source: LedgerSource, ref: TileRef) -> bytes:
    data = source.read(ref.path())
    if data is None:
        raise CannotJudge("a tile of the ledger is missing")
    return data

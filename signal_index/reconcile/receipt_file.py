"""Reads the receipts that a desk kept of a day: the index's own promises.

Each promise must be signed by the index's receipt key, for this ledger; so that no
desk can accuse the index of what it never promised.
"""

from collections.abc import Sequence
from pathlib import Path

from joserfc.jwk import OKPKey

from signal_index.proof import (
    RECEIPTS_OF_DAY,
    JsonObject,
    Leaf,
    OriginRefused,
    decode_b64u,
    hash_leaf,
    origin_of,
    parse_leaf,
    verify_promise,
)
from signal_index.reconcile.errors import FileMalformed
from signal_index.reconcile.evidence import DayWindow, Promised
from signal_index.reconcile.line_files import opened_lines


def read_receipts(
    path: Path, keys: Sequence[OKPKey], origin_base: str, window: DayWindow
) -> tuple[str, Sequence[Promised]]:
    """Give the organisation of a file and its receipts of the day.

    Raises `FileMalformed`; a `ProofRefused` where a promise is not the index's.
    """
    with opened_lines(path, RECEIPTS_OF_DAY) as (head, items):
        organisation = _parse_head(head, window)
        kept = [
            promised
            for item in items
            if (promised := _read(item, organisation, keys, origin_base, window))
        ]
    return organisation, kept


def _read(
    item: JsonObject,
    organisation: str,
    keys: Sequence[OKPKey],
    origin_base: str,
    window: DayWindow,
) -> Promised | None:
    """Give a receipt that holds, where it is of the day itself."""
    leaf_bytes, token = _parse_item(item)
    leaf = parse_leaf(leaf_bytes)
    if not isinstance(leaf, Leaf):
        raise FileMalformed("a receipt is not of a lookup")
    promise = verify_promise(token, keys)
    named = (promise.origin, promise.entry, promise.leaf_hash)
    origin = origin_of(origin_base, leaf.minute.year)
    if named != (origin, leaf.entry, hash_leaf(leaf_bytes)):
        raise OriginRefused("a promise is about another entry or ledger")
    if leaf.organisation != organisation:
        raise OriginRefused("a receipt is of another organisation")
    if not window.holds(leaf.minute):
        return None
    return Promised(organisation, leaf.entry, promise.leaf_hash, promise.made_at)


def _parse_head(head: JsonObject, window: DayWindow) -> str:
    match head:
        case {"organisation": str(organisation), "day": str(day)}:
            if day != window.day.isoformat():
                raise FileMalformed("the receipts are of another day")
            return organisation
    raise FileMalformed("the head of the receipts lacks organisation or day")


def _parse_item(item: JsonObject) -> tuple[bytes, str]:
    match item:
        case {"leaf": str(leaf), "promise": str(promise), **rest} if not rest:
            return decode_b64u(leaf), promise
    raise FileMalformed("a receipt is not leaf and promise")

"""Hashing and proof verification of a Merkle tree (RFC 9162 section 2.1).

- A leaf and a node never hash alike: the first byte tells them apart.
- Verification follows the numbered steps of RFC 9162 sections 2.1.3.2 and 2.1.4.2.
- Making proofs is the writing side's: `signal_index.merkle`.
"""

from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest

from signal_index.proof.errors import ConsistencyRefused, InclusionRefused

EMPTY_ROOT = sha256(b"").digest()


def hash_leaf(leaf: bytes) -> bytes:
    """Give the hash of one leaf: SHA-256 of 0x00 and its bytes."""
    return sha256(b"\x00" + leaf).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Give the hash of an inner node: SHA-256 of 0x01 and both its children."""
    return sha256(b"\x01" + left + right).digest()


def fold_row(row: Sequence[bytes]) -> bytes:
    """Give the root over neighbouring subtrees (RFC 9162 section 2.1.1)."""
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        pairs = zip(row[0::2], row[1::2], strict=False)
        row = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        row.extend(odd)
    return row[0]


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Hold that the leaf stands at `index` in the tree, or raise `InclusionRefused`.

    RFC 9162 section 2.1.3.2. Proven by tests/property/test_merkle_proofs.py: every
    mutated proof fails.
    """
    if not 0 <= index < size:
        raise InclusionRefused("the place lies outside the tree")
    place, last, found = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            raise InclusionRefused("the proof is longer than the tree is high")
        if place & 1 or place == last:
            found = hash_node(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = hash_node(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0 or not compare_digest(found, root):
        raise InclusionRefused("the leaf and its proof do not lead to the root")


def verify_consistency(
    first: int,
    second: int,
    path: Sequence[bytes],
    first_root: bytes,
    second_root: bytes,
) -> None:
    """Hold that the tree of size `second` extends that of size `first`.

    Raises `ConsistencyRefused`. RFC 9162 section 2.1.4.2; a tree extends itself and the
    empty tree, both with an empty proof.
    """
    if not 0 <= first <= second:
        raise ConsistencyRefused("the later tree is smaller than the earlier one")
    if first in {0, second}:
        _verify_trivial(first, second, path, (first_root, second_root))
        return
    roots = _follow_consistency(first, second, path, first_root)
    if not compare_digest(roots[0], first_root):
        raise ConsistencyRefused("the proof does not lead to the earlier root")
    if not compare_digest(roots[1], second_root):
        raise ConsistencyRefused("the proof does not lead to the later root")


def _verify_trivial(
    first: int, second: int, path: Sequence[bytes], roots: tuple[bytes, bytes]
) -> None:
    if path:
        raise ConsistencyRefused("the proof is longer than the trees need")
    if first == 0 and roots[0] != EMPTY_ROOT:
        raise ConsistencyRefused("an empty tree has another root")
    if first == second and not compare_digest(*roots):
        raise ConsistencyRefused("two trees of one size differ")


def _follow_consistency(
    first: int, second: int, path: Sequence[bytes], first_root: bytes
) -> tuple[bytes, bytes]:
    start, *steps = _start_consistency(first, path, first_root)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    earlier = later = start
    for step in steps:
        if last == 0:
            raise ConsistencyRefused("the proof is longer than the tree is high")
        if place & 1 or place == last:
            earlier, later = hash_node(step, earlier), hash_node(step, later)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            later = hash_node(later, step)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ConsistencyRefused("the proof is shorter than the tree is high")
    return earlier, later


def _start_consistency(
    first: int, path: Sequence[bytes], first_root: bytes
) -> Sequence[bytes]:
    is_power_of_two = first & (first - 1) == 0
    steps = [first_root, *path] if is_power_of_two else list(path)
    if not steps:
        raise ConsistencyRefused("the proof is empty")
    return steps

"""Merkle proofs: published vectors pass, every mutated proof fails."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_index.merkle import (
    TreeEdge,
    consistency_ranges,
    edge_tiles,
    grow,
    hash_ranges,
    inclusion_ranges,
    make_edge,
    tiles_of,
)
from signal_index.proof import (
    EMPTY_ROOT,
    ConsistencyRefused,
    InclusionRefused,
    hash_leaf,
    hash_node,
    verify_consistency,
    verify_inclusion,
)
from tests.ledger_builders import every_tile, prove, some_leaf_hashes
from tests.property.merkle_vectors import (
    REFERENCE_CONSISTENCY,
    REFERENCE_INCLUSION,
    REFERENCE_LEAVES,
    REFERENCE_ROOTS,
)

_HASHES = [hash_leaf(leaf) for leaf in REFERENCE_LEAVES]
_SIZES = st.one_of(
    st.integers(1, 300), st.sampled_from([255, 256, 257, 511, 512, 513, 1025, 66_000])
)
_MANY = some_leaf_hashes(66_000)


def root_by_definition(hashes: Sequence[bytes]) -> bytes:
    """Give MTH exactly as RFC 9162 section 2.1.1 writes it."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    return hash_node(
        root_by_definition(hashes[:middle]), root_by_definition(hashes[middle:])
    )


def root_of(size: int) -> bytes:
    return root_by_definition(_MANY[:size])


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_the_published_ones(size: int) -> None:
    root = prove([(0, size)], _HASHES[:size])[0]
    assert root.hex() == REFERENCE_ROOTS[size - 1]


def test_the_empty_tree_has_the_published_root() -> None:
    assert (
        bytes.fromhex(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        == EMPTY_ROOT
    )
    assert hash_ranges([(0, 0)], {}) == [EMPTY_ROOT]


@pytest.mark.parametrize(("index", "size", "path"), REFERENCE_INCLUSION)
def test_the_inclusion_proofs_are_the_published_ones(
    index: int, size: int, path: list[str]
) -> None:
    made = prove(inclusion_ranges(index, size), _HASHES[:size])
    assert [step.hex() for step in made] == path
    root = bytes.fromhex(REFERENCE_ROOTS[size - 1])
    verify_inclusion(_HASHES[index], index, size, made, root)


@pytest.mark.parametrize(("first", "second", "path"), REFERENCE_CONSISTENCY)
def test_the_consistency_proofs_are_the_published_ones(
    first: int, second: int, path: list[str]
) -> None:
    made = prove(consistency_ranges(first, second), _HASHES[:second])
    assert [step.hex() for step in made] == path
    roots = [bytes.fromhex(REFERENCE_ROOTS[size - 1]) for size in (first, second)]
    verify_consistency(first, second, made, *roots)


@given(_SIZES, st.data())
def test_every_leaf_is_proven(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = prove(inclusion_ranges(index, size), _MANY[:size])
    verify_inclusion(_MANY[index], index, size, path, root_of(size))


@given(_SIZES, st.data())
def test_every_growth_is_proven(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, second))
    path = prove(consistency_ranges(first, second), _MANY[:second])
    verify_consistency(first, second, path, root_of(first), root_of(second))


def mutations(path: Sequence[bytes], data: st.DataObject) -> list[bytes]:
    """Give a path that differs from the given one in a single way."""
    changed = list(path)
    ways = ["longer"] + (["flipped", "shorter", "swapped"] if path else [])
    way = data.draw(st.sampled_from(ways))
    place = data.draw(st.integers(0, max(0, len(path) - 1)))
    if way == "longer":
        changed.insert(place, data.draw(st.binary(min_size=32, max_size=32)))
    elif way == "shorter":
        del changed[place]
    elif way == "swapped" and len(path) > 1:
        other = (place + 1) % len(path)
        changed[place], changed[other] = changed[other], changed[place]
    else:
        flipped = bytearray(changed[place])
        flipped[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
        changed[place] = bytes(flipped)
    return changed


@given(_SIZES, st.data())
def test_every_mutated_inclusion_proof_fails(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = prove(inclusion_ranges(index, size), _MANY[:size])
    root = root_of(size)
    with pytest.raises(InclusionRefused):
        verify_inclusion(_MANY[index], index, size, mutations(path, data), root)


@given(st.integers(2, 300), st.data())
def test_a_leaf_is_proven_at_no_other_place(size: int, data: st.DataObject) -> None:
    index, other = data.draw(
        st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True)
    )
    path = prove(inclusion_ranges(index, size), _MANY[:size])
    with pytest.raises(InclusionRefused):
        verify_inclusion(_MANY[index], other, size, path, root_of(size))


@given(st.integers(2, 300), st.data())
def test_another_leaf_is_not_proven(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = prove(inclusion_ranges(index, size), _MANY[:size])
    with pytest.raises(InclusionRefused):
        verify_inclusion(hash_leaf(b"other"), index, size, path, root_of(size))


@given(st.integers(2, 600), st.data())
def test_every_mutated_consistency_proof_fails(
    second: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, second - 1))
    path = prove(consistency_ranges(first, second), _MANY[:second])
    with pytest.raises(ConsistencyRefused):
        verify_consistency(
            first, second, mutations(path, data), root_of(first), root_of(second)
        )


@given(st.integers(2, 300), st.data())
def test_a_tree_that_forked_is_never_an_extension(
    second: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, second - 1))
    forked = [hash_leaf(b"forked"), *_MANY[1:second]]
    path = prove(consistency_ranges(first, second), forked)
    with pytest.raises(ConsistencyRefused):
        verify_consistency(
            first, second, path, root_of(first), root_by_definition(forked)
        )


def test_a_smaller_tree_is_never_an_extension() -> None:
    with pytest.raises(ConsistencyRefused):
        verify_consistency(5, 4, [], root_of(5), root_of(4))


def test_an_empty_beginning_has_the_empty_root() -> None:
    with pytest.raises(ConsistencyRefused):
        verify_consistency(0, 4, [], root_of(1), root_of(4))


def test_two_trees_of_one_size_are_equal() -> None:
    with pytest.raises(ConsistencyRefused):
        verify_consistency(4, 4, [], root_of(3), root_of(4))


@given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_a_tree_that_grows_in_steps_is_the_tree_made_at_once(steps: list[int]) -> None:
    edge, size = TreeEdge(0, []), 0
    tiles: dict[tuple[int, int], Sequence[bytes]] = {}
    for step in steps:
        edge, full = grow(edge, _MANY[size : size + step])
        size += step
        tiles |= {(tile.level, tile.position): tile.hashes for tile in full}
        tiles |= {(n, size >> 8 * (n + 1)): row for n, row in enumerate(edge.partial)}
        assert edge.root() == root_of(size)
        assert make_edge(size, every_tile(_MANY[:size])).root() == root_of(size)
    found = {place: list(hashes) for place, hashes in tiles.items() if hashes}
    assert found == {k: list(v) for k, v in every_tile(_MANY[:size]).items()}


def test_a_tree_of_256_has_a_full_tile_and_one_partial_above_it() -> None:
    refs = [ref.path() for ref in edge_tiles(70_000)]
    assert refs == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert [ref.path() for ref in edge_tiles(256)] == ["tile/1/000.p/1"]


def test_a_proof_in_a_large_tree_needs_few_tiles() -> None:
    refs = tiles_of(inclusion_ranges(123_456, 1_000_000), 1_000_000)
    assert len(refs) <= 6

"""Leaves, disclosures, tile paths and bundles: one text each."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.base64url import encode_b64u
from signal_index.ledger import sign_checkpoint
from signal_index.proof import (
    Checkpoint,
    DisclosureRefused,
    FirstLeaf,
    Group,
    Json,
    Kind,
    Leaf,
    MalformedProof,
    NoteKey,
    TileRef,
    decode_b64u,
    decode_json,
    encode_bundle,
    encode_first_leaf,
    encode_json,
    encode_leaf,
    list_tiles,
    make_disclosure,
    origin_of,
    parse_bundle,
    parse_disclosure,
    parse_leaf,
    parse_tile_path,
    parse_tlog_proof,
    read_header,
    split_tile,
    verify_disclosure,
)
from tests.ledger_builders import CHECKPOINT_KEY, NOON, ORIGIN, an_entry, an_id

KEY = NoteKey(origin_of(ORIGIN, 2026), CHECKPOINT_KEY.public)
ROOT = bytes(range(32))


def a_note(size: int = 7) -> str:
    return sign_checkpoint(Checkpoint(KEY.name, size, ROOT), CHECKPOINT_KEY)


def test_a_leaf_reads_back() -> None:
    leaf = parse_leaf(an_entry(5).leaf)
    assert isinstance(leaf, Leaf)
    assert encode_leaf(leaf) == an_entry(5).leaf
    assert (leaf.entry, leaf.kind, leaf.minute) == (an_id(5), Kind.LOOKUP, NOON)


def test_a_first_leaf_reads_back() -> None:
    for previous in (None, a_note()):
        first = FirstLeaf(an_id(1), NOON, KEY.name, previous)
        assert parse_leaf(encode_first_leaf(first)) == first
        assert read_header(encode_first_leaf(first)).kind is Kind.FIRST_LEAF


def test_the_header_says_what_the_leaf_says() -> None:
    header = read_header(an_entry(5).leaf)
    assert (header.entry, header.kind, header.year) == (
        str(an_id(5)).encode(),
        Kind.LOOKUP,
        2026,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":2'),
        (b'"kind":"lookup"', b'"kind":"gossip"'),
        (b'"kind":"lookup"', b'"kind":"first-leaf"'),
        (b'{"activity"', b'{ "activity"'),
        (b'"policy"', b'"extra":1,"policy"'),
        (b"T12:00Z", b"T12:00:00Z"),
        (b"11-22T", b"11-31T"),
        (b'"outcome":"answered"', b'"outcome":"hit"'),
        (b'"organisation":"', b'"organisation":"\\u0041'),
    ],
)
def test_a_changed_leaf_is_malformed(old: bytes, new: bytes) -> None:
    changed = an_entry(5).leaf.replace(old, new, 1)
    assert changed != an_entry(5).leaf
    with pytest.raises(MalformedProof):
        parse_leaf(changed)
    with pytest.raises(MalformedProof):
        read_header(changed)


@given(st.binary(max_size=60))
def test_junk_is_malformed(junk: bytes) -> None:
    with pytest.raises(MalformedProof):
        parse_leaf(junk)
    with pytest.raises(MalformedProof):
        parse_disclosure(junk.decode("latin-1"))
    with pytest.raises(MalformedProof):
        parse_tlog_proof(junk.decode("latin-1"))


def test_a_leaf_that_cannot_be_read_is_not_made() -> None:
    with pytest.raises(ValueError, match="do not make a leaf"):
        an_entry(1, activity='say "hello"')


_VALUES = st.one_of(
    st.none(), st.dictionaries(st.text(max_size=5), st.text(max_size=30), max_size=3)
)


@given(st.sampled_from(Group), st.binary(min_size=16, max_size=16), _VALUES)
def test_a_disclosure_reads_back(
    group: Group, salt: bytes, value: dict[str, str] | None
) -> None:
    if value and "pad" in value:
        del value["pad"]
    text = make_disclosure(group, salt, value)
    opened = parse_disclosure(text)
    found = dict(opened.value) if opened.value is not None else None
    if found is not None and group is Group.WHAT:
        assert isinstance(found.pop("pad"), str)
        assert len(text) % 4096 == 0
    assert (opened.group, opened.salt, found) == (group, salt, value)


def test_a_disclosure_of_another_entry_is_refused() -> None:
    leaf = parse_leaf(an_entry(1).leaf)
    assert isinstance(leaf, Leaf)
    with pytest.raises(DisclosureRefused):
        verify_disclosure(leaf.groups, an_entry(2).disclosures[Group.WHY])


def test_a_disclosure_without_a_full_salt_is_malformed() -> None:
    text = encode_b64u(encode_json([encode_b64u(b"short"), "who", None]))
    with pytest.raises(MalformedProof):
        parse_disclosure(text)


_ATOMS: st.SearchStrategy[Json] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text()
)
_ALL_JSON: st.SearchStrategy[Json] = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@given(_ALL_JSON)
def test_json_has_the_text_that_the_library_gives(value: Json) -> None:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert encode_json(value) == text.encode()


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", [object()]])
def test_what_is_not_of_json_is_not_written(value: object) -> None:
    with pytest.raises(TypeError, match="is not of JSON"):
        encode_json(value)  # type: ignore[arg-type]  # what a wrong caller gives


def test_not_a_number_is_not_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode_json([float("nan")])  # type: ignore[list-item]  # the same


@given(st.binary(max_size=40))
def test_base64url_has_one_text(data: bytes) -> None:
    assert decode_b64u(encode_b64u(data)) == data


@pytest.mark.parametrize("text", ["A", "AB", "AA==", "A+", "A/AA", "AA\n", "é", "AA A"])
def test_another_text_for_the_same_bytes_is_malformed(text: str) -> None:
    with pytest.raises(MalformedProof):
        decode_b64u(text)


@pytest.mark.parametrize("text", [b"1.5", b'{"b":1,"a":2}', b'{"a": 1}', b"NaN", b'"'])
def test_json_in_another_form_is_malformed(text: bytes) -> None:
    with pytest.raises(MalformedProof):
        decode_json(text)


@pytest.mark.parametrize(
    ("position", "path"),
    [
        (0, "tile/0/000"),
        (273, "tile/0/273"),
        (1_234_067, "tile/0/x001/x234/067"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(position: int, path: str) -> None:
    assert TileRef(0, position).path() == path
    assert parse_tile_path(path) == TileRef(0, position)


@given(
    st.one_of(st.none(), st.integers(0, 63)),
    st.integers(0, 10**15),
    st.integers(1, 256),
)
def test_a_tile_path_reads_back(level: int | None, position: int, width: int) -> None:
    ref = TileRef(level, position, width)
    assert parse_tile_path(ref.path()) == ref


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/000",
        "tile/0/001/067",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/../000",
        "tile/-1/000",
        "tile/0/" + "x999/" * 9 + "999",
    ],
)
def test_another_path_for_a_tile_is_malformed(path: str) -> None:
    with pytest.raises(MalformedProof):
        parse_tile_path(path)


def test_the_tiles_of_the_specification_are_listed() -> None:
    assert len(list(list_tiles(0, 70_000))) == 274
    assert list(list_tiles(1, 70_000)) == [TileRef(1, 0), TileRef(1, 1, 17)]
    assert list(list_tiles(2, 70_000)) == [TileRef(2, 0, 1)]


@given(st.lists(st.binary(max_size=700), max_size=9))
def test_a_bundle_reads_back(leaves: list[bytes]) -> None:
    assert parse_bundle(encode_bundle(leaves), len(leaves)) == leaves


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x05abc", b"\x00\x01ab"])
def test_a_bundle_that_is_cut_off_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedProof):
        parse_bundle(data, 1)


def test_a_tile_of_another_length_is_malformed() -> None:
    with pytest.raises(MalformedProof):
        split_tile(bytes(33), 1)

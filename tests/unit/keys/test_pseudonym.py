"""What the index derives from a pseudonym, and what it refuses to derive from."""

import secrets

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from keys.errors import InvalidPseudonym, InvalidRow, InvalidSecret
from keys.group import generate_scalar, multiply, multiply_base, parse_point
from keys.pseudonym import (
    Pseudonym,
    SealedRow,
    StoredPoint,
    derive_ledger_name,
    derive_sealed_row,
    derive_stored_point,
    open_sealed_row,
    parse_index_scalar,
    parse_ledger_name_key,
    parse_pseudonym,
    parse_row_key_secret,
)
from tests.keys_builders import ORDER

ENCODED = multiply_base(generate_scalar()).encoded
OTHER = multiply_base(generate_scalar()).encoded
H_BYTES = secrets.token_bytes(64)
H = parse_row_key_secret(H_BYTES)
S = StoredPoint(ENCODED)


@pytest.mark.parametrize(
    "data",
    [bytes(32), b"\xff" * 32, b"\x01" + bytes(31), b"", ENCODED[:31], ENCODED + b"\0"],
    ids=["identity", "non-canonical", "negative", "empty", "short", "long"],
)
def test_what_names_nobody_is_no_pseudonym(data: bytes) -> None:
    with pytest.raises(InvalidPseudonym):
        parse_pseudonym(data)


def test_no_pseudonym_can_be_made_without_the_check() -> None:
    with pytest.raises(InvalidPseudonym):
        Pseudonym(bytes(32))


def test_pseudonyms_are_equal_when_they_name_the_same_person() -> None:
    assert parse_pseudonym(ENCODED) == parse_pseudonym(ENCODED)
    assert len({parse_pseudonym(ENCODED), parse_pseudonym(ENCODED)}) == 1


def test_the_stored_point_is_the_index_scalar_times_the_pseudonym() -> None:
    c = generate_scalar()
    stored = derive_stored_point(
        parse_index_scalar(c.encoded), parse_pseudonym(ENCODED)
    )
    assert stored.encoded == multiply(c, parse_point(ENCODED)).encoded


@pytest.mark.parametrize(
    "data",
    [
        bytes(32),
        ORDER.to_bytes(32, "little"),
        (ORDER + 1).to_bytes(32, "little"),
        (2**255 + 1).to_bytes(32, "little"),
        b"\x01" * 31,
        b"",
    ],
    ids=["zero", "order", "order + 1", "top bit", "short", "empty"],
)
def test_an_index_scalar_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidSecret):
        parse_index_scalar(data)


@pytest.mark.parametrize(
    "data", [b"", b"h" * 32, b"h" * 65, b"h" * 64], ids=["0", "32", "65", "same half"]
)
def test_a_row_key_secret_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidSecret):
        parse_row_key_secret(data)


@pytest.mark.parametrize("data", [b"", b"l" * 31, b"l" * 33, bytes(32)])
def test_a_ledger_name_key_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidSecret):
        parse_ledger_name_key(data)


def test_a_row_is_aes_256_siv_with_the_category_bound() -> None:
    row = derive_sealed_row(H, S, "wmo-maatwerk")
    expected = AESSIV(H_BYTES).encrypt(S.encoded, [b"wmo-maatwerk"])
    assert row.row_key + row.seal == expected


def test_the_same_person_and_category_find_the_same_row() -> None:
    assert derive_sealed_row(H, S, "bijstand") == derive_sealed_row(H, S, "bijstand")


def test_rows_of_one_person_in_two_categories_have_nothing_in_common() -> None:
    first, second = (derive_sealed_row(H, S, each) for each in ("bijstand", "wonen"))
    assert first.row_key != second.row_key
    assert first.seal != second.seal


def test_a_row_opens_to_the_point_it_was_made_from() -> None:
    assert open_sealed_row(H, derive_sealed_row(H, S, "bijstand"), "bijstand") == S


def test_a_row_does_not_open_under_another_category() -> None:
    row = derive_sealed_row(H, S, "bijstand")
    with pytest.raises(InvalidRow):
        open_sealed_row(H, row, "wonen")


def test_a_row_does_not_open_under_another_key() -> None:
    row = derive_sealed_row(H, S, "bijstand")
    with pytest.raises(InvalidRow):
        open_sealed_row(parse_row_key_secret(secrets.token_bytes(64)), row, "bijstand")


def test_the_seal_of_one_row_does_not_open_beside_the_key_of_another() -> None:
    mine, other = (
        derive_sealed_row(H, StoredPoint(each), "bijstand") for each in (ENCODED, OTHER)
    )
    with pytest.raises(InvalidRow):
        open_sealed_row(H, SealedRow(mine.row_key, other.seal), "bijstand")


@pytest.mark.parametrize(
    "row", [SealedRow(b"", b""), SealedRow(bytes(32), bytes(16))], ids=["empty", "swap"]
)
def test_a_row_of_another_form_does_not_open(row: SealedRow) -> None:
    with pytest.raises(InvalidRow):
        open_sealed_row(H, row, "bijstand")


def test_the_ledger_names_a_person_differently_each_year() -> None:
    this_year, next_year = (
        parse_ledger_name_key(secrets.token_bytes(32)) for _ in range(2)
    )
    assert len(derive_ledger_name(this_year, S)) == 32
    assert derive_ledger_name(this_year, S) != derive_ledger_name(next_year, S)
    assert derive_ledger_name(this_year, S) == derive_ledger_name(this_year, S)

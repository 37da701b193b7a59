"""An index that would look under another name finds nothing: it says so instead."""

from dataclasses import replace
from pathlib import Path

import pytest

from keys.group import (
    Scalar,
    generate_scalar,
    invert_scalars,
    multiply,
    multiply_scalars,
    parse_point,
    parse_scalar,
)
from keys.pseudonym import KeyVersion, parse_index_scalar
from signal_index.errors import KeyConfigUnusable, KeysExist
from signal_index.key_files import create_key_folder, load_keys
from signal_index.keyring import IndexKeys
from signal_index.rotation_files import begin_rotation, end_rotation, load_scalar
from tests.keys_builders import the_dealing

FACTOR = generate_scalar()
KNOWN = the_dealing().config
FOLLOWING = KNOWN.model_copy(
    update={
        "key_version": 2,
        "public_key": multiply(FACTOR, parse_point(KNOWN.public_key)).encoded,
    }
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_key_folder(
        tmp_path / "keys", key_version=1, years=(2026,), origin_base="index.example"
    )
    return tmp_path / "keys"


def rotated(folder: Path, factor: Scalar) -> IndexKeys:
    """The keys of an index that rotated by this factor."""
    keys = load_keys(folder)
    now = parse_scalar(keys.scalars[KeyVersion(1)].encoded)
    following = multiply_scalars(now, invert_scalars([factor])[0])
    scalars = {**keys.scalars, KeyVersion(2): parse_index_scalar(following.encoded)}
    return replace(keys, scalars=scalars)


def test_a_secret_by_the_right_factor_finds_each_row(folder: Path) -> None:
    rotated(folder, FACTOR).verify_same_rows(KNOWN, FOLLOWING)
    load_keys(folder).verify_same_rows(KNOWN, KNOWN)


@pytest.mark.parametrize("factor", [generate_scalar(), invert_scalars([FACTOR])[0]])
def test_a_secret_of_another_rotation_is_not_used(folder: Path, factor: Scalar) -> None:
    with pytest.raises(KeyConfigUnusable, match="finds no row"):
        rotated(folder, factor).verify_same_rows(KNOWN, FOLLOWING)


@pytest.mark.parametrize("gone", [1, 2])
def test_without_both_secrets_nobody_knows_and_none_is_used(
    folder: Path, gone: int
) -> None:
    keys = rotated(folder, FACTOR)
    left = {at: key for at, key in keys.scalars.items() if at != gone}
    with pytest.raises(KeyConfigUnusable, match="lacks"):
        replace(keys, scalars=left).verify_same_rows(KNOWN, FOLLOWING)


def test_a_secret_is_never_written_over(folder: Path) -> None:
    first, second = (parse_index_scalar(generate_scalar().encoded) for _ in range(2))
    version = KeyVersion(2)
    begin_rotation(folder, bytes(range(32)), b"{}")
    end_rotation(folder, version, first)
    begin_rotation(folder, bytes(range(32)), b"{}")
    with pytest.raises(KeysExist, match="another rotation"):
        end_rotation(folder, version, second)
    assert load_scalar(folder, version).encoded == first.encoded
    end_rotation(folder, version, first)
    assert not (folder / "rotation.key").exists()

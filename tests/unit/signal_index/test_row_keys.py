"""Row keys: a search asks under each; a wrong or missing one stops, never misses."""

from __future__ import annotations

import secrets

import pytest

from keys.errors import InvalidRow
from keys.pseudonym import RowKeySecret, StoredPoint, parse_row_key_secret
from signal_index.errors import KeyFilesRefused
from signal_index.row_keys import (
    RowKeyRing,
    RowKeys,
    RowKeyState,
    RowKeyUse,
    derive_check,
)

POINT = StoredPoint(bytes(range(32)))


def a_key() -> RowKeySecret:
    return parse_row_key_secret(secrets.token_bytes(64))


def a_use(number: int, key: RowKeySecret, state: str = "current") -> RowKeyUse:
    return RowKeyUse(number, derive_check(key), RowKeyState(state))


def test_a_search_asks_under_every_key_and_the_current_one_is_written_under() -> None:
    old, new = a_key(), a_key()
    keys = RowKeys(new, (old,))
    assert keys.seal(POINT, "bijstand") == RowKeys(new).seal(POINT, "bijstand")
    assert keys.find(POINT, "bijstand") == (
        RowKeys(new).seal(POINT, "bijstand").row_key,
        RowKeys(old).seal(POINT, "bijstand").row_key,
    )


def test_a_row_opens_under_whichever_key_it_was_made_and_no_other() -> None:
    old, new = a_key(), a_key()
    for made in (RowKeys(old), RowKeys(new)):
        row = made.seal(POINT, "bijstand")
        assert RowKeys(new, (old,)).open(row, "bijstand") == POINT
        with pytest.raises(InvalidRow):
            RowKeys(new, (old,)).open(row, "wonen")
        with pytest.raises(InvalidRow):
            RowKeys(a_key()).open(row, "bijstand")


def test_a_key_that_is_announced_is_taken_up_and_not_written_under() -> None:
    files = {1: a_key()}
    ring = RowKeyRing(lambda: files)
    assert ring.take_up([a_use(1, files[1])])
    files = {**files, 2: a_key()}
    uses = [a_use(1, files[1]), a_use(2, files[2], "announced")]
    assert ring.take_up(uses)
    assert not ring.take_up(uses)
    assert ring.keys == RowKeys(files[1], (files[2],))
    assert ring.take_up([a_use(1, files[1], "leaving"), a_use(2, files[2])])
    assert ring.keys == RowKeys(files[2], (files[1],))


def test_a_key_that_is_in_use_no_more_is_forgotten() -> None:
    old, new = a_key(), a_key()
    files = {1: old, 2: new}
    ring = RowKeyRing(lambda: files)
    ring.take_up([a_use(1, old, "leaving"), a_use(2, new)])
    ring.take_up([a_use(2, new)])
    assert ring.keys == RowKeys(new)
    files = {2: new}
    with pytest.raises(KeyFilesRefused):
        ring.take_up([a_use(1, old, "leaving"), a_use(2, new)])


def test_a_missing_or_another_key_stops_and_is_never_a_miss() -> None:
    held, other = a_key(), a_key()
    ring = RowKeyRing(lambda: {1: held})
    for uses in (
        [a_use(1, other)],
        [a_use(1, held, "leaving"), a_use(2, other)],
        [a_use(1, held, "leaving")],
    ):
        with pytest.raises(KeyFilesRefused):
            ring.take_up(uses)
    assert ring.keys == RowKeys(held)


def test_of_several_keys_none_is_used_before_the_database_says_how() -> None:
    ring = RowKeyRing(lambda: {1: a_key(), 2: a_key()})
    with pytest.raises(KeyFilesRefused):
        _ = ring.keys
    with pytest.raises(KeyFilesRefused):
        ring.take_up([])


def test_without_any_key_nothing_starts() -> None:
    with pytest.raises(KeyFilesRefused):
        RowKeyRing(dict)

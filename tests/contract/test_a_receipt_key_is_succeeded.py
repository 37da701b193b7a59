"""An index makes the receipt key that follows, and signs with it from its day on."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from keys.config_document import SignedDocument
from keys.pinned_keys import read_chain
from keys.successor import KeyUse, open_successor
from signal_index.errors import KeyFilesRefused
from signal_index.key_files import create_key_folder, load_keys
from signal_index.signing_files import (
    PINNED,
    load_receipt_keys,
    load_signing_key,
    make_successor,
    name_key,
    put_successor,
)
from signal_index.store.approval_signatures import is_signed, sign_approval

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
BEGINS, ENDS = NOW + timedelta(days=14), NOW + timedelta(days=42)
RECEIPT = KeyUse.RECEIPT
ROW: Mapping[str, Any] = {"id": UUID(int=1), "state": "open", "asked_at": NOW}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "keys"
    create_key_folder(made, key_version=1, years=(2026,), origin_base="index.example")
    return made


def a_step(folder: Path, begins: datetime, ends: datetime) -> SignedDocument:
    return make_successor(
        folder, RECEIPT, now=NOW, begins=begins, ends=ends, origin="index.example/2026"
    )


def succeed(folder: Path) -> None:
    put_successor(folder, RECEIPT, a_step(folder, BEGINS, ENDS))


def test_the_former_key_signs_until_the_next_begins(folder: Path) -> None:
    first = load_receipt_keys(folder, NOW).at(NOW)
    succeed(folder)
    keys = load_receipt_keys(folder, NOW)
    second = keys.at(BEGINS)
    assert keys.at(BEGINS - timedelta(seconds=1)).kid == first.kid
    assert second.kid == read_chain(folder / PINNED[RECEIPT], RECEIPT).keys[1].key.kid
    assert load_signing_key(folder, NOW).kid == first.kid
    assert load_signing_key(folder, ENDS).kid == second.kid


def test_what_the_former_key_signed_into_the_database_stays_ours(folder: Path) -> None:
    """Rules are adopted, and words approved, once: another key asks nothing anew."""
    before = {
        **ROW,
        "signature": sign_approval(ROW, load_receipt_keys(folder, NOW).at(NOW)),
    }
    succeed(folder)
    keys = load_receipt_keys(folder, NOW)
    after = {**ROW, "signature": sign_approval(ROW, keys.at(ENDS))}
    assert is_signed(before, keys.at(ENDS))
    assert is_signed(after, keys.at(NOW))
    assert not is_signed({**before, "state": "approved"}, keys.at(ENDS))
    (folder / name_key(RECEIPT)).unlink()  # over: destroyed
    left = load_receipt_keys(folder, ENDS)
    assert is_signed(before, left.at(ENDS))


def test_a_step_that_was_not_put_to_use_counts_nowhere(folder: Path) -> None:
    """Killed before the statement was written: the next run takes the same key."""
    first = a_step(folder, BEGINS, ENDS)
    assert len(load_receipt_keys(folder, NOW).dated) == 1
    again = a_step(folder, BEGINS, ENDS)
    assert open_successor(again) == open_successor(first)


def test_a_succession_waits_for_the_one_before_it(folder: Path) -> None:
    succeed(folder)
    with pytest.raises(KeyFilesRefused, match="not over"):
        a_step(folder, ENDS - timedelta(days=1), ENDS)
    later = a_step(folder, ENDS, ENDS + timedelta(days=28))
    put_successor(folder, RECEIPT, later)
    assert len(load_receipt_keys(folder, NOW).dated) == 3


def test_a_key_that_is_not_the_one_that_was_signed_starts_nothing(folder: Path) -> None:
    succeed(folder)
    (folder / "receipt-2.key.jwk").unlink()
    with pytest.raises(KeyFilesRefused):
        load_keys(folder)
    (folder / "receipt-2.key.jwk").write_bytes(
        (folder / name_key(RECEIPT)).read_bytes()
    )
    (folder / "receipt-2.key.jwk").chmod(0o600)
    with pytest.raises(KeyFilesRefused, match="not the key of its public half"):
        load_keys(folder)


def test_a_step_that_was_to_begin_is_not_put_to_use_late(folder: Path) -> None:
    """Nobody would have the new key, and the former would stop that moment."""
    a_step(folder, BEGINS, ENDS)
    with pytest.raises(KeyFilesRefused, match="not put to use"):
        make_successor(
            folder,
            RECEIPT,
            now=BEGINS,
            begins=BEGINS + timedelta(days=14),
            ends=BEGINS + timedelta(days=42),
            origin="index.example/2026",
        )
    assert len(load_receipt_keys(folder, BEGINS).dated) == 1


def test_a_private_key_that_is_erased_too_early_starts_nothing(folder: Path) -> None:
    succeed(folder)
    (folder / name_key(RECEIPT)).unlink()
    with pytest.raises(KeyFilesRefused):
        load_receipt_keys(folder, BEGINS - timedelta(seconds=1))
    following = read_chain(folder / PINNED[RECEIPT], RECEIPT).keys[1].key
    assert load_receipt_keys(folder, BEGINS).at(BEGINS).kid == following.kid

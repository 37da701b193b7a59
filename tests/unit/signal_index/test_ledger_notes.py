"""Signed notes, checkpoints and tlog-proofs: one text each, and none but a true one."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_index.ledger import sign_checkpoint
from signal_index.proof import (
    Checkpoint,
    InclusionRefused,
    MalformedProof,
    NoteKey,
    OriginRefused,
    ProofError,
    SignatureRefused,
    TlogProof,
    hash_leaf,
    move_to_year,
    origin_of,
    parse_checkpoint,
    parse_note_key,
    parse_tlog_proof,
    verify_checkpoint,
    verify_note,
    verify_tlog_proof,
    year_of_origin,
)
from tests.ledger_builders import CHECKPOINT_KEY, ORIGIN, an_entry

# The example of the Go package golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
KEY = NoteKey(origin_of(ORIGIN, 2026), CHECKPOINT_KEY.public)
ROOT = bytes(range(32))


def a_note(size: int = 7) -> str:
    return sign_checkpoint(Checkpoint(KEY.name, size, ROOT), CHECKPOINT_KEY)


def test_the_published_note_verifies() -> None:
    key = parse_note_key(GO_KEY)
    assert key.encode() == GO_KEY
    assert verify_note(GO_NOTE, [key]).startswith("If you think")


def test_a_note_without_a_known_key_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        verify_note(GO_NOTE, [])
    with pytest.raises(SignatureRefused):
        verify_note(GO_NOTE, [KEY])


def test_a_signature_of_a_stranger_beside_ours_is_ignored() -> None:
    stranger = GO_NOTE.splitlines()[-1]
    assert verify_checkpoint(f"{a_note()}{stranger}\n", [KEY]).size == 7


@given(st.data())
def test_a_changed_note_never_verifies(data: st.DataObject) -> None:
    note = a_note()
    place = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != note[place]))
    with pytest.raises(ProofError):
        verify_checkpoint(
            note[:place] + other + note[place + 1 :], [KEY], origin=KEY.name
        )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AQ==",
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("Peter", "Pe ter"),
        GO_KEY.replace("+ARpc", "+AhpcQ"),
    ],
)
def test_a_key_that_is_none_is_malformed(text: str) -> None:
    with pytest.raises(MalformedProof):
        parse_note_key(text)


def test_a_checkpoint_of_another_origin_is_refused() -> None:
    with pytest.raises(OriginRefused):
        verify_checkpoint(a_note(), [KEY], origin=origin_of(ORIGIN, 2027))


def test_a_key_vouches_for_no_other_year() -> None:
    with pytest.raises(SignatureRefused):
        verify_checkpoint(a_note(), [NoteKey(move_to_year(KEY.name, 2027), KEY.public)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n",
        "origin\n1\n",
        "origin\n01\n" + "A" * 43 + "=\n",
        "origin\n-1\n" + "A" * 43 + "=\n",
        "origin\n1\nAAAA\n",
        "\n1\n" + "A" * 43 + "=\n",
        "origin\n1\n" + "A" * 43 + "=\n\nextension\n",
        "origin\n1\n" + "A" * 43 + "=\nextension",
        "origin\n1\n" + "A" * 42 + "B=\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_malformed(text: str) -> None:
    with pytest.raises(MalformedProof):
        parse_checkpoint(text)


@given(st.integers(0, 2**62), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_reads_back(size: int, root: bytes) -> None:
    made = Checkpoint(KEY.name, size, root)
    assert parse_checkpoint(made.encode()) == made


@pytest.mark.parametrize(
    "origin", ["2026", "/2026", "index/26", "index/year", "x/0x1f"]
)
def test_an_origin_without_a_year_is_malformed(origin: str) -> None:
    with pytest.raises(MalformedProof):
        year_of_origin(origin)


def a_proof() -> tuple[TlogProof, bytes]:
    leaf, sibling = an_entry(1).leaf, hash_leaf(b"sibling")
    root = sha256(b"\x01" + hash_leaf(leaf) + sibling).digest()
    note = sign_checkpoint(Checkpoint(KEY.name, 2, root), CHECKPOINT_KEY)
    return TlogProof(0, (sibling,), note), leaf


def test_a_tlog_proof_reads_back_and_verifies() -> None:
    proof, leaf = a_proof()
    assert parse_tlog_proof(proof.encode()) == proof
    assert verify_tlog_proof(proof, leaf, [KEY], origin=KEY.name).size == 2


def test_extra_data_of_a_tlog_proof_is_kept_apart() -> None:
    proof, leaf = a_proof()
    text = proof.encode().replace("\nindex", "\nextra aGVsbG8=\nindex", 1)
    found = parse_tlog_proof(text)
    assert found == replace(proof, extra=b"hello")
    assert found.encode() == text
    verify_tlog_proof(found, leaf, [KEY], origin=KEY.name)


def test_a_tlog_proof_of_another_leaf_is_refused() -> None:
    proof, _ = a_proof()
    with pytest.raises(InclusionRefused):
        verify_tlog_proof(proof, an_entry(2).leaf, [KEY], origin=KEY.name)

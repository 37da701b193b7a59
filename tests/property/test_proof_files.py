"""Every mutated proof file fails, wherever it was changed."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_index.ledger import sign_checkpoint
from signal_index.merkle import inclusion_ranges
from signal_index.proof import (
    Checkpoint,
    Group,
    ProofError,
    Shown,
    TlogProof,
    hash_leaf,
    parse_tlog_proof,
    verify_proof_file,
)
from tests.ledger_builders import CHECKPOINT_KEY, an_entry, prove
from tests.ledger_world import key_of
from tests.witness_builders import root_of

GROUPS = (Group.WHY, Group.DECISION)


@cache
def a_proof_file(size: int = 11, index: int = 4) -> str:
    hashes = [hash_leaf(an_entry(number).leaf) for number in range(1, size + 1)]
    checkpoint = Checkpoint(key_of().name, size, root_of(hashes))
    entry = an_entry(index + 1)
    shown = Shown(entry.leaf, [entry.disclosures[group] for group in GROUPS])
    return TlogProof(
        index,
        prove(inclusion_ranges(index, size), hashes),
        sign_checkpoint(checkpoint, CHECKPOINT_KEY),
        shown.encode(),
    ).encode()


def verify(text: str) -> None:
    verify_proof_file(parse_tlog_proof(text), [key_of()], origin=key_of().name)


@given(
    st.integers(1, 20).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1)))
)
def test_an_honest_proof_file_holds(place: tuple[int, int]) -> None:
    verify(a_proof_file(*place))


@given(st.data())
def test_a_changed_character_never_verifies(data: st.DataObject) -> None:
    text = a_proof_file()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[place]))
    with pytest.raises(ProofError):
        verify(text[:place] + other + text[place + 1 :])


@given(st.data())
def test_a_line_left_out_or_doubled_never_verifies(data: st.DataObject) -> None:
    lines = a_proof_file().split("\n")
    place = data.draw(st.integers(0, len(lines) - 2))
    changed = lines[:place] + lines[place + 1 :]
    is_signature = lines[place].startswith("— ")  # twice the same one says no more
    if not is_signature and data.draw(st.booleans()):
        changed = [*lines[: place + 1], *lines[place:]]
    with pytest.raises(ProofError):
        verify("\n".join(changed))


def test_a_disclosure_of_another_entry_never_verifies() -> None:
    proof = parse_tlog_proof(a_proof_file())
    other = an_entry(9)
    for disclosures in (
        [other.disclosures[Group.WHY]],
        [an_entry(5).disclosures[Group.WHY]] * 2,
    ):
        shown = Shown(an_entry(5).leaf, disclosures)
        changed = TlogProof(proof.index, proof.path, proof.checkpoint, shown.encode())
        with pytest.raises(ProofError):
            verify(changed.encode())

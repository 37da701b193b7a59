"""What only the holder of the signing key could do, the verifier sees as well."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from signal_index.cli.commands import app
from signal_index.ledger import CheckpointKey, sign_checkpoint
from signal_index.merkle import TreeEdge, grow
from signal_index.proof import (
    Checkpoint,
    FirstLeaf,
    Kind,
    Leaf,
    encode_bundle,
    encode_first_leaf,
    encode_leaf,
    hash_leaf,
    parse_leaf,
)
from tests.ledger_builders import CHECKPOINT_KEY, NOON, an_act, an_entry, an_id
from tests.ledger_world import key_of


def run(place: Path, *options: str) -> Result:
    arguments = [str(place), "--key", key_of().encode(), *options]
    return CliRunner().invoke(app, ["verify", *arguments])


def a_signed_tree(folder: Path, leaves: list[bytes]) -> Path:
    """Sign whatever leaves there are, as only the holder of the key could."""
    edge, _ = grow(TreeEdge(0, []), [hash_leaf(leaf) for leaf in leaves])
    note = sign_checkpoint(
        Checkpoint(key_of().name, len(leaves), edge.root()), CHECKPOINT_KEY
    )
    (folder / "tile/0/000.p").mkdir(parents=True)
    (folder / "tile/entries/000.p").mkdir(parents=True)
    (folder / "checkpoint").write_text(note)
    name = f"000.p/{len(leaves)}"
    (folder / "tile/0" / name).write_bytes(b"".join(edge.partial[0]))
    (folder / "tile/entries" / name).write_bytes(encode_bundle(leaves))
    return folder


FIRST = encode_first_leaf(FirstLeaf(an_id(0), NOON, key_of().name, None))
_ELSEWHERE = encode_first_leaf(FirstLeaf(an_id(0), NOON, key_of(2025).name, None))


def of_another_year() -> bytes:
    leaf = parse_leaf(an_entry(1).leaf)
    assert isinstance(leaf, Leaf)
    return encode_leaf(Leaf(**{**leaf.__dict__, "minute": NOON.replace(year=2025)}))


def after(year: int, signer: CheckpointKey = CHECKPOINT_KEY) -> bytes:
    note = sign_checkpoint(Checkpoint(key_of(year).name, 9, bytes(32)), signer)
    return encode_first_leaf(FirstLeaf(an_id(0), NOON, key_of().name, note))


def test_a_year_names_the_year_before(tmp_path: Path) -> None:
    a_signed_tree(tmp_path, [after(2025), an_entry(1).leaf])
    facts = json.loads(run(tmp_path, "--json").output)
    assert facts["previous"] == f"{key_of(2025).name}, 9 entries"


@pytest.mark.parametrize(
    "leaves",
    [
        [an_entry(1).leaf],
        [FIRST, FIRST],
        [_ELSEWHERE],
        [FIRST, an_entry(1).leaf, an_entry(1, municipality="9902").leaf],
        [FIRST, of_another_year()],
        [FIRST, b"{}"],
        [after(2026)],
        [after(2027)],
        [after(2025, CheckpointKey(b"\x09" * 32))],
    ],
    ids=[
        "no-first-leaf",
        "two-first-leaves",
        "first-leaf-of-another-year",
        "one-id-twice",
        "another-year",
        "junk",
        "year-after-itself",
        "year-after-a-later-one",
        "year-before-not-signed",
    ],
)
def test_a_signed_tree_with_what_does_not_belong_is_false(
    tmp_path: Path, leaves: list[bytes]
) -> None:
    result = run(a_signed_tree(tmp_path, leaves))
    assert result.exit_code == 1, result.output


def test_every_kind_can_be_recorded(tmp_path: Path) -> None:
    """A step with a key is shown beside: tests/contract/test_keys_are_verified.py."""
    kinds = [one for one in Kind if one not in {Kind.FIRST_LEAF, Kind.KEY}]
    leaves = [an_act(n, kind).leaf for n, kind in enumerate(kinds, 1)]
    facts = json.loads(run(a_signed_tree(tmp_path, [FIRST, *leaves]), "--json").output)
    assert facts["kinds"] == {kind.value: 1 for kind in [Kind.FIRST_LEAF, *kinds]}


def test_a_step_with_a_key_that_is_not_shown_is_not_judged(tmp_path: Path) -> None:
    leaves = [FIRST, an_act(1, Kind.KEY).leaf]
    result = run(a_signed_tree(tmp_path, leaves), "--json")
    assert result.exit_code == 2
    assert json.loads(result.output)["verified"] is None

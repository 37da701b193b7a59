"""A ceremony ends with a share for all or for none, and a changed byte stops it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from keys.ceremony.documents import (
    CertificateFile,
    CommitFile,
    MessageFile,
    parse_file,
)
from keys.config import parse_pins, verify_config
from keys.errors import KeysError
from keys.group import multiply_base
from keys.keyring import load_share
from keys.shares import get_public_share
from tests.ceremony_builders import NOW, SEALER, Call
from tests.ceremony_killing import take
from tests.dealing import combine_shares

MODELS: dict[str, type[BaseModel]] = {
    "commit": CommitFile,
    "message": MessageFile,
    "certificate": CertificateFile,
}
SIZES = [(t, n) for n in range(2, 6) for t in range(2, n + 1)]


@pytest.mark.parametrize(("threshold", "holders"), SIZES)
def test_holders_make_a_key_that_every_quorum_has(
    tmp_path: Path, threshold: int, holders: int
) -> None:
    call = Call(tmp_path, holders, threshold)
    call.all(call.commit, call.share, call.accept, call.finish)
    verify_what_all_have(call)


def verify_what_all_have(call: Call) -> None:
    """Hold every folder against the config in it, and every quorum against the key."""
    documents = {(f / "key-config.json").read_bytes() for f in call.folders.values()}
    pins = {(folder / "pins.json").read_bytes() for folder in call.folders.values()}
    assert len(documents) == len(pins) == 1
    config = verify_config(
        documents.pop(),
        parse_pins(pins.pop()),
        accepted_origin="distributed",
        known=None,
        now=NOW,
    )
    shares = []
    for at, folder in call.folders.items():
        share = load_share(folder / "share.json", f"holder-{at}", SEALER)
        assert share.public == get_public_share(config, at)
        shares.append(share)
    for quorum in combinations(shares, call.threshold):
        assert multiply_base(combine_shares(quorum)).encoded == config.public_key


@dataclass(frozen=True)
class Stage:
    """A call as it stands before a step of all, and the files that this step reads."""

    folder: Path
    call: Call
    step: str

    @contextmanager
    def again(self) -> Iterator[Call]:
        """A copy of the call, for a test to spoil."""
        with TemporaryDirectory() as place:
            shutil.copytree(self.folder, place, dirs_exist_ok=True)
            call = copy(self.call)
            call.table = dict(call.table)
            call.folders = {at: Path(place) / f.name for at, f in call.folders.items()}
            yield call


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stage]:
    """A call before each step that reads what others sent."""
    found = {}
    call = Call(tmp_path_factory.mktemp("call") / "now")
    call.all(call.commit)
    for kind, step in (
        ("commit", "share"),
        ("message", "accept"),
        ("certificate", "finish"),
    ):
        kept = tmp_path_factory.mktemp(kind)
        shutil.copytree(call.folders[1].parent, kept, dirs_exist_ok=True)
        before = copy(call)
        before.table = dict(call.table)
        found[kind] = Stage(kept, before, step)
        call.all(getattr(call, step))
    return found


@settings(deadline=None, max_examples=60)
@given(
    kind=st.sampled_from(["commit", "message", "certificate"]),
    sender=st.integers(1, 3),
    place=st.floats(0, 1, exclude_max=True),
    by=st.integers(1, 255),
)
def test_any_changed_byte_of_any_message_names_its_sender_or_stops(
    stages: dict[str, Stage], kind: str, sender: int, place: float, by: int
) -> None:
    stage = stages[kind]
    name = f"{kind}-{sender}.json"
    with stage.again() as call:
        honest = call.table[name]
        at = int(place * len(honest))
        call.table[name] = honest[:at] + bytes([honest[at] ^ by]) + honest[at + 1 :]
        if _reads_the_same(call, stage, kind, name):
            return
        for receiver in call.folders:
            with pytest.raises(KeysError) as caught:
                getattr(call, stage.step)(receiver)
            said = str(caught.value)
            assert any(
                named in said
                for named in (name, f"holder-{sender}", "a holder", "own", "no ")
            ), said
        assert call.usable() == []


def _reads_the_same(call: Call, stage: Stage, kind: str, name: str) -> bool:
    """Whether only white space changed, or a spelling that means the same."""
    model = MODELS[kind]
    honest = parse_file(model, stage.call.table[name], name)
    try:
        return bool(parse_file(model, call.table[name], name) == honest)
    except KeysError:
        return False


def test_a_holder_dies_at_the_change_that_was_chosen(tmp_path: Path) -> None:
    call = Call(tmp_path)
    take(call, "commit", 1, 0)
    assert not call.table
    take(call, "commit", 1, None)
    assert call.table.keys() == {"commit-1.json"}


STEPS = ("commit", "share", "accept", "finish")


ACTS = st.tuples(
    st.sampled_from(STEPS), st.integers(1, 3), st.none() | st.integers(0, 6)
)


@settings(deadline=None, max_examples=30)
@given(acts=st.lists(ACTS, max_size=24))
def test_any_order_of_steps_and_restarts_ends_in_all_or_none(
    acts: list[tuple[str, int, int | None]],
) -> None:
    with TemporaryDirectory() as place:
        call = Call(Path(place))
        for step, at, dies in acts:
            take(call, step, at, dies)
        for step in STEPS:
            for at in call.folders:
                take(call, step, at, None)
        assert call.usable() in ([], [1, 2, 3])
        if call.usable():
            verify_what_all_have(call)
        if all(dies is None for _, _, dies in acts):
            assert call.usable() == [1, 2, 3]

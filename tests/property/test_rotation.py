"""A key that is rotated is another key, under which every row stays as it is."""

from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.ceremony.conclusion import verify_record
from keys.ceremony.documents import RecordFile, read_file
from keys.ceremony.errors import CeremonyMalformed
from keys.config import parse_pins, verify_config
from keys.group import derive_point, multiply, multiply_base
from keys.keyring import load_share
from keys.pseudonym import Pseudonym, derive_stored_point
from keys.shares import KeyShare, get_public_share
from tests.ceremony_builders import NOW, SEALER, Call
from tests.ceremony_killing import take
from tests.dealing import combine_shares
from tests.rotation_builders import Index, results, settle
from tests.succession_builders import config_of

SIZES = [(t, n) for n in range(2, 6) for t in range(2, n + 1) if n >= 2 * t - 1]
NARROW = [(t, n) for n in range(2, 6) for t in range(2, n + 1) if n < 2 * t - 1]


def made(call: Call) -> Call:
    call.all(call.commit, call.share, call.accept, call.finish)
    return call


def shares_in(folders: list[Path]) -> list[KeyShare]:
    return [
        load_share(folder / "share.json", f"holder-{at}", SEALER)
        for at, folder in enumerate(folders, 1)
    ]


@pytest.mark.parametrize(("threshold", "holders"), SIZES)
def test_a_rotation_changes_the_key_and_no_row(
    tmp_path: Path, threshold: int, holders: int
) -> None:
    call, index = made(Call(tmp_path, holders, threshold)), Index()
    before, old = config_of(call.folders[1]), shares_in([*call.folders.values()])
    index.begin(call)
    made(call)
    carried = index.finish(call)
    waiting = [results(call, at) for at in call.folders]
    new = shares_in(waiting)
    assert shares_in([*call.folders.values()]) == old
    config = verify_config(
        (waiting[0] / "key-config.json").read_bytes(),
        parse_pins((waiting[0] / "pins.json").read_bytes()),
        accepted_origin="distributed",
        known=before,
        now=NOW,
    )
    assert (config.key_version, config.epoch, config.serial) == (2, 1, 2)
    assert config.public_key != before.public_key
    for share in new:
        assert share.public == get_public_share(config, share.index)
    for quorum in combinations(new, threshold):
        assert multiply_base(combine_shares(quorum)).encoded == config.public_key
    person = derive_point(bytes(range(64)))
    stored = {
        derive_stored_point(
            scalar,
            Pseudonym(multiply(combine_shares(shares[:threshold]), person).encoded),
        ).encoded
        for scalar, shares in ((index.scalar, old), (carried.scalar, new))
    }
    assert len(stored) == 1
    settle(call, index.say(carried))
    assert shares_in([*call.folders.values()]) == new
    conclusion, _ = verify_record(
        read_file(RecordFile, call.folders[1] / "record.json")
    )
    assert conclusion.config == config


def test_one_rotation_follows_on_another_and_on_a_refresh(tmp_path: Path) -> None:
    call, index = made(Call(tmp_path)), Index()
    for _ in range(2):
        call.follow()
        made(call)
        call.all(call.settle)
        index.begin(call)
        made(call)
        carried = index.finish(call)
        settle(call, index.say(carried))
        index.scalar = carried.scalar
    config = config_of(call.folders[1])
    assert (config.key_version, config.epoch, config.serial) == (3, 1, 5)


@pytest.mark.parametrize(("threshold", "holders"), NARROW)
def test_where_too_few_hold_a_key_for_its_products_it_says_so(
    tmp_path: Path, threshold: int, holders: int
) -> None:
    call = made(Call(tmp_path, holders, threshold))
    with pytest.raises(CeremonyMalformed, match=rf"takes {2 * threshold - 1} holders"):
        Index().begin(call)


STEPS = ("commit", "share", "accept", "finish")
ACTS = st.tuples(
    st.sampled_from(STEPS), st.integers(1, 3), st.none() | st.integers(0, 9)
)


@settings(deadline=None, max_examples=20)
@given(acts=st.lists(ACTS, max_size=20))
def test_any_order_of_steps_and_restarts_ends_in_all_or_none(
    acts: list[tuple[str, int, int | None]],
) -> None:
    """All have the next key and the index follows, or all serve with what they had."""
    with TemporaryDirectory() as place:
        call, index = made(Call(Path(place))), Index()
        before = shares_in([*call.folders.values()])
        index.begin(call)
        for step, at, dies in acts:
            take(call, step, at, dies)
        for step in STEPS:
            for at in call.folders:
                take(call, step, at, None)
        assert shares_in([*call.folders.values()]) == before
        folders = [results(call, at) for at in call.folders]
        has = [(folder / "share.json").exists() for folder in folders]
        assert len(set(has)) == 1
        if has[0]:
            new = shares_in(folders)
            settle(call, index.say(index.finish(call)))
            assert shares_in([*call.folders.values()]) == new
        if all(dies is None for _, _, dies in acts):
            assert has[0]

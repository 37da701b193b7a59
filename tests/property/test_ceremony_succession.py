"""A key that is shared anew is the same key, for all holders or for none."""

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.ceremony.conclusion import verify_record
from keys.ceremony.documents import RecordFile, read_file
from keys.config import KeyConfig, parse_pins, verify_config
from keys.group import multiply_base
from keys.keyring import load_share
from keys.shares import KeyShare, get_public_share
from tests.ceremony_builders import NOW, SEALER, Call
from tests.ceremony_killing import take
from tests.conftest import runs_in_full
from tests.dealing import combine_shares

SIZES = [(t, n) for n in range(2, 6) for t in range(2, n + 1)]
REPLACED = [
    (t, n, lost)
    for t, n in SIZES
    for lost in (set(range(1, n - t + 1)), set(range(t + 1, n + 1)), {2})
    if 0 < len(lost) <= n - t
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Two to four holders; in full, as many as five."""
    most = 5 if runs_in_full(metafunc.config) else 4
    if {"lost", "holders"} <= set(metafunc.fixturenames):
        metafunc.parametrize("threshold,holders,lost", _up_to(most, REPLACED))
    elif "holders" in metafunc.fixturenames:
        metafunc.parametrize("threshold,holders", _up_to(most, SIZES))


Size = TypeVar("Size", bound=tuple[Any, ...])


def _up_to(most: int, sizes: Sequence[Size]) -> list[Size]:
    return [size for size in sizes if size[1] <= most]


def made(call: Call) -> Call:
    call.all(call.commit, call.share, call.accept, call.finish)
    return call


def shares_of(call: Call) -> tuple[KeyConfig, list[KeyShare]]:
    """Hold what every holder serves with against the config that it serves with."""
    files = [folder / "key-config.json" for folder in call.folders.values()]
    (document,) = {path.read_bytes() for path in files}
    (pins,) = {path.with_name("pins.json").read_bytes() for path in files}
    config = verify_config(
        document,
        parse_pins(pins),
        accepted_origin="distributed",
        known=None,
        now=NOW,
    )
    shares = [
        load_share(path.with_name("share.json"), config.holders[at].id, SEALER)
        for at, path in enumerate(files)
    ]
    for at, share in enumerate(shares, 1):
        assert share.public == get_public_share(config, at)
    return config, shares


def verify_same_key(call: Call, before: KeyConfig, old: list[KeyShare]) -> None:
    """Every quorum has the key of before, by shares that are all others."""
    record = read_file(RecordFile, call.folders[1] / "record.json")
    config, shares = shares_of(call)
    assert verify_record(record)[0].config == config
    assert (config.serial, config.epoch) == (before.serial + 1, before.epoch + 1)
    assert config.public_key == before.public_key
    assert config.ceremony != before.ceremony
    for share, former in zip(shares, old, strict=True):
        assert share.scalar != former.scalar
    for quorum in combinations(shares, call.threshold):
        assert multiply_base(combine_shares(quorum)).encoded == before.public_key


def test_a_refresh_changes_every_share_and_no_key(
    tmp_path: Path, threshold: int, holders: int
) -> None:
    call = made(Call(tmp_path, holders, threshold))
    before = shares_of(call)
    call.follow()
    made(call)
    call.all(call.settle)
    verify_same_key(call, *before)


def test_as_many_as_suffice_replace_the_others(
    tmp_path: Path, threshold: int, holders: int, lost: set[int]
) -> None:
    call = made(Call(tmp_path, holders, threshold))
    before = shares_of(call)
    call.follow(lost)
    made(call)
    call.all(call.settle)
    verify_same_key(call, *before)
    names = [holder.id for holder in shares_of(call)[0].holders]
    assert {at for at, name in enumerate(names, 1) if name == f"new-{at}"} == lost


def test_one_ceremony_follows_on_another(tmp_path: Path) -> None:
    call = made(Call(tmp_path))
    first, old = shares_of(call)
    for lost in ((), (3,), ()):
        call.follow(lost)
        made(call)
        call.all(call.settle)
    config, shares = shares_of(call)
    assert (config.serial, config.epoch) == (4, 4)
    assert config.public_key == first.public_key
    assert shares[0].scalar != old[0].scalar


STEPS = ("commit", "share", "accept", "finish", "settle")
ACTS = st.tuples(
    st.sampled_from(STEPS), st.integers(1, 3), st.none() | st.integers(0, 9)
)


@settings(deadline=None, max_examples=20)
@given(acts=st.lists(ACTS, max_size=24), lost=st.sampled_from([(), (3,)]))
def test_any_order_of_steps_and_restarts_ends_in_all_or_none(
    acts: list[tuple[str, int, int | None]], lost: tuple[int, ...]
) -> None:
    """None is: all still serve with what they had; nobody is left without a share."""
    with TemporaryDirectory() as place:
        call = made(Call(Path(place)))
        before = shares_of(call)
        former = dict(call.folders)
        call.follow(lost)
        for step, at, dies in acts:
            take(call, step, at, dies)
        for step in STEPS:
            for at in call.folders:
                take(call, step, at, None)
        if (call.folders[1] / "epoch-2").exists() or _epoch_of(call.folders[1]) == 1:
            call.folders = former
            assert shares_of(call) == before
        else:
            verify_same_key(call, *before)
        if all(dies is None for _, _, dies in acts):
            assert _epoch_of(call.folders[1]) == 2


def _epoch_of(folder: Path) -> int:
    return int(json.loads((folder / "share.json").read_text())["epoch"])

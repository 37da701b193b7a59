"""A holder, or whoever steals or carries its file, tells the index a wrong factor."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.ceremony.documents import (
    HandOver,
    HandOverFile,
    RecordFile,
    parse_file,
    read_file,
)
from keys.ceremony.errors import (
    CeremonyForged,
    CeremonyIncomplete,
    CeremonyMixed,
    HolderBlamed,
)
from keys.ceremony.rotation import (
    RotatedFile,
    SealPair,
    seal_for,
    unseal,
)
from keys.ceremony.signing import open_statement, sign_statement
from keys.errors import KeysError
from keys.group import generate_scalar
from tests.ceremony_builders import Call, read_config_key
from tests.keys_builders import ORDER
from tests.rotation_builders import Index, handed, results, settle
from tests.succession_builders import go_on

pytestmark = pytest.mark.usefixtures("asked_rotation")

CHEATER = 2


@pytest.fixture(scope="module")
def done(first: Call, tmp_path_factory: pytest.TempPathFactory) -> tuple[Call, Index]:
    """A rotation of which the index has yet to take in what was handed over."""
    call, index = go_on(first, tmp_path_factory.mktemp("done")), Index()
    index.begin(call)
    call.all(call.commit, call.share, call.accept, call.finish)
    return call, index


def record_of(call: Call) -> RecordFile:
    return read_file(RecordFile, results(call, 1) / "record.json")


def changed(call: Call, index: Index, at: int, plain: bytes) -> HandOverFile:
    """What a holder hands over when it seals something else."""
    (honest,) = [
        open_statement(HandOver, call.plan, file.hand_over, name)
        for name, file in handed(call)
        if name == f"hand-over-{at}.json"
    ]
    sealed = seal_for(index.asked.rotation.seal_key, plain)
    key = read_config_key(call.folders[at])
    statement = honest.model_copy(update={"sealed": sealed})
    return HandOverFile(hand_over=sign_statement(key, statement))


def opened(call: Call, index: Index, at: int) -> bytes:
    file = dict(handed(call))[f"hand-over-{at}.json"]
    told = open_statement(HandOver, call.plan, file.hand_over, "")
    return unseal(index.asked.pair, told.sealed)


def with_changed(
    call: Call, index: Index, plain: bytes
) -> list[tuple[str, HandOverFile]]:
    name = f"hand-over-{CHEATER}.json"
    files = dict(handed(call)) | {name: changed(call, index, CHEATER, plain)}
    return list(files.items())


def test_the_index_takes_what_all_handed_over(done: tuple[Call, Index]) -> None:
    call, index = done
    carried = index.finish(call)
    assert carried.scalar.encoded != index.scalar.encoded
    assert index.finish(call).scalar.encoded == carried.scalar.encoded


@pytest.mark.parametrize("at", [0, 32, 64, 96])
def test_another_value_names_its_holder(done: tuple[Call, Index], at: int) -> None:
    """Whatever one holder gives instead, with whatever proof it has."""
    call, index = done
    honest = opened(call, index, CHEATER)
    other = generate_scalar().encoded
    plain = honest[:at] + other + honest[at + 32 :]
    with pytest.raises(HolderBlamed, match="holder-2: what it hands over is not made"):
        index.take(record_of(call), with_changed(call, index, plain))


@pytest.mark.parametrize("at", [0, 32, 64, 96])
def test_an_unreduced_value_names_its_holder(done: tuple[Call, Index], at: int) -> None:
    call, index = done
    honest = opened(call, index, CHEATER)
    value = int.from_bytes(honest[at : at + 32], "little") + ORDER
    plain = honest[:at] + value.to_bytes(32, "little") + honest[at + 32 :]
    for each in (plain, honest[:at] + bytes(32) + honest[at + 32 :], honest[:-1]):
        with pytest.raises(HolderBlamed, match="holder-2: "):
            index.take(record_of(call), with_changed(call, index, each))


def test_what_another_holder_gave_names_who_gives_it(
    done: tuple[Call, Index],
) -> None:
    call, index = done
    copied = opened(call, index, 1)
    with pytest.raises(HolderBlamed, match="holder-2: "):
        index.take(record_of(call), with_changed(call, index, copied))


def test_what_is_sealed_for_another_key_is_not_opened(
    done: tuple[Call, Index],
) -> None:
    call, index = done
    thief = Index()
    asked = replace(index.asked, pair=SealPair.generate())
    thief.__dict__ |= index.__dict__ | {"asked": asked}
    with pytest.raises(HolderBlamed, match="holder-1: what it hands over does not"):
        thief.finish(call)


def test_two_of_three_are_not_enough(done: tuple[Call, Index]) -> None:
    call, index = done
    for missing in call.folders:
        files = [
            each for each in handed(call) if each[0] != f"hand-over-{missing}.json"
        ]
        with pytest.raises(CeremonyIncomplete, match=f"holder-{missing}"):
            index.take(record_of(call), files)
        with pytest.raises(CeremonyIncomplete, match=f"holder-{missing}"):
            index.take(record_of(call), [*files, ("again", files[0][1])])


def test_what_was_handed_over_at_another_rotation_is_not_taken(
    call: Call, index: Index, done: tuple[Call, Index]
) -> None:
    call.all(call.commit, call.share, call.accept, call.finish)
    earlier, before = done
    name = f"hand-over-{CHEATER}.json"
    files = dict(handed(call)) | {name: dict(handed(earlier))[name]}
    with pytest.raises(CeremonyMixed, match="another ceremony"):
        index.take(record_of(call), list(files.items()))
    with pytest.raises(CeremonyMixed, match="another rotation"):
        before.take(record_of(call), handed(call))


def test_a_record_of_another_config_or_kind_is_not_taken(
    done: tuple[Call, Index], first: Call
) -> None:
    call, index = done
    other = Index()
    known = index.known.model_copy(update={"serial": 9})
    other.__dict__ |= index.__dict__ | {"known": known}
    with pytest.raises(CeremonyMixed, match="another config"):
        other.take(record_of(call), handed(call))
    record = read_file(RecordFile, first.folders[1] / "record.json")
    with pytest.raises(CeremonyMixed, match="another config"):
        index.take(record, handed(call))


@settings(deadline=None, max_examples=40)
@given(
    sender=st.integers(1, 3),
    place=st.floats(0, 1, exclude_max=True),
    by=st.integers(1, 255),
)
def test_any_changed_byte_of_what_is_handed_over_names_it_or_stops(
    done: tuple[Call, Index], sender: int, place: float, by: int
) -> None:
    call, index = done
    name = f"hand-over-{sender}.json"
    honest = call.table[name]
    at = int(place * len(honest))
    spoilt = honest[:at] + bytes([honest[at] ^ by]) + honest[at + 1 :]
    try:
        file = parse_file(HandOverFile, spoilt, name)
        if file == parse_file(HandOverFile, honest, name):
            return
        files = dict(handed(call)) | {name: file}
        index.take(record_of(call), list(files.items()))
    except KeysError as refusal:
        said = str(refusal)
        assert name in said or f"holder-{sender}" in said, said
    else:
        raise AssertionError("taken")


def impostor(index: Index, call: Call) -> RotatedFile:
    """What another would say in the index's name."""
    other = Index()
    other.__dict__ |= index.__dict__ | {"key": other.key}
    return other.say(index.finish(call))


def test_a_former_share_stays_until_the_index_answers_without_it(
    call: Call, index: Index, done: tuple[Call, Index]
) -> None:
    """Where it had no secret of the next key, every row would be lost."""
    call.all(call.commit, call.share, call.accept, call.finish)
    rotated = index.say(index.finish(call))
    earlier, before = done
    with pytest.raises(CeremonyIncomplete, match=r"rotated\.json"):
        call.settle(1, None)
    for other in (before.say(before.finish(earlier)), impostor(index, call)):
        with pytest.raises((CeremonyMixed, CeremonyForged)):
            call.settle(1, other)
    settle(call, rotated)

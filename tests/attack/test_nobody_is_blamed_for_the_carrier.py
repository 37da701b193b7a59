"""Whoever carries the files changes a byte: no holder is said to have done it."""

import re

import pytest

from keys.ceremony.checking import check_record
from keys.ceremony.errors import CeremonyRefused, HolderBlamed
from keys.errors import KeysError, RecordRefused
from tests.ceremony_builders import Call

EVERY = 23
"""Of so many bytes one is changed: each takes a whole check."""
BLAMES = re.compile(r"holder-\d: ")


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Call:
    call = Call(tmp_path_factory.mktemp("certified"))
    call.all(call.commit, call.share, call.accept)
    return call


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    call = Call(tmp_path_factory.mktemp("finished"))
    call.all(call.commit, call.share, call.accept, call.finish)
    return (call.folders[1] / "record.json").read_bytes()


def changed(data: bytes, at: int) -> bytes:
    other = b"B" if data[at : at + 1] == b"A" else b"A"
    return data[:at] + other + data[at + 1 :]


def test_a_changed_certificate_is_named_and_nobody_is_blamed(certified: Call) -> None:
    name = "certificate-3.json"
    whole = certified.table[name]
    said = set()
    for at in range(0, len(whole), EVERY):
        certified.table[name] = changed(whole, at)
        with pytest.raises(CeremonyRefused, match=r"certificate-3\.json: ") as caught:
            certified.conclude(1)
        assert not isinstance(caught.value, HolderBlamed)
        said.add(str(caught.value))
    certified.table[name] = whole
    signed = [one for one in said if "not as the holder that it names signed" in one]
    assert len(signed) == 1
    assert "get it once more from holder-3" in signed[0]
    certified.conclude(1)
    assert not list(certified.folders[1].glob("blame-*"))


def test_a_changed_record_names_its_place_and_blames_nobody(record: bytes) -> None:
    begins = record.index(b'"commits"')
    for at in range(begins, len(record), EVERY):
        spoilt = changed(record, at)
        with pytest.raises(RecordRefused, match=r"record\.json: ") as caught:
            check_record(spoilt)
        said = str(caught.value).removeprefix("record.json: ")
        assert not BLAMES.match(said), said
        assert "committed to" not in said


def test_no_kind_of_refusal_is_said_by_the_name_of_its_class() -> None:
    kinds = [KeysError]
    for kind in kinds:
        kinds += kind.__subclasses__()
        why = kind().why if kind.__init__ is KeysError.__init__ else kind.__doc__
        assert why, kind
        assert " " in why, kind
        assert kind.__name__ not in why, kind
    assert len(kinds) > 30

"""A record against the key config in use: of that ceremony, or renewed since."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from keys.ceremony.checking import (
    CheckedRecord,
    check_record,
    open_signed,
    verify_in_use,
)
from keys.ceremony.errors import CeremonyMixed
from keys.config import KeyConfig
from keys.errors import RecordRefused
from keys.renewal import draft_renewal, join, sign_alone
from tests.ceremony_builders import NOW, Call, read_config_key
from tests.ceremony_people import run


def a_key(place: Path, holders: int = 2) -> Call:
    call = Call(place, holders=holders)
    call.all(call.commit, call.share, call.accept, call.finish)
    return call


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Call:
    return a_key(tmp_path_factory.mktemp("call"))


def read(call: Call, name: str) -> bytes:
    return (call.folders[1] / name).read_bytes()


def checked(call: Call) -> CheckedRecord:
    return check_record(read(call, "record.json"))


def renewed(call: Call, **changes: object) -> tuple[KeyConfig, bytes]:
    draft = draft_renewal(checked(call).config, NOW + timedelta(days=900), {})
    draft = draft.model_copy(update=changes)
    keys = [read_config_key(folder) for folder in call.folders.values()]
    return draft, join([sign_alone(draft, key) for key in keys])


def test_a_record_gives_what_its_ceremony_came_to(call: Call) -> None:
    made = checked(call)
    used = open_signed(read(call, "key-config.json"), made.pins)
    assert used == made.config
    assert made.transcript == used.ceremony
    assert made.kind == "generate"
    verify_in_use(used, made.config)


def test_a_renewal_is_still_of_its_ceremony(call: Call) -> None:
    made = checked(call)
    draft, document = renewed(call)
    assert open_signed(document, made.pins) == draft
    verify_in_use(draft, made.config)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ceremony": bytes(32)}, "another ceremony"),
        ({"epoch": 2}, "another ceremony"),
        ({"threshold": 3}, "changed within it: threshold"),
    ],
)
def test_a_config_that_the_ceremony_did_not_make_is_refused(
    call: Call, changes: dict[str, object], said: str
) -> None:
    draft, _ = renewed(call, **changes)
    with pytest.raises(CeremonyMixed, match=said):
        verify_in_use(draft, checked(call).config)


def test_a_config_that_others_signed_is_refused(call: Call, tmp_path: Path) -> None:
    other = a_key(tmp_path)
    with pytest.raises(CeremonyMixed, match="not by holder 1 of the pins"):
        open_signed(read(other, "key-config.json"), checked(call).pins)


def test_a_record_that_was_changed_is_refused(call: Call) -> None:
    record = json.loads(read(call, "record.json"))
    record["messages"].reverse()
    with pytest.raises(RecordRefused, match="another message than it committed to"):
        check_record(json.dumps(record).encode())
    with pytest.raises(RecordRefused, match="not whole"):
        check_record(b"{")


def test_verify_holds_the_record_against_the_config_in_use(
    call: Call, tmp_path: Path
) -> None:
    record = call.folders[1] / "record.json"
    verify = ("ceremony", "verify", record, "--config")
    assert run(*verify, call.folders[2] / "key-config.json").exit_code == 0
    other = a_key(tmp_path)
    refused = run(*verify, other.folders[1] / "key-config.json")
    assert refused.exit_code == 1
    assert "Not good: the key config in use: a key config does not" in refused.output

"""The record of a ceremony at the index: taken in once, held against its key config."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from keys.ceremony.checking import RecordRefused, check_record
from keys.digits import write_digits
from signal_index.cli.ceremony_commands import verify_not_passed
from signal_index.cli.commands import app
from signal_index.store.activations import OfferedConfig, accept_key_config
from signal_index.store.acts import Recorder
from signal_index.store.ceremony_records import KeptRecord, keep_record
from tests.ceremony_builders import NOW, Call
from tests.store_builders import owning, write_settings
from tests.world import World

pytestmark = pytest.mark.anyio


def index(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def a_key(place: Path) -> Call:
    call = Call(place, holders=2)
    call.all(call.commit, call.share, call.accept, call.finish)
    return call


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Two holders that made a key."""
    return a_key(tmp_path_factory.mktemp("call"))


@pytest.fixture
def file(call: Call, tmp_path: Path) -> Path:
    """The settings of an index that is to use their key."""
    made = write_settings(tmp_path)
    for name in ("key-config.json", "pins.json"):
        shutil.copy(call.folders[1] / name, tmp_path / name)
    for command in ("migrate", "keys create"):
        result = index(*command.split(), "--settings", made)
        assert result.exit_code == 0, result.output
    return made


def take(call: Call, file: Path) -> Result:
    record = call.folders[2] / "record.json"
    return index("keys", "take-record", record, "--settings", file)


def test_a_record_is_taken_in_once_and_its_digits_are_told(
    call: Call, file: Path
) -> None:
    taken = take(call, file)
    assert taken.exit_code == 0, taken.output
    made = check_record((call.folders[1] / "record.json").read_bytes())
    assert write_digits(made.transcript) in taken.output
    assert "it holds, and is kept\n" in taken.output
    assert "was kept already" in take(call, file).output


def test_a_record_of_another_key_is_not_kept(file: Path, tmp_path: Path) -> None:
    other = a_key(tmp_path / "other")
    refused = take(other, file)
    assert refused.exit_code == 1
    assert "refused: the key config in use" in refused.output


def test_a_record_that_does_not_hold_is_not_kept(
    call: Call, file: Path, tmp_path: Path
) -> None:
    record = json.loads((call.folders[1] / "record.json").read_bytes())
    record["certificates"].reverse()
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_text(json.dumps(record))
    refused = index("keys", "take-record", spoilt, "--settings", file)
    assert refused.exit_code == 1
    assert "holders stand in another order" in refused.output


def test_a_record_that_the_index_went_past_says_so_and_where_it_is_of_use(
    call: Call,
) -> None:
    made = check_record((call.folders[1] / "record.json").read_bytes())
    verify_not_passed(made, None)
    verify_not_passed(made, made.config)
    later = made.config.model_copy(update={"serial": 3})
    with pytest.raises(RecordRefused, match=r"never took up 1, .* an auditor"):
        verify_not_passed(made, later)


async def test_officers_see_the_key_its_ceremony_and_each_step(
    world: World, call: Call
) -> None:
    folder = call.folders[1]
    made = check_record((folder / "record.json").read_bytes())
    document = (folder / "key-config.json").read_bytes()
    offered = OfferedConfig(document, made.pins, "distributed")
    recorder = Recorder(world.index.keys, "index", lambda: NOW)
    async with owning(world.engine) as conn:
        world.index.key_configs.current = await accept_key_config(
            conn, offered, recorder
        )
    key = await _show(world)
    assert key["inUse"] | {"validity": None} == {
        "serial": 1,
        "keyVersion": 1,
        "epoch": 1,
        "threshold": 2,
        "holders": ["holder-1", "holder-2"],
        "since": "2026-11-30T10:00:00Z",
        "renewedAt": None,
        "validity": None,
        "ceremony": {
            "transcript": made.transcript.hex(),
            "digits": write_digits(made.transcript),
            "record": None,
        },
    }
    (act,) = key["acts"]
    assert (act["act"], act["by"], act["serial"]) == ("config-activated", "index", 1)
    assert act["ceremony"] == key["inUse"]["ceremony"]
    async with owning(world.engine) as conn:
        await keep_record(conn, made.transcript, KeptRecord(made.kind, NOW), "{}")
    record = (await _show(world))["acts"][0]["ceremony"]["record"]
    assert record == {"kind": "generate", "keptAt": "2026-11-30T10:00:00Z"}


async def _show(world: World) -> dict[str, Any]:
    answer = await world.send("GET", "/keys", world.an_officer())
    assert answer.status_code == 200, answer.text
    key: dict[str, Any] = answer.json()
    return key


async def test_a_generalist_is_told_nothing_of_keys(world: World) -> None:
    answer = await world.send("GET", "/keys", world.a_token())
    assert answer.status_code == 403

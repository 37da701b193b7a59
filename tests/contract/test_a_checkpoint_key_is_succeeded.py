"""The key of the ledger's tree is followed by another, and nobody adopts anything anew.

The commands are the product's own; the office has a witness, and the time comes in.
"""

import json
import re
import shutil
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from keys.commands import app as keys_app
from keys.pinned_keys import find_successors, read_chain
from keys.successor import KeyUse
from signal_index import clock
from signal_index.proof import (
    EVER,
    Quorum,
    SucceededKey,
    parse_note_key,
    split_note,
)
from signal_index.settings import load_settings
from signal_index.signing_files import PINNED, read_public_checkpoint_key
from signal_index.verify.judge import Judgement, judge_ledger
from signal_index.verify.key_steps import judge_key_steps
from signal_index.verify.sources import FolderSource
from signal_index.verify.successions import as_ledger_key, read_pinned
from signal_index.verify.trust import Trust
from tests.ledger_office import OLD, Office, an_office, run
from tests.witness_builders import COSIGNER

CHECKPOINT = KeyUse.CHECKPOINT
DAY = timedelta(days=1)


def succeed(office: Office, use: str = "checkpoint") -> str:
    done = run("keys", "succeed", use, "--settings", office.file)
    assert done.exit_code == 0, done.output
    return done.output


def keys_of(office: Office) -> Path:
    return load_settings(office.file).keys


def pin(office: Office, folder: Path) -> Path:
    """Pin the first key, as who joined before anything followed it."""
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(keys_of(office) / PINNED[CHECKPOINT], folder))


def take(office: Office, pinned: Path, heard: str) -> None:
    """Type the digits that the index said aloud."""
    digits = re.search(r"digits ((?:\d{3} ){5}\d{3})", heard)
    assert digits is not None
    successors = find_successors(keys_of(office) / pinned.name)
    command = ["take-successor", str(successors), "--pinned", str(pinned)]
    done = CliRunner().invoke(keys_app, command, input=f"{digits[1]}\n")
    assert done.exit_code == 0, done.output
    assert digits[1] not in done.output.replace(f": {digits[1]}", "", 1)


def moments(office: Office) -> tuple[datetime, datetime]:
    """Give when the new key begins to sign, and when the former one ends."""
    (said,) = read_chain(keys_of(office) / PINNED[CHECKPOINT], CHECKPOINT).taken
    return said.begins, said.ends


def judge(place: Path, pinned: Path, now: datetime) -> Judgement:
    chain = read_pinned(pinned, CHECKPOINT)
    seen = Quorum([COSIGNER.public], 1)
    judging = partial(judge_key_steps, successors={CHECKPOINT: chain})
    trust = Trust(as_ledger_key(chain), quorum=seen, judge_keys=judging, now=now)
    return judge_ledger(FolderSource(place), trust)


def signers(office: Office, place: Path, at: datetime) -> int:
    """Count the ledger's own signatures below a checkpoint."""
    chain = read_chain(keys_of(office) / PINNED[CHECKPOINT], CHECKPOINT)
    text, lines = split_note((place / "checkpoint").read_text())
    origin = text.partition("\n")[0]
    keys = SucceededKey(chain.name, chain.keys).list_named(origin, EVER, at)
    return len({blob[:4] for _, blob in lines} & {key.key_id for key in keys})


@pytest.fixture(autouse=True)
def _another_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are made today, while tree and witness go on for months."""
    monkeypatch.setattr("signal_index.verify.times.CLOCKS_DIFFER", timedelta(days=400))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path / "office", is_watched=True)


def test_a_witness_goes_on_and_every_export_stays_verifiable(
    office: Office, tmp_path: Path
) -> None:
    first = office.export(tmp_path / "first")
    pinned = pin(office, tmp_path / "desk")
    lazy = pin(office, tmp_path / "lazy")  # takes nothing
    seen_by = pin(office, tmp_path / "witnessing")
    heard = succeed(office)
    begins, ends = moments(office)

    office.register(4)
    assert office.sequence(begins - DAY, log=lazy)
    before = office.export(tmp_path / "before")
    assert signers(office, before, begins) == 1

    take(office, pinned, heard)
    take(office, seen_by, heard)

    office.register(5)
    assert office.sequence(begins + DAY, log=lazy)
    overlap = office.export(tmp_path / "overlap")
    assert signers(office, overlap, begins + DAY) == 2

    office.register(6)
    assert office.sequence(ends + DAY, log=seen_by)
    after = office.export(tmp_path / "after")
    assert signers(office, after, ends + DAY) == 1

    late = ends + 2 * DAY
    for place, former in ((first, True), (before, True), (overlap, False)):
        held = judge(place, pinned, late)
        assert (held.is_former, held.witnessed is not None) == (former, True)
    held = judge(after, pinned, late)
    assert held.keys is not None
    assert (held.is_former, held.keys.successors, held.keys.untaken) == (False, 1, 0)


def test_who_took_nothing_goes_on_until_the_former_key_ends(
    office: Office, tmp_path: Path
) -> None:
    lazy = pin(office, tmp_path / "lazy")
    succeed(office)
    begins, ends = moments(office)
    office.register(4)
    office.sequence(ends - DAY, log=lazy)
    overlap = office.export(tmp_path / "overlap")
    held = judge(overlap, lazy, begins)
    assert held.keys is not None
    assert held.keys.untaken == 1
    office.register(5)
    office.sequence(ends, log=lazy)  # it refuses: the tree is signed, not cosigned
    office.export(tmp_path / "late")
    told = office.verify(tmp_path / "late", "--witness", COSIGNER.public.encode())
    assert told.exit_code == 1


def test_the_commands_tell_and_the_ledger_has_the_step(
    office: Office, tmp_path: Path
) -> None:
    said = succeed(office)
    succeed(office, "receipt")
    assert succeed(office) == said  # whoever lost the digits reads the same again
    office.sequence()
    place = office.export(tmp_path / "export")
    told = office.verify(place, "--receipt-key", keys_of(office) / "receipt.public.jwk")
    facts = json.loads(told.output)
    assert told.exit_code == 0, told.output
    assert (facts["keys"]["successors"], facts["keys"]["untaken"]) == (2, 0)
    made = {path.name for path in keys_of(office).iterdir()}
    assert {"checkpoint-2.vkey", "checkpoint-2.key.jwk", "receipt-2.public.jwk"} <= made
    assert not list(keys_of(office).glob("*.said.json"))


def test_who_joins_pins_the_key_of_now(office: Office) -> None:
    succeed(office)
    begins, _ = moments(office)
    folder = keys_of(office)
    chain = read_chain(folder / PINNED[CHECKPOINT], CHECKPOINT)
    for now, one in ((clock.now(), chain.keys[0]), (begins, chain.keys[1])):
        text = read_public_checkpoint_key(folder, OLD, now)
        assert parse_note_key(text).public == one.raw


def test_a_key_folder_that_was_put_back_makes_no_second_successor(
    office: Office, tmp_path: Path
) -> None:
    kept = shutil.copytree(keys_of(office), tmp_path / "backup")
    succeed(office)
    shutil.rmtree(keys_of(office))
    shutil.copytree(kept, keys_of(office))
    again = run("keys", "succeed", "checkpoint", "--settings", office.file)
    assert again.exit_code == 1
    assert "the ledger tells of a successor" in again.output
    assert not (keys_of(office) / "checkpoint-2.said.json").exists()

"""The index leaves a lookup out of a report, or records it as of somebody else.

The desk that looked has its receipt, and a keyed hash of whom it was about; a report
that lacks it is named by `signal-desk hold-report`. A copy of the desk's database tells
nobody about whom a receipt is, nor that two are of one person.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from desk.commands import app
from keys.person_proof import write_person
from signal_index.proof import Shown, TlogProof
from tests.desk_builders import Town, some_town
from tests.holders_builders import a_bsn
from tests.unit.desk.test_relay import log_in_with_csrf, look_up

pytestmark = pytest.mark.anyio

CODE = "7KQ4-TMPX-2B9D-HW6R"
FIRST, SECOND = a_bsn(0), a_bsn(1)


@pytest.fixture
async def looked(tmp_path: Path) -> AsyncIterator[Town]:
    """The first person was looked up twice here, the second once."""
    town = some_town(tmp_path)
    async with town.serve() as app, town.browser(app) as browser:
        await log_in_with_csrf(browser)
        for people in (2, 1):
            answer = await look_up(town, browser, people=people)
            assert answer.status_code == 200, answer.text
        yield town


def abouts(town: Town) -> dict[str, bytes]:
    kept = sqlite3.connect(town.folder / "desk.sqlite3")
    return dict(kept.execute("SELECT entry_id, about FROM receipts"))


async def hold(town: Town, left_out: int = 0) -> Result:
    """Hold the first person's report, without some of its lookups."""
    found = await town.holders.look_up([FIRST])
    assert found.evidence is not None
    data = write_person(found.evidence, town.holders.dealing.document, CODE)
    (town.folder / "person.json").write_bytes(data)
    pins = json.loads(town.holders.dealing.pins)
    (town.folder / "known.json").write_text(json.dumps(pins))
    entries = [
        one for place, one in enumerate(town.index.entries.values()) if place != 1
    ]
    _pack(town.folder / "proofs.zip", [one.leaf for one in entries[left_out:]])
    made = town.clock() + timedelta(minutes=5)
    command = ["hold-report", str(town.folder / "proofs.zip")]
    command += ["--settings", str(town.folder / "desk.toml")]
    command += ["--person", str(town.folder / "person.json")]
    command += ["--pins", str(town.folder / "known.json")]
    command += ["--made", f"{made:%Y-%m-%dT%H:%M:%S}"]
    said = f"{FIRST.digits}\n{CODE}\n"
    return await asyncio.to_thread(CliRunner().invoke, app, command, input=said)


def _pack(into: Path, leaves: list[bytes]) -> None:
    with zipfile.ZipFile(into, "w") as archive:
        for number, leaf in enumerate(leaves):
            proof = TlogProof(0, (), "a checkpoint\n", Shown(leaf, ()).encode())
            archive.writestr(f"bewijs-{number:04}.tlog-proof", proof.encode())


async def test_a_whole_report_has_every_lookup_of_the_desk(looked: Town) -> None:
    done = await hold(looked)
    assert done.exit_code == 0, done.output
    assert "2 lookups held, 0 not in the report" in done.output


async def test_a_lookup_that_a_report_lacks_is_named(looked: Town) -> None:
    done = await hold(looked, left_out=1)
    assert done.exit_code == 1, done.output
    lacking = next(iter(looked.index.entries))
    assert f"not in the report: {lacking}" in done.output
    assert "2 lookups held, 1 not in the report" in done.output
    assert FIRST.digits not in done.output


async def test_a_copy_of_the_desk_tells_not_about_whom(looked: Town) -> None:
    kept = abouts(looked)
    assert len(kept) == 3
    assert len(set(kept.values())) == 3
    found = await looked.holders.look_up([FIRST])
    pseudonym = found.pseudonyms[0].encoded
    assert not any(pseudonym in one for one in kept.values())

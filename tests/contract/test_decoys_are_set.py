"""From numbers that were never issued to what the index watches, command by command."""

import asyncio
import json
from pathlib import Path

import pytest

from keys.client.auditor import AuditorSettings
from keys.client.decoys import evaluate_decoys, read_numbers
from keys.decoys import LEAST
from tests.holders_builders import Holders, a_bsn, some_holders
from tests.index_office import Office


def a_source(holders: Holders, folder: Path) -> AuditorSettings:
    """The settings of the source that has decoys evaluated."""
    key = folder / "request-key.jwk"
    key.write_text(json.dumps(holders.source.key.jwk))
    key.chmod(0o600)
    (folder / "key-config.json").write_bytes(holders.dealing.document)
    (folder / "pins.json").write_bytes(holders.dealing.pins)
    return AuditorSettings(
        organisation=holders.source.oin,
        request_key=key,
        key_config=folder / "key-config.json",
        pins=folder / "pins.json",
        accepted_origin="dealt",
        holders={each.place.id: each.place.url for each in holders.holders.values()},
    )


def evaluate(holders: Holders, folder: Path) -> Path:
    """Have ten numbers of a file evaluated; the file for the index."""
    numbers = folder / "numbers.txt"
    numbers.write_text("\n".join(a_bsn(number).digits for number in range(LEAST)))
    done = asyncio.run(
        evaluate_decoys(
            a_source(holders, folder),
            read_numbers(numbers),
            holders.client(),
            holders.clock,
        )
    )
    into = folder / "decoys.json"
    into.write_bytes(done)
    into.chmod(0o600)
    return into


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    assert office.run("migrate")[0] == 0
    assert office.run("keys", "create")[0] == 0
    return office


def test_they_are_watched_in_each_year_that_has_keys_and_recorded(
    office: Office, tmp_path: Path
) -> None:
    file = evaluate(some_holders(), tmp_path)
    assert a_bsn(1).digits not in file.read_text()
    assert office.run("decoys", str(file)) == (0, f"{LEAST} decoys are watched\n")
    counted = "SELECT count(*) FROM decoy GROUP BY year"
    assert office.ask(counted) == [(LEAST,), (LEAST,)]
    assert office.kinds()[-1] == "administration"
    assert office.run("decoys") == (0, "0 decoys are watched\n")
    assert office.ask(counted) == []


def test_a_file_that_others_may_read_is_refused(office: Office, tmp_path: Path) -> None:
    file = evaluate(some_holders(), tmp_path)
    file.chmod(0o644)
    code, said = office.run("decoys", str(file))
    assert (code, "others may read it" in said) == (1, True)

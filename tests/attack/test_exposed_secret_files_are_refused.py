"""Attacker: another account on the machine of the index, who reads its files."""

from pathlib import Path

import pytest

from signal_index import clock
from signal_index.errors import SecretFileExposed
from signal_index.key_files import (
    create_key_folder,
    load_keys,
    load_year_keys,
)
from signal_index.signing_files import load_checkpoint_keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "keys"
    create_key_folder(
        made, key_version=1, years=(2026,), origin_base="index.example/ledger"
    )
    return made


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644, 0o666])
@pytest.mark.parametrize(
    "name",
    [
        "index-scalar-1.key",
        "row-key-1.key",
        "ledger-names-2026.key",
        "disclosures-2026.key",
        "receipt.key.jwk",
    ],
)
def test_an_exposed_secret_stops_the_start(folder: Path, name: str, mode: int) -> None:
    (folder / name).chmod(mode)
    with pytest.raises(SecretFileExposed):
        load_keys(folder)


def test_an_exposed_checkpoint_key_stops_the_sequencer(folder: Path) -> None:
    (folder / "checkpoint.key.jwk").chmod(0o644)
    with pytest.raises(SecretFileExposed):
        load_checkpoint_keys(folder, clock.now())


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_may_write_in_stops_the_start(
    folder: Path, mode: int
) -> None:
    folder.chmod(mode)
    with pytest.raises(SecretFileExposed):
        load_year_keys(folder)

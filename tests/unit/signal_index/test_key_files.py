"""The key folder: made once, read strictly, and never printed."""

import shutil
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from keys.pseudonym import KeyVersion
from signal_index import clock
from signal_index.errors import KeyFilesRefused, KeysExist, StaleKeyVersion
from signal_index.key_files import (
    create_key_folder,
    create_year,
    load_keys,
    load_year_keys,
)
from signal_index.proof import parse_note_key
from signal_index.signing_files import load_checkpoint_keys

ORIGIN = "index.example/ledger"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "keys"
    create_key_folder(folder, key_version=1, years=(2026, 2027), origin_base=ORIGIN)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "keys"
    shutil.copytree(made, copied)
    return copied


def test_what_was_made_can_be_loaded(folder: Path) -> None:
    keys = load_keys(folder)
    assert set(keys.disclosures) == set(keys.ledger_names) == {2026, 2027}
    assert len(keys.get_scalar(KeyVersion(1)).encoded) == 32


def test_every_secret_is_its_owners_alone(folder: Path) -> None:
    secret = [path for path in folder.iterdir() if ".key" in path.suffixes]
    assert len(secret) == 8
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}


def test_public_files_hold_no_secret(folder: Path) -> None:
    assert '"d"' not in (folder / "receipt.public.jwk").read_text()
    verifying = parse_note_key((folder / "checkpoint.vkey").read_text().strip())
    assert verifying.name == f"{ORIGIN}/2026"


def test_the_public_checkpoint_key_is_that_of_the_private_one(folder: Path) -> None:
    verifying = parse_note_key((folder / "checkpoint.vkey").read_text().strip())
    (key,) = load_checkpoint_keys(folder, clock.now()).at(clock.now())
    signature = key.private.sign(b"tree")
    Ed25519PublicKey.from_public_bytes(verifying.public).verify(signature, b"tree")


def test_keys_are_never_overwritten(folder: Path) -> None:
    with pytest.raises(KeysExist):
        create_key_folder(folder, key_version=1, years=(2026,), origin_base=ORIGIN)
    with pytest.raises(KeysExist):
        create_year(folder, 2026)


def test_a_year_can_be_added(folder: Path) -> None:
    create_year(folder, 2028)
    assert 2028 in load_keys(folder).ledger_names


def test_keys_have_no_repr(folder: Path) -> None:
    keys = load_keys(folder)
    shown = repr([keys, load_year_keys(folder), dict(keys.disclosures), keys.scalars])
    assert "bytes" not in shown
    assert "\\x" not in shown


@pytest.mark.parametrize(
    "name",
    ["row-key-1.key", "index-scalar-1.key", "receipt.key.jwk", "ledger-names-2027.key"],
)
def test_an_incomplete_folder_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(KeyFilesRefused):
        load_keys(folder)


@pytest.mark.parametrize(
    "name",
    [
        "row-key-1.key",
        "index-scalar-1.key",
        "receipt.key.jwk",
        "ledger-names-2027.key",
        "disclosures-2026.key",
    ],
)
@pytest.mark.parametrize("content", [b"", b"junk", bytes(32), bytes(64), b"{}", b"[]"])
def test_a_malformed_key_is_refused(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(KeyFilesRefused):
        load_keys(folder)


def test_a_public_key_is_no_signing_key(folder: Path) -> None:
    public = (folder / "receipt.public.jwk").read_bytes()
    (folder / "receipt.key.jwk").write_bytes(public)
    with pytest.raises(KeyFilesRefused):
        load_keys(folder)


def test_a_year_without_keys_is_refused_not_skipped(folder: Path) -> None:
    keys = load_keys(folder)
    with pytest.raises(KeyFilesRefused):
        keys.get_disclosure_key(2031)
    with pytest.raises(KeyFilesRefused):
        keys.get_ledger_name_key(2031)


def test_an_unknown_key_version_is_stale(folder: Path) -> None:
    with pytest.raises(StaleKeyVersion):
        load_keys(folder).get_scalar(KeyVersion(2))

"""A sealed share opens for its own holder, version and epoch, and for nobody else."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keys.errors import (
    KeyFileExists,
    KeyFileExposed,
    KeyFileMalformed,
    KeyFileSealed,
)
from keys.files import write_secret
from keys.keyring import load_share, write_share
from keys.sealing import (
    Passphrase,
    PassphraseSealer,
    Seal,
    Sealer,
    generate_passphrase,
    parse_passphrase,
    read_passphrase,
)
from tests.dealing_files import TEST_COST
from tests.keys_builders import the_dealing

SHARE = the_dealing().holders[0].share
SEALER = PassphraseSealer(parse_passphrase("correct horse battery"), cost=TEST_COST)


@pytest.fixture(scope="module")
def share_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("keyring") / "share.json"
    write_share(path, SHARE, "holder-1", SEALER)
    return path.read_bytes()


@pytest.fixture
def sealed(tmp_path: Path, share_file: bytes) -> Path:
    path = tmp_path / "share.json"
    write_secret(path, share_file)
    return path


def _change(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = json.loads(path.read_text())
    change(file)
    path.write_text(json.dumps(file))


def test_a_share_reads_back(sealed: Path) -> None:
    assert load_share(sealed, "holder-1", SEALER) == SHARE


def test_a_share_file_does_not_hold_the_share(sealed: Path) -> None:
    data = sealed.read_bytes()
    for spelling in (
        SHARE.scalar.encoded,
        SHARE.scalar.encoded.hex().encode(),
        urlsafe_b64encode(SHARE.scalar.encoded).rstrip(b"="),
    ):
        assert spelling not in data


def test_a_share_file_is_for_its_owner_only(tmp_path: Path) -> None:
    sealed = tmp_path / "share.json"
    write_share(sealed, SHARE, "holder-1", SEALER)
    assert sealed.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_a_share_file_that_others_can_reach_is_refused(sealed: Path, mode: int) -> None:
    sealed.chmod(mode)
    with pytest.raises(KeyFileExposed):
        load_share(sealed, "holder-1", SEALER)


def test_a_share_file_is_never_overwritten(sealed: Path) -> None:
    before = sealed.read_bytes()
    with pytest.raises(KeyFileExists):
        write_share(sealed, SHARE, "holder-1", SEALER)
    assert sealed.read_bytes() == before


def test_a_wrong_passphrase_opens_nothing(sealed: Path) -> None:
    other = PassphraseSealer(parse_passphrase("correct horse batterx"), cost=TEST_COST)
    with pytest.raises(KeyFileSealed):
        load_share(sealed, "holder-1", other)


def test_a_share_of_another_holder_is_refused(sealed: Path) -> None:
    with pytest.raises(KeyFileMalformed):
        load_share(sealed, "holder-2", SEALER)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("holder", "holder-2"),
        ("index", 2),
        ("keyVersion", 2),
        ("epoch", 2),
        ("threshold", 3),
    ],
)
def test_a_share_cannot_be_passed_off_as_another(
    sealed: Path, member: str, value: object
) -> None:
    _change(sealed, lambda file: file.update({member: value}))
    holder = "holder-2" if member == "holder" else "holder-1"
    with pytest.raises(KeyFileSealed):
        load_share(sealed, holder, SEALER)


def _flip_last_bit(file: dict[str, Any]) -> None:
    data = bytearray(urlsafe_b64decode(file["seal"]["ciphertext"] + "=="))
    data[-1] ^= 1
    file["seal"]["ciphertext"] = urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_changed_seal_opens_nothing(sealed: Path) -> None:
    _change(sealed, _flip_last_bit)
    with pytest.raises(KeyFileSealed):
        load_share(sealed, "holder-1", SEALER)


BROKEN: dict[str, Callable[[dict[str, Any]], None]] = {
    "unknown member": lambda file: file.update(note="hello"),
    "unknown member in the seal": lambda file: file["seal"].update(note="hello"),
    "another format": lambda file: file.update(format="signal-keys/share/2"),
    "another way of sealing": lambda file: file.update(sealer="rot13"),
    "no seal": lambda file: file.pop("seal"),
    "a cost that exhausts the memory": lambda file: file["seal"].update(cost=2**30),
    "a cost that protects nothing": lambda file: file["seal"].update(cost=2),
    "a cost that is no power of two": lambda file: file["seal"].update(cost=2**15 + 1),
    "no base64": lambda file: file["seal"].update(ciphertext="a"),
    "no nonce": lambda file: file["seal"].update(nonce=""),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_a_file_of_another_form_is_refused(
    sealed: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    _change(sealed, change)
    with pytest.raises(KeyFileMalformed):
        load_share(sealed, "holder-1", SEALER)


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMalformed):
        load_share(tmp_path / "share.json", "holder-1", SEALER)


@dataclass(frozen=True)
class FakeKms:
    """A KMS in memory: the seam that a plug-in fills."""

    kept: dict[str, tuple[bytes, bytes]]
    name: str = "fake-kms"

    def seal(self, secret: bytes, associated: bytes) -> Seal:
        self.kept["1"] = (secret, associated)
        return {"reference": "1"}

    def open(self, seal: Seal, associated: bytes) -> bytes:
        secret, bound = self.kept[str(seal["reference"])]
        if associated != bound:
            raise KeyFileSealed
        return secret


def test_a_kms_can_take_the_place_of_the_passphrase(tmp_path: Path) -> None:
    kms: Sealer = FakeKms({})
    write_share(tmp_path / "share.json", SHARE, "holder-1", kms)
    assert load_share(tmp_path / "share.json", "holder-1", kms) == SHARE


def test_a_share_that_is_no_scalar_is_refused(tmp_path: Path) -> None:
    kms = FakeKms({})
    write_share(tmp_path / "share.json", SHARE, "holder-1", kms)
    kms.kept["1"] = (bytes(32), kms.kept["1"][1])
    with pytest.raises(KeyFileMalformed):
        load_share(tmp_path / "share.json", "holder-1", kms)


@pytest.mark.parametrize("text", ["", "short", " " * 40, "fifteen letters"])
def test_a_short_passphrase_is_refused(text: str) -> None:
    with pytest.raises(KeyFileMalformed):
        parse_passphrase(text)


def test_the_line_end_of_a_passphrase_file_is_not_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    made = generate_passphrase()
    path.write_text(f"{made.text}\n")
    path.chmod(0o600)
    assert read_passphrase(path) == made


def test_a_passphrase_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_text(generate_passphrase().text)
    path.chmod(0o644)
    with pytest.raises(KeyFileExposed):
        read_passphrase(path)


def test_a_passphrase_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_bytes(b"\xff" * 32)
    path.chmod(0o600)
    with pytest.raises(KeyFileMalformed):
        read_passphrase(path)


def test_two_generated_passphrases_differ() -> None:
    assert generate_passphrase() != generate_passphrase()
    assert isinstance(generate_passphrase(), Passphrase)

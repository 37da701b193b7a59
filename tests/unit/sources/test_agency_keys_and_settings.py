"""An agency's key files and settings: made once, refused when unsafe."""

import json
from pathlib import Path

import pytest

from keys.jose import parse_public_key
from signal_index.notice import (
    parse_signer_key,
)
from sources.agency_keys import create_keys, load_keys
from sources.errors import InvalidAgencySettings, OutboxKeyChanged, UnsafeKeyFile
from sources.outbox_key import OutboxKey
from sources.settings import KeyFiles, load_settings
from tests.sources_builders import SECRET
from tests.sources_parties import OIN

PRIVATE = ("request-key.jwk", "notice-key.jwk", "oidc-client.jwk", "outbox.key")
SETTINGS = f"""
organisation = "{OIN}"
source = "{OIN}"
outbox = "outbox.sqlite"
rejects = "rejects"

[keys]
request = "keys/request-key.jwk"
notice = "keys/notice-key.jwk"
client = "keys/oidc-client.jwk"
outbox = "keys/outbox.key"

[index]
url = "https://index.test/"
audience = "https://index.test"

[identity]
issuer = "https://identity.test"
client_id = "agency"

[holders]
pins = "pins.json"
accepted_origin = "dealt"

[[holders.places]]
index = 1
id = "holder-1"
url = "http://127.0.0.1:8101"

[[holders.places]]
index = 2
id = "holder-2"
url = "https://holder-2.test"
"""


def files_in(folder: Path) -> KeyFiles:
    request, notice, client, outbox = (folder / name for name in PRIVATE)
    return KeyFiles(request=request, notice=notice, client=client, outbox=outbox)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_keys(tmp_path / "keys", name="agency", algorithm="Ed25519")
    return tmp_path / "keys"


def test_what_is_made_can_be_loaded(folder: Path) -> None:
    keys = load_keys(files_in(folder))
    assert "d" not in repr(keys).replace("AgencyKeys", "")


@pytest.mark.parametrize("name", PRIVATE)
def test_a_private_key_is_its_owners_alone(folder: Path, name: str) -> None:
    assert (folder / name).stat().st_mode & 0o177 == 0


@pytest.mark.parametrize("name", PRIVATE)
def test_a_key_that_others_may_read_is_refused(folder: Path, name: str) -> None:
    (folder / name).chmod(0o640)
    with pytest.raises(UnsafeKeyFile):
        load_keys(files_in(folder))


def test_what_is_handed_out_has_no_private_half(folder: Path) -> None:
    parse_public_key(json.loads((folder / "request-key.public.jwk").read_text()))
    parse_signer_key(OIN, (folder / "notice-key.public.jwk").read_bytes())
    for path in folder.glob("*.public.*"):
        assert '"d"' not in path.read_text()


def test_keys_are_never_overwritten(folder: Path) -> None:
    before = (folder / "outbox.key").read_bytes()
    with pytest.raises(InvalidAgencySettings):
        create_keys(folder, name="agency", algorithm="Ed25519")
    assert (folder / "outbox.key").read_bytes() == before


def test_a_client_key_for_ps256_is_made_on_demand(tmp_path: Path) -> None:
    create_keys(tmp_path, name="agency", algorithm="PS256")
    assert load_keys(files_in(tmp_path)).client.algorithm == "PS256"


def test_a_broken_key_file_is_refused_without_its_contents(folder: Path) -> None:
    (folder / "notice-key.jwk").write_text('{"kty": "geheim"}')
    with pytest.raises(InvalidAgencySettings) as refusal:
        load_keys(files_in(folder))
    assert "geheim" not in str(refusal.value)


def test_settings_are_relative_to_their_file(tmp_path: Path) -> None:
    path = tmp_path / "agency.toml"
    path.write_text(SETTINGS)
    settings = load_settings(path)
    assert settings.outbox == tmp_path / "outbox.sqlite"
    assert settings.keys.outbox == tmp_path / "keys" / "outbox.key"
    assert settings.holders.pins == tmp_path / "pins.json"
    assert settings.index.url == "https://index.test"


def test_the_environment_may_override(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "agency.toml"
    path.write_text(SETTINGS)
    monkeypatch.setenv("SIGNAL_SOURCE_INDEX__URL", "https://other.test")
    assert load_settings(path).index.url == "https://other.test"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'organisation = "{OIN}"', 'organisation = "123"'),
        (f'organisation = "{OIN}"', ""),
        ('accepted_origin = "dealt"', ""),
        ('accepted_origin = "dealt"', 'accepted_origin = "any"'),
        ('"https://index.test/"', '"http://index.test/"'),
        ('"https://holder-2.test"', '"ftp://holder-2.test"'),
        ("index = 2", "index = 1"),
        ('rejects = "rejects"', 'rejects = "rejects"\nverify = false'),
        ('rejects = "rejects"', "rejects ="),
    ],
)
def test_settings_that_are_unsafe_or_unknown_are_refused(
    tmp_path: Path, before: str, after: str
) -> None:
    assert before in SETTINGS
    path = tmp_path / "agency.toml"
    path.write_text(SETTINGS.replace(before, after))
    with pytest.raises(InvalidAgencySettings):
        load_settings(path)


def test_settings_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidAgencySettings):
        load_settings(tmp_path / "agency.toml")


def test_a_sealed_value_opens_only_with_its_key_label_and_row() -> None:
    key = OutboxKey(SECRET)
    sealed = key.seal(b"plain", label=b"bsn", row=b"1")
    assert key.open_sealed(sealed, label=b"bsn", row=b"1") == b"plain"
    for other, label, row in (
        (OutboxKey(bytes(32)), b"bsn", b"1"),
        (key, b"subject", b"1"),
        (key, b"bsn", b"2"),
    ):
        with pytest.raises(OutboxKeyChanged):
            other.open_sealed(sealed, label=label, row=row)


def test_a_mark_cannot_be_shifted_between_its_parts() -> None:
    key = OutboxKey(SECRET)
    assert key.mark("case", "ab", "c") != key.mark("case", "a", "bc")
    assert key.mark("case", "a") != key.mark("natural", "a")


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(33)])
def test_an_outbox_key_of_another_length_is_refused(secret: bytes) -> None:
    with pytest.raises(OutboxKeyChanged):
        OutboxKey(secret)


def test_an_outbox_key_prints_nothing() -> None:
    assert repr(OutboxKey(SECRET)) == "<OutboxKey>"

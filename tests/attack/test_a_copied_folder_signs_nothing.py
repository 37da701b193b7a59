"""Whoever copies a holder's folder, or carries its disk away, signs nothing with it."""

from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.base64url import encode_b64u
from keys.ceremony.cards import CONFIG_KEY, TICKET_KEY, load_config_key, make_card
from keys.errors import KeyFileMalformed, KeyFileSealed, KeysError
from keys.jose import PrivateKey
from keys.keyring import SealedUse, find_holder, load_signing_key, reseal, write_key
from keys.sealing import PassphraseSealer, parse_passphrase
from tests.dealing_files import TEST_COST

RIGHT = PassphraseSealer(parse_passphrase("correct horse battery"), cost=TEST_COST)
WRONG = PassphraseSealer(parse_passphrase("correct horse batterx"), cost=TEST_COST)
USES = {CONFIG_KEY: SealedUse.CONFIG, TICKET_KEY: SealedUse.TICKET}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("holder")
    make_card(made, "holder-1", RIGHT)
    return made


def load(folder: Path, name: str, sealer: PassphraseSealer = RIGHT) -> PrivateKey:
    return load_signing_key(folder / name, USES[name], "holder-1", sealer)


def test_no_file_holds_a_key_that_signs_in_the_clear(folder: Path) -> None:
    secrets = [load(folder, name).jwk["d"] for name in USES]
    raw = [urlsafe_b64decode(f"{one}=") for one in secrets]
    forms: list[Callable[[bytes], bytes]] = [
        bytes,
        lambda one: one.hex().encode(),
        lambda one: encode_b64u(one).encode(),
    ]
    for path in folder.iterdir():
        kept = path.read_bytes()
        assert not any(form(one) in kept for one in raw for form in forms), path.name


@pytest.mark.parametrize("name", USES)
def test_a_key_opens_with_its_passphrase_alone(folder: Path, name: str) -> None:
    with pytest.raises(KeyFileSealed):
        load(folder, name, WRONG)
    with pytest.raises(KeyFileSealed):
        find_holder(folder / name, WRONG)
    assert find_holder(folder / name, RIGHT) == "holder-1"


@pytest.mark.parametrize(
    ("name", "use", "holder"),
    [
        (TICKET_KEY, SealedUse.CONFIG, "holder-1"),
        (CONFIG_KEY, SealedUse.TICKET, "holder-1"),
        (CONFIG_KEY, SealedUse.CONFIG, "holder-2"),
    ],
)
def test_a_key_is_not_passed_off_as_another(
    folder: Path, name: str, use: SealedUse, holder: str
) -> None:
    with pytest.raises(KeyFileMalformed):
        load_signing_key(folder / name, use, holder, RIGHT)


@pytest.mark.parametrize(
    ("said", "instead"), [('"ticket"', '"config"'), ("holder-1", "holder-2")]
)
def test_what_stands_beside_a_key_is_bound_to_it(
    folder: Path, tmp_path: Path, said: str, instead: str
) -> None:
    changed = tmp_path / "key"
    changed.touch(mode=0o600)
    changed.write_text((folder / TICKET_KEY).read_text().replace(said, instead))
    with pytest.raises(KeyFileSealed):
        find_holder(changed, RIGHT)


def test_a_key_without_a_seal_is_taken_nowhere(tmp_path: Path) -> None:
    """As these files lay there before: none is left in use by mistake."""
    bare = tmp_path / CONFIG_KEY
    bare.touch(mode=0o600)
    bare.write_text(str(PrivateKey.generate().jwk).replace("'", '"'))
    with pytest.raises(KeyFileMalformed, match="not a sealed key"):
        load_config_key(tmp_path, "holder-1", RIGHT)


def test_a_key_is_moved_to_another_seal_and_opens_there_alone(tmp_path: Path) -> None:
    path = tmp_path / TICKET_KEY
    write_key(path, b'{"kid":"k"}', SealedUse.TICKET, "holder-1", RIGHT)
    assert reseal(path, RIGHT, WRONG) == "holder-1"
    with pytest.raises(KeysError):
        reseal(path, RIGHT, WRONG)
    assert find_holder(path, WRONG) == "holder-1"

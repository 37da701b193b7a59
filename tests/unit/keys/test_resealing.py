"""A share that is sealed in another way is never lost on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from keys.errors import KeyFileMalformed, KeyFileSealed, KeysError, TokenRefused
from keys.keyring import load_share, reseal, write_share
from keys.sealing import PassphraseSealer, Seal, parse_passphrase
from tests.dealing_files import TEST_COST
from tests.keys_builders import the_dealing

SHARE = the_dealing().holders[0].share
BEFORE = PassphraseSealer(parse_passphrase("correct horse battery"), cost=TEST_COST)
AFTER = PassphraseSealer(parse_passphrase("another one of length"), cost=TEST_COST)
OTHER = the_dealing().holders[1].share.scalar.encoded


@dataclass(frozen=True)
class Faulty:
    """Seals as `AFTER` does, but for one fault."""

    change: Callable[[bytes], bytes] = lambda secret: secret
    is_gone: bool = False
    opens: bool = True
    name: str = AFTER.name

    def seal(self, secret: bytes, associated: bytes) -> Seal:
        if self.is_gone:
            raise TokenRefused
        return AFTER.seal(self.change(secret), associated)

    def open(self, seal: Seal, associated: bytes) -> bytes:
        if not self.opens:
            raise KeyFileSealed
        return AFTER.open(seal, associated)


@pytest.fixture
def share(tmp_path: Path) -> Path:
    write_share(tmp_path / "share.json", SHARE, "holder-1", BEFORE)
    return tmp_path / "share.json"


def test_a_resealed_share_opens_in_the_new_way_alone(share: Path) -> None:
    assert reseal(share, BEFORE, AFTER) == "holder-1"
    assert load_share(share, "holder-1", AFTER) == SHARE
    with pytest.raises(KeyFileSealed):
        load_share(share, "holder-1", BEFORE)
    assert share.stat().st_mode & 0o777 == 0o600
    assert list(share.parent.iterdir()) == [share]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(Faulty(is_gone=True), id="it does not seal"),
        pytest.param(Faulty(opens=False), id="it does not open what it sealed"),
        pytest.param(Faulty(lambda _: OTHER), id="it seals another share"),
        pytest.param(Faulty(lambda _: b"junk"), id="it seals what is no share"),
    ],
)
def test_a_share_stays_as_it_was_whatever_fails(share: Path, after: Faulty) -> None:
    before = share.read_bytes()
    with pytest.raises(KeysError):
        reseal(share, BEFORE, after)
    assert share.read_bytes() == before
    assert list(share.parent.iterdir()) == [share]


def test_a_share_that_does_not_open_is_not_resealed(share: Path) -> None:
    before = share.read_bytes()
    with pytest.raises(KeyFileSealed):
        reseal(share, AFTER, BEFORE)
    assert share.read_bytes() == before


def test_a_link_in_the_place_of_a_share_is_not_replaced(share: Path) -> None:
    link = share.with_name("link.json")
    link.symlink_to(share)
    before = share.read_bytes()
    with pytest.raises(KeyFileMalformed):
        reseal(link, BEFORE, AFTER)
    assert share.read_bytes() == before

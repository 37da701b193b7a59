"""Whoever has the files of a holder, but not its token or PIN, has no share."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, MechanismFlag, ObjectClass
from typer.testing import CliRunner

from keys.base64url import decode_b64u, encode_b64u
from keys.commands import app
from keys.errors import KeyFileMalformed, KeyFileSealed, KeysError, TokenRefused
from keys.files import write_secret
from keys.keyring import load_share, write_share
from keys.sealing import PassphraseSealer, Pin, parse_passphrase
from keys.token_file import make_token_key, open_token, read_token
from tests.dealing_files import TEST_COST
from tests.keys_builders import the_dealing
from tests.softhsm import MODULE, PIN, ATokenAtHand, SoftHsm, running_softhsm

SHARE = the_dealing().holders[0].share
PASSPHRASE = PassphraseSealer(parse_passphrase("correct horse battery"), cost=TEST_COST)


@pytest.fixture(scope="module")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    with running_softhsm(tmp_path_factory.mktemp("softhsm")) as made:
        yield made


@pytest.fixture(scope="module")
def token(softhsm: SoftHsm) -> ATokenAtHand:
    return softhsm.insert()


@pytest.fixture
def share(tmp_path: Path, token: ATokenAtHand) -> Path:
    write_share(tmp_path / "share.json", SHARE, "holder-1", token.sealer)
    return tmp_path / "share.json"


def _change(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = json.loads(path.read_text())
    change(file)
    path.write_text(json.dumps(file))


def test_the_token_alone_opens_the_share(share: Path, token: ATokenAtHand) -> None:
    assert load_share(share, "holder-1", token.sealer) == SHARE
    assert encode_b64u(SHARE.scalar.encoded) not in share.read_text()


def test_a_wrong_pin_opens_nothing(share: Path, token: ATokenAtHand) -> None:
    wrong = open_token(token.place, Pin("0000000000"))
    with pytest.raises(TokenRefused, match="wrong PIN"):
        load_share(share, "holder-1", wrong)
    assert load_share(share, "holder-1", token.sealer) == SHARE


def test_without_the_token_the_pin_opens_nothing(
    share: Path, token: ATokenAtHand
) -> None:
    elsewhere = token.place.model_copy(update={"serial": "0123456789abcdef"})
    with pytest.raises(TokenRefused, match="no token with that serial"):
        load_share(share, "holder-1", open_token(elsewhere, Pin(PIN)))


def test_another_token_with_the_same_label_and_key_name_opens_nothing(
    softhsm: SoftHsm, share: Path, token: ATokenAtHand
) -> None:
    other = softhsm.insert()
    assert load_share(share, "holder-1", token.sealer) == SHARE
    with pytest.raises(KeyFileSealed):
        load_share(share, "holder-1", other.sealer)


def test_a_header_that_says_passphrase_makes_no_passphrase_file(
    share: Path, token: ATokenAtHand
) -> None:
    _change(share, lambda file: file.update(sealer=PASSPHRASE.name))
    with pytest.raises(KeyFileMalformed, match="another way"):
        load_share(share, "holder-1", token.sealer)
    with pytest.raises(KeyFileMalformed):
        load_share(share, "holder-1", PASSPHRASE)


def test_a_passphrase_file_in_its_place_is_not_opened_by_a_token(
    tmp_path: Path, token: ATokenAtHand
) -> None:
    path = tmp_path / "share.json"
    write_share(path, SHARE, "holder-1", PASSPHRASE)
    with pytest.raises(KeyFileMalformed, match="another way"):
        load_share(path, "holder-1", token.sealer)
    _change(path, lambda file: file.update(sealer=token.sealer.name))
    with pytest.raises(KeyFileMalformed):
        load_share(path, "holder-1", token.sealer)


@pytest.mark.parametrize("member", ["wrap_nonce", "wrapped", "nonce", "ciphertext"])
def test_a_changed_seal_does_not_open(
    share: Path, token: ATokenAtHand, member: str
) -> None:
    def flip(file: dict[str, Any]) -> None:
        data = bytearray(decode_b64u(file["seal"][member]))
        data[-1] ^= 1
        file["seal"][member] = encode_b64u(bytes(data))

    _change(share, flip)
    with pytest.raises(KeyFileSealed):
        load_share(share, "holder-1", token.sealer)


@pytest.mark.parametrize("change", [{"epoch": 2}, {"index": 2}, {"keyVersion": 2}])
def test_a_share_is_not_passed_off_as_one_of_another_sharing(
    share: Path, token: ATokenAtHand, change: dict[str, int]
) -> None:
    _change(share, lambda file: file.update(change))
    with pytest.raises(KeyFileSealed):
        load_share(share, "holder-1", token.sealer)


@pytest.mark.parametrize(
    ("member", "value"),
    [("wrapped", "AA"), ("nonce", "AA"), ("nonce", "*"), ("wrap_nonce", 1)],
)
def test_a_seal_of_another_form_is_refused(
    share: Path, token: ATokenAtHand, member: str, value: str | int
) -> None:
    _change(share, lambda file: file["seal"].update({member: value}))
    with pytest.raises((KeyFileMalformed, KeyFileSealed)):
        load_share(share, "holder-1", token.sealer)


def test_a_key_that_was_brought_in_or_may_leave_seals_nothing(
    softhsm: SoftHsm,
) -> None:
    """Whoever made it elsewhere, or takes it out, has a copy."""
    token = softhsm.insert(with_key=False)
    uses = MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT
    brought_in = {
        Attribute.CLASS: ObjectClass.SECRET_KEY,
        Attribute.KEY_TYPE: KeyType.AES,
        Attribute.LABEL: "brought-in",
        Attribute.VALUE: bytes(range(32)),
        Attribute.TOKEN: True,
        Attribute.PRIVATE: True,
        Attribute.ENCRYPT: True,
        Attribute.DECRYPT: True,
        Attribute.SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
    }
    slots = pkcs11.lib(str(MODULE)).get_slots(token_present=True)
    (found,) = [
        slot.get_token()
        for slot in slots
        if slot.get_token().serial.decode() == token.place.serial
    ]
    with found.open(user_pin=PIN, rw=True) as session:
        session.create_object(brought_in)
        session.generate_key(
            KeyType.AES,
            256,
            label="may-leave",
            store=True,
            capabilities=uses,
            template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: True},
        )
    for name in ("brought-in", "may-leave"):
        place = token.place.model_copy(update={"key": name})
        with pytest.raises(TokenRefused, match="made in it to stay inside"):
            open_token(place, Pin(PIN)).seal(bytes(32), b"")
    with pytest.raises(TokenRefused, match="no key of that name"):
        token.sealer.seal(bytes(32), b"")


def test_a_key_is_never_made_twice(token: ATokenAtHand) -> None:
    with pytest.raises(TokenRefused, match="already"):
        make_token_key(token.place, Pin(PIN))


def test_a_pin_where_its_file_must_be_named_is_not_repeated(
    tmp_path: Path, token: ATokenAtHand
) -> None:
    path = tmp_path / "token.toml"
    path.write_text(token.file.read_text().replace(str(token.pin_file), PIN))
    with pytest.raises(KeyFileMalformed, match="pin: not an absolute path") as refusal:
        read_token(path)
    assert PIN not in str(refusal.value)


def test_a_module_that_is_not_there_is_said_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    path = tmp_path / "token.toml"
    path.write_text('module = "/nowhere/p11.so"\nserial = "1"\nkey = "k"\n')
    with pytest.raises(KeyFileMalformed, match="module: no such file"):
        read_token(path)


@pytest.mark.parametrize(
    "text",
    [
        f'key = "k"\npin = {PIN}\n',
        f'module = "/m"\nserial = "1"\nkey = "k"\n"{PIN}" = 1\n',
        f"pin = {PIN} {PIN}",
    ],
)
def test_a_file_of_a_token_that_is_none_is_not_repeated(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "token.toml"
    path.write_text(text)
    with pytest.raises(KeyFileMalformed) as refusal:
        read_token(path)
    assert PIN not in str(refusal.value)


def test_a_pin_beside_the_share_is_refused(
    tmp_path: Path, softhsm: SoftHsm, token: ATokenAtHand
) -> None:
    write_secret(tmp_path / "pin", PIN.encode())
    write_share(tmp_path / "share.json", SHARE, "holder-1", token.sealer)
    place = token.place.model_copy(update={"pin": tmp_path / "pin"})
    file = softhsm.write(place, tmp_path / "token.toml")
    said = CliRunner().invoke(
        app,
        [
            *("seal", "move", str(tmp_path / "share.json"), "--to", "passphrase"),
            *("--token", str(file)),
        ],
        input="correct horse battery\n" * 2,
    )
    assert said.exit_code == 1
    assert "PIN lies with the keys" in said.output
    assert PIN not in said.output


def test_nothing_of_a_pin_or_a_sealer_shows_it(token: ATokenAtHand) -> None:
    assert PIN not in repr(token.sealer)
    assert PIN not in repr(Pin(PIN))


def test_a_library_that_is_none_is_a_refusal(token: ATokenAtHand) -> None:
    for module in ("/nowhere/pkcs11.so", "/etc/hostname"):
        place = token.place.model_copy(update={"module": Path(module)})
        with pytest.raises(KeysError, match="cannot be asked"):
            open_token(place, Pin(PIN)).seal(bytes(32), b"")

"""A holder starts by a token, and its share moves to it and back by a command."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.town.ports import Ports
from deploy.town.readiness import wait_until_ready
from keys.errors import KeyFileMalformed
from keys.files import write_secret
from keys.holder.errors import HolderStartRefused
from keys.holder.serve import open_holder
from keys.holder.settings import load_settings
from keys.keyring import load_share
from keys.sealing import PassphraseSealer, read_passphrase
from tests.ceremony_people import People, done, run
from tests.dealing_files import PASSPHRASES
from tests.holder_processes import ROOT, prepare_holders
from tests.softhsm import PIN, ATokenAtHand, SoftHsm, running_softhsm

PASSPHRASE_LINE = f'passphrase = "../{PASSPHRASES}/holder-1"'


@pytest.fixture(scope="module")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    with running_softhsm(tmp_path_factory.mktemp("softhsm")) as made:
        yield made


@pytest.fixture(scope="module")
def token(softhsm: SoftHsm) -> ATokenAtHand:
    made = softhsm.insert(with_key=False)
    done("seal", "new-key", "--token", made.file)
    return made


@pytest.fixture(scope="module")
def dealt(tmp_path_factory: pytest.TempPathFactory, ports: Ports) -> Path:
    folder = tmp_path_factory.mktemp("dealt")
    prepare_holders(folder, ports)
    return folder / "keys"


@pytest.fixture
def keys(dealt: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(dealt, tmp_path / "keys"))


@pytest.fixture
def moved(keys: Path, token: ATokenAtHand) -> Path:
    """A holder whose share a token opens, by its settings as well."""
    move(keys, token, "token")
    name_opener(keys, f'token = "{token.file}"')
    return keys


def move(keys: Path, token: ATokenAtHand, to: str) -> str:
    passphrase = keys / PASSPHRASES / "holder-1"
    share = keys / "holder-1" / "share.json"
    said = done(
        *(
            "seal",
            "move",
            share,
            share.with_name("ticket.key"),
            "--to",
            to,
            "--token",
            token.file,
        ),
        *("--passphrase", passphrase),
    )
    return said.output


def name_opener(keys: Path, line: str) -> None:
    settings = keys / "holder-1" / "holder.toml"
    settings.write_text(settings.read_text().replace(PASSPHRASE_LINE, line))


def start(keys: Path) -> None:
    _, housekeeping = open_holder(load_settings(keys / "holder-1" / "holder.toml"))
    housekeeping.close()


def test_a_holder_starts_by_its_token(moved: Path) -> None:
    start(moved)


def test_a_share_moves_to_the_token_and_back(keys: Path, token: ATokenAtHand) -> None:
    share = keys / "holder-1" / "share.json"
    sealer = PassphraseSealer(read_passphrase(keys / PASSPHRASES / "holder-1"))
    before = load_share(share, "holder-1", sealer)
    assert PIN not in move(keys, token, "token")
    assert load_share(share, "holder-1", token.sealer) == before
    with pytest.raises(KeyFileMalformed, match="another way"):
        load_share(share, "holder-1", sealer)
    assert PIN not in move(keys, token, "passphrase")
    assert load_share(share, "holder-1", sealer) == before
    start(keys)


def test_a_share_that_moved_starts_no_holder_by_its_passphrase(
    keys: Path, token: ATokenAtHand
) -> None:
    move(keys, token, "token")
    with pytest.raises(HolderStartRefused, match="another way"):
        start(keys)


@pytest.mark.parametrize("given", ["both", "neither"])
def test_one_of_the_two_opens_the_share(moved: Path, given: str) -> None:
    settings = moved / "holder-1" / "holder.toml"
    text = settings.read_text()
    lines = [line for line in text.splitlines() if not line.startswith("token =")]
    settings.write_text(
        f"{PASSPHRASE_LINE}\n{text}" if given == "both" else "\n".join(lines)
    )
    with pytest.raises(HolderStartRefused, match="one of the two opens the share"):
        start(moved)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("holder-1/pin", "PIN: lies with the share"),
        ("holder-1/apart/pin", "PIN: lies with the share"),
        (None, "names no file with the PIN"),
    ],
)
def test_a_pin_that_lies_with_its_share_keeps_a_holder_from_starting(
    moved: Path,
    softhsm: SoftHsm,
    token: ATokenAtHand,
    place: str | None,
    reason: str,
) -> None:
    pin = None if place is None else moved / place
    if pin is not None:
        pin.parent.mkdir(exist_ok=True)
        write_secret(pin, PIN.encode())
    there = token.place.model_copy(update={"pin": pin})
    softhsm.write(there, moved / "token.toml")
    settings = moved / "holder-1" / "holder.toml"
    settings.write_text(settings.read_text().replace(str(token.file), "../token.toml"))
    with pytest.raises(HolderStartRefused, match=reason):
        start(moved)


def test_a_wrong_pin_keeps_a_holder_from_starting(
    moved: Path, token: ATokenAtHand
) -> None:
    token.pin_file.write_text("0000000000")
    try:
        with pytest.raises(HolderStartRefused, match="wrong PIN") as refusal:
            start(moved)
    finally:
        token.pin_file.write_text(PIN)
    assert "0000000000" not in str(refusal.value)


def test_a_pin_that_others_may_read_keeps_a_holder_from_starting(
    moved: Path, token: ATokenAtHand
) -> None:
    token.pin_file.chmod(0o640)
    try:
        with pytest.raises(HolderStartRefused, match="KeyFileExposed"):
            start(moved)
    finally:
        token.pin_file.chmod(0o600)


def test_a_process_serves_by_its_token_and_shows_its_pin_nowhere(moved: Path) -> None:
    settings = moved / "holder-1" / "holder.toml"
    address = f"http://127.0.0.1:{load_settings(settings).port}"
    with (
        (moved / "log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - our own program
            [
                *(sys.executable, "-m", "keys"),
                *("serve", "--settings", str(settings)),
            ],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            wait_until_ready(process, f"{address}/v1/health")
            arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        finally:
            process.terminate()
    said = (moved / "log").read_text()
    assert '"started"' in said
    assert PIN not in said
    assert PIN.encode() not in arguments


def test_no_option_takes_a_pin_itself() -> None:
    for command in ("move", "new-key"):
        assert "--pin" not in run("seal", command, "--help").output


def test_a_pin_is_asked_where_no_file_is_named_and_not_shown(
    keys: Path, softhsm: SoftHsm, token: ATokenAtHand
) -> None:
    asked = token.place.model_copy(update={"pin": None})
    file = softhsm.write(asked, keys / "token.toml")
    share = keys / "holder-1" / "share.json"
    said = done(
        *("seal", "move", share, "--to", "token", "--token", file),
        *("--passphrase", keys / PASSPHRASES / "holder-1"),
        typed=f"{PIN}\n",
    )
    assert "PIN of the token" in said.output
    assert PIN not in said.output


class PeopleOfWhomOneHasAToken(People):
    """The first holder opens by a token, the other by a passphrase."""

    def __init__(self, place: Path, token: ATokenAtHand) -> None:
        super().__init__(place)
        self.token = token

    def opened(self, at: int) -> list[object]:
        if at != 1:
            return super().opened(at)
        return ["--folder", self.folders[at], "--token", self.token.file]

    def make_cards(self) -> None:
        first, second = self.folders.values()
        card = ("card", "new", "--id")
        done(*card, "holder-1", "--into", first, "--token", self.token.file)
        done(*card, "holder-2", "--into", second, "--passphrase", self.passphrase)


def test_a_ceremony_is_held_by_a_token(tmp_path: Path, token: ATokenAtHand) -> None:
    people = PeopleOfWhomOneHasAToken(tmp_path, token)
    people.make_cards()
    people.hold_call(people.open())
    share = tmp_path / "holder-1" / "share.json"
    assert load_share(share, "holder-1", token.sealer).index == 1


def test_a_card_takes_a_passphrase_or_a_token(
    tmp_path: Path, token: ATokenAtHand
) -> None:
    said = run(
        *("card", "new", "--id", "holder-1", "--into", tmp_path),
        *("--token", token.file, "--passphrase", token.pin_file),
    )
    assert said.exit_code == 1
    assert "one of the two" in said.output

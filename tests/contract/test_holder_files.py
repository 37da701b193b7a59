"""A holder's files: what does not fit keeps it from starting, with the reason."""

import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.town.ports import Ports
from keys import clock
from keys.commands import app
from keys.config import KeyConfig, open_config, parse_pins
from keys.errors import KeyFileExposed
from keys.holder.errors import HolderStartRefused
from keys.holder.opening import LONGEST_TRIAL, verify_apart
from keys.holder.serve import open_holder
from keys.holder.settings import load_settings
from keys.jose import parse_private_key
from keys.keyring import SealedUse, load_signing_key
from keys.request import load_request_key
from tests.dealing_files import PASSPHRASES, open_sealer
from tests.holder_processes import ROOT, prepare_holders
from tests.keys_builders import payload_of, sign_payload

PASSPHRASE = f"../{PASSPHRASES}/holder-1"


@pytest.fixture(scope="module")
def dealt(tmp_path_factory: pytest.TempPathFactory, ports: Ports) -> Path:
    folder = tmp_path_factory.mktemp("dealt")
    prepare_holders(folder, ports)
    return folder / "keys"


@pytest.fixture
def keys(dealt: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(dealt, tmp_path / "keys"))


def config_of(keys: Path) -> KeyConfig:
    folder = keys / "holder-1"
    pins = parse_pins((folder / "pins.json").read_bytes())
    return open_config((folder / "key-config.json").read_bytes(), pins)


def start(keys: Path) -> None:
    _, housekeeping = open_holder(load_settings(keys / "holder-1" / "holder.toml"))
    housekeeping.close()


def test_files_that_fit_start_a_holder(keys: Path) -> None:
    start(keys)


def test_what_a_holder_accepted_counts_after_a_restart(keys: Path) -> None:
    file = keys / "holder-1" / "key-config.json"
    before = file.read_bytes()
    signing = [
        load_signing_key(
            folder / "config-signing.key", SealedUse.CONFIG, None, open_sealer(folder)
        )
        for folder in (keys / f"holder-{one}" for one in (1, 2, 3))
    ]
    payload = payload_of(before)
    file.write_bytes(sign_payload(payload | {"serial": 2}, signing))
    start(keys)
    file.write_bytes(before)
    with pytest.raises(HolderStartRefused, match="ConfigRolledBack"):
        start(keys)
    file.write_bytes(sign_payload(payload | {"serial": 3, "threshold": 3}, signing))
    with pytest.raises(
        HolderStartRefused, match=r"ConfigHoldersChanged: .*: threshold"
    ):
        start(keys)


@pytest.mark.parametrize(
    ("name", "taken_from", "reason"),
    [
        ("share.json", "holder-2/share.json", "another holder's share"),
        ("ticket.key", "holder-2/ticket.key", "another holder's key"),
        ("ticket.key", "holder-1/config-signing.key", "not the ticket key"),
        (PASSPHRASE, "passphrases/holder-2", "wrong passphrase"),
        ("pins.json", None, "pins.json"),
        ("key-config.json", None, "key-config.json"),
        ("ticket.key", None, "ticket.key"),
        ("organisations.toml", None, "organisations.toml"),
        ("holder.toml", None, "holder.toml"),
    ],
)
def test_a_file_that_is_absent_or_another_s_keeps_a_holder_from_starting(
    keys: Path, name: str, taken_from: str | None, reason: str
) -> None:
    content = (keys / taken_from).read_bytes() if taken_from else None
    file = keys / "holder-1" / name
    file.unlink()
    if content is not None:
        file.write_bytes(content)
        file.chmod(0o600)
    with pytest.raises(HolderStartRefused, match=reason):
        start(keys)


@pytest.mark.parametrize("name", ["share.json", PASSPHRASE, "ticket.key"])
def test_a_secret_that_others_may_read_keeps_a_holder_from_starting(
    keys: Path, name: str
) -> None:
    (keys / "holder-1" / name).chmod(0o640)
    with pytest.raises(HolderStartRefused, match="KeyFileExposed"):
        start(keys)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('accepted_origin = "dealt"', 'accepted_origin = "distributed"', "Origin"),
        ("keep_days = 30\n", "", "keep_days"),
        ("keep_days = 30", "keep_days = 0", "keep_days"),
        ("keep_days = 30", "keep_days = 30\nsurprise = 1", "surprise"),
        ("keep_days = 30", "keep_days = ", "Invalid value"),
        ('holder = "holder-1"', 'holder = "holder-9"', "another holder"),
    ],
)
def test_settings_out_of_order_keep_a_holder_from_starting(
    keys: Path, old: str, new: str, reason: str
) -> None:
    path = keys / "holder-1" / "holder.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(HolderStartRefused, match=reason):
        start(keys)


def test_the_environment_wins_over_the_file(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNAL_KEYS_PORT", "4711")
    assert load_settings(keys / "holder-1" / "holder.toml").port == 4711


def test_a_private_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    CliRunner().invoke(app, ["organisation", "new-key", "--into", str(tmp_path)])
    path = tmp_path / "request-key.jwk"
    assert parse_private_key(json.loads(path.read_text())).kid
    path.chmod(0o640)
    with pytest.raises(KeyFileExposed):
        load_request_key(path)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    asked = ["organisation", "new-key", "--into", str(tmp_path)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    before = (tmp_path / "request-key.jwk").read_bytes()
    assert CliRunner().invoke(app, asked).exit_code == 1
    assert (tmp_path / "request-key.jwk").read_bytes() == before


def test_signing_a_request_loads_no_curve() -> None:
    """The desk signs requests and is installed without libsodium."""
    code = "import keys.request, sys; sys.exit('pysodium' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)  # noqa: S603 - our own command
    assert done.returncode == 0


@pytest.mark.parametrize(
    "name", ["holder-1/passphrase", "holder-1/apart/passphrase", "passphrase"]
)
def test_a_passphrase_that_lies_with_its_share_keeps_a_holder_from_starting(
    keys: Path, name: str
) -> None:
    """In one folder, below it, or above it: whoever copies that folder has both."""
    place = keys / name
    place.parent.mkdir(exist_ok=True)
    shutil.copy(keys / PASSPHRASES / "holder-1", place)
    settings = keys / "holder-1" / "holder.toml"
    text = settings.read_text().replace(PASSPHRASE, str(place))
    settings.write_text(text)
    with pytest.raises(HolderStartRefused, match="lies with the share"):
        start(keys)


def test_in_production_share_and_passphrase_are_on_two_volumes(keys: Path) -> None:
    settings = load_settings(keys / "holder-1" / "holder.toml")
    real = settings.model_copy(update={"together_until": None})
    config = config_of(keys)
    with pytest.raises(HolderStartRefused, match="volume"):
        verify_apart(real, config, clock.now())
    elsewhere = real.model_copy(update={"passphrase": Path("/proc/version")})
    verify_apart(elsewhere, config, clock.now())


@pytest.mark.parametrize(
    ("days", "reason"), [(-1, "the trial ended"), (93, "a trial lasts 92 days")]
)
def test_a_trial_on_one_machine_is_over_once(
    keys: Path, days: int, reason: str
) -> None:
    until = clock.now().date() + timedelta(days=days)
    settings = load_settings(keys / "holder-1" / "holder.toml")
    trial = settings.model_copy(update={"together_until": until})
    with pytest.raises(HolderStartRefused, match=reason):
        verify_apart(trial, config_of(keys), clock.now())


def test_a_trial_on_one_machine_does_not_begin_again_with_a_new_last_day(
    keys: Path,
) -> None:
    later = clock.now() + LONGEST_TRIAL
    settings = load_settings(keys / "holder-1" / "holder.toml")
    anew = settings.model_copy(
        update={"together_until": later.date() + timedelta(days=1)}
    )
    with pytest.raises(HolderStartRefused, match="from when the key began"):
        verify_apart(anew, config_of(keys), later)

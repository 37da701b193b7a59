"""The settings of the index: strict, frozen, and silent about secrets."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from signal_index.app import verify_trial
from signal_index.errors import SettingsRefused
from signal_index.proof import WitnessKey
from signal_index.settings import load_settings
from tests.store_builders import write_settings

POSTGRES = "postgresql+asyncpg://web:geheim-wachtwoord@db/index"


def _changed(folder: Path, old: str, new: str) -> Path:
    path = write_settings(folder)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def test_relative_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    settings = load_settings(write_settings(tmp_path))
    assert settings.keys == tmp_path / "keys"
    assert settings.database_url.endswith(f"{tmp_path}/data/index.sqlite")


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="skip_policy"):
        load_settings(write_settings(tmp_path, extra="skip_policy = true\n"))


@pytest.mark.parametrize(
    "line",
    [
        'accepted_key_origin = "dealt"',
        'checkpoint_file = "outside/checkpoint.json"',
        'host = "127.0.0.1"',
        'algorithms = ["PS256"]',
        'upkeep = "in-process"',
        'audience = "https://index.example"',
    ],
)
def test_what_is_unsafe_when_wrong_has_no_default(tmp_path: Path, line: str) -> None:
    with pytest.raises(SettingsRefused, match="Field required"):
        load_settings(_changed(tmp_path, line, ""))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://localhost:9000", "http://login.example"),
        ('["PS256"]', '["none"]'),
        ('["PS256"]', "[]"),
        ("sqlite+aiosqlite:///data/index.sqlite", "sqlite+aiosqlite:///:memory:"),
        ("sqlite+aiosqlite:///data/index.sqlite", "mysql://db/index"),
        ('"dealt"', '"either"'),
        ('"in-process"', '"separate"'),
    ],
)
def test_an_unsafe_value_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(SettingsRefused):
        load_settings(_changed(tmp_path, old, new))


def test_settings_do_not_change(tmp_path: Path) -> None:
    settings = load_settings(write_settings(tmp_path))
    with pytest.raises(ValidationError):
        setattr(settings, "port", 1)  # noqa: B010 - mypy knows that it is frozen


def test_a_password_is_neither_shown_nor_echoed(tmp_path: Path) -> None:
    assert "geheim" not in repr(load_settings(write_settings(tmp_path, POSTGRES)))
    with pytest.raises(SettingsRefused) as refused:
        load_settings(write_settings(tmp_path, "mysql://web:geheim@db/index"))
    assert "geheim" not in str(refused.value)


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNAL_INDEX_PORT", "9999")
    assert load_settings(write_settings(tmp_path)).port == 9999


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="cannot be read"):
        load_settings(tmp_path / "none.toml")


TRIAL = "unwitnessed_until = 2099-12-31\n"
KEYS = [
    WitnessKey(f"w{number}.example", bytes([number]) * 32).encode() for number in (1, 2)
]


def _witnessed(folder: Path, *keys: str, quorum: str = "", trial: str = "") -> Path:
    path = _changed(folder, TRIAL, trial + quorum)
    tables = [f'[[witnesses]]\nkey = "{k}"\nurl = "https://w.example"\n' for k in keys]
    path.write_text(path.read_text() + "\n" + "\n".join(tables))
    return path


def test_who_must_cosign_is_read(tmp_path: Path) -> None:
    settings = load_settings(_witnessed(tmp_path, *KEYS, quorum="witness_quorum = 2\n"))
    assert [one.key for one in settings.witnesses] == KEYS
    assert settings.witness_quorum == 2
    assert settings.unwitnessed_until is None


@pytest.mark.parametrize(
    ("keys", "quorum", "trial"),
    [
        ([], "", ""),
        ([], "witnesses = []\n", ""),
        ([], "witness_quorum = 1\n", ""),
        (KEYS, "", ""),
        (KEYS, "witness_quorum = 0\n", ""),
        (KEYS, "witness_quorum = 3\n", ""),
        ([KEYS[0], KEYS[0]], "witness_quorum = 1\n", ""),
        (["not a key"], "witness_quorum = 1\n", ""),
        (KEYS, "witness_quorum = 1\n", TRIAL),
        ([], "witness_quorum = 1\n", TRIAL),
    ],
)
def test_a_ledger_without_witnesses_is_refused(
    tmp_path: Path, keys: list[str], quorum: str, trial: str
) -> None:
    with pytest.raises(SettingsRefused, match="witness"):
        load_settings(_witnessed(tmp_path, *keys, quorum=quorum, trial=trial))


def test_only_a_trial_with_a_dealt_key_goes_without(tmp_path: Path) -> None:
    assert load_settings(write_settings(tmp_path)).unwitnessed_until is not None
    with pytest.raises(SettingsRefused, match="only in a trial"):
        load_settings(_changed(tmp_path, '"dealt"', '"distributed"'))


def test_a_trial_that_is_over_does_not_start(tmp_path: Path) -> None:
    settings = load_settings(
        _changed(tmp_path, TRIAL, "unwitnessed_until = 2026-11-22\n")
    )
    verify_trial(settings, datetime(2026, 11, 22, 22, 59, tzinfo=UTC))
    with pytest.raises(SettingsRefused, match="the trial ended"):
        verify_trial(settings, datetime(2026, 11, 22, 23, tzinfo=UTC))

"""The settings of the index: strict, frozen, and silent about secrets."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from signal_index.errors import SettingsRefused
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

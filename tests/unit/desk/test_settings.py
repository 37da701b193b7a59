"""Settings and key files: what the desk refuses to start with, and why it says so."""

import json
import stat
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from desk.app import create_app
from desk.commands import app
from desk.errors import SettingsRefused
from desk.key_files import ClientAlgorithm, create_keys, read_client_key
from desk.settings import load_settings
from tests.desk_builders import Town, some_town
from tests.holders_builders import FakeClock


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return some_town(tmp_path)


def change(town: Town, old: str, new: str) -> Path:
    path = town.folder / "desk.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"http://localhost:8000"', '"http://desk.example.nl"', "base_url"),
        ('"http://localhost:8200"', '"ftp://index"', "index_url"),
        ('accepted_key_origin = "dealt"', "", "accepted_key_origin"),
        ('"00000001800000009901"', '"123"', "organisation"),
        ("port = 8000", "port = 8000\nsafety = false", "safety"),
        ('token_algorithms = ["Ed25519"]', 'token_algorithms = ["none"]', "algorithms"),
        ("port = 8000", "port = 8000\ncase_reference_pattern = '[0-9]+'", "pattern"),
        ("port = 8000", "port = 8000\ncase_reference_pattern = '('", "pattern"),
        ("port = 8000", "port = ", "desk.toml"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(
    town: Town, old: str, new: str, reason: str
) -> None:
    with pytest.raises(SettingsRefused, match=reason):
        load_settings(change(town, old, new))


def test_the_environment_wins_over_the_file(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNAL_DESK_PORT", "8123")
    assert town.settings.port == 8123


def test_paths_are_relative_to_the_file(town: Town) -> None:
    assert town.settings.pins == town.folder / "pins.json"
    assert town.settings.database.endswith(str(town.folder / "desk.sqlite3"))


@pytest.mark.parametrize(
    "name", ["request-key.jwk", "oidc-client.jwk", "case-reference.key"]
)
def test_a_key_file_that_others_may_read_stops_the_start(town: Town, name: str) -> None:
    (town.folder / name).chmod(0o644)
    with pytest.raises(SettingsRefused, match=name):
        create_app(town.settings, FakeClock())


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("pins.json", "{}"),
        ("pins.json", '{"pins": []}'),
        ("receipt.public.jwk", "{}"),
        ("checkpoint.vkey", "nothing"),
        ("case-reference.key", "short"),
        ("oidc-client.jwk", "{}"),
        ("request-key.jwk", "{}"),
    ],
)
def test_a_file_of_another_form_stops_the_start(
    town: Town, name: str, contents: str
) -> None:
    (town.folder / name).write_text(contents)
    with pytest.raises(SettingsRefused):
        create_app(town.settings, FakeClock())


@pytest.mark.parametrize("algorithm", get_args(ClientAlgorithm))
def test_private_keys_are_for_their_owner_and_public_ones_hold_no_secret(
    tmp_path: Path, algorithm: ClientAlgorithm
) -> None:
    for path in create_keys(tmp_path / "keys", algorithm):
        mode = stat.S_IMODE(path.stat().st_mode)
        public = ".public." in path.name
        assert public or mode == 0o600
        assert not public or '"d"' not in path.read_text()
    assert read_client_key(tmp_path / "keys" / "oidc-client.jwk").alg == algorithm


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    command = ["keys", "create", "--into", str(tmp_path), "--client-algorithm", "ES256"]
    assert CliRunner().invoke(app, command).exit_code == 0
    before = (tmp_path / "request-key.jwk").read_bytes()
    assert CliRunner().invoke(app, command).exit_code == 1
    assert (tmp_path / "request-key.jwk").read_bytes() == before


def test_serving_with_wrong_settings_ends_with_the_reason(tmp_path: Path) -> None:
    missing = str(tmp_path / "desk.toml")
    result = CliRunner().invoke(app, ["serve", "--settings", missing])
    assert result.exit_code == 1
    assert "No such file" in result.output


def test_the_public_request_key_is_what_holders_register(tmp_path: Path) -> None:
    create_keys(tmp_path, "ES256")
    public = json.loads((tmp_path / "request-key.public.jwk").read_text())
    assert public.keys() == {"kty", "crv", "kid", "x"}

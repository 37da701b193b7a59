"""The command line: exit codes, and what is said."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sources.__main__ import app
from tests.sources_builders import PROFILE, a_row, a_wrong_number, write_rows
from tests.unit.sources.test_agency_keys_and_settings import SETTINGS

runner = CliRunner()


@pytest.fixture
def profile(tmp_path: Path) -> str:
    path = tmp_path / "profile.toml"
    path.write_text(PROFILE)
    return str(path)


def test_a_check_says_what_would_be_sent_and_what_not(
    tmp_path: Path, profile: str
) -> None:
    file = write_rows(
        tmp_path / "f.csv", [a_row(), a_row(Zaak="Z-2", BSN=a_wrong_number())]
    )
    rejects = tmp_path / "rejects.csv"
    found = runner.invoke(
        app,
        ["check", str(file), "--profile", profile, "--rejects", str(rejects), "--json"],
    )
    assert found.exit_code == 0
    assert json.loads(found.stdout) == {
        "read": 2,
        "rejected": 1,
        "wouldSend": {"bijstand": 1},
        "reasons": {"bsn-invalid": 1},
    }
    assert "11-proef" in rejects.read_text("utf-8-sig")


def test_a_check_leaves_nothing_behind(tmp_path: Path, profile: str) -> None:
    file = write_rows(tmp_path / "f.csv", [a_row()])
    before = set(tmp_path.iterdir())
    runner.invoke(app, ["check", str(file), "--profile", profile])
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("missing", ["file", "profile"])
def test_what_is_not_usable_exits_with_two(
    tmp_path: Path, profile: str, missing: str
) -> None:
    file = write_rows(tmp_path / "f.csv", [a_row()])
    given = {"file": str(file), "profile": profile} | {missing: str(tmp_path / "no")}
    found = runner.invoke(app, ["check", given["file"], "--profile", given["profile"]])
    assert found.exit_code == 2
    assert "Traceback" not in found.output


def test_publishing_without_keys_exits_with_two(tmp_path: Path, profile: str) -> None:
    settings = tmp_path / "agency.toml"
    settings.write_text(SETTINGS)
    file = write_rows(tmp_path / "f.csv", [a_row()])
    found = runner.invoke(
        app, ["publish", str(file), "--settings", str(settings), "--profile", profile]
    )
    assert found.exit_code == 2
    assert "Traceback" not in found.output


def test_keys_create_says_what_to_register(tmp_path: Path) -> None:
    given = ["keys", "create", "--into", str(tmp_path / "k"), "--name", "a"]
    found = runner.invoke(app, [*given, "--client-algorithm", "Ed25519"])
    assert found.exit_code == 0
    assert "notice-key.public.jwk" in found.stdout
    assert runner.invoke(app, given).exit_code == 2


def test_a_population_is_written_where_asked(tmp_path: Path) -> None:
    found = runner.invoke(
        app, ["population", "--size", "30", "--out", str(tmp_path / "town")]
    )
    assert found.exit_code == 0
    assert len(list((tmp_path / "town").iterdir())) == 5

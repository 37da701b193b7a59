"""The command line: exit codes, and what is said."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sources.__main__ import app
from sources.handing_over import Party
from tests.sources_builders import PROFILE, a_number, a_row, a_wrong_number, write_rows
from tests.unit.sources.test_agency_keys_and_settings import SETTINGS

runner = CliRunner()


@pytest.fixture
def profile(tmp_path: Path) -> str:
    path = tmp_path / "profile.toml"
    path.write_text(PROFILE)
    return str(path)


def test_check_says_where_every_row_goes_and_warns_when_most_are_not_begun(
    tmp_path: Path, profile: str
) -> None:
    waiting = [a_row(Zaak=f"Z-{n}", Stand="aanvraag") for n in range(2, 6)]
    over = a_row(Zaak="Z-9", Stand="dicht", Eind="2026-02-01")
    wrong = a_row(Zaak="Z-8", Stand="Open ")
    file = write_rows(tmp_path / "f.csv", [a_row(), over, wrong, *waiting])
    said = runner.invoke(app, ["check", str(file), "--profile", profile]).stdout
    assert (
        "Gelezen: 7. Zou versturen: 1. Ongewijzigd: 0. Afgelopen: 1. "
        "Nog niet begonnen: 4. Afgewezen: 1." in said
    )
    assert "de meeste records" in said
    assert "1 x Stand: Deze code staat niet in het profiel." in said
    assert "met haar betekenis in het profiel. Regel 4." in said


def test_check_says_that_a_file_would_not_be_heard(
    tmp_path: Path, profile: str
) -> None:
    wrong = [a_row(Zaak=f"Z-{n}", BSN=a_wrong_number()) for n in range(2, 5)]
    file = write_rows(tmp_path / "f.csv", [a_row(), *wrong])
    words = ["check", str(file), "--profile", profile]
    said = runner.invoke(app, words)
    assert (said.exit_code, "niet als gehoord" in said.stdout) == (1, True)
    told = json.loads(runner.invoke(app, [*words, "--json"]).stdout)
    assert told["hearing"] == "unheard"


def test_check_asks_what_a_first_delivery_would_be_held_for(tmp_path: Path) -> None:
    """Nothing to compare with is no reason to promise that all goes out."""
    (tmp_path / "profile.toml").write_text(PROFILE)
    rows = [
        a_row(Zaak=f"Z-{n}", BSN=a_number(n), Telefoon=f"06 1234 {5000 + n}")
        for n in range(1, 24)
    ]
    file = write_rows(tmp_path / "export.csv", rows)
    words = ["check", str(file), "--profile", str(tmp_path / "profile.toml")]
    said = runner.invoke(app, words)
    assert said.exit_code == 1
    assert "23 verschillende telefoonnummers" in said.stdout
    assert "wacht deze levering op uw antwoord" in said.stdout
    told = json.loads(runner.invoke(app, [*words, "--json"]).stdout)
    assert told["findings"] == [{"finding": "other-numbers", "count": 23, "of": 23}]


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
        "ended": 0,
        "notBegun": 0,
        "notBegunTold": 0,
        "ignored": 0,
        "unchanged": 0,
        "contacts": 0,
        "wouldSend": {"bijstand": 1},
        "wouldWithdraw": 0,
        "reasons": {"bsn-invalid": 1},
        "findings": [],
        "awaited": {
            "withoutFlag": 0,
            "formerPerson": 0,
            "formerKind": 0,
            "rejected": 0,
        },
        "hearing": "heard",
        "unfit": [],
        "endsUnread": [],
        "statusUnread": [],
        "openThoughOver": 0,
        "indexAsked": None,
        "registeredOn": None,
        "refused": "",
        "passed": [],
        "compared": None,
    }
    assert "kan geen BSN zijn" in rejects.read_text("utf-8-sig")


def test_the_first_lines_that_were_rejected_are_said_and_how_many_more(
    tmp_path: Path, profile: str
) -> None:
    wrong = [a_row(Zaak=f"Z-{n}", BSN=a_wrong_number()) for n in range(2, 11)]
    file = write_rows(tmp_path / "f.csv", [a_row(), *wrong])
    said = runner.invoke(app, ["check", str(file), "--profile", profile]).stdout
    assert "Regel 3, 4, 5, 6, 7, 8 en nog 3 (alle: in het bestand" in said
    assert a_wrong_number() not in said


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
    for party in Party:
        assert f"{party.public} aan {party}" in " ".join(found.stdout.split())
        assert (tmp_path / "k" / party.public).is_file()
    assert runner.invoke(app, given).exit_code == 2


def test_a_population_is_written_where_asked(tmp_path: Path) -> None:
    found = runner.invoke(
        app, ["population", "--size", "30", "--out", str(tmp_path / "town")]
    )
    assert found.exit_code == 0
    assert len(list((tmp_path / "town").iterdir())) == 5


def test_all_and_changes_alone_cannot_both_be_asked(tmp_path: Path) -> None:
    (tmp_path / "agency.toml").write_text(SETTINGS)
    (tmp_path / "p.toml").write_text(PROFILE)
    words = ["publish", "x.csv", "--full", "--delta", "--settings"]
    words += [str(tmp_path / "agency.toml"), "--profile", str(tmp_path / "p.toml")]
    said = CliRunner().invoke(app, words)
    assert (said.exit_code, "niet allebei" in said.stderr) == (2, True)

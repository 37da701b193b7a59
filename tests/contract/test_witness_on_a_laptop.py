"""An officer's laptop witnesses a ledger from files, without a server."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from signal_index.cli.commands import app
from signal_index.proof import verify_checkpoint, verify_quorum
from signal_index.witness.keys import read_cosigner
from tests.ledger_builders import every_tile
from tests.witness_builders import LOG, a_note, a_request, leaves


def export(folder: Path, size: int, branch: str = "") -> Path:
    """Write a ledger's tiles as an export has them, entries left out."""
    hashes = leaves(size, branch)
    for (level, position), tile in every_tile(hashes).items():
        width = "" if len(tile) == 256 else f".p/{len(tile)}"
        path = folder / f"tile/{level}/{position:03d}{width}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(tile))
    (folder / "checkpoint").write_text(a_note(size, branch))
    return folder


def sign(folder: Path, place: Path) -> tuple[int, str]:
    done = CliRunner().invoke(
        app,
        ["witness", "sign", str(place), "--state", str(folder), "--log", LOG.encode()],
    )
    return done.exit_code, done.output


@pytest.fixture
def laptop(tmp_path: Path) -> Path:
    folder = tmp_path / "laptop"
    arguments = ["witness", "create", str(folder), "--name", "officer.example"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    assert (folder / "witness.vkey").read_text() == done.output
    return folder


def test_a_laptop_cosigns_exports_that_grow(tmp_path: Path, laptop: Path) -> None:
    key = read_cosigner(laptop / "witness.key").public
    for size in (7, 300, 1000):
        code, note = sign(laptop, export(tmp_path / str(size), size))
        assert code == 0
        assert verify_checkpoint(note, [LOG]).size == size
        assert verify_quorum(note, [key], 1).names == ["officer.example"]


def test_a_laptop_refuses_a_forked_and_a_shorter_ledger(
    tmp_path: Path, laptop: Path
) -> None:
    assert sign(laptop, export(tmp_path / "first", 300))[0] == 0
    assert sign(laptop, export(tmp_path / "forked", 600, "forged "))[0] == 1
    assert sign(laptop, export(tmp_path / "shorter", 200))[0] == 1


def test_a_laptop_cannot_judge_what_it_cannot_read(
    tmp_path: Path, laptop: Path
) -> None:
    assert sign(laptop, tmp_path / "nothing")[0] == 2
    whole = export(tmp_path / "whole", 300)
    assert sign(laptop, whole)[0] == 0
    grown = export(tmp_path / "grown", 900)
    (grown / "tile/0/001").unlink()
    assert sign(laptop, grown)[0] == 2
    (laptop / "memory.json").unlink()
    assert sign(laptop, whole)[0] == 2


def test_a_laptop_takes_the_request_of_a_server(tmp_path: Path, laptop: Path) -> None:
    request = tmp_path / "request"
    request.write_text(a_request(0, 12).encode())
    assert sign(laptop, request)[0] == 0
    request.write_text(a_request(12, 20, "forged ").encode())
    code, said = sign(laptop, request)
    assert code == 1
    assert said.startswith("Not cosigned: ")
    seen = json.loads((laptop / "memory.json").read_text())["seen"]
    assert seen[LOG.name].startswith(a_note(12))
    assert len(list((laptop / "refused").glob("growth-*.json"))) == 1

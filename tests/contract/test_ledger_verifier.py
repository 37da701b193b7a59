"""`signal-index verify` on exports and over HTTP: exit code and one plain sentence."""

import asyncio
import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from signal_index.cli.commands import app
from signal_index.errors import ExportRefused
from signal_index.ledger import CheckpointKey
from signal_index.proof import (
    NoteKey,
)
from signal_index.upkeep.export import export_year
from tests.ledger_world import LedgerWorld, a_ledger, key_of


def run(place: object, *options: str, key: NoteKey | None = None) -> Result:
    chosen = (key or key_of()).encode()
    return CliRunner().invoke(app, ["verify", str(place), "--key", chosen, *options])


@dataclass(frozen=True)
class Exports:
    """One ledger of 600 entries as a folder, as a file, and half of it earlier on."""

    folder: Path
    archive: Path
    early: Path

    @property
    def bundle(self) -> Path:
        return self.folder / "tile" / "entries" / "001"


def some_exports(folder: Path) -> Exports:
    return Exports(folder / "ledger", folder / "ledger.zip", folder / "early")


async def export(world: LedgerWorld, into: Path, year: int = 2026) -> None:
    await export_year(
        world.owner, year, into, keys={}, progress=lambda _done, _size: None
    )


async def make_exports(folder: Path) -> None:
    made = some_exports(folder)
    async with a_ledger(f"sqlite+aiosqlite:///{folder}/ledger.db", folder) as world:
        await world.record_some(range(1, 300))
        await world.sequence()
        await export(world, made.early)
        await world.record_some(range(300, 600))
        await world.sequence()
        await export(world, made.folder)
        await export(world, made.archive)
        with pytest.raises(ExportRefused):
            await export(world, made.folder)
        with pytest.raises(ExportRefused):
            await export(world, folder / "no", 2020)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger") / "made"
    folder.mkdir()
    asyncio.run(make_exports(folder))
    return folder


@pytest.fixture
def exports(once: Path, tmp_path: Path) -> Exports:
    return some_exports(shutil.copytree(once, tmp_path / "made"))


def test_an_export_holds(exports: Exports) -> None:
    for place in (exports.folder, exports.archive, exports.early):
        result = run(place)
        assert result.exit_code == 0, result.output
        assert "every entry is as it was recorded" in result.output


def test_the_json_says_what_was_verified(exports: Exports) -> None:
    kept = str(exports.early / "checkpoint")
    result = run(exports.archive, "--json", "--earlier", kept, "--year", "2026")
    facts = json.loads(result.output)
    assert facts["verified"] is True
    assert facts["entries"] == 600
    assert facts["kinds"] == {"first-leaf": 1, "lookup": 599}
    assert facts["earlierCheckpoints"] == 1


def test_one_key_file_serves_every_year(exports: Exports) -> None:
    assert run(exports.folder, key=key_of(2031)).exit_code == 0


def test_another_year_than_asked_for_is_false(exports: Exports) -> None:
    assert run(exports.folder, "--year", "2025").exit_code == 1


def test_another_key_is_false(exports: Exports) -> None:
    stranger = NoteKey(key_of().name, CheckpointKey(b"\x09" * 32).public)
    result = run(exports.folder, key=stranger)
    assert result.exit_code == 1
    assert "False: no key that we were given signed this." in result.output


def test_a_changed_entry_is_false(exports: Exports) -> None:
    data = exports.bundle.read_bytes()
    exports.bundle.write_bytes(data.replace(b"9901", b"9902", 1))
    result = run(exports.folder, "--json")
    assert result.exit_code == 1
    facts = json.loads(result.output)
    assert facts["verified"] is False
    assert "entry 256 was changed" in facts["sentence"]


@pytest.mark.parametrize(
    "path", ["tile/0/001", "tile/1/000.p/2", "tile/0/002.p/88", "tile/entries/001"]
)
def test_a_missing_part_cannot_be_judged(exports: Exports, path: str) -> None:
    (exports.folder / path).unlink()
    result = run(exports.folder)
    assert result.exit_code == 2
    assert result.output.startswith("Cannot judge: ")


@pytest.mark.parametrize("path", ["tile/0/001", "tile/1/000.p/2", "tile/0/002.p/88"])
def test_a_changed_tile_is_false(exports: Exports, path: str) -> None:
    data = bytearray((exports.folder / path).read_bytes())
    data[7] ^= 1
    (exports.folder / path).write_bytes(data)
    assert run(exports.folder).exit_code == 1


def test_an_older_export_is_a_rollback_to_whoever_kept_more(
    exports: Exports,
) -> None:
    kept = str(exports.folder / "checkpoint")
    result = run(exports.early, "--earlier", kept)
    assert result.exit_code == 1
    assert "rolled back" in result.output


def test_a_damaged_file_cannot_be_judged(exports: Exports) -> None:
    exports.archive.write_bytes(exports.archive.read_bytes()[:-50])
    assert run(exports.archive).exit_code == 2


@pytest.mark.parametrize("place", range(100, 4000, 300))
def test_a_damaged_member_is_no_verdict_that_it_holds(
    exports: Exports, place: int
) -> None:
    data = bytearray(exports.archive.read_bytes())
    data[place] ^= 0x55
    exports.archive.write_bytes(data)
    assert run(exports.archive).exit_code in {1, 2}


def test_a_member_that_is_too_large_cannot_be_judged(exports: Exports) -> None:
    with zipfile.ZipFile(exports.archive, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("checkpoint", bytes(20_000_000))
    assert run(exports.archive).exit_code == 2


def test_a_key_file_that_cannot_be_named_cannot_be_judged(exports: Exports) -> None:
    result = CliRunner().invoke(
        app, ["verify", str(exports.folder), "--key", "k" * 5000]
    )
    assert result.exit_code == 2
    assert "a key is not name+id+key" in result.output


def test_no_ledger_cannot_be_judged(tmp_path: Path) -> None:
    assert run(tmp_path).exit_code == 2
    assert run(tmp_path / "nothing.zip").exit_code == 2
    assert run("http://127.0.0.1:9/ledger").exit_code == 2


def test_a_key_that_is_none_cannot_be_judged(exports: Exports) -> None:
    result = CliRunner().invoke(
        app, ["verify", str(exports.folder), "--key", "nonsense"]
    )
    assert result.exit_code == 2


def test_a_checkpoint_that_is_none_cannot_be_judged(exports: Exports) -> None:
    (exports.folder / "checkpoint").write_bytes(b"\xff\xfe")
    assert run(exports.folder).exit_code == 2


class _Quiet(SimpleHTTPRequestHandler):
    hidden = "/none"

    def do_GET(self) -> None:
        if self.path.startswith(self.hidden) and "Authorization" not in self.headers:
            self.send_error(401)
            return
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class _EntriesHidden(_Quiet):
    hidden = "/tile/entries/"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = partial(_EntriesHidden, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_public_tiles_hold_without_the_entries(exports: Exports) -> None:
    with served(exports.folder) as url:
        result = run(url)
    assert result.exit_code == 0, result.output
    assert "not shown, only their hashes" in result.output


def test_an_auditor_reads_the_entries_too(exports: Exports, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    with served(exports.folder) as url:
        result = run(url, "--token-file", str(tmp_path / "token"), "--json")
    assert json.loads(result.output)["entriesRead"] is True


def test_changed_public_tiles_are_false(exports: Exports) -> None:
    (exports.folder / "tile/0/002.p/88").write_bytes(bytes(88 * 32))
    with served(exports.folder) as url:
        assert run(url).exit_code == 1

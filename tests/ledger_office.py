"""An index as its operator has it: its commands, and a database to copy or edit."""

import asyncio
import atexit
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from typer.testing import CliRunner, Result

from keys.successor import KeyUse
from signal_index import clock
from signal_index.cli.commands import app
from signal_index.key_files import load_year_keys
from signal_index.ledger import open_disclosures
from signal_index.proof import Group, JsonObject, parse_disclosure
from signal_index.settings import load_settings
from signal_index.signing_files import PINNED, load_checkpoint_keys
from signal_index.store.connect import open_engine
from signal_index.upkeep.sequencer import Sequencer, sequence_once, verify_start
from signal_index.witness.settings import read_keys
from tests.store_builders import an_oin, write_settings
from tests.witness_builders import COSIGNER, a_watch

OLD, NEW = "index.example/ledger", "index.example/ledger-2"
YEAR = str(clock.now().year)
WITNESS = ("--witness", COSIGNER.public.encode())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@dataclass
class Office:
    """An index whose operator can do whatever SQL and a file editor can.

    `is_watched`: a witness, which the operator cannot touch, is asked to cosign.
    """

    file: Path
    is_watched: bool = False
    watchtower: Path | None = field(default=None)

    @property
    def witness_folder(self) -> Path:
        """Where the witness keeps what it saw: out of the operator's reach."""
        return self.watchtower or self.file.parent

    @property
    def database(self) -> Path:
        return self.file.parent / "data" / "index.sqlite"

    def register(self, number: int) -> None:
        town = "--name Voorbeeldstad --kind municipality --municipality 9901"
        command = f"organisation add {an_oin(number)} {town}"
        result = run(*command.split(), "--settings", self.file)
        assert result.exit_code == 0, result.output

    def sequence(self, now: datetime | None = None, log: Path | None = None) -> int:
        """Sign what is recorded, at a moment; `log`: our key as the witness has it."""
        return asyncio.run(self._sequence(now or clock.now(), log))

    async def _sequence(self, now: datetime, log: Path | None) -> int:
        settings = load_settings(self.file)
        engine = open_engine(settings.database_url, None)
        place = log or settings.keys / PINNED[KeyUse.CHECKPOINT]
        (key,) = read_keys([str(place)], Path(), print, None)
        try:
            async with a_watch(
                self.witness_folder, clock=lambda: now, log_key=key
            ) as watch:
                sequencer = Sequencer(
                    engine,
                    load_checkpoint_keys(settings.keys, now),
                    settings.ledger_origin,
                    settings.checkpoint_file,
                    watch.asked if self.is_watched else None,
                )
                await verify_start(sequencer, now=now)
                return await sequence_once(sequencer, now=now)
        finally:
            await engine.dispose()

    def rename(self) -> None:
        text_ = self.file.read_text().replace(f'"{OLD}"', f'"{NEW}"')
        self.file.write_text(text_)

    def succeed(self, old: str = OLD) -> Result:
        decision = ["--from", old, "--by", "privacy-officer", "--on", "2026-11-22"]
        return run("ledger", "succeed", *decision, "--settings", self.file)

    def export(self, into: Path, *options: str) -> Path:
        year = ["--year", YEAR, "--into", str(into)]
        done = run("export", "--settings", self.file, *year, *options)
        assert done.exit_code == 0, done.output
        return into

    def verify(
        self, place: Path, *options: object, key_file: str = PINNED[KeyUse.CHECKPOINT]
    ) -> Result:
        key = load_settings(self.file).keys / key_file
        return run("verify", place, "--key", key, "--json", *options)

    def recorded(self) -> list[JsonObject]:
        """Give group `what` of every entry of kind `witness`."""
        keys = load_year_keys(load_settings(self.file).keys)
        rows = sqlite3.connect(self.database).execute(
            "SELECT e.entry_id, e.year, d.sealed FROM ledger_entry e "
            "JOIN ledger_disclosure d ON d.entry_id = e.entry_id "
            "WHERE e.kind = 'witness'"
        )
        found = []
        for entry, year, sealed in rows:
            key = keys.get_disclosure_key(year)
            texts = open_disclosures(UUID(entry), sealed, key=key)
            found.append(parse_disclosure(texts[Group.WHAT]).value or {})
        return found

    def edit(self, *statements: str) -> None:
        """Do with SQL what the operator of the database can: triggers go first."""
        with sqlite3.connect(self.database) as conn:
            found = conn.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
            for (name,) in found.fetchall():
                conn.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                conn.execute(statement)
        conn.close()

    def rehash(self, position: int) -> None:
        """Make the hash of a leaf fit what its entry now says."""
        with sqlite3.connect(self.database) as conn:
            (leaf,) = conn.execute(
                "SELECT e.leaf FROM ledger_entry e JOIN ledger_leaf l "
                "ON l.entry_id = e.entry_id WHERE l.position = ?",
                (position,),
            ).fetchone()
            conn.execute(
                "UPDATE ledger_leaf SET leaf_hash = ? WHERE position = ?",
                (sha256(b"\x00" + leaf).digest(), position),
            )
        conn.close()

    def copy_away(self, into: Path) -> None:
        """Copy the database to another place."""
        self.settle()
        shutil.copy(self.database, into)

    def put_back(self, copy: Path) -> None:
        """Put a copy of the database in the place of the present one."""
        self.settle()
        shutil.copy(copy, self.database)

    def settle(self) -> None:
        """Let SQLite write everything into its one file."""
        with sqlite3.connect(self.database) as conn:
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.close()
        for beside in ("-wal", "-shm"):
            name = self.database.name + beside
            self.database.with_name(name).unlink(missing_ok=True)

    def forget_what_was_signed(self) -> None:
        """Delete the checkpoint file, as an operator who means it would."""
        load_settings(self.file).checkpoint_file.unlink()


def an_office(folder: Path, *, is_watched: bool = False) -> Office:
    """Give an index with its first entries in the tree, of three organisations.

    A copy of one that is made once: every path in its settings is relative.
    """
    shutil.copytree(_template(is_watched), folder, dirs_exist_ok=True)
    return Office(folder / "index.toml", is_watched, folder / "witness")


@cache
def _template(is_watched: bool) -> Path:  # noqa: FBT001 - the key of the cache
    folder = Path(tempfile.mkdtemp(prefix="signal-index-office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "witness").mkdir()
    made = Office(write_settings(folder), is_watched, folder / "witness")
    for command in ("migrate", "keys create"):
        done = run(*command.split(), "--settings", made.file)
        assert done.exit_code == 0, done.output
    for number in (1, 2, 3):
        made.register(number)
    made.sequence()
    made.settle()
    return folder

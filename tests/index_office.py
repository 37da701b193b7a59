"""A folder with an index's settings, and `signal-index` run in it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from typer.testing import CliRunner

from signal_index.cli.commands import app
from signal_index.notice import (
    new_notice_key,
)
from tests.store_builders import an_oin, write_settings

LOAD = f"""
[[organisation]]
oin = "{an_oin(1)}"
name = "Gemeente Voorbeeldstad"
kind = "municipality"
municipality = "9901"

[[organisation]]
oin = "{an_oin(2)}"
name = "Werk en Inkomen"
kind = "source-agency"
municipality = "9901"

[[client]]
id = "desk"
kind = "person-facing"
organisation = "{an_oin(1)}"

[[signer]]
organisation = "{an_oin(2)}"
jwk = "signer.public.jwk"

[[source]]
oin = "{an_oin(2)}"
kind = "income-support"
categories = ["bijstand"]
municipalities = ["9901"]
rhythm_days = 7

[[purpose]]
id = "wmo-onderzoek"
municipality = "9901"
by = "college"
on = 2026-01-01
"""


class Office:
    """A folder with settings, and the command line run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = write_settings(folder)
        public = new_notice_key("signer-1").encode_public()
        (folder / "signer.public.jwk").write_bytes(public)
        (folder / "load.toml").write_text(LOAD)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run one command; gives its exit code and all that it said."""
        done = CliRunner().invoke(app, [*arguments, "--settings", str(self.settings)])
        return done.exit_code, done.output

    def answer(self, typed: str, *arguments: str) -> tuple[int, str]:
        """Run one command that asks a question."""
        command = [*arguments, "--settings", str(self.settings)]
        done = CliRunner().invoke(app, command, input=f"{typed}\n")
        return done.exit_code, done.output

    def load(self) -> tuple[int, str]:
        return self.run("load", str(self.folder / "load.toml"))

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.folder / "data" / "index.sqlite")
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def have_signals(self, oin: str, count: int) -> None:
        """As a live source that published."""
        contact = uuid4().hex
        rows = [
            {
                "row_key": bytes([n]) * 16,
                "id": uuid4().hex,
                "reference": uuid4().hex,
                "source": oin,
                "contact": contact,
            }
            for n in range(count)
        ]
        with closing(sqlite3.connect(self.folder / "data" / "index.sqlite")) as found:
            found.execute("UPDATE source SET state = 'live'")
            found.execute(
                "INSERT INTO contact_holder VALUES (?, ?, '9901', '{}', '2026-01-01',"
                " '2026-01-01')",
                (contact, oin),
            )
            found.executemany(
                "INSERT INTO signal (row_key, id, seal, key_version, source,"
                " submitted_by, reference, version, notice_digest, category,"
                " municipality, contact_holder, valid_from, valid_until,"
                " informed_code, informed_on, state, confirmed_on) VALUES"
                " (:row_key, :id, zeroblob(32), 1, :source, :source, :reference, 1,"
                " zeroblob(32), 'bijstand', '9901', :contact, '2026-01-01',"
                " '2027-01-01', 'discussed', '2026-01-01', 'active', '2026-01-01')",
                rows,
            )
            found.commit()

    def kinds(self) -> list[str]:
        rows = self.ask("SELECT kind FROM ledger_entry ORDER BY recorded_at")
        return [str(row[0]) for row in rows]

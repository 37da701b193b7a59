"""Everybody who takes part when an agency joins, each driven by its own command.

    parties = found_parties(tmp_path)
    parties.invite(); parties.join(); parties.accept(); parties.accept_at(1)

Index on SQLite, three holders' folders with a dealt key, an agency; no process runs.
"""

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import ClassVar

from typer import Typer
from typer.testing import CliRunner, Result

from keys import clock
from keys.commands import app as keys_app
from signal_index.cli.commands import app as index_app
from sources.__main__ import app as source_app
from tests.dealing import Dealing
from tests.dealing_files import write_dealing
from tests.holders_builders import some_dealing
from tests.store_builders import write_settings

OIN = "00000001000000000042"
NAME = "Kredietbank Voorbeeld"
CLIENT = "source-kredietbank"
HOLDERS = (1, 2, 3)
_HOLDER = """holder = "holder-{index}"
audience = "https://index.example"
host = "127.0.0.1"
port = 0
accepted_origin = "dealt"
key_config = "key-config.json"
pins = "pins.json"
share = "share.json"
passphrase = "../passphrases/holder-{index}"
together_until = {until}
ticket_key = "ticket.key"
index_key = "../../keys/receipt.public.jwk"
organisations = "organisations.toml"
database = "holder.db"
keep_days = 30
"""
_JOINING = """
[joining]
url = "https://index.example"
issuer = "https://login.example"
client_algorithm = "{algorithm}"

[[joining.holders]]
id = "holder-1"
url = "http://localhost:8101"

[[joining.holders]]
id = "holder-2"
url = "http://localhost:8102"

[[joining.holders]]
id = "holder-3"
url = "http://localhost:8103"
"""


@cache
def _dealt() -> tuple[Path, Dealing]:
    """Deal once for all tests of a process."""
    folder = Path(mkdtemp(prefix="signal-index-dealt-")) / "keys"
    dealing = some_dealing(clock.now())
    write_dealing(folder, dealing)
    return folder, dealing


def run(app: Typer, *arguments: object, typed: str = "") -> Result:
    """Run one command as a person would, with what this person types."""
    return CliRunner().invoke(app, [str(one) for one in arguments], input=f"{typed}\n")


def find_fingerprint(result: Result) -> str:
    found = re.findall(r"(?:[A-Z2-7]{4}-){4}[A-Z2-7]{4}", result.output)
    assert len(found) == 1, result.output
    return str(found[0])


@dataclass
class Parties:
    """One index, three holders, one agency; and what each told by telephone."""

    folder: Path
    dealing: Dealing
    told: dict[str, str] = field(default_factory=dict)

    index_app: ClassVar[Typer] = index_app
    source_app: ClassVar[Typer] = source_app

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """What the index's database says."""
        with closing(sqlite3.connect(self.folder / "data" / "index.sqlite")) as found:
            return found.execute(statement).fetchall()

    def change_invitations(self, statement: str) -> None:
        with closing(sqlite3.connect(self.folder / "data" / "index.sqlite")) as found:
            found.execute(statement)
            found.commit()

    @property
    def invitation(self) -> Path:
        return self.folder / "invitation.json"

    @property
    def agency(self) -> Path:
        return self.folder / "agency"

    @property
    def request(self) -> Path:
        return self.agency / "joining" / "request.json"

    @property
    def acceptances(self) -> Path:
        return self.agency / "joining" / "acceptances"

    @property
    def index_key(self) -> Path:
        return self.folder / "keys" / "receipt.public.jwk"

    def holder(self, index: int) -> Path:
        return self.folder / "holders" / f"holder-{index}"

    def index(self, *arguments: object, typed: str = "") -> Result:
        settings = ("--settings", self.folder / "index.toml")
        return run(index_app, *arguments, *settings, typed=typed)

    def invite(self, *changed: str, oin: str = OIN, into: str = "") -> Result:
        options = {
            "--name": NAME,
            "--client-id": CLIENT,
            "--kind": "debt-help",
            "--category": "schuldhulpverlening",
            "--municipality": "9901",
            "--rhythm-days": "7",
            "--declared-caseload": "1200",
            "--into": str(self.folder / into) if into else str(self.invitation),
        }
        options |= dict(zip(changed[::2], changed[1::2], strict=True))
        done = self.index(
            "invite", oin, *(part for one in options.items() if one[1] for part in one)
        )
        if done.exit_code == 0:
            self.told["invitation"] = find_fingerprint(done)
        return done

    def join(self, told: str = "", into: str = "agency") -> Result:
        done = run(
            source_app,
            "join",
            self.invitation,
            "--into",
            self.folder / into,
            "--fingerprint",
            told or self.told["invitation"],
        )
        if done.exit_code == 0:
            self.told["request"] = find_fingerprint(done)
        return done

    def accept(self, told: str = "", request: Path | None = None) -> Result:
        return self.index(
            "accept",
            request or self.request,
            "--into",
            self._into("index.json"),
            "--fingerprint",
            told or self.told["request"],
        )

    def accept_at(
        self, index: int, told: str = "", request: Path | None = None
    ) -> Result:
        return run(
            keys_app,
            "organisation",
            "accept",
            request or self.request,
            "--settings",
            self.holder(index) / "holder.toml",
            "--index-key",
            self.index_key,
            "--into",
            self._into(f"holder-{index}.json"),
            "--fingerprint",
            told or self.told["request"],
        )

    def _into(self, name: str) -> Path:
        path = self.acceptances / name
        path.unlink(missing_ok=True)
        return path


def found_parties(folder: Path, algorithm: str = "Ed25519") -> Parties:
    """Everybody, before anybody was invited."""
    dealt, dealing = _dealt()
    shutil.copytree(dealt, folder / "holders")
    settings = write_settings(folder)
    with settings.open("a", encoding="utf-8") as file:
        file.write(_JOINING.format(algorithm=algorithm))
    (folder / "key-config.json").write_bytes(dealing.document)
    (folder / "pins.json").write_bytes(dealing.pins)
    parties = Parties(folder, dealing)
    for verb in (("migrate",), ("keys", "create")):
        done = parties.index(*verb)
        assert done.exit_code == 0, done.output
    for index in HOLDERS:
        began = dealing.config.valid_from.date()
        text = _HOLDER.format(index=index, until=began + timedelta(days=30))
        (parties.holder(index) / "holder.toml").write_text(text, "utf-8")
    return parties

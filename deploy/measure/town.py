"""The measured town: users and limits as an operator of this size would set them.

No desk runs, but for the screen: what is measured is the index, the holders and the
publisher. Lookups come as a case system sends them, with tickets and tokens of real
parties.
"""

import json
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from deploy.measure.budgets import (
    Users,
    count_persons,
    count_users,
    declare_caseloads,
)
from deploy.measure.load import Address
from deploy.measure.sizes import Sizes
from deploy.town.ceremony import read_key_config
from deploy.town.commands import run
from deploy.town.found import found_town, program
from deploy.town.parties import ACCOUNTS, TEAM, WITNESS, Account
from deploy.town.places import HOLDERS, Places, choose_places
from deploy.town.ports import Ports
from deploy.town.postgres import PostgresServer
from deploy.town.processes import Party, Processes, run_command
from deploy.town.run import (
    holder_parties,
    index_party,
    provider_party,
    upkeep_party,
    witness_party,
)
from deploy.town.settings_files import database_logins, write_toml
from keys.config import KeyConfig
from signal_index.key_files import destroy_row_key, list_row_keys


@dataclass(frozen=True)
class MeasuredIndex:
    """One running index: what it is called, where it listens, what it stores in."""

    name: str
    url: str
    database_url: str

    @property
    def address(self) -> Address:
        """Give where it listens."""
        parts = urlsplit(self.url)
        return Address(parts.hostname or "", parts.port or 0)


@dataclass(frozen=True)
class MeasuredTown:
    """Everything that a measurement needs of the running town."""

    places: Places
    server: PostgresServer
    processes: Processes
    ports: Ports
    users: Users

    @property
    def config(self) -> KeyConfig:
        """Give the key config as it is now: acts with the key are measured too."""
        return read_key_config(self.places.keys)

    @property
    def index(self) -> MeasuredIndex:
        """Give the index on PostgreSQL."""
        return MeasuredIndex("index", self.places.index_url, self.places.database_url)

    def run(self, command: Sequence[str], folder: Path) -> str:
        """Run `signal-…` to its end and give what it printed, as its servers run.

        From nothing where its start is measured too; where only the benchmark is tried,
        as a fork. Raises `PartyFailed`.
        """
        if self.processes.forks:
            return run(command, folder)
        name, *verb = command
        return run_command([program(name), *verb], folder)

    def holder(self, index: int) -> Address:
        """Give where a key holder listens."""
        return Address("127.0.0.1", self.places.holder_ports[index - 1])


@contextmanager
def running_measured_town(
    folder: Path, server: PostgresServer, sizes: Sizes
) -> Iterator[MeasuredTown]:
    """Found the town, start provider, holders and index, and stop all at the end."""
    with Ports() as ports:
        url = server.create_database("measured")
        places = choose_places(folder, ports, database_url=url)
        found_town(places)
        accounts = tuple(
            replace(ACCOUNTS[0], username=f"measured-{number:03d}")
            for number in range(count_users(sizes))
        )
        _add_accounts(places, accounts)
        _lead_apart(places)
        for index in HOLDERS:
            _set_limits(places.holder(index) / "organisations.toml", sizes)
        with _running(places, forks=sizes.forks) as processes:
            yield MeasuredTown(places, server, processes, ports, Users(accounts))


@contextmanager
def _running(places: Places, *, forks: bool) -> Iterator[Processes]:
    with Processes(places.folder, places.log, forks=forks) as processes:
        processes.start_together(
            [provider_party(places), witness_party(places), *holder_parties(places)]
        )
        processes.start(upkeep_party(places))
        processes.start_together([index_party(places)])
        yield processes


def subject_of(account: Account) -> str:
    """Give the name by which provider, holders and index know a user."""
    return f"employee-{account.username}"


def start_sqlite_index(town: MeasuredTown) -> MeasuredIndex:
    """Start a second index, on SQLite, with the same keys and registrations.

    Stop the first one before: two of them would share what one is measured with.
    """
    places, folder = town.places, town.places.folder / "index-sqlite"
    settings = tomllib.loads((places.index / "index.toml").read_text("utf-8"))
    second = replace(
        places,
        index_port=town.ports.hold(),
        database_url=f"sqlite+aiosqlite:///{folder / 'index.db'}",
    )
    settings |= {
        "keys": str(_copy_keys(places.index / "keys", folder / "keys")),
        "checkpoint_file": str(folder / "outside" / "checkpoint.json"),
        "port": second.index_port,
        "problem_base": f"{second.index_url}/v1/problems",
        "upkeep": "in-process",
    }
    for name in database_logins(places.database_url):
        del settings[name]
    settings |= database_logins(second.database_url)
    # The town's witness saw the first index's ledger, which has this name.
    witness = _make_witness(town, folder / "witness")
    settings["witnesses"] = [
        {
            "key": (folder / "witness" / "witness.vkey").read_text("utf-8").strip(),
            "url": witness.health.removesuffix("/health"),
        }
    ]
    write_toml(folder / "index.toml", settings)
    (folder / "outside").mkdir()
    registry = str(places.index / "registry.toml")
    for command in (["migrate"], ["load", registry]):
        town.run(["signal-index", *command, "--settings", "index.toml"], folder)
    party = replace(
        index_party(second),
        name="index-sqlite",
        command=[
            program("signal-index"),
            "serve",
            "--settings",
            str(folder / "index.toml"),
        ],
    )
    town.processes.start_together([witness, party])
    return MeasuredIndex(party.name, second.index_url, second.database_url)


def _copy_keys(keys: Path, into: Path) -> Path:
    """Copy the index's keys, of its row keys the newest: here no row stands yet."""
    into.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(keys, into)
    for number in list_row_keys(into)[:-1]:
        destroy_row_key(into, number)
    return into


def _make_witness(town: MeasuredTown, folder: Path) -> Party:
    """Make a witness that has seen no ledger yet, with a port of its own."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    create = ["signal-index", "witness", "create", "--name", WITNESS, str(folder)]
    town.run(create, folder.parent)
    settings, port = folder / "witness.toml", town.ports.hold()
    checkpoint_key = town.places.index / "keys" / "checkpoint.vkey"
    write_toml(
        settings,
        {
            "host": "127.0.0.1",
            "port": port,
            "key": "witness.key",
            "memory": "memory.json",
            "logs": [checkpoint_key.read_text("utf-8").strip()],
        },
    )
    command = [program("signal-index"), "witness", "serve"]
    serve = [*command, "--settings", str(settings)]
    return Party("witness-sqlite", serve, f"http://127.0.0.1:{port}/health")


def _add_accounts(places: Places, accounts: tuple[Account, ...]) -> None:
    """Register the users at the provider: copies of its first account."""
    path = places.provider / "town.json"
    town = json.loads(path.read_text("utf-8"))
    first = town["accounts"][0]
    town["accounts"] += [
        {**first, "username": account.username, "sub": subject_of(account)}
        for account in accounts
    ]
    path.write_text(json.dumps(town), "utf-8")


def _lead_apart(places: Places) -> None:
    """Let the upkeep be a process of its own, as on any PostgreSQL that works hard."""
    path = places.index / "index.toml"
    settings = tomllib.loads(path.read_text("utf-8"))
    write_toml(path, settings | {"upkeep": "separate"})


def _set_limits(path: Path, sizes: Sizes) -> None:
    """Set what these organisations need at a holder; a limit stays on every one.

    Each user keeps the town's 200 a day, and the team at least the town's limit.
    """
    caseloads, needed = declare_caseloads(sizes), count_persons(sizes) * 21 // 20
    registered = tomllib.loads(path.read_text("utf-8"))
    for organisation in registered["organisations"]:
        oin = organisation["oin"]
        if oin == TEAM and organisation["kind"] == "lookup":
            usual = organisation["per_organisation_per_day"]
            organisation["per_organisation_per_day"] = max(usual, needed)
        if oin in caseloads:
            organisation["declared_caseload"] = caseloads[oin]
    write_toml(path, registered)

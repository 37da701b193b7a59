"""Three key holders as real processes on loopback, each with its own files.

They are forks (`deploy.town.forks`): to start three Pythons takes seconds each time.
"""

import json
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from deploy.town.forks import start_fork
from deploy.town.ports import Ports
from deploy.town.readiness import NotReady, Process, wait_until_ready
from keys.client import HolderPlace, HolderTransport, Signer
from keys.holder.registering import add_organisation
from keys.quorum import Watch
from tests.dealing import Dealing, DealingPlan, deal_key
from tests.dealing_files import PASSPHRASES, write_dealing
from tests.holder_fakes import INDEX_KEY
from tests.holders_builders import (
    AUDIENCE,
    Organisation,
    a_lookup_organisation,
    a_source,
    an_auditor,
)

START_SECONDS = 30
ROOT = Path(__file__).parents[1]


@dataclass
class HolderProcesses:
    """A dealt key on disk and the processes that hold it."""

    folder: Path
    dealing: Dealing
    ports: Mapping[int, int]
    lookup: Organisation
    source: Organisation
    auditor: Organisation
    running: dict[int, Process] = field(default_factory=dict)

    def settings(self, index: int) -> Path:
        return self.folder / "keys" / f"holder-{index}" / "holder.toml"

    def log(self, index: int) -> str:
        return (self.folder / f"holder-{index}.log").read_text()

    def place(self, index: int) -> HolderPlace:
        return HolderPlace(f"holder-{index}", f"http://127.0.0.1:{self.ports[index]}")

    def transport(
        self, client: httpx.AsyncClient, organisation: Organisation, subject: str
    ) -> HolderTransport:
        signer = Signer(organisation.oin, subject, organisation.key)
        places = {index: self.place(index) for index in self.ports}
        return HolderTransport(client, places, signer, Watch(turn=0))

    def start(self, index: int) -> None:
        settings = str(self.settings(index))
        with (self.folder / f"holder-{index}.log").open("ab") as log:
            command = ["signal-keys", "serve", "--settings", settings]
            self.running[index] = start_fork(command, ROOT, log, log)

    def wait(self, index: int) -> None:
        health = f"{self.place(index).url}/v1/health"
        try:
            wait_until_ready(self.running[index], health)
        except NotReady as reason:
            said = f"holder {index} {reason}: {self.log(index)}"
            raise AssertionError(said) from None

    def stop(self, index: int, how: signal.Signals = signal.SIGTERM) -> int:
        process = self.running.pop(index)
        process.send_signal(how)
        return process.wait(timeout=START_SECONDS)

    def stop_all(self) -> None:
        for index in list(self.running):
            self.stop(index)


def prepare_holders(
    folder: Path,
    ports: Ports,
    *,
    per_user: int = 200,
    change: Callable[[Dealing], Dealing] = lambda dealing: dealing,
) -> HolderProcesses:
    """Deal a key into `folder`/keys and write settings and organisations beside it.

    `change` makes another one of what was dealt.
    """
    now = datetime.now(UTC)  # noqa: TID251 - processes live by the real clock
    plan = DealingPlan(
        holders=3,
        threshold=2,
        valid_from=now - timedelta(minutes=1),
        valid_until=now + timedelta(days=1),
    )
    dealing = change(deal_key(plan))
    write_dealing(folder / "keys", dealing)
    holders = HolderProcesses(
        folder,
        dealing,
        {index: ports.hold() for index in (1, 2, 3)},
        a_lookup_organisation(per_user=per_user),
        a_source(),
        an_auditor(),
    )
    for index in holders.ports:
        write_settings(holders, index, f"holder-{index}")
    return holders


def write_settings(holders: HolderProcesses, index: int, id_: str) -> None:
    """Write the settings of a holder at this place, and whom it knows."""
    path = holders.settings(index)
    settings = {
        "holder": id_,
        "audience": AUDIENCE,
        "host": "127.0.0.1",
        "port": holders.ports[index],
        "accepted_origin": holders.dealing.config.origin,
        "key_config": "key-config.json",
        "pins": "pins.json",
        "share": "share.json",
        "passphrase": f"../{PASSPHRASES}/holder-{index}",
        "together_until": str(holders.dealing.config.valid_until.date()),
        "ticket_key": "ticket.key",
        "index_key": "index.public.jwk",
        "organisations": "organisations.toml",
        "database": "holder.db",
        "keep_days": 30,
    }
    public = json.dumps(INDEX_KEY.public.jwk)
    path.with_name("index.public.jwk").write_text(public)
    # A JSON string or number is the TOML one as well.
    lines = (f"{name} = {json.dumps(value)}" for name, value in settings.items())
    path.write_text("\n".join(lines) + "\n")
    for organisation in (holders.lookup, holders.source, holders.auditor):
        add_organisation(path.with_name("organisations.toml"), organisation.entry)

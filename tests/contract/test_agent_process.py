"""The agent as a process: it receives, waits out an outage, stops at once, goes on."""

import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.town.commands import attempt, run
from deploy.town.forks import Fork, start_fork
from deploy.town.ports import Ports
from deploy.town.readiness import wait_until_ready
from sources.agency_keys import create_keys
from sources.intake.event_box import count_waiting
from sources.outbox.planning import count_work
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from tests.connector_formats import (
    CONTACTS,
    EVENTS,
    HEAD,
    SOURCE,
    Record,
    make_event,
)
from tests.keys_builders import pins_of, the_dealing
from tests.signed_events import KEY, public_of, sign
from tests.sources_builders import PROFILE, a_number
from tests.unit.sources.test_agency_keys_and_settings import SETTINGS

FEEDS = """
[[feeds]]
name = "zaken"
profile = "events.toml"

[[feeds]]
name = "bijstand"
profile = "csv.toml"
folder = "bijstand"
quiet_seconds = 1

[receiver]
host = "127.0.0.1"
port = {port}

[[receiver.senders]]
feed = "zaken"
jwk = "zaken.public.jwk"
sources = ["{source}"]
"""
SET_BY = ("--settings", "agency.toml")
RUN = ("signal-source", "run", *SET_BY)


@dataclass
class Agent:
    """A folder with everything an agency has, and the process that runs there."""

    folder: Path
    port: int
    process: Fork | None = None

    def start(self) -> None:
        with (self.folder / "log").open("wb") as log:
            self.process = start_fork(RUN, self.folder, log, log)
        wait_until_ready(self.process, f"{self.url}/health")

    def stop(self) -> list[dict[str, object]]:
        """Ask it to stop; gives what it logged."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        logged = (self.folder / "log").read_text()
        assert code == 0, logged
        return [json.loads(line) for line in logged.splitlines()]

    def send(self, record: Record, at: int) -> int:
        body = json.dumps(make_event(record, at)).encode()
        headers = {"Content-Type": "application/cloudevents+json", **sign(body)}
        return httpx.post(
            f"{self.url}/events/zaken", content=body, headers=headers
        ).status_code

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count_waiting(self) -> int:
        key = OutboxKey((self.folder / "keys" / "outbox.key").read_bytes())
        with Outbox(self.folder / "outbox.sqlite", key) as outbox:
            # What a delivery has read already waits there, to be sent.
            return count_waiting(outbox, "zaken") + count_work(outbox)


@pytest.fixture
def agent(tmp_path: Path, ports: Ports) -> Iterator[Agent]:
    port = ports.hold()
    create_keys(tmp_path / "keys", name="test", algorithm="Ed25519")
    (tmp_path / "pins.json").write_text(
        json.dumps({"pins": [key.jwk for key in pins_of(the_dealing()).keys]})
    )
    nowhere = SETTINGS.replace("https://index.test/", "http://127.0.0.1:9")
    nowhere = nowhere.replace("https://identity.test", "http://127.0.0.1:9")
    nowhere = nowhere.replace("https://holder-2.test", "http://127.0.0.1:9")
    feeds = FEEDS.format(port=port, source=SOURCE)
    (tmp_path / "agency.toml").write_text(nowhere + feeds)
    (tmp_path / "zaken.public.jwk").write_bytes(public_of(KEY))
    events = HEAD.format(form="cloudevents-1.0") + EVENTS + CONTACTS
    (tmp_path / "events.toml").write_text(events.replace('"test"', '"zaken"'))
    (tmp_path / "csv.toml").write_text(PROFILE)
    made = Agent(tmp_path, port)
    yield made
    if made.process:
        made.process.send_signal(signal.SIGKILL)
        made.process.wait()


def test_events_are_taken_in_while_index_and_holders_are_out_of_reach(
    agent: Agent,
) -> None:
    agent.start()
    assert agent.send(Record(bsn=a_number(1)), 1) == 202
    assert agent.send(Record(bsn=a_number(1)), 1) == 202, "sent again"
    assert agent.send(Record("Z-2", a_number(2)), 2) == 202
    logged = agent.stop()
    assert agent.count_waiting() == 2
    names = [line["event"] for line in logged]
    assert names[0] == "agent-started"
    assert names[-1] == "agent-stopped"
    assert names.count("received") == 3
    assert a_number(1) not in json.dumps(logged)


def test_it_stops_in_the_middle_and_goes_on_with_what_waits(agent: Agent) -> None:
    agent.start()
    assert agent.send(Record(), 1) == 202
    agent.stop()
    agent.start()
    assert agent.send(Record("Z-2", a_number(2)), 2) == 202
    agent.stop()
    assert agent.count_waiting() == 2


def test_how_it_goes_can_be_asked_while_it_runs(agent: Agent) -> None:
    agent.start()
    asked = run(["signal-source", "status", *SET_BY, "--json"], agent.folder)
    assert json.loads(asked)["backlog"] == 0
    agent.stop()


def test_a_second_agent_on_the_same_outbox_is_refused(agent: Agent) -> None:
    agent.start()
    code, _, complained = attempt(RUN, agent.folder)
    assert code == 1
    assert "postvak" in complained
    assert "Traceback" not in complained
    agent.stop()

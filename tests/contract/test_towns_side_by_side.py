"""Towns on one machine: no port of two, and no answer of one taken for another's."""

import json
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from deploy.town.places import choose_places
from deploy.town.ports import LOOPBACK, Ports
from deploy.town.postgres import PostgresUnusable, running_postgres
from deploy.town.processes import Party, PartyFailed, Processes

TOWN = """
import json, socket, sys
from pathlib import Path
from deploy.town.parties import DESKS
from deploy.town.places import choose_places
from deploy.town.ports import Ports

with Ports() as ports:
    places = choose_places(Path("town"), ports, desk_port=int(sys.argv[1]))
    desks = zip((desk.address for desk in DESKS), places.desk_ports)
    others = [*places.holder_ports, places.index_port, places.provider_port,
              places.witness_port, ports.hold()]
    own = [*desks, *(("127.0.0.1", port) for port in others)]
    print(json.dumps(own), flush=True)
    sys.stdin.readline()
    servers = [socket.create_server(address) for address in own]
    print(len(servers), flush=True)
    sys.stdin.readline()
"""
SLEEPER = "import time; time.sleep(60)"
SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

HTTPServer(("127.0.0.1", int(sys.argv[1])), Answering).serve_forever()
"""


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def stranger() -> Iterator[int]:
    """Answer everything on a port, from a process that no town started."""
    with HTTPServer((LOOPBACK, 0), _Answering) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with Processes(tmp_path, tmp_path / "log") as running:
        yield running


def _party(name: str, code: str, port: int) -> Party:
    command = [sys.executable, "-c", code, str(port)]
    return Party(name, command, f"http://{LOOPBACK}:{port}/health")


def test_towns_that_start_together_share_no_port() -> None:
    with Ports() as ports:
        preferred = ports.hold()  # free again, and asked for by number by all
    towns = [
        subprocess.Popen(  # noqa: S603 - our own code
            [sys.executable, "-c", TOWN, str(preferred)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    chosen = [json.loads(town.stdout.readline()) for town in towns if town.stdout]
    for town in towns:
        assert town.stdin
        town.stdin.write("listen\n")
        town.stdin.flush()
    listening = [json.loads(town.stdout.readline()) for town in towns if town.stdout]
    for town in towns:
        town.communicate("done\n", timeout=30)
    every = [(host, port) for own in chosen for host, port in own]
    assert len(set(every)) == len(every)
    assert listening == [len(own) for own in chosen]


def test_a_held_port_refuses_connections_and_nobody_else_holds_it(
    ports: Ports,
) -> None:
    number = ports.hold()
    with Ports() as others:
        assert others.hold(number) != number
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOOPBACK, number))


def test_one_number_on_two_addresses_is_two_ports(ports: Ports) -> None:
    number = ports.hold()
    with Ports() as others:
        assert others.hold(number, "127.0.0.2") == number


def test_a_town_s_desks_stand_where_they_are_preferred(tmp_path: Path) -> None:
    with Ports() as ports:
        first = ports.hold()
    with Ports() as ports:
        assert choose_places(tmp_path, ports, desk_port=first).desk_ports[0] == first


def test_a_server_listens_on_the_port_that_its_launcher_holds(
    processes: Processes, ports: Ports
) -> None:
    party = _party("server", SERVER, ports.hold())
    processes.start_together([party])
    assert httpx.get(party.health).status_code == 204


def test_what_another_process_answers_is_not_taken_for_ours(
    processes: Processes, stranger: int
) -> None:
    party = _party("sleeper", SLEEPER, stranger)
    assert httpx.get(party.health).status_code == 200
    with pytest.raises(PartyFailed, match="another process does"):
        processes.start_together([party])


def test_a_server_that_finds_its_port_taken_ends_the_start(
    processes: Processes, stranger: int
) -> None:
    with pytest.raises(PartyFailed, match=r"server (ended|does not listen)"):
        processes.start_together([_party("server", SERVER, stranger)])


def test_one_that_dies_while_another_is_awaited_is_told_at_once(
    processes: Processes, ports: Ports
) -> None:
    dying = "import sys; sys.exit('the key is missing')"
    parties = [
        _party("silent", SLEEPER, ports.hold()),
        _party("dying", dying, ports.hold()),
    ]
    with pytest.raises(PartyFailed, match="dying ended:\nthe key is missing"):
        processes.start_together(parties)


def test_a_postgresql_that_does_not_start_says_why() -> None:
    with tempfile.TemporaryDirectory(prefix="signal-index-test-") as name:
        data = Path(name) / "data"
        data.mkdir()  # with nothing in it that a server could start from
        (data / "PG_VERSION").write_text("15\n")
        with (
            pytest.raises(PostgresUnusable, match="configuration file"),
            running_postgres(Path(name)),
        ):
            pass

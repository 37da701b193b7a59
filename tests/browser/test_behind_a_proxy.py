"""The running town at its edges: as it is, and behind nginx with our settings.

No browser: it stands here for the town, of which every party is a process of its own.
"""

import asyncio
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import pytest

from deploy.measure.attacks import Attack, send_half_requests, send_large_headers
from deploy.measure.load import Address
from deploy.town.parties import TEAM_DESK
from deploy.town.ports import Ports
from tests.browser.screen import Town
from tests.databases import run_apart
from tests.edge_builders import Caller, Told
from tests.nginx import running_nginx

STRANGER = "127.0.0.9"
LARGE = b"x" * 80_000
HEALTH = {
    "index": "/v1/health",
    "holder": "/v1/health",
    "desk": "/health",
    "witness": "/health",
}
POSTED = {
    "index": "/v1/lookups",
    "holder": "/v1/evaluations",
    "desk": "/relay/v1/lookups",
    "witness": "/add-checkpoint",
}
SERVICES = sorted(HEALTH)


@dataclass(frozen=True)
class Edge:
    """Where a service listens, and who asks it something."""

    port: int
    tls: ssl.SSLContext | None = None

    def ask(self, head: str, sent: bytes = b"") -> Told:
        return run_apart(self.send(head, sent))

    async def send(self, head: str, sent: bytes) -> Told:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1",
            self.port,
            ssl=self.tls,
            server_hostname="localhost" if self.tls else None,
            local_addr=(STRANGER, 0),
        )
        caller = Caller(reader, writer)
        await caller.send(head.encode() + b"\r\nHost: localhost\r\n" + sent)
        told = await caller.hear()
        await caller.leave()
        return told


@pytest.fixture(scope="module")
def services(town: Town) -> Mapping[str, int]:
    places = town.places
    return {
        "index": places.index_port,
        "holder": places.holder_ports[0],
        "desk": places.desk_port_of(TEAM_DESK),
        "witness": places.witness_port,
    }


@pytest.fixture(scope="module")
def proxies(
    services: Mapping[str, int], tmp_path_factory: pytest.TempPathFactory, ports: Ports
) -> Iterator[Mapping[str, int]]:
    with running_nginx(tmp_path_factory.mktemp("nginx"), ports, services) as before:
        yield before


@pytest.fixture(params=["as it is", "behind nginx"])
def edges(request: pytest.FixtureRequest) -> Mapping[str, Edge]:
    if request.param == "as it is":
        found: Mapping[str, int] = request.getfixturevalue("services")
        return {name: Edge(port) for name, port in found.items()}
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    before: Mapping[str, int] = request.getfixturevalue("proxies")
    return {name: Edge(port, trusting) for name, port in before.items()}


def test_every_service_answers_and_refuses_what_is_too_much(
    edges: Mapping[str, Edge],
) -> None:
    told: dict[str, list[int]] = {}
    for name in SERVICES:
        get, edge = f"GET {HEALTH[name]} HTTP/1.1", edges[name]
        post = f"POST {POSTED[name]} HTTP/1.1\r\nContent-Type: application/json"
        told[name] = [
            edge.ask(get, b"\r\n").status,
            edge.ask(get, b"X-Large: " + LARGE).status,
            edge.ask(post, b"Content-Length: 400000000\r\n\r\n" + LARGE).status,
            edge.ask(f"TRACE {HEALTH[name]} HTTP/1.1", b"\r\n").status,
            edge.ask(get, b"\r\n").status,
        ]
    head = {431} if edges["index"].tls is None else {400}  # nginx's own word for it
    assert told == {name: [200, *head, 413, 405, 200] for name in SERVICES}


def test_a_refusal_is_told_in_the_form_of_the_service(
    services: Mapping[str, int],
) -> None:
    for name in SERVICES:
        edge = Edge(services[name])
        post = f"POST {POSTED[name]} HTTP/1.1\r\nContent-Type: application/json"
        told = edge.ask(post, b"Content-Length: 400000000\r\n\r\n")
        assert told.headers["content-type"] == "application/problem+json", name
        assert json.loads(told.body)["status"] == 413
        large = edge.ask(f"GET {HEALTH[name]} HTTP/1.1", b"X-Large: " + LARGE)
        assert json.loads(large.body)["status"] == 431
        if name != "witness":
            assert large.headers["x-content-type-options"] == "nosniff"
            assert large.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", SERVICES)
def test_others_are_served_while_one_address_does_its_worst(
    services: Mapping[str, int], name: str
) -> None:
    """Both closed a service to everybody once: 520 half requests, one large header."""

    async def ask_meanwhile(attack: Attack) -> list[int]:
        attacking = asyncio.create_task(attack(Address("127.0.0.1", services[name])))
        await asyncio.sleep(0.4)
        edge, get = Edge(services[name]), f"GET {HEALTH[name]} HTTP/1.1"
        told = [(await edge.send(get, b"\r\n")).status for _ in range(3)]
        attacking.cancel()
        with suppress(asyncio.CancelledError):
            await attacking
        return told

    for attack in (send_half_requests, send_large_headers):
        assert run_apart(ask_meanwhile(attack)) == [200, 200, 200]

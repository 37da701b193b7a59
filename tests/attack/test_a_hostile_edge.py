"""Somebody sends too much, too many at once, too slowly, or never takes an answer.

One server on real sockets; a caller from an address of its own, and others who must not
notice. What each service does with it: tests/browser/test_behind_a_proxy.py.
"""

import asyncio
import json
import resource
from contextlib import suppress

import pytest

from keys.edge.errors import TooFewFiles
from keys.edge.server import verify_files
from tests.edge_builders import BODY_MAXIMUM, Served, serving

pytestmark = pytest.mark.anyio

GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
WHOLE = GET + b"\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
HOLD = b"GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"
OTHER = "127.0.0.10"
LARGE = b"x" * 200_000


def a_post(size: int, sent: bytes = b"", path: str = "/") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + sent


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


HEADS = {
    "one large header": GET + b"X-Large: " + LARGE,
    "a large address": b"GET /" + LARGE,
    "many small headers": GET + b"a:b\r\n" * 101,
    "a name of a header without an end": GET + LARGE,
    "extensions of chunks": CHUNKED + b"1;" + LARGE,
    "many small chunks": CHUNKED + b"1\r\nx\r\n" * 8_000,
    "a large trailer": CHUNKED + b"1\r\nx\r\n0\r\nX-Large: " + LARGE,
}


@pytest.mark.parametrize("sent", HEADS.values(), ids=list(HEADS))
async def test_what_is_not_the_body_has_one_bound_whatever_it_is_called(
    sent: bytes,
) -> None:
    async with serving() as served:
        told = await served.ask(sent)
        assert (told.status, served.bodies) == (431, [])
        assert json.loads(told.body)["status"] == 431
        assert told.headers["x-service"] == "a test"
        assert (await served.ask(WHOLE)).status == 200


async def test_a_head_of_an_ordinary_size_is_taken() -> None:
    headers = b"".join(b"x-%d: %s\r\n" % (n, b"y" * 300) for n in range(95))
    async with serving() as served:
        caller = await served.connect()
        for _ in range(3):
            await caller.send(GET + headers + b"\r\n")
            assert (await caller.hear()).status == 200


@pytest.mark.parametrize(
    "sent",
    [
        a_post(400_000_000, b"x" * 100_000),
        CHUNKED + b"%x\r\n" % (BODY_MAXIMUM + 1) + b"x" * (BODY_MAXIMUM + 1),
    ],
    ids=["declared", "in chunks"],
)
async def test_a_body_is_bounded_before_the_application_sees_it(sent: bytes) -> None:
    async with serving() as served:
        assert (await served.ask(sent)).status == 413
        assert served.bodies == []
        assert (await served.ask(a_post(3, b"abc"))).body == b"3"


async def test_who_goes_on_sending_after_a_refusal_is_cut_off() -> None:
    async with serving() as served:
        caller = await served.connect()
        await caller.send(a_post(400_000_000, b"x" * 3_000_000))
        assert await caller.is_closed()


async def test_nothing_that_was_sent_comes_back() -> None:
    async with serving() as served:
        for sent in (b"Xq7Zk9Wv\r\n\r\n", GET + b"Xq7Zk9Wv\x00: 1\r\n\r\n"):
            told = await served.ask(sent)
            assert told.status == 400
            assert b"Xq7Zk9Wv" not in told.body
        await asyncio.sleep(1.2)
        assert served.refused == [{"NotHttp": 2}]


SLOW = {
    "nothing at all": b"",
    "ends of lines and nothing more": b"\r\n\r\n",
    "half a head": GET,
    "half a body": a_post(1_000, b"x" * 500),
    "the next request, half": WHOLE + GET,
}


async def test_what_comes_too_slowly_does_not_stay() -> None:
    async with serving(wait_seconds=2) as served:
        callers = {name: await served.connect() for name in SLOW}
        for name, caller in callers.items():
            await caller.send(SLOW[name])
        assert (await callers["the next request, half"].hear()).status == 200
        told = [callers[name] for name in ("half a head", "half a body")]
        assert {(await one.hear()).status for one in told} == {408}
        for caller in callers.values():
            assert await caller.is_closed()


async def test_a_body_that_drips_is_held_to_a_rate() -> None:
    async def drip(served: Served) -> int:
        caller = await served.connect()
        await caller.send(a_post(40_000))
        hearing = asyncio.create_task(caller.hear())
        while not hearing.done():
            await caller.send(b"x" * 20)
            await asyncio.sleep(0.1)
        return (await hearing).status

    async with serving(wait_seconds=2) as served:
        assert await drip(served) == 408


async def test_an_answer_that_nobody_takes_is_cut_off() -> None:
    async with serving(wait_seconds=2) as served:
        caller = await served.connect()
        await caller.send(b"GET /much HTTP/1.1\r\nHost: a\r\n\r\n")
        caller.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(6.5)
        caller.writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert await caller.is_closed()


async def test_one_address_takes_its_share_of_connections_and_no_more() -> None:
    async with serving(connections=16, connections_per_address=8) as served:
        await served.hold(8, GET, "127.0.0.9")
        refused = await served.ask(b"")
        assert (refused.status, refused.headers["retry-after"]) == (429, "1")
        assert (await served.ask(WHOLE, OTHER)).status == 200


async def test_who_is_put_off_at_the_door_takes_no_place_of_others() -> None:
    limits = {"connections": 16, "connections_per_address": 8}
    async with serving(3600, **limits) as served:
        inside = await served.hold(8, GET, "127.0.0.9")
        put_off = await served.hold(16, WHOLE, "127.0.0.9")
        # beyond as many as may be inside nobody is kept at all
        assert await (await served.connect()).is_closed()
        assert (await served.ask(WHOLE, OTHER)).status == 200
        await inside[0].leave()
        assert (await served.ask(WHOLE)).status == 200
        assert not any(caller.reader.at_eof() for caller in put_off)


async def test_when_nobody_is_there_any_more_every_request_knows() -> None:
    async with serving() as served:
        caller = await served.connect()
        await caller.send(b"GET /stay HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
        await caller.leave()
        async with asyncio.timeout(20):
            while served.gone < 1:  # noqa: ASYNC110 - the application has no event
                await asyncio.sleep(0.01)
        assert (await served.ask(WHOLE)).status == 200
        assert served.gone == 1  # those that waited for their turn never begin


async def test_who_waits_for_a_refusal_makes_room_for_others_and_hears_it() -> None:
    limits = {"connections": 16, "connections_per_address": 8, "wait_seconds": 60}
    async with serving(3600, **limits, requests_per_address=4) as served:
        held = await served.hold(8, HOLD, "127.0.0.20", "127.0.0.21")
        refused = await served.hold(8, HOLD * 7, "127.0.0.20", "127.0.0.21")
        others = [await served.connect(OTHER) for _ in range(8)]
        for caller in others:
            await caller.send(WHOLE)
            assert (await caller.hear()).status == 200
        assert {(await caller.hear()).status for caller in refused} == {429}
        served.holding.set()
        assert {(await caller.hear()).status for caller in held} == {200}


async def test_a_few_addresses_that_are_only_refused_keep_nobody_out() -> None:
    limits = {"connections": 16, "connections_per_address": 4}

    async def flood(served: Served, address: str) -> None:
        while True:
            caller = await served.connect(address)
            with suppress(ConnectionError, EOFError):
                while True:
                    await caller.send(WHOLE * 7)
                    for _ in range(7):
                        await caller.hear()

    async with serving(15, **limits, requests_per_second_per_address=5) as served:
        addresses = [f"127.0.0.{20 + number % 4}" for number in range(16)]
        floods = [asyncio.create_task(flood(served, one)) for one in addresses]
        await asyncio.sleep(0.5)
        try:
            for _ in range(8):
                assert (await served.ask(WHOLE, OTHER)).status == 200
        finally:
            for one in floods:
                one.cancel()
            await asyncio.gather(*floods, return_exceptions=True)


async def test_after_a_body_that_is_too_large_the_connection_ends() -> None:
    async with serving() as served:
        for size in (100_000, 600_000):
            caller = await served.connect()
            await caller.send(a_post(size, b"x" * size))
            told = await caller.hear()
            assert (told.status, told.headers["connection"]) == (413, "close")
            assert await caller.is_closed()
        assert served.bodies == []


MUCH = 300_000
REFUSED = {"so much in length": a_post(MUCH, b"x" * MUCH), "in chunks": CHUNKED}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=list(REFUSED))
async def test_who_is_told_to_come_again_while_much_is_on_its_way_is_parted_with(
    sent: bytes,
) -> None:
    """Kept open, the rest would stand before the next request: it dies unanswered."""
    async with serving(requests_per_address=4) as served:
        await served.hold(4, HOLD, "127.0.0.9")
        caller = await served.connect()
        await caller.send(sent)
        told = await caller.hear()
        assert (told.status, told.headers["retry-after"]) == (429, "1")
        assert told.headers["connection"] == "close"
        assert await caller.is_closed()


async def test_who_is_told_to_come_again_after_a_whole_or_small_body_goes_on() -> None:
    async with serving(requests=8, requests_per_address=8) as served:
        await served.hold(8, HOLD, "127.0.0.10", "127.0.0.11")
        caller = await served.connect()
        for sent in (a_post(10, b"x" * 10), CHUNKED + b"1\r\nx\r\n0\r\n\r\n"):
            await caller.send(sent)
            told = await caller.hear()
            assert (told.status, "connection" in told.headers) == (503, False)
        served.holding.set()
        await caller.send(WHOLE)
        assert (await caller.hear()).status == 200


async def test_a_service_may_open_the_files_that_its_limits_need() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        async with serving(connections=300) as served:
            assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= 600
            assert (await served.ask(WHOLE)).status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_where_fewer_are_allowed_it_does_not_begin() -> None:
    with pytest.raises(TooFewFiles, match=r"edge\.connections"):
        verify_files(600, 512)
    assert verify_files(600, 4_096) == verify_files(600, resource.RLIM_INFINITY) == 1456


async def test_where_all_is_taken_who_waits_longest_makes_room() -> None:
    async with serving(connections=16, connections_per_address=8) as served:
        held = await served.hold(16, GET, "127.0.0.20", "127.0.0.21")
        assert (await served.ask(WHOLE, OTHER)).status == 200
        assert (await held[0].hear()).status == 408


async def test_one_address_has_its_share_of_requests_under_way() -> None:
    async with serving(requests_per_address=4) as served:
        held = await served.hold(4, HOLD, "127.0.0.9")
        refused = await served.ask(WHOLE)
        assert (refused.status, refused.headers["retry-after"]) == (429, "1")
        assert (await served.ask(WHOLE, OTHER)).status == 200
        served.holding.set()
        assert {(await caller.hear()).status for caller in held} == {200}
        assert (await served.ask(WHOLE)).status == 200


async def test_one_address_asks_so_often_a_second_and_no_more() -> None:
    async with serving(requests_per_second_per_address=5) as served:
        caller = await served.connect()
        told = []
        for _ in range(12):
            await caller.send(WHOLE)
            told.append((await caller.hear()).status)
        assert told[:10] == [200] * 10
        assert 429 in told[10:]
        assert (await served.ask(WHOLE, OTHER)).status == 200


async def test_behind_a_trusted_proxy_an_address_is_the_one_that_it_names() -> None:
    def behind(forwarded: str, path: str = "/") -> bytes:
        head = f"GET {path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {forwarded}\r\n\r\n"
        return head.encode()

    limits = {"requests_per_address": 4, "trusted_proxies": ["127.0.0.30/31"]}
    async with serving(**limits) as served:
        said = behind("10.0.0.1, 203.0.113.7", "/hold")
        await served.hold(4, said, "127.0.0.30")
        statuses = {
            said: (await served.ask(behind(said), "127.0.0.31")).status
            for said in ("203.0.113.7", "10.0.0.1, 203.0.113.7", "203.0.113.8")
        }
        assert list(statuses.values()) == [429, 429, 200]
        # whoever is no proxy cannot speak for another
        assert (await served.ask(behind("203.0.113.7"))).status == 200


async def test_of_ipv6_an_address_is_the_network_of_one_subscriber() -> None:
    limits = {"requests_per_address": 4, "trusted_proxies": ["127.0.0.30"]}
    async with serving(**limits) as served:
        for number in range(4):
            caller = await served.connect("127.0.0.30")
            head = f"GET /hold HTTP/1.1\r\nX-Forwarded-For: 2001:db8::{number}\r\n\r\n"
            await caller.send(head.encode())
        await asyncio.sleep(0.1)
        for last, status in (("2001:db8::ffff", 429), ("2001:db8:0:1::1", 200)):
            head = f"GET / HTTP/1.1\r\nX-Forwarded-For: {last}\r\n\r\n"
            assert (await served.ask(head.encode(), "127.0.0.30")).status == status


async def test_when_all_there_is_is_under_way_others_are_told_to_come_again() -> None:
    async with serving(requests=8, requests_per_address=4) as served:
        await served.hold(8, HOLD, "127.0.0.20", "127.0.0.21")
        told = await served.ask(WHOLE, OTHER)
        assert (told.status, told.headers["retry-after"]) == (503, "1")
        served.holding.set()
        await asyncio.sleep(0.1)
        assert (await served.ask(WHOLE, OTHER)).status == 200


async def test_half_sent_bodies_take_no_place_of_those_who_ask() -> None:
    async with serving(requests=8) as served:
        half = a_post(40_000, b"x" * 20_000)
        await served.hold(20, half, "127.0.0.20", "127.0.0.21")
        assert (await served.ask(WHOLE, OTHER)).status == 200


async def test_bodies_that_wait_take_no_more_memory_than_an_address_has() -> None:
    least = 8 * 2**20
    limits = {"body_memory": least, "requests_per_address": 100, "wait_seconds": 60}
    async with serving(**limits, connections_per_address=100) as served:
        half = a_post(BODY_MAXIMUM, b"x" * (BODY_MAXIMUM - 1))
        callers = await served.hold(60, half, "127.0.0.9")
        # two of eight MiB are 41 bodies of one address
        told = await callers[-1].hear()
        assert told.status == 429
        assert (await served.ask(a_post(3, b"abc"), OTHER)).body == b"3"


async def test_requests_that_follow_each_other_unanswered_are_few() -> None:
    async with serving() as served:
        caller = await served.connect()
        await caller.send(b"GET /hold HTTP/1.1\r\n\r\n" * 500)
        assert (await caller.hear()).status == 400

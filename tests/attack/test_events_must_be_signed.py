"""Whoever is not a pinned sender cannot bring one event in, nor change one."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import OctKey
from joserfc.jws import JWSRegistry

from sources.errors import InvalidAgencySettings, OutboxUnwritable
from sources.intake.event_box import EventIntake, count_waiting, keep_event
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.receiving.app import BATCH, LARGEST, MOST_EVENTS, ONE, Receiver, make_app
from sources.receiving.errors import EventRefused
from sources.receiving.problems import PROBLEM_JSON, PROBLEMS
from sources.receiving.signatures import parse_sender
from sources.values import Case
from tests.connector_formats import RECEIVED, SOURCE, Record, make_event
from tests.signed_events import (
    HTTP_HEADERS,
    KEY,
    OTHER_KEY,
    RSA_KEY,
    digest_of,
    encode,
    public_of,
    sign,
)
from tests.sources_builders import SECRET, TODAY, a_number

pytestmark = pytest.mark.anyio
FEED = "zaken"
SENDERS = {
    str(key.kid): parse_sender(public_of(key), frozenset({SOURCE}), FEED)
    for key in (KEY, RSA_KEY)
}
Headers = Mapping[str, str] | list[tuple[str, str]]


@dataclass
class System:
    """A case system before the receiver of an agency."""

    http: httpx.AsyncClient
    outbox: Outbox

    async def send(
        self, body: bytes, signed: Headers, *, feed: str = FEED, kind: str = ONE
    ) -> int:
        given = signed.items() if isinstance(signed, Mapping) else signed
        found = await self.http.post(
            f"/events/{feed}", content=body, headers=[("Content-Type", kind), *given]
        )
        if found.status_code >= 400:
            assert found.headers["Content-Type"] == PROBLEM_JSON
            assert a_number(1) not in found.text
        return found.status_code

    @property
    def waiting(self) -> int:
        return count_waiting(self.outbox, FEED)


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[System]:
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        receiver = Receiver(
            SENDERS, lambda feed, event: keep_event(outbox, feed, event)
        )
        transport = httpx.ASGITransport(make_app(receiver))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
            yield System(http, outbox)


def read_all(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def body_of(*records: Record) -> bytes:
    events = [make_event(each, at) for at, each in enumerate(records)]
    return json.dumps(events if len(events) > 1 else events[0]).encode()


BODY = body_of(Record())


@pytest.mark.parametrize("key", [KEY, RSA_KEY], ids=["Ed25519", "PS256"])
async def test_a_signed_event_is_kept_and_read(system: System, key: object) -> None:
    assert await system.send(BODY, sign(BODY, key=key)) == 202  # type: ignore[arg-type]  # either key
    readings = EventIntake(system.outbox, FEED, RECEIVED.profile).read(today=TODAY)
    ((case,),) = readings
    assert isinstance(case, Case)
    assert case.bsn.digits == a_number(1)


async def test_a_batch_is_kept_whole(system: System) -> None:
    body = body_of(Record(), Record(number="Z-2"))
    assert await system.send(body, sign(body), kind=BATCH) == 202
    assert system.waiting == 2


async def test_an_event_that_is_sent_again_is_kept_once(system: System) -> None:
    for _ in range(3):
        assert await system.send(BODY, sign(BODY)) == 202
    assert system.waiting == 1


async def test_an_event_that_was_delivered_stays_known(system: System) -> None:
    await system.send(BODY, sign(BODY))
    intake = EventIntake(system.outbox, FEED, RECEIVED.profile)
    assert len(list(intake.read(today=TODAY))) == 1
    with system.outbox.transaction("plan") as connection:
        intake.settle(connection)
    assert await system.send(BODY, sign(BODY)) == 202
    assert system.waiting == 0


async def test_an_event_at_rest_shows_no_number(system: System, tmp_path: Path) -> None:
    await system.send(BODY, sign(BODY))
    data = read_all(tmp_path)
    assert a_number(1).encode() not in data
    assert b"inwoner" not in data


def unsigned() -> Headers:
    return {}


def signed_by_another() -> Headers:
    return sign(BODY, key=OTHER_KEY)


def of_another_body() -> Headers:
    return sign(BODY + b" ")


def digest_put_right_afterwards() -> Headers:
    return {**sign(BODY + b" "), "Digest": digest_of(BODY)}


def without_digest() -> Headers:
    return {"Payload-Signature": sign(BODY)["Payload-Signature"]}


def twice() -> Headers:
    signed = sign(BODY)
    return [*signed.items(), ("Payload-Signature", signed["Payload-Signature"])]


def unknown_kid() -> Headers:
    return sign(BODY, header={"kid": "iemand-anders"})


def none_algorithm() -> Headers:
    return sign(BODY, algorithm="none")


def public_key_as_a_password() -> Headers:
    """The oldest trick with JOSE: the public key as the key of an HMAC."""
    public = OctKey.import_key(public_of(RSA_KEY))
    signed = sign(BODY, key=RSA_KEY, header={"alg": "HS256"})
    protected = signed["Payload-Signature"].partition("..")[0]
    message = f"{protected}.digest: {signed['Digest']}".encode()
    forged = JWSRegistry.algorithms["HS256"].sign(message, public)
    return {**signed, "Payload-Signature": f"{protected}..{encode(forged)}"}


def key_in_the_header() -> Headers:
    jwk = OTHER_KEY.as_dict(private=False)
    return sign(BODY, key=OTHER_KEY, header={"jwk": jwk})


def encoded_payload() -> Headers:
    return sign(BODY, header={"b64": True})


def without_crit() -> Headers:
    return sign(BODY, header={"crit": ["b64"]})


def other_headers_signed() -> Headers:
    return sign(BODY, header={"sigD": {"mId": HTTP_HEADERS, "pars": ["host"]}})


def signature_cut_off() -> Headers:
    signed = sign(BODY)
    return {**signed, "Payload-Signature": signed["Payload-Signature"][:-4]}


FORGERIES = (
    unsigned,
    signed_by_another,
    of_another_body,
    digest_put_right_afterwards,
    without_digest,
    twice,
    unknown_kid,
    none_algorithm,
    public_key_as_a_password,
    key_in_the_header,
    encoded_payload,
    without_crit,
    other_headers_signed,
    signature_cut_off,
)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda each: each.__name__)
async def test_a_forged_signature_is_refused(system: System, forge: object) -> None:
    assert callable(forge)
    assert await system.send(BODY, forge()) == 401
    assert system.waiting == 0


async def test_a_sender_cannot_speak_for_another_source(system: System) -> None:
    event = make_event(Record(), 1) | {"source": "urn:nld:oin:elders"}
    body = json.dumps(event).encode()
    assert await system.send(body, sign(body)) == 403
    assert system.waiting == 0


async def test_one_foreign_event_refuses_the_batch(system: System) -> None:
    events = [make_event(Record(), 1), make_event(Record(), 2) | {"source": "urn:x:y"}]
    body = json.dumps(events).encode()
    assert await system.send(body, sign(body), kind=BATCH) == 403
    assert system.waiting == 0


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"specversion": "0.3"}, ONE),
        ({"id": ""}, ONE),
        ({"id": 5}, ONE),
        ({"source": None}, ONE),
        ({"type": "x" * 400}, ONE),
        ({}, BATCH),
    ],
)
async def test_what_is_no_event_is_refused(
    system: System, changed: dict[str, object], kind: str
) -> None:
    body = json.dumps(make_event(Record(), 1) | changed).encode()
    assert await system.send(body, sign(body), kind=kind) == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"geen json",
        b"[" * 100_000,
        b"[]",
        json.dumps({"specversion": "1.0", "data": [[[]]] * 3}).encode(),
        json.dumps([{}] * (MOST_EVENTS + 1)).encode(),
        b'{"a":' * 900 + b"1" + b"}" * 900,
        b'{"specversion": "1.0", "id": "\\ud800", "source": "a", "type": "b"}',
    ],
)
async def test_a_body_of_any_shape_is_refused(system: System, body: bytes) -> None:
    assert await system.send(body, sign(body)) == 400


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    system: System,
) -> None:
    body = b"x" * (LARGEST + 1)
    assert await system.send(body, {}) == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
async def test_attributes_that_no_signature_covers_are_refused(
    system: System, kind: str
) -> None:
    """Binary mode: the attributes stand in headers, the signature is over the body."""
    headers = {**sign(BODY), "ce-id": "1", "ce-source": SOURCE, "ce-specversion": "1.0"}
    assert await system.send(BODY, headers, kind=kind) == 415


async def test_a_feed_that_nobody_reads_is_not_there(system: System) -> None:
    assert await system.send(BODY, sign(BODY), feed="anders") == 404


async def test_the_handshake_of_web_hooks_is_answered(system: System) -> None:
    asked = {"WebHook-Request-Origin": "zaken.example.nl"}
    found = await system.http.options(f"/events/{FEED}", headers=asked)
    assert found.status_code == 200
    assert found.headers["WebHook-Allowed-Origin"] == "*"
    assert (await system.http.options("/events/anders")).status_code == 404
    wrong = await system.http.get(f"/events/{FEED}")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "OPTIONS, POST")


async def test_a_full_disk_asks_to_send_again_later() -> None:
    def keep(_feed: str, _event: Mapping[str, object]) -> bool:
        raise OutboxUnwritable

    transport = httpx.ASGITransport(make_app(Receiver(SENDERS, keep)))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        headers = {"Content-Type": ONE, **sign(BODY)}
        found = await http.post(f"/events/{FEED}", content=BODY, headers=headers)
    assert found.status_code == 503
    assert found.headers["Retry-After"] == "60"


@pytest.mark.parametrize(
    "jwk",
    [
        b"geen json",
        b"{}",
        json.dumps(KEY.as_dict(private=True)).encode(),
        json.dumps({**KEY.as_dict(private=False), "kid": ""}).encode(),
        json.dumps(OctKey.generate_key(256, {"kid": "x"}).as_dict()).encode(),
    ],
    ids=["text", "empty", "private", "nameless", "shared"],
)
def test_a_key_that_is_no_public_key_with_a_name_is_refused(jwk: bytes) -> None:
    with pytest.raises(InvalidAgencySettings):
        parse_sender(jwk, frozenset({SOURCE}), FEED)


def test_every_refusal_has_its_problem() -> None:
    assert {*EventRefused.__subclasses__(), OutboxUnwritable} == set(PROBLEMS)

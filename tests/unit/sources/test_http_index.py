"""The index over HTTP: what goes over the wire, and what its answers mean."""

from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest

from signal_index.wire.deliveries import Delivery
from signal_index.wire.model import parse_body
from signal_index.wire.signals import (
    BatchBody,
    BatchResult,
    ItemProblem,
    ItemResult,
    SubjectProof,
)
from signal_index.wire.signed_contacts import ContactBody
from sources.errors import IndexRefused
from sources.publisher.http_index import HttpIndex
from sources.publisher.identity import ClientIdentity, ClientKey, Tokens
from sources.publisher.patience import Patience
from tests.builders import a_delivery
from tests.sources_builders import NOW
from tests.unit.sources.test_identity import ISSUER, KEY, Provider

pytestmark = pytest.mark.anyio
REFERENCE = uuid4()
BATCH = BatchBody(
    keyVersion=1,
    batch="a.b.c",
    subjects=[SubjectProof(reference=REFERENCE, pseudonym=bytes(32), salt=bytes(16))],
)
DELIVERY = a_delivery(NOW)

ENTRY = uuid4()


def an_index(answer: Callable[[httpx.Request], httpx.Response]) -> HttpIndex:
    provider = Provider()

    def route(request: httpx.Request) -> httpx.Response:
        if request.url.host == "identity.test":
            return provider.answer_to(request)
        return answer(request)

    client = httpx.AsyncClient(transport=httpx.MockTransport(route))
    patience = Patience(lambda: NOW, attempts=1)
    identity = ClientIdentity(ISSUER, "agency", "i", ClientKey(KEY, "Ed25519"))
    return HttpIndex(
        client, "https://index.test", Tokens(client, identity, patience), patience
    )


async def test_a_batch_is_sent_as_the_index_reads_it() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "POST"
        assert request.url.path == "/v1/signal-batches"
        assert request.headers["Authorization"] == "Bearer t"
        assert parse_body(BatchBody, request.content) == BATCH
        problem = ItemProblem(type="/problems/category-not-established", title="x")
        result = ItemResult(reference=REFERENCE, outcome="refused", problem=problem)
        said = BatchResult(batch=uuid4(), entryId=ENTRY, results=[result])
        return httpx.Response(200, content=said.model_dump_json())

    answered = await an_index(answer).send_batch(BATCH)
    (result,) = answered.results
    assert (result.reference, answered.entry) == (REFERENCE, ENTRY)
    assert (result.outcome, result.problem) == ("refused", "category-not-established")


async def test_a_delivery_is_closed_as_the_index_reads_it() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/deliveries"
        assert parse_body(Delivery, request.content) == DELIVERY
        return httpx.Response(201)

    await an_index(answer).close_delivery(DELIVERY)


async def test_a_contact_holder_is_put_under_its_id() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "PUT"
        assert request.url.path == f"/v1/contact-holders/{UUID(int=2)}"
        return httpx.Response(204)

    said = ContactBody(contactHolder="signed")
    await an_index(answer).put_contact(UUID(int=2), said)


async def test_a_token_the_index_no_longer_takes_is_renewed_once() -> None:
    answers = [httpx.Response(401), httpx.Response(201)]
    await an_index(lambda _: answers.pop(0)).close_delivery(DELIVERY)
    assert answers == []


async def test_a_second_401_is_a_refusal() -> None:
    with pytest.raises(IndexRefused) as refusal:
        await an_index(lambda _: httpx.Response(401)).close_delivery(DELIVERY)
    assert refusal.value.status == 401


@pytest.mark.parametrize(
    ("problem", "slug"),
    [
        ({"type": "/problems/stale-key-version"}, "stale-key-version"),
        ({"type": "/problems/<b>999990019"}, "unknown"),
        ({"title": "x"}, "no-problem-given"),
    ],
)
async def test_a_refusal_is_named_and_never_echoed(
    problem: dict[str, str], slug: str
) -> None:
    index = an_index(lambda _: httpx.Response(409, json=problem))
    with pytest.raises(IndexRefused) as refusal:
        await index.send_batch(BATCH)
    assert refusal.value.slug == slug
    assert "999990019" not in str(refusal.value)


@pytest.mark.parametrize(
    ("field", "told"),
    [("deputy.function", "deputy.function"), ("a <b>", ""), ("bsn.999990019", "")],
)
async def test_the_field_of_a_refusal_is_told_and_no_value(
    field: str, told: str
) -> None:
    errors = [{"field": field, "code": "not-on-the-list", "title": "x"}]
    problem = {"type": "/problems/invalid-input", "title": "x", "errors": errors}
    with pytest.raises(IndexRefused) as refusal:
        await an_index(lambda _: httpx.Response(400, json=problem)).put_contact(
            UUID(int=2), ContactBody(contactHolder="signed")
        )
    assert refusal.value.field == told


async def test_an_answer_that_is_none_is_a_refusal() -> None:
    index = an_index(lambda _: httpx.Response(200, json={"results": [{}]}))
    with pytest.raises(IndexRefused, match="unreadable-answer"):
        await index.send_batch(BATCH)

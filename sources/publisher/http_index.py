"""The index over HTTP: what `parties.Index` asks, as docs/wire-formats.md section 4."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final, Literal, Protocol
from uuid import UUID

import httpx
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from signal_index.notice import (
    AgentStatus,
    Delivery,
    Difference,
    InvalidField,
    MarkedSignal,
    ReconcilingScope,
    Slug,
    SubjectProof,
    encode_agent_status,
    encode_batch_body,
    encode_comparison,
    encode_delivery,
    encode_person_event_body,
    encode_scope,
    parse_difference,
    parse_marked,
)
from signal_index.wire.corrections import CorrectionAnswer, OwnCorrectionPage
from signal_index.wire.model import parse_body
from sources.errors import IndexRefused
from sources.outbox.settling import BatchAnswer, ItemResult
from sources.publisher.parties import SignedBatch
from sources.publisher.patience import Patience, send_patiently

_UNAUTHORISED: Final = 401
_UNREADABLE: Final = "unreadable-answer"


class _Problem(BaseModel):
    type: str


class _Result(BaseModel):
    reference: UUID
    outcome: Literal["accepted", "unchanged", "superseded", "refused"]
    problem: _Problem | None = None


class _Results(BaseModel):
    entryId: UUID  # noqa: N815 - as on the wire
    results: Annotated[list[_Result], Field(max_length=1_000)]


class ContactStanding(BaseModel):
    """A contact holder of ours, and whether it must be confirmed."""

    id: UUID
    remind: bool
    stale: bool


class _Contacts(BaseModel):
    items: list[ContactStanding]


_PROBLEM: Final = TypeAdapter(_Problem)
_OBJECT: Final = TypeAdapter(dict[str, object])


class TokenGiver(Protocol):
    """Gives access tokens: `identity.Tokens`, or an issuer in a test."""

    async def get(self) -> str:
        """Give a token that should be accepted now."""
        ...

    def forget(self) -> None:
        """Drop the token: the index did not accept it."""
        ...


class HttpIndex:
    """Send to one index with one agency's tokens."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        tokens: TokenGiver,
        patience: Patience,
    ) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._tokens = tokens
        self._patience = patience

    async def put_contact(self, contact: UUID, body: Mapping[str, object]) -> None:
        """Store a contact holder under the agency's own id for it."""
        await self._send("PUT", f"/v1/contact-holders/{contact}", lambda: body)

    async def send_batch(self, batch: SignedBatch) -> BatchAnswer:
        """Send a batch; an answer that is not one counts as a refusal of all."""
        response = await self._send(
            "POST",
            "/v1/signal-batches",
            lambda: encode_batch_body(batch.key_version, batch.token, batch.subjects),
        )
        try:
            found = _Results.model_validate_json(response.content)
        except ValidationError:
            raise IndexRefused(response.status_code, _UNREADABLE) from None
        results = [
            ItemResult(
                result.reference,
                result.outcome,
                _slug(result.problem.type) if result.problem else "",
            )
            for result in found.results
        ]
        return BatchAnswer(results, found.entryId)

    async def fetch_proof(self, entry: UUID) -> str | None:
        """Give the proof of what we sent; None where its tree is not signed yet."""
        try:
            answer = await self._send("GET", f"/v1/publication-proofs/{entry}")
        except IndexRefused as refusal:
            if refusal.slug != "proof-not-ready":
                raise
            return None
        return answer.text

    async def send_person_event(
        self, key_version: int, token: str, subject: SubjectProof
    ) -> None:
        """Tell one event of a population register; told twice it is told once."""
        body = encode_person_event_body(key_version, token, subject)
        await self._send("POST", "/v1/person-events", lambda: body)

    async def fetch_contacts(self) -> Sequence[ContactStanding]:
        """Give our contact holders as the index has them: which to confirm soon."""
        answer = await self._send("GET", "/v1/contact-holders")
        try:
            return _Contacts.model_validate_json(answer.content).items
        except ValidationError:
            raise IndexRefused(answer.status_code, _UNREADABLE) from None

    async def fetch_corrections(self, cursor: UUID | None) -> OwnCorrectionPage:
        """Read a page of what citizens dispute and waits for us.

        Raises `IndexRefused` for an answer that is not one.
        """
        more = "" if cursor is None else f"&cursor={cursor}"
        answer = await self._send("GET", f"/v1/own-corrections?state=open{more}")
        try:
            return parse_body(OwnCorrectionPage, answer.content)
        except InvalidField:
            raise IndexRefused(answer.status_code, _UNREADABLE) from None

    async def answer_correction(self, correction: UUID, answer: str) -> None:
        """Tell what we did with it."""
        path = f"/v1/own-corrections/{correction}/answer"
        body = CorrectionAnswer(answer=Slug(answer)).model_dump()
        await self._send("POST", path, lambda: body)

    async def tell_status(self, agent: Slug, status: AgentStatus) -> None:
        """Tell how this agent is doing: times, counts and codes, no record."""
        body = encode_agent_status(status)
        await self._send("PUT", f"/v1/agents/{agent}", lambda: body)

    async def close_delivery(self, delivery: Delivery) -> None:
        """Tell that a delivery is complete."""
        await self._send("POST", "/v1/deliveries", lambda: encode_delivery(delivery))

    async def compare(
        self, scope: ReconcilingScope, count: int, digest: bytes
    ) -> Difference | None:
        """Compare sets; None where they are equal, and so confirmed."""
        said = encode_comparison(scope, count, digest)
        item = await self._ask("/v1/reconciliations", said)
        try:
            return None if item.get("equal") is True else parse_difference(item)
        except InvalidField:
            raise IndexRefused(200, _UNREADABLE) from None

    async def tell_buckets(
        self, scope: ReconcilingScope, bits: int, buckets: Sequence[int]
    ) -> Sequence[MarkedSignal]:
        """Give which of our signals the index has in these buckets."""
        said = {**encode_scope(scope), "bits": bits, "buckets": list(buckets)}
        item = await self._ask("/v1/reconciliations/buckets", said)
        try:
            return parse_marked(item.get("signals"))
        except InvalidField:
            raise IndexRefused(200, _UNREADABLE) from None

    async def _ask(self, path: str, said: Mapping[str, object]) -> Mapping[str, object]:
        response = await self._send("POST", path, lambda: said)
        try:
            return _OBJECT.validate_json(response.content)
        except ValidationError:
            raise IndexRefused(response.status_code, _UNREADABLE) from None

    async def _send(
        self,
        method: str,
        path: str,
        body: Callable[[], Mapping[str, object]] | None = None,
    ) -> httpx.Response:
        content = b""
        if body is not None:
            content = json.dumps(body(), separators=(",", ":")).encode()
        response = await self._attempt(method, path, content)
        if response.status_code == _UNAUTHORISED:
            self._tokens.forget()
            response = await self._attempt(method, path, content)
        if not response.is_success:
            raise IndexRefused(response.status_code, _find_slug(response))
        return response

    async def _attempt(self, method: str, path: str, content: bytes) -> httpx.Response:
        async def send() -> httpx.Response:
            headers = {"Authorization": f"Bearer {await self._tokens.get()}"}
            if content:
                headers["Content-Type"] = "application/json"
            return await self._client.request(
                method, self._url + path, content=content, headers=headers
            )

        return await send_patiently(send, self._patience)


def _find_slug(response: httpx.Response) -> str:
    try:
        return _slug(_PROBLEM.validate_json(response.content).type)
    except ValidationError:
        return "no-problem-given"


def _slug(problem: str) -> str:
    """Give the last word of a problem's type, if it is a word: never an echo."""
    word = problem.rpartition("/")[2]
    fits = word.isascii() and word.replace("-", "").isalnum() and len(word) <= 64
    return word if fits else "unknown"

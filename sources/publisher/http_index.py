"""The index over HTTP: what `parties.Index` asks, as docs/wire-formats.md section 4."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import httpx
from pydantic import BaseModel, Field

from signal_index.wire.agents import AgentStatus, ToldAnswer, ToldAnswers
from signal_index.wire.contact_holders import (
    ContactHolders,
    OwnContactHolder,
)
from signal_index.wire.corrections import (
    CorrectionAnswer,
    CorrectionsAsked,
    OwnCorrectionPage,
)
from signal_index.wire.deliveries import ClosedDeliveries, ClosedDelivery, Delivery
from signal_index.wire.errors import InvalidField
from signal_index.wire.health import Health
from signal_index.wire.matches import Match, Matches, MatchStep
from signal_index.wire.model import AnswerModel, Model, parse_body
from signal_index.wire.notices import Acknowledgements, NoticesAsked, ReturnNotices
from signal_index.wire.own_registration import OwnRegistration
from signal_index.wire.person_events import PersonEventBody
from signal_index.wire.reconciling import (
    BucketQuestion,
    Buckets,
    Compared,
    Comparison,
    MarkedSignal,
    ReconcilingScope,
)
from signal_index.wire.rehearsals import (
    NewRehearsal,
    RehearsalOpened,
    RehearsalRecorded,
    RehearsalResult,
)
from signal_index.wire.signals import BatchBody, BatchResult, OwnSignals
from signal_index.wire.signed_contacts import ContactBody
from signal_index.wire.values import Slug
from sources.errors import IndexRefused
from sources.outbox.settling import BatchAnswer
from sources.outbox.settling import ItemResult as ItemAnswer
from sources.publisher.patience import Patience, send_patiently

_UNAUTHORISED: Final = 401
_UNREADABLE: Final = "unreadable-answer"


class _About(AnswerModel):
    """One field that a problem names."""

    field: str


class _Kind(AnswerModel):
    """A problem, of whoever stands between: its kind is read, and what it is about."""

    type: str
    errors: list[_About] = Field(default_factory=list)


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
        *,
        partner: str | None = None,
    ) -> None:
        """`partner`: the source that is sent for, where that is somebody else."""
        self._of = "" if partner is None else f"&source={partner}"
        self._client = client
        self._url = url.rstrip("/")
        self._tokens = tokens
        self._patience = patience

    async def put_contact(self, contact: UUID, said: ContactBody) -> None:
        """Store a contact holder, signed, under the agency's own id for it."""
        await self._send("PUT", f"/v1/contact-holders/{contact}", said)

    async def send_batch(self, batch: BatchBody) -> BatchAnswer:
        """Send a batch; an answer that is not one counts as a refusal of all."""
        found = await self._ask("POST", "/v1/signal-batches", BatchResult, batch)
        results = [
            ItemAnswer(
                result.reference,
                result.outcome,
                _slug(result.problem.type) if result.problem else "",
                _word((result.problem and result.problem.field) or ""),
            )
            for result in found.results
            if result.reference is not None
        ]
        return BatchAnswer(results, found.entryId)

    async def fetch_proof(self, entry: UUID) -> str | None:
        """Fetch the proof of what we sent; None where its tree is not signed yet."""
        try:
            answer = await self._send("GET", f"/v1/publication-proofs/{entry}")
        except IndexRefused as refusal:
            if refusal.slug != "proof-not-ready":
                raise
            return None
        return answer.text

    async def send_person_event(self, body: PersonEventBody) -> bool:
        """Tell one event of a population register; False where it was told before."""
        answer = await self._send("POST", "/v1/person-events", body)
        return answer.status_code == httpx.codes.CREATED

    async def verify_access(self) -> None:
        """Get a token, or raise `TokenRefused`; the index is not asked."""
        await self._tokens.get()

    async def fetch_registration(self) -> OwnRegistration:
        """Fetch how the index knows us; a dry look."""
        return await self._ask("GET", "/v1/own-registration", OwnRegistration)

    async def fetch_contacts(self) -> Sequence[OwnContactHolder]:
        """Fetch our contact holders as the index has them: which to confirm soon."""
        found = await self._ask("GET", "/v1/contact-holders", ContactHolders)
        return found.items

    async def fetch_corrections(
        self, asked: CorrectionsAsked, cursor: UUID | None
    ) -> OwnCorrectionPage:
        """Fetch a page of what citizens dispute: what waits for us, or all of it."""
        more = "" if cursor is None else f"&cursor={cursor}"
        path = f"/v1/own-corrections?state={asked}{more}"
        return await self._ask("GET", path, OwnCorrectionPage)

    async def fetch_notices(
        self, cursor: UUID | None, state: NoticesAsked = "new"
    ) -> ReturnNotices:
        """Fetch a page of what came back and did not arrive here yet, or of all."""
        more = "" if cursor is None else f"&cursor={cursor}"
        path = f"/v1/notices?limit=200&state={state}{more}"
        return await self._ask("GET", path, ReturnNotices)

    async def acknowledge(self, said: Acknowledgements) -> None:
        """Say that notices arrived, and how their cases are called, sealed."""
        await self._send("POST", "/v1/notices/acknowledgements", said)

    async def fetch_matches(self, cursor: UUID | None) -> Matches:
        """Fetch a page of the matches of our signals, as they stand now."""
        more = "" if cursor is None else f"&cursor={cursor}"
        return await self._ask("GET", f"/v1/matches?limit=200{more}", Matches)

    async def say_of_match(self, match: UUID, said: MatchStep) -> Match:
        """Say what comes of a match; gives it as it is then."""
        return await self._ask("POST", f"/v1/matches/{match}/steps", Match, said)

    async def answer_correction(self, correction: UUID, said: CorrectionAnswer) -> None:
        """Tell what we did with it."""
        path = f"/v1/own-corrections/{correction}/answer"
        await self._send("POST", path, said)

    async def tell_status(
        self, agent: Slug, status: AgentStatus
    ) -> Sequence[ToldAnswer]:
        """Tell how this agent is doing; gives what was answered about what it holds."""
        path = f"/v1/agents/{agent}"
        return (await self._ask("PUT", path, ToldAnswers, status)).answers

    async def fetch_time(self) -> datetime:
        """Fetch the time at the index: without a token, which hangs on ours."""

        async def send() -> httpx.Response:
            return await self._client.get(f"{self._url}/v1/health")

        response = await send_patiently(send, self._patience)
        if not response.is_success:
            raise IndexRefused(response.status_code, *_find_problem(response))
        return _read(Health, response).time

    async def fetch_signals(self, cursor: UUID | None) -> OwnSignals:
        """Fetch a page of our own signals, by our own references."""
        more = "" if cursor is None else f"&cursor={cursor}"
        return await self._ask(
            "GET", f"/v1/signals?limit=1000{self._of}{more}", OwnSignals
        )

    async def fetch_deliveries(self) -> Sequence[ClosedDelivery]:
        """Fetch our newest deliveries, the newest first."""
        found = await self._ask(
            "GET", f"/v1/deliveries?limit=100{self._of}", ClosedDeliveries
        )
        return found.items

    async def close_delivery(self, delivery: Delivery) -> None:
        """Tell that a delivery is complete."""
        await self._send("POST", "/v1/deliveries", delivery)

    async def begin_rehearsal(self, rehearsal: NewRehearsal) -> RehearsalOpened:
        """Declare which references are of test persons, and begin."""
        return await self._ask("POST", "/v1/rehearsals", RehearsalOpened, rehearsal)

    async def end_rehearsal(
        self, rehearsal: UUID, said: RehearsalResult
    ) -> RehearsalRecorded:
        """Hand in what came of each case; tells what the index itself saw of it."""
        path = f"/v1/rehearsals/{rehearsal}/result"
        return await self._ask("POST", path, RehearsalRecorded, said)

    async def compare(
        self, scope: ReconcilingScope, count: int, digest: bytes
    ) -> Compared:
        """Compare sets; equal ones are so confirmed."""
        said = Comparison(**dict(scope), count=count, digest=digest)
        return await self._ask("POST", "/v1/reconciliations", Compared, said)

    async def tell_buckets(
        self, scope: ReconcilingScope, bits: int, buckets: Sequence[int]
    ) -> Sequence[MarkedSignal]:
        """Ask which of our signals the index has in these buckets."""
        said = BucketQuestion(**dict(scope), bits=bits, buckets=list(buckets))
        path = "/v1/reconciliations/buckets"
        return (await self._ask("POST", path, Buckets, said)).signals

    async def _ask(
        self,
        method: str,
        path: str,
        model: type[Model],
        body: BaseModel | None = None,
    ) -> Model:
        return _read(model, await self._send(method, path, body))

    async def _send(
        self, method: str, path: str, body: BaseModel | None = None
    ) -> httpx.Response:
        content = b"" if body is None else body.model_dump_json().encode()
        response = await self._attempt(method, path, content)
        if response.status_code == _UNAUTHORISED:
            self._tokens.forget()
            response = await self._attempt(method, path, content)
        if not response.is_success:
            raise IndexRefused(response.status_code, *_find_problem(response))
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


def _read(model: type[Model], response: httpx.Response) -> Model:
    try:
        return parse_body(model, response.content)
    except InvalidField:
        raise IndexRefused(response.status_code, _UNREADABLE) from None


def _find_problem(response: httpx.Response) -> tuple[str, str]:
    """Give the kind of a problem, and the first field that it names."""
    try:
        said = parse_body(_Kind, response.content)
    except InvalidField:
        return "no-problem-given", ""
    return _slug(said.type), _word(said.errors[0].field) if said.errors else ""


def _slug(problem: str) -> str:
    """Give the last word of a problem's type, if it is a word: never an echo."""
    return _word(problem.rpartition("/")[2]) or "unknown"


def _word(text: str) -> str:
    """Give a text if it is words without digits, and otherwise nothing."""
    letters = text.replace("-", "").replace(".", "")
    fits = text.isascii() and letters.isalpha() and len(text) <= 64
    return text if fits else ""

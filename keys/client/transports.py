"""How a client reaches the holders: itself, with its own request key, or by a desk.

Both take an `httpx.AsyncClient` that the caller prepared (certificates, session), and
remember in a `Watch` who served; both turn what comes back into a `HolderAnswer` or a
leaf of `EvaluationFailed`, and never repeat what a holder wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import httpx

from keys import clock
from keys.base64url import decode_b64u, encode_b64u
from keys.client.asking import Asked, HolderAnswer
from keys.errors import (
    EvaluationFailed,
    HolderBudgetSpent,
    HolderRefused,
    HolderUnavailable,
)
from keys.quorum import Watch, read_slug, send
from keys.request import RequestKey, RequestTerms, sign_request
from keys.wire import EvaluationAnswer, EvaluationRequest

OK: Final = 200
TOO_MANY: Final = 429
SERVER_FAULT: Final = 500
CONFIG_SECONDS: Final = 5
EVALUATION_SECONDS: Final = 20
"""Longer than 4,096 points take a busy holder; `Watch` ends it where others answer."""


@dataclass(frozen=True, slots=True)
class HolderPlace:
    """Where a holder is found, and the name by which requests address it."""

    id: str
    url: str


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def url(self) -> str: ...


class HolderTransport:
    """Asks the holders directly and signs each request: what a source uses."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        holders: Mapping[int, _Named],
        signer: "Signer",
        watch: Watch | None = None,
    ) -> None:
        self._client = client
        self._holders = holders
        self._signer = signer
        self.watch = watch or Watch()

    @property
    def config_places(self) -> Sequence[int]:
        """Give the holders: each serves the key config."""
        return tuple(self._holders)

    async def evaluate(self, holder: int, asked: Asked) -> HolderAnswer:
        """Have points evaluated by one holder, under a request signed for it alone."""
        place = self._holders.get(holder)
        if place is None:
            raise HolderUnavailable
        body = EvaluationRequest(
            request=self._signer.sign(asked.ids.get(holder, place.id), asked),
            points=[encode_b64u(point) for point in asked.points],
        )
        url = f"{place.url}/v1/evaluations"
        asking = _post(self._client, url, body.model_dump())
        return _read_answer(holder, await self.watch.wait(holder, asking))

    async def key_config(self, place: int) -> bytes:
        """Give the key config as one holder serves it."""
        return await _get_config(
            self._client, f"{self._holders[place].url}/v1/key-config"
        )


@dataclass(frozen=True, slots=True)
class Signer:
    """Who asks: an organisation, its key, and the user or source it asks for."""

    organisation: str
    subject: str
    key: RequestKey
    now: Callable[[], datetime] = clock.now

    def sign(self, audience: str, asked: Asked) -> str:
        """Sign one question for one holder."""
        terms = RequestTerms(
            issuer=self.organisation,
            audience=audience,
            subject=self.subject,
            act=asked.act,
            key_version=asked.key_version,
            epoch=asked.epoch,
            pair=asked.pair,
            points=asked.points,
        )
        return sign_request(self.key, terms, now=self.now())


class RelayTransport:
    """Asks through a desk's `/relay`, which signs for the user: for case systems."""

    config_places: Sequence[int] = (0,)

    def __init__(
        self, client: httpx.AsyncClient, url: str, watch: Watch | None = None
    ) -> None:
        self._client = client
        self._url = url
        self.watch = watch or Watch()

    async def evaluate(self, holder: int, asked: Asked) -> HolderAnswer:
        """Have points evaluated by one holder, signed by the desk."""
        body = {
            "holder": holder,
            "act": asked.act.value,
            "pair": list(asked.pair),
            "keyVersion": asked.key_version,
            "epoch": asked.epoch,
            "points": [encode_b64u(point) for point in asked.points],
        }
        url = f"{self._url}/relay/v1/evaluations"
        return _read_answer(holder, await _post(self._client, url, body))

    async def key_config(self, place: int) -> bytes:  # noqa: ARG002 - one place
        """Give the key config as the desk relays it: of those that hold, the newest."""
        return await _get_config(self._client, f"{self._url}/relay/v1/key-config")


async def _post(client: httpx.AsyncClient, url: str, body: object) -> httpx.Response:
    request = client.build_request("POST", url, json=body)
    return await send(client, request, seconds=EVALUATION_SECONDS)


async def _get_config(client: httpx.AsyncClient, url: str) -> bytes:
    request = client.build_request("GET", url)
    response = await send(client, request, seconds=CONFIG_SECONDS)
    if response.status_code != OK:
        raise HolderUnavailable
    return response.content


def read_refusal(response: httpx.Response) -> EvaluationFailed:
    """Give the error that an answer other than 200 stands for."""
    if response.status_code == TOO_MANY:
        return HolderBudgetSpent(_retry_after(response))
    if response.status_code >= SERVER_FAULT:
        return HolderUnavailable()
    return HolderRefused(read_slug(response.content))


def _read_answer(holder: int, response: httpx.Response) -> HolderAnswer:
    if response.status_code != OK:
        raise read_refusal(response)
    try:
        answer = EvaluationAnswer.model_validate_json(response.content)
        evaluations = tuple(decode_b64u(text) for text in answer.evaluations)
        proof = decode_b64u(answer.proof)
    except ValueError:
        raise HolderUnavailable from None
    if answer.holder != holder:
        raise HolderUnavailable
    return HolderAnswer(
        holder, answer.keyVersion, answer.epoch, evaluations, proof, answer.ticket
    )


def _retry_after(response: httpx.Response) -> timedelta:
    seconds = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(seconds) if seconds.isdecimal() else 1)

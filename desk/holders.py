"""Ask key holders, in the name of the organisation, for one of its own people.

The desk signs and passes on; it sees blinded points only, and never a curve. A holder's
answer goes back as it is, status and problem too: the browser checks the proof itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx

from desk.errors import HandSignalsOff, HolderUnreachable, InputInvalid
from desk.events import Event, log_event
from desk.settings import HolderSettings
from keys.base64url import encode_b64u
from keys.errors import InvalidRequest
from keys.request import Act, RequestKey, RequestTerms, sign_request
from keys.wire import EvaluationRequest

HOLDER_TIMEOUT = httpx.Timeout(5.0, connect=2.0)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a page or case system asks of one holder."""

    holder: int
    pair: tuple[int, ...]
    key_version: int
    epoch: int
    points: tuple[bytes, ...]
    act: Act = Act.LOOKUP


@dataclass(frozen=True, slots=True)
class Passed:
    """Another party's answer, to be passed on unchanged."""

    status: int
    media_type: str
    body: bytes
    retry_after: str | None = None


class Holders:
    """The key holders this desk knows."""

    def __init__(
        self,
        known: Sequence[HolderSettings],
        organisation: str,
        key: RequestKey,
        http: httpx.AsyncClient,
        clock: Callable[[], datetime],
        *,
        source_key: RequestKey | None = None,
    ) -> None:
        self._known = {holder.index: holder for holder in known}
        self._organisation = organisation
        self._keys = {Act.PUBLISH: source_key}
        self._key = key
        self._http = http
        self._clock = clock

    async def evaluate(self, asked: Evaluation, subject: str) -> Passed:
        """Have one holder evaluate points for one of our people.

        Raises `InputInvalid` for terms no holder can be asked, `HandSignalsOff` for
        publishing where the organisation is no source here, `HolderUnreachable` when
        it does not answer.
        """
        holder = self._known.get(asked.holder)
        if holder is None or asked.holder not in asked.pair:
            raise InputInvalid
        body = EvaluationRequest(
            request=self._sign(asked, holder, subject),
            points=[encode_b64u(point) for point in asked.points],
        )
        try:
            answer = await self._http.post(
                f"{holder.url}/v1/evaluations",
                json=body.model_dump(),
                timeout=HOLDER_TIMEOUT,
            )
        except httpx.HTTPError:
            raise HolderUnreachable(holder.id) from None
        return pass_on(answer)

    async def key_config(self) -> Passed:
        """Give the key config of the first holder that serves it."""
        for holder in self._known.values():
            try:
                answer = await self._http.get(
                    f"{holder.url}/v1/key-config", timeout=HOLDER_TIMEOUT
                )
            except httpx.HTTPError:
                log_event(Event.HOLDER_UNREACHABLE, holder=holder.id)
                continue
            if answer.status_code == 200:
                return pass_on(answer)
        raise HolderUnreachable("all")

    def _sign(self, asked: Evaluation, holder: HolderSettings, subject: str) -> str:
        key = self._keys.get(asked.act, self._key)
        if key is None:
            raise HandSignalsOff
        terms = RequestTerms(
            issuer=self._organisation,
            audience=holder.id,
            subject=subject,
            act=asked.act,
            key_version=asked.key_version,
            epoch=asked.epoch,
            pair=asked.pair,
            points=asked.points,
        )
        try:
            return sign_request(key, terms, now=self._clock())
        except InvalidRequest:
            raise InputInvalid from None


def pass_on(answer: httpx.Response) -> Passed:
    """Take what may be passed on: status, type, body and when to come back."""
    return Passed(
        answer.status_code,
        answer.headers.get("content-type", "application/octet-stream"),
        answer.content,
        answer.headers.get("retry-after"),
    )

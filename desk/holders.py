"""Ask key holders, in the name of the organisation, for one of its own people.

The desk signs and passes on; it sees blinded points only, and evaluates nothing. What
it can judge, it judges, so that a page need not (`keys.quorum`): the newest key config
that holds, each ticket, who is slow and who is sick. Config and proof the browser
checks itself as well.

- A holder's refusal goes on as 424, with its problem: whoever asks asks another pair. A
  spent budget stays 429.
- Every holder that did not serve is named with the reason in log and health.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import httpx
from pydantic import ValidationError

from desk.errors import HandSignalsOff, HolderUnreachable, InputInvalid
from desk.events import Event, log_event
from desk.known_config import KnownConfig
from desk.settings import HolderSettings
from keys.base64url import encode_b64u
from keys.config import ConfigPins, KeyConfig, KeyOrigin
from keys.errors import (
    ConfigRefused,
    HolderSlow,
    HolderUnavailable,
    InvalidRequest,
    TicketInvalid,
    TicketRefused,
)
from keys.jose import PublicKey
from keys.notice_keys import KeyName
from keys.openapi import PROBLEM_JSON
from keys.pins import verify_by_one_of
from keys.quorum import (
    BUDGET_SPENT,
    SLOW,
    STALE,
    TICKET_REFUSED,
    UNAVAILABLE,
    Chosen,
    Watch,
    choose_config,
    fetch_agreed,
    read_slug,
    send,
)
from keys.request import Act, RequestKey, RequestTerms, compute_req, sign_request
from keys.ticket import verify_granted, verify_ticket
from keys.wire import EvaluationAnswer, EvaluationRequest, HolderProblem

HOLDER_SECONDS: Final = 5.0
"""In all, where no other holder answered either; else `Watch` ends it sooner."""
_RENEW_AFTER: Final = timedelta(seconds=10)
_REFUSED: Final = 424


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a page or case system asks of one holder."""

    holder: int
    pair: tuple[int, ...]
    key_version: int
    epoch: int
    points: tuple[bytes, ...]
    act: Act = Act.LOOKUP

    @property
    def place(self) -> tuple[int, int]:
        """Give version and epoch of the sharing that is asked."""
        return self.key_version, self.epoch


@dataclass(frozen=True, slots=True)
class Passed:
    """Another party's answer, to be passed on unchanged."""

    status: int
    media_type: str
    body: bytes
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class HolderTrust:
    """Which key config and tickets are good: those that browser and index take."""

    read_pins: Callable[[], Sequence[ConfigPins]]
    """Read anew with each config: a replaced holder brings other pins."""
    accepted_origin: KeyOrigin
    audience: str


class Holders:
    """The key holders this desk knows, and how each of them served."""

    def __init__(
        self,
        known: Mapping[int, HolderSettings],
        trust: HolderTrust,
        organisation: str,
        key: RequestKey,
        http: httpx.AsyncClient,
        *,
        clock: Callable[[], datetime],
        known_config: KnownConfig,
        source_key: RequestKey | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._known = known
        self._trust = trust
        self._watch = watch or Watch()
        self._known_config = known_config
        self._chosen: Chosen | None = None
        self._former: KeyConfig | None = None
        self._chosen_at = datetime.min.replace(tzinfo=UTC)
        self._organisation = organisation
        self._keys = {Act.PUBLISH: source_key}
        self._key = key
        self._http = http
        self._clock = clock

    async def evaluate(self, asked: Evaluation, subject: str) -> Passed:
        """Have one holder evaluate points for one of our people.

        Raises `InputInvalid` for terms no holder can be asked, `HandSignalsOff` for
        publishing where the organisation is no source here, `HolderUnreachable` when
        it gives nothing that counts.
        """
        holder = self._known.get(asked.holder)
        if holder is None or asked.holder not in asked.pair:
            raise InputInvalid
        body = EvaluationRequest(
            request=self._sign(asked, holder, subject),
            points=[encode_b64u(point) for point in asked.points],
        )
        request = self._http.build_request(
            "POST", f"{holder.url}/v1/evaluations", json=body.model_dump()
        )
        sending = send(self._http, request, seconds=HOLDER_SECONDS)
        try:
            answer = await self._watch.wait(holder.index, sending)
            passed = await self._judge(answer, asked, subject)
        except HolderSlow:
            raise self._pass_over(holder, SLOW) from None
        except (HolderUnavailable, ConfigRefused):
            raise self._pass_over(holder, UNAVAILABLE) from None
        except TicketRefused:
            raise self._pass_over(holder, TICKET_REFUSED) from None
        self._note(holder, passed, asked)
        return passed

    async def key_config(self) -> Passed:
        """Give the newest key config that holds; where none does, raise.

        Raises `HolderUnreachable`: of each holder the log says why.
        """
        try:
            chosen = await self._choose()
        except HolderUnavailable:
            raise HolderUnreachable("all", UNAVAILABLE) from None
        except ConfigRefused as error:
            raise HolderUnreachable("all", type(error).__name__) from None
        return Passed(200, "application/jose+json", chosen.document)

    async def find_known(self) -> KeyConfig | None:
        """Give the key config that this desk took last; None before the first."""
        return self._chosen.config if self._chosen else await self._known_config.find()

    async def fetch_notice_keys(self) -> Mapping[KeyName, PublicKey]:
        """Give by which keys sources sign, as two holders state it now.

        By source, who signs for it, and `kid`. Raises `HolderUnreachable` where no key
        config holds, or too few state anything.
        """
        if self._chosen is None or self._clock() - self._chosen_at > _RENEW_AFTER:
            await self.key_config()
        asking = {
            one.id: partial(self._fetch, one, "notice-keys")
            for one in self._known.values()
        }
        if self._chosen is None:
            raise HolderUnreachable("all", UNAVAILABLE)
        try:
            return await fetch_agreed(asking, self._chosen.config, now=self._clock())
        except HolderUnavailable:
            raise HolderUnreachable("all", UNAVAILABLE) from None

    def find_next(self) -> list[int]:
        """Give the holders in the order to ask them: by turns, who is sick the last."""
        return self._watch.order(sorted(self._known))

    def tell_health(self) -> list[dict[str, object]]:
        """Say of each holder what is wrong, if anything, and how often it was what."""
        sick, counts = self._watch.sick, self._watch.passed_over
        return [
            {
                "holder": holder.id,
                "sick": sick.get(index),
                "passedOver": {
                    reason: count
                    for (at, reason), count in counts.items()
                    if at == index
                },
            }
            for index, holder in sorted(self._known.items())
        ]

    async def _choose(self) -> Chosen:
        trust, known = self._trust, await self.find_known()
        places = dict(self._known)  # the same to the end, whatever is replaced
        verify = partial(
            verify_by_one_of,
            pins=trust.read_pins(),
            accepted_origin=trust.accepted_origin,
            known=known,
            now=self._clock(),
        )
        asking = {
            index: partial(self._fetch, one, "key-config")
            for index, one in places.items()
        }
        chosen = await choose_config(asking, verify, known=known)
        for index in self._watch.note_configs(places, chosen.passed_over):
            holder, reason = places[index], chosen.passed_over[index]
            log_event(Event.HOLDER_PASSED_OVER, holder=holder.id, reason=reason)
        if chosen.config != known:
            await self._known_config.keep(chosen.config)
        if self._chosen and self._chosen.config.place != chosen.config.place:
            self._former = self._chosen.config
        self._chosen, self._chosen_at = chosen, self._clock()
        return chosen

    async def _fetch(self, holder: HolderSettings, what: str) -> bytes:
        request = self._http.build_request("GET", f"{holder.url}/v1/{what}")
        answer = await send(self._http, request, seconds=HOLDER_SECONDS)
        if answer.status_code != 200:
            raise HolderUnavailable
        return answer.content

    async def _judge(
        self, answer: httpx.Response, asked: Evaluation, subject: str
    ) -> Passed:
        """Give what may be passed on of an answer, or raise what is wrong with it."""
        status = answer.status_code
        if status >= 500:
            raise HolderUnavailable
        if status == 200:
            try:
                said = EvaluationAnswer.model_validate_json(answer.content)
            except ValidationError:
                raise HolderUnavailable from None
            await self._verify_ticket(said, asked, subject)
            return pass_on(answer)
        if status == 429:
            return pass_on(answer)
        return _write_refusal(answer)

    async def _verify_ticket(
        self, said: EvaluationAnswer, asked: Evaluation, subject: str
    ) -> None:
        """Raise `TicketRefused` for a ticket that the index would not take."""
        if (said.ticket is None) != (asked.act is Act.PUBLISH):
            raise TicketInvalid
        if said.ticket is None:
            return
        chosen = self._chosen or await self._choose()
        try:
            self._verify_with(chosen.config, said.ticket, asked, subject)
        except TicketRefused:
            if self._clock() - self._chosen_at >= _RENEW_AFTER:
                # A holder may have a new ticket key, or another sharing be in use.
                chosen = await self._choose()
            config = self._find_config(asked, chosen.config)
            self._verify_with(config, said.ticket, asked, subject)

    def _find_config(self, asked: Evaluation, newest: KeyConfig) -> KeyConfig:
        """Give the config of what was asked: a page may know the former one still."""
        is_former = self._former and self._former.place == asked.place
        return self._former if self._former and is_former else newest

    def _verify_with(
        self, config: KeyConfig, token: str, asked: Evaluation, subject: str
    ) -> None:
        now = self._clock()
        ticket = verify_ticket(token, config, audience=self._trust.audience, now=now)
        req = compute_req(
            asked.act, asked.key_version, asked.epoch, asked.pair, asked.points
        )
        verify_granted(
            ticket,
            config,
            asked.holder,
            act=asked.act,
            count=len(asked.points),
            req=req,
        )
        if (ticket.subject, ticket.organisation) != (subject, self._organisation):
            raise TicketInvalid

    def _is_old(self, asked: Evaluation) -> bool:
        return self._chosen is not None and asked.place != self._chosen.config.place

    def _note(self, holder: HolderSettings, passed: Passed, asked: Evaluation) -> None:
        if passed.status == 200:
            if self._watch.note_served(holder.index):
                log_event(Event.HOLDER_SERVES, holder=holder.id)
        elif passed.status == 429:
            self._watch.note(holder.index, BUDGET_SPENT)
        else:
            reason = read_slug(passed.body)
            if reason == STALE and self._is_old(asked):
                return  # the page is, and not the holder
            if self._watch.note(holder.index, reason):
                log_event(Event.HOLDER_PASSED_OVER, holder=holder.id, reason=reason)

    def _pass_over(self, holder: HolderSettings, reason: str) -> HolderUnreachable:
        self._watch.note(holder.index, reason)
        return HolderUnreachable(holder.id, reason)

    def _sign(self, asked: Evaluation, holder: HolderSettings, subject: str) -> str:
        key = self._keys.get(asked.act, self._key)
        if key is None:
            raise HandSignalsOff
        terms = RequestTerms(
            issuer=self._organisation,
            audience=self._find_id(holder),
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

    def _find_id(self, holder: HolderSettings) -> str:
        """Give what a holder is called: a replaced one by the config that it is in."""
        config = self._chosen.config if self._chosen else None
        named = [] if config is None else config.holders
        return next((one.id for one in named if one.index == holder.index), holder.id)

    async def give_pins(self) -> ConfigPins:
        """Give the pins by which a page finds the config good that it gets here."""
        pins = self._trust.read_pins()
        known = await self.find_known()
        if known is None:
            return pins[0]
        keys = tuple(one.config_key for one in known.holders)
        return next((one for one in pins if one.keys == keys), pins[0])


def _write_refusal(answer: httpx.Response) -> Passed:
    """Give a holder's refusal as one of 424: another holder may serve."""
    slug = read_slug(answer.content)
    said = {"type": f"/problems/{slug}", "status": _REFUSED}
    try:
        found = HolderProblem.model_validate_json(answer.content)
        said |= {"title": found.title, "detail": found.detail}
    except ValidationError:
        said |= {"title": "", "detail": ""}
    return Passed(_REFUSED, PROBLEM_JSON, json.dumps(said).encode())


def pass_on(answer: httpx.Response) -> Passed:
    """Take what may be passed on: status, type, body and when to come back."""
    return Passed(
        answer.status_code,
        answer.headers.get("content-type", "application/octet-stream"),
        answer.content,
        answer.headers.get("retry-after"),
    )

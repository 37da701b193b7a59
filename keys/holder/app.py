"""The edge of a key holder: its routes, problems, events. It decides nothing.

Work runs in threads off the event loop, small and large requests apart, so that a
source's batch of 4,096 does not keep a person at a kitchen table waiting.
"""

import os
import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Final

import anyio
from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from keys import openapi
from keys.edge.allowing import list_allowed
from keys.edge.errors import EdgeRefused
from keys.errors import SuccessorForked
from keys.events import EventLog
from keys.holder import errors
from keys.holder.document import API_VERSION, HolderRoute, write_document
from keys.holder.errors import RequestNotJson, RequestRefused
from keys.holder.evaluations import Holder, answer_evaluation, check_ready
from keys.holder.events import Event
from keys.holder.problems import (
    INTERNAL,
    NOT_ALLOWED,
    NOT_FOUND,
    OF_EDGE,
    PROBLEMS,
    SECURITY_EVENTS,
    Problem,
    problem_body,
    retry_headers,
)
from keys.holder.refusing import take_refused
from keys.holder.registrations import answer_registration
from keys.holder.renewing import Renewed, Retired
from keys.holder.statements import answer_statement
from keys.holder.stating import state_notice_keys
from keys.reminding import Reminder
from keys.request import Act
from keys.restoration import Restoration, instant_of
from keys.security.events import SecurityEvent, SecurityLog
from keys.security.rules import Account, Counted
from keys.validity import find_validity
from keys.wire import (
    EvaluationAnswer,
    EvaluationRequest,
    HolderHealth,
    OwnRegistration,
    RefusedStatement,
    RefusedTaken,
)

SMALL_BODY: Final = 8 * 1024
HEADERS: Final = {
    "API-Version": API_VERSION,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class Edge:
    """Routes of one holder, with the threads that its work runs in."""

    def __init__(self, holder: Holder, log: EventLog, security: SecurityLog) -> None:
        self._holder = holder
        self._log = log
        self._security = security
        self._reminder = Reminder(security, holder.now)
        self._told: frozenset[Restoration] = frozenset()
        self._told_fork = False
        self._small = anyio.CapacityLimiter(4)
        self._large = anyio.CapacityLimiter(max(1, (os.cpu_count() or 1) - 1))

    async def renew(self, renew: Callable[[Holder], Renewed | None]) -> None:
        """Serve from now on with what was replaced and holds, and log what does not.

        A request in hand ends with what it began with.
        """
        renewed = await run_sync(renew, self._holder)
        if renewed is None:
            return
        self._holder = renewed.holder
        self._tell_retired(renewed.retired)
        for reason in renewed.refusals:
            self._log.write(Event.RENEWAL_REFUSED, reason=reason)
        if not renewed.is_taken_up:
            return
        config = renewed.holder.keys.identity.config
        self._log.write(
            Event.RENEWED,
            serial=config.serial,
            organisations=len(renewed.holder.organisations.by_kind),
        )

    def _tell_retired(self, retired: Iterable[Retired]) -> None:
        """Log which sharings are over, and how many files of each are to be erased."""
        for one in retired:
            self._log.write(
                Event.SHARE_RETIRED,
                keyVersion=one.config.key_version,
                epoch=one.config.epoch,
                left=one.left,
            )

    def remind(self) -> None:
        """Tell whoever watches where the key config ends, and of a fork, once."""
        self._reminder.remind(self._holder.keys.identity.config)
        chain = self._holder.index_keys
        if chain.is_forked and not self._told_fork:
            forked = SuccessorForked(chain.keys[0].key.kid)
            self._security.tell_successor(forked)
        self._told_fork = chain.is_forked

    async def tell_restored(self) -> None:
        """Tell whoever watches of each gap that was said, once a start."""
        said = await run_sync(self._holder.meter.find_restored)
        for one in said:
            if one not in self._told:
                self._security.write(
                    SecurityEvent.HOLDER_RESTORED,
                    reason=one.because,
                    since=instant_of(one.since).isoformat(timespec="minutes"),
                    count=-(-(one.until - one.since) // 60),
                )
        self._told = frozenset(said)

    async def evaluate(self, request: Request) -> Response:
        """Answer `POST /v1/evaluations`."""
        started = time.perf_counter()
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            raise RequestNotJson
        body = await request.body()
        limiter = self._small if len(body) <= SMALL_BODY else self._large
        done = await run_sync(answer_evaluation, self._holder, body, limiter=limiter)
        self._log.write(
            Event.EVALUATED,
            organisation=done.organisation,
            act=done.act.value,
            count=done.count,
            milliseconds=round((time.perf_counter() - started) * 1000),
        )
        if done.act is not Act.PUBLISH:
            who = self._security.know(done.organisation, None, done.user)
            self._security.count(Counted.PERSONS, who, done.count)
        return JSONResponse(done.body, headers=HEADERS)

    async def show_key_config(self, _request: Request) -> Response:
        """Answer `GET /v1/key-config`: the document as all holders signed it."""
        return Response(
            self._holder.keys.document,
            media_type="application/jose+json",
            headers=HEADERS,
        )

    async def show_health(self, _request: Request) -> Response:
        """Answer `GET /v1/health`."""
        identity = self._holder.keys.identity
        now = self._holder.now()
        check_ready(identity.config, now)
        validity = find_validity(identity.config, now)
        body = HolderHealth(
            status="warning" if validity.is_warning else "ok",
            holder=identity.index,
            keyVersion=identity.config.key_version,
            epoch=identity.config.epoch,
            keyConfig=validity,
        )
        return JSONResponse(body.model_dump(), headers=HEADERS)

    async def give_statement(self, request: Request) -> Response:
        """Answer `GET /v1/statements/{day}` for an auditor."""
        day = request.path_params["day"]
        authorization = request.headers.get("authorization", "")
        given = await run_sync(
            answer_statement, self._holder, day, authorization, limiter=self._large
        )
        self._security.write(
            SecurityEvent.STATEMENT_GIVEN,
            Account(given.organisation),
            count=given.count,
        )
        return Response(given.token, media_type="application/jose", headers=HEADERS)

    async def state_notice_keys(self, _request: Request) -> Response:
        """Answer `GET /v1/notice-keys`: by which keys sources sign."""
        token = await run_sync(state_notice_keys, self._holder, limiter=self._small)
        return Response(token, media_type="application/jose", headers=HEADERS)

    async def show_registration(self, request: Request) -> Response:
        """Answer `GET /v1/own-registration` for a source."""
        authorization = request.headers.get("authorization", "")
        known = await run_sync(
            answer_registration, self._holder, authorization, limiter=self._small
        )
        self._log.write(Event.REGISTRATION_SHOWN, organisation=known.organisation)
        return JSONResponse(known.model_dump(), headers=HEADERS)

    async def take_refused(self, request: Request) -> Response:
        """Answer `PUT /v1/refused` from the index."""
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            raise RequestNotJson
        body = await request.body()
        count = await run_sync(take_refused, self._holder, body, limiter=self._small)
        self._log.write(Event.REFUSED_TAKEN, count=count)
        return JSONResponse(RefusedTaken(count=count).model_dump(), headers=HEADERS)

    async def show_openapi(self, _request: Request) -> Response:
        """Answer `GET /v1/openapi.json`: how to ask, for any page to read."""
        return Response(
            await _give_document(),
            media_type=openapi.JSON,
            headers=HEADERS | openapi.PUBLIC_HEADERS,
        )

    async def refuse(self, request: Request, refusal: Exception) -> Response:
        """Say a refusal as a problem; one for a SOC to know stands in its stream."""
        if not isinstance(refusal, RequestRefused):
            raise refusal
        problem = PROBLEMS[type(refusal)]
        event = SECURITY_EVENTS.get(type(refusal))
        if event is None:
            self._log.write(Event.REFUSED, problem=problem.slug, status=problem.status)
        else:
            self._say_refused(event, problem, refusal, request)
        return _problem(problem, retry_headers(refusal))

    def _say_refused(
        self,
        event: SecurityEvent,
        problem: Problem,
        refusal: RequestRefused,
        request: Request,
    ) -> None:
        organisation, user = refusal.by or (None, None)
        who = self._security.know(organisation, None, user)
        route = "/".join(request.url.path.split("/")[:3])
        self._security.write(event, who, reason=problem.slug, route=route)

    def refuse_unread(self, _scope: Scope, refusal: EdgeRefused) -> Response:
        """Say why a request was not read."""
        problem = OF_EDGE[type(refusal)]
        self._security.write(SecurityEvent.LIMIT_REACHED, reason=problem.slug)
        return _problem(problem, {})

    async def misroute(self, request: Request, error: Exception) -> Response:
        """Say what the router says, as a problem."""
        if isinstance(error, HTTPException) and error.status_code == 405:
            allow = list_allowed(request.app.routes, request.scope)
            return _problem(NOT_ALLOWED, {"Allow": allow})
        return _problem(NOT_FOUND, {})

    async def fail(self, _request: Request, error: Exception) -> Response:
        """Answer what nobody foresaw; log its class, never its words."""
        self._log.write(Event.FAILED, kind=type(error).__name__)
        return _problem(INTERNAL, {})


_OF_REQUEST: Final = (
    errors.RequestMalformed,
    errors.RequestMismatch,
    errors.RequestUnsigned,
    errors.RequestExpired,
    errors.OrganisationUnknown,
    errors.OrganisationEnded,
    errors.ActNotAllowed,
    errors.RequestMisdirected,
    errors.RequestReplayed,
    errors.HolderNotReady,
)
ROUTES: Final = (
    HolderRoute(
        method="POST",
        path="/evaluations",
        endpoint=Edge.evaluate,
        summary="Geblindeerde punten laten berekenen",
        body=EvaluationRequest,
        answer=EvaluationAnswer,
        raises=(
            *_OF_REQUEST,
            errors.RequestNotJson,
            errors.RequestStale,
            errors.AccountRefused,
            errors.UserBudgetSpent,
            errors.OrganisationBudgetSpent,
            errors.SourceBudgetSpent,
        ),
    ),
    HolderRoute(
        path="/key-config",
        endpoint=Edge.show_key_config,
        summary="De sleutelconfiguratie, door alle sleutelhouders ondertekend (JWS)",
        media_type="application/jose+json",
    ),
    HolderRoute(
        path="/notice-keys",
        endpoint=Edge.state_notice_keys,
        summary="Met welke sleutels bronnen ondertekenen, door deze sleutelhouder "
        "ondertekend (JWS)",
        media_type="application/jose",
    ),
    HolderRoute(
        path="/health",
        endpoint=Edge.show_health,
        summary="Of deze sleutelhouder kan antwoorden, en met welk deel van de sleutel",
        answer=HolderHealth,
        raises=(errors.HolderNotReady,),
    ),
    HolderRoute(
        path="/statements/{day}",
        endpoint=Edge.give_statement,
        summary="De bewijzen van een dag, ondertekend (JWS); voor een toezichthouder",
        media_type="application/jose",
        parameters={"day": date},
        raises=(*_OF_REQUEST, errors.StatementAhead, errors.QuestionsSpent),
        is_signed=True,
    ),
    HolderRoute(
        path="/own-registration",
        endpoint=Edge.show_registration,
        summary="Hoe de bron die dit vraagt hier is aangemeld; kost geen budget",
        answer=OwnRegistration,
        raises=(*_OF_REQUEST, errors.QuestionsSpent),
        is_signed=True,
    ),
    HolderRoute(
        method="PUT",
        path="/refused",
        endpoint=Edge.take_refused,
        summary="Voor wie niet gerekend wordt; door de index ondertekend (JWS)",
        body=RefusedStatement,
        answer=RefusedTaken,
        raises=(
            errors.RequestMalformed,
            errors.RequestUnsigned,
            errors.RequestExpired,
            errors.RequestNotJson,
            errors.HolderNotReady,
        ),
    ),
    HolderRoute(
        path="/openapi.json",
        endpoint=Edge.show_openapi,
        summary="Deze beschrijving",
        answer=dict,
    ),
)


@cache
def openapi_text() -> bytes:
    """Write the OpenAPI 3.1 document of this version."""
    return write_document(ROUTES)


_give_document: Final = openapi.beside(openapi_text)


def _problem(problem: Problem, headers: dict[str, str]) -> Response:
    return Response(
        problem_body(problem).model_dump_json(),
        status_code=problem.status,
        media_type=openapi.PROBLEM_JSON,
        headers=HEADERS | headers,
    )

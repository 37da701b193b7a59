"""Speak with the index, with the access token of the person who asks."""

import json
from collections.abc import Mapping

import httpx
from pydantic import BaseModel

from desk.errors import (
    ContactOvertaken,
    DeskError,
    IndexFoundFault,
    IndexHasNone,
    IndexRefused,
    IndexUnreachable,
    LoginTooWeak,
)
from desk.holders import Passed, pass_on
from signal_index.proof import TileRef
from signal_index.wire.about import About
from signal_index.wire.errors import InvalidField
from signal_index.wire.health import Health
from signal_index.wire.model import Model, parse_body, parse_json, parse_value
from signal_index.wire.problem import Problem

INDEX_TIMEOUT = httpx.Timeout(15.0, connect=3.0)
REPORT_TIMEOUT = httpx.Timeout(60.0, connect=3.0)
_LONG_WORK = ("/report", "/policy/simulations")
"""What opens a quarter of a year of entries, or proves hundreds of lines, may take
longer than a page."""


class SignalIndex:
    """The index's API, as far as the desk uses it."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self._url = url
        self._http = http

    async def proof(self, token: str, entry: str) -> Passed:
        """Ask the inclusion proof of one ledger entry (C2SP tlog-proof)."""
        return await self._send("GET", f"/v1/ledger/proofs/{entry}", token)

    async def find_checkpoint(self, year: int) -> str | None:
        """Ask the newest signed tree of a year; None where none was signed yet."""
        passed = await self._send("GET", f"/v1/ledger/{year}/checkpoint", None)
        return None if passed.status == 404 else _read_text(passed)

    async def fetch_tile(self, year: int, ref: TileRef) -> bytes:
        """Ask hashes of a year's tree."""
        passed = await self._send("GET", f"/v1/ledger/{year}/{ref.path()}", None)
        verify_done(passed)
        return passed.body

    async def fetch_health(self) -> Health:
        """Ask what the index says of itself to anybody."""
        return read_answer(Health, await self._send("GET", "/v1/health", None))

    async def fetch_about(self, organisation: str) -> About:
        """Ask what anybody may know of the index where this organisation is."""
        passed = await self._send("GET", f"/v1/about/{organisation}", None)
        return read_answer(About, passed)

    async def fetch(
        self,
        model: type[Model],
        path: str,
        token: str,
        body: BaseModel | None = None,
        *,
        query: dict[str, str] | None = None,
    ) -> Model:
        """Ask for what a page shows, as a model of the wire; with a body it is a POST.

        Raises `IndexUnreachable` or what the index said (`verify_done`).
        """
        passed = await self.pass_on(path, token, body, query=query)
        return read_answer(model, passed)

    async def act(self, path: str, token: str, body: BaseModel) -> None:
        """Have the index do what a form asked, or raise what it said."""
        verify_done(await self.pass_on(path, token, body))

    async def pass_on(
        self,
        path: str,
        token: str,
        body: BaseModel | Mapping[str, object] | None = None,
        *,
        query: dict[str, str] | None = None,
        method: str | None = None,
    ) -> Passed:
        """Ask the same, for who wants the answer as it is: status, problem and all.

        A mapping is what a person typed: the index says what is wrong with it, and the
        page shows that beside the form.
        """
        usual = "GET" if body is None else "POST"
        content = None
        if isinstance(body, BaseModel):
            content = body.model_dump_json().encode()
        elif body is not None:
            content = json.dumps(body).encode()
        return await self._send(method or usual, path, token, content, query)

    async def _send(
        self,
        method: str,
        path: str,
        token: str | None,
        content: bytes | None = None,
        query: dict[str, str] | None = None,
    ) -> Passed:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            answer = await self._http.request(
                method,
                self._url + path,
                headers=headers,
                content=content,
                params=query,
                timeout=REPORT_TIMEOUT if path.endswith(_LONG_WORK) else INDEX_TIMEOUT,
            )
        except httpx.HTTPError:
            raise IndexUnreachable from None
        return pass_on(answer)


def fill_in(model: type[Model], **typed: object) -> Model:
    """Make a request of what a form holds, or raise `IndexFoundFault` with the field.

    The same model that the index reads with: what it would refuse is not sent at all.
    """
    try:
        return parse_value(model, typed)
    except InvalidField as fault:
        raise IndexFoundFault(frozenset({fault.field})) from None


def read_answer(model: type[Model], passed: Passed) -> Model:
    """Read an answer into its model, or raise what the index said instead.

    An answer that is not of its model is one that we cannot use: `IndexUnreachable`.
    """
    verify_done(passed)
    try:
        return parse_body(model, passed.body)
    except InvalidField:
        raise IndexUnreachable from None


def _read_text(passed: Passed) -> str:
    verify_done(passed)
    try:
        return passed.body.decode()
    except UnicodeDecodeError:
        raise IndexUnreachable from None


def verify_done(passed: Passed) -> None:
    """Raise what the index said unless it did what was asked (any 2xx)."""
    if passed.status >= 500:
        raise IndexUnreachable
    if passed.status >= 300:
        raise _as_refusal(passed.status, read_problem(passed))


def read_problem(passed: Passed) -> Problem:
    """Read a problem; RFC 9457 lets each member be absent, so we fill them in.

    One that is no problem at all is an answer that we cannot use: `IndexUnreachable`.
    """
    blank = {"type": "", "title": "", "status": passed.status, "detail": ""}
    try:
        found = parse_json(passed.body)
        return parse_value(
            Problem, {**blank, **found} if isinstance(found, dict) else found
        )
    except InvalidField:
        raise IndexUnreachable from None


def _as_refusal(status: int, problem: Problem) -> DeskError:
    match status:
        case 400:
            return IndexFoundFault(frozenset(one.field for one in problem.errors))
        case 404:
            return IndexHasNone()
        case 409 if problem.type.endswith("/contact-changed"):
            return ContactOvertaken()
        case 403 if problem.type.endswith("/assurance-too-low"):
            return LoginTooWeak()
        case _:
            return IndexRefused()

"""Requests made from the document, mended so that they get inside.

Schemathesis generates a request from the document alone. Of most, one thing is then
replaced: an id in the path by one that exists, the body by one that succeeded with one
member changed. Tickets are fresh each time. Each operation is called by those who may,
and now and then by somebody else.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import httpx
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.core import NOT_SET
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation

from keys.base64url import encode_b64u
from keys.request import Act
from tests.holder_fakes import FakeMeter
from tests.holders_builders import a_bsn
from tests.live_world import BusyWorld, Claims, Operation, Sent

AnyOperation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Any]
_T = TypeVar("_T")
_CAMEL = {
    "entry_id": "entryId",
    "contact_holder": "contactHolder",
    "finding_id": "completeness",
}


class Chance(Protocol):
    """Whatever chooses; Hypothesis gives one that chooses the same each run."""

    def choice(self, seq: Sequence[_T]) -> _T: ...
    def randrange(self, start: int) -> int: ...


@dataclass(frozen=True)
class Request:
    """A generated request, ready to be sent."""

    case: AnyCase
    path: str
    body: Any
    claims: Claims | None


@dataclass
class Maker:
    """Makes requests of one operation out of generated ones.

    What is taken from the world is chosen by `Chance`, not drawn: the world grows while
    it is asked, and Hypothesis wants to see the same choices again.
    """

    world: BusyWorld
    operation: AnyOperation
    callers: list[Claims]
    strangers: list[Claims]

    @property
    def cases(self) -> st.SearchStrategy[AnyCase]:
        """Cases from the document: three in four as it says, the rest not."""
        right, wrong = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
        modes = [right, right, right, wrong if _takes_input(self.operation) else right]
        return st.sampled_from(modes).flatmap(
            lambda mode: self.operation.as_strategy(generation_mode=mode)
        )

    def make(self, case: AnyCase, chance: Chance) -> Request:
        """Mend a case, most of the time; one in four has a body as it was made."""
        own = Operation(self.operation.method.upper(), self.operation.path)
        sent = self.world.memory.sent.get(own)
        like = chance.choice(sent) if sent and _is_so(chance, 3, 4) else None
        again = like if _is_so(chance, 1, 2) else None
        claims = self._claims(chance) if again is None else again.claims
        return Request(
            case,
            self._path(case, again, chance),
            self._body(case, like, chance),
            claims,
        )

    def _path(self, case: AnyCase, again: Sent | None, chance: Chance) -> str:
        """The path of a request that succeeded, or with ids that exist, or neither."""
        path = self.operation.path
        for name, value in (case.path_parameters or {}).items():
            given, known = value, self._known(name)
            if again is not None:
                given = again.named[name]
            elif known and _is_so(chance, 7, 8):
                given = chance.choice(known)
            path = path.replace(f"{{{name}}}", quote(str(given), safe=""))
        return path

    def _known(self, name: str) -> list[str]:
        """Ids that exist for this parameter: by its name, or of its collection."""
        before = self.operation.path.partition(f"/{{{name}}}")[0].rpartition("/")[2]
        kinds = (name, _CAMEL.get(name, name), before)
        ids = self.world.memory.ids
        return [value for kind in kinds for value in ids.get(kind, [])][-40:]

    def _body(self, case: AnyCase, like: Sent | None, chance: Chance) -> Any:  # noqa: ANN401 - JSON
        """The body of one that succeeded; one in three times a member is changed."""
        if case.body is NOT_SET or like is None:
            return case.body
        body = copy.deepcopy(like.body)
        if isinstance(body, dict) and isinstance(case.body, dict) and case.body:
            name = chance.choice(sorted(case.body))
            if _is_so(chance, 1, 3):
                body[name] = case.body[name]
        return body

    def _claims(self, chance: Chance) -> Claims | None:
        if self.callers and _is_so(chance, 9, 10):
            return chance.choice(self.callers)
        return chance.choice([None, *self.strangers])


def _is_so(chance: Chance, times: int, out_of: int) -> bool:
    return chance.randrange(out_of) < times


def _takes_input(operation: AnyOperation) -> bool:
    raw = operation.definition.raw
    return bool(raw.get("parameters") or raw.get("requestBody"))


async def send(world: BusyWorld, request: Request) -> httpx.Response:
    """Send a request as its caller, with tickets that were not used before."""
    headers = dict(request.case.headers or {})
    if request.claims is not None:
        headers["authorization"] = f"Bearer {sign(world, request.claims)}"
    content: bytes | None = None
    if request.body is not NOT_SET:
        headers["content-type"] = "application/json"
        if request.claims is not None:
            subject = str(request.claims["sub"])
            await _refresh(world, request.body, subject, request.path)
        content = encode(request.body)
    async with world.http() as client:
        answer = await client.request(
            request.case.method,
            f"/v1{request.path}",
            params=request.case.query or None,
            headers=headers,
            content=content,
        )
    if request.claims is not None:
        world.memory.keep(answer.request, answer)
    return answer


def encode(body: object) -> bytes:
    """The bytes of a body; what is meant to be no JSON is bytes already."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def sign(world: BusyWorld, claims: Claims) -> str:
    """A token with these claims that holds now."""
    now = int(world.clock().timestamp())
    return world.issuer.sign({**claims, "iat": now, "exp": now + 300})


async def _refresh(world: BusyWorld, body: object, subject: str, path: str) -> None:
    """Replace tickets and pseudonyms, wherever they stand, by fresh ones."""
    if not isinstance(body, dict):
        return
    for below in body.values():
        await _refresh(world, below, subject, path)
    persons = body.get("subjects")
    if "tickets" not in body or body["tickets"] == []:
        return
    _begin_a_day(world)
    if path == "/lookups" and isinstance(persons, list) and len(persons) == 1:
        given = await world.holders.look_up([a_bsn(1)], subject)
        if isinstance(persons[0], dict):
            persons[0]["pseudonym"] = encode_b64u(given.pseudonyms[0].encoded)
    elif "pseudonym" in body:
        given = await world.holders.look_up([a_bsn(1)], subject, Act.OFFICER_SEARCH)
        body["pseudonym"] = encode_b64u(given.pseudonyms[0].encoded)
    else:
        return
    body["tickets"] = list(given.tickets)


def _begin_a_day(world: BusyWorld) -> None:
    """Let each user ask as on a new day: a survey asks more than fits in one."""
    for holder in world.holders.holders.values():
        assert isinstance(holder.meter, FakeMeter)
        holder.meter.spent.clear()

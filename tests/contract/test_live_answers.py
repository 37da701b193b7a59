"""Whatever is asked, the index answers as its document says, and never breaks.

Schemathesis makes requests from the document, in a town where they get inside: 1,500,
or 20,000 with `--hypothesis-profile=full`. Each answer's status is named by its
operation; its type, headers and body are what stands there; none says that the index is
broken. Run by `deploy/check`, of which every run of the tests begins with one.
"""

from __future__ import annotations

import asyncio
import copy
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import openapi
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

from signal_index.api.rates import make_rates
from signal_index.api.subjects import openapi_text
from tests.live_requests import (
    AnyCase,
    AnyOperation,
    Chance,
    Maker,
    Request,
    send,
    sign,
)
from tests.live_world import BusyWorld, Claims, Operation, Sent, open_busy_town

BOUNDED, FULL = 1_500, 20_000
UNBOUNDED = 10**9
"""The clock of the town stands still: all that is asked falls in one minute."""
CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SEED = 20261129
Place = tuple[str | int, ...]


def _operations() -> list[AnyOperation]:
    schema = openapi.from_dict(json.loads(openapi_text()))
    found = list(schema.get_all_operations())
    assert all(isinstance(one, Ok) for one in found)
    return [one.ok() for one in found if isinstance(one, Ok)]


def _find_faults(request: Request, answer: httpx.Response) -> Iterator[str]:
    """Say what of an answer is not as the document says."""
    status = answer.status_code
    if status >= 500 and not answer.json()["type"].endswith("/proof-not-ready"):
        yield f"{status} {answer.text[:200]}"
    if status == 204 and (answer.content or "content-type" in answer.headers):
        yield "204 says what it holds"
    responses = request.case.operation.definition.raw["responses"]
    if str(status) not in responses:
        yield f"{status} is not named"
    try:
        request.case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        for failure in group.exceptions:
            yield f"{status} {failure.title}: {str(failure)[:300]}"


async def _find_callers(
    world: BusyWorld, operation: AnyOperation, everybody: list[Claims]
) -> list[Claims]:
    """Those who get past the door of an operation, tried one by one."""
    own = Operation(operation.method.upper(), operation.path)
    path = re.sub(r"[{}]", "", operation.path)
    body: object = {} if "requestBody" in operation.definition.raw else None
    found = [one.claims for one in world.memory.sent.get(own, [])]
    for claims in everybody:
        answer = await world.send(own.method, path, sign(world, claims), body)
        if answer.status_code not in {401, 403}:
            found.append(claims)
    return found


def _everybody(world: BusyWorld) -> list[Claims]:
    """The claims of everyone who was seen at work, once per person."""
    found: dict[tuple[str, str], Claims] = {}
    for sent in world.memory.sent.values():
        for one in sent:
            found.setdefault((one.claims["sub"], one.claims["org"]), one.claims)
    return [found[key] for key in sorted(found)]


@dataclass
class Survey:
    """Asks every operation its share of requests, and keeps what came of it."""

    world: BusyWorld
    runner: asyncio.Runner
    faults: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    statuses: dict[str, Counter[int]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    def ask(self, operation: AnyOperation, times: int) -> None:
        """Send so many requests to one operation; a fault does not stop the rest."""
        everybody = _everybody(self.world)
        callers = self.runner.run(_find_callers(self.world, operation, everybody))
        maker = Maker(self.world, operation, callers, everybody)

        @seed(SEED)
        @settings(
            max_examples=times,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(maker.cases, st.randoms(use_true_random=True))
        def ask_once(case: AnyCase, chance: Chance) -> None:
            request = maker.make(case, chance)
            answer = self.runner.run(send(self.world, request))
            self.statuses[operation.label][answer.status_code] += 1
            self.faults[operation.label].update(_find_faults(request, answer))

        ask_once()


@contextmanager
def surveying(folder: Path, named: list[Operation]) -> Iterator[Survey]:
    """Open a busy town on an event loop of its own, to ask it from plain code."""
    with asyncio.Runner() as runner:
        opening = open_busy_town(folder, named)
        world = runner.run(opening.__aenter__())
        try:
            world.index = replace(world.index, rates=make_rates(UNBOUNDED, UNBOUNDED))
            world.app.state.index = world.index  # type: ignore[attr-defined]
            yield Survey(world, runner)
        finally:
            runner.run(opening.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survey]:
    """A busy town, opened once: a survey changes it, and takes it as it is."""
    named = [Operation(one.method.upper(), one.path) for one in _operations()]
    with surveying(tmp_path_factory.mktemp("town"), named) as opened:
        yield opened


def _find_texts(value: object, path: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Every place in a body where a text stands."""
    below: list[tuple[str | int, object]] = []
    match value:
        case dict():
            below = list(value.items())
        case list():
            below = list(enumerate(value[:1]))
        case str():
            yield path
    for key, one in below:
        yield from _find_texts(one, (*path, key))


def _put(value: Any, place: Place, text: str) -> Any:  # noqa: ANN401 - any JSON
    if not place:
        return text
    changed = copy.copy(value)
    changed[place[0]] = _put(value[place[0]], place[1:], text)
    return changed


async def _send_text(
    world: BusyWorld, operation: Operation, one: Sent, body: str
) -> httpx.Response:
    path = operation.path
    for name, value in one.named.items():
        path = path.replace(f"{{{name}}}", value)
    token = sign(world, one.claims)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    async with world.http() as client:
        return await client.request(
            operation.method, f"/v1{path}", content=body, headers=headers
        )


@pytest.mark.rules
def test_a_text_that_cannot_be_written_is_400_in_every_field(survey: Survey) -> None:
    told = Counter[int]()
    for operation, sent in survey.world.memory.sent.items():
        places: dict[Place, Sent] = {}
        for one in sent:
            places |= dict.fromkeys(_find_texts(one.body), one)
        for place, one in places.items():
            for text in ("\ud800", "x\u0000"):
                body = json.dumps(_put(one.body, place, text))
                asked = _send_text(survey.world, operation, one, body)
                answer = survey.runner.run(asked)
                assert answer.status_code == 400, (operation, place, answer.text)
                told[len(answer.json()["errors"])] += 1
    assert told.keys() == {1}
    assert told[1] > 200


@pytest.mark.rules
def test_every_answer_is_as_the_document_says(survey: Survey) -> None:
    operations = _operations()
    budget = FULL if settings.get_current_profile_name() == "full" else BOUNDED
    worked = {f"{one.method} {one.path}" for one in survey.world.memory.sent}
    for operation in operations:
        survey.ask(operation, budget // len(operations))
    said = [f"{name}: {one}" for name, found in survey.faults.items() for one in found]
    assert not said, "\n".join(sorted(said))
    inside = {name for name, said in survey.statuses.items() if min(said) < 300}
    # what a day of work did is inside too: by chance a survey may only be refused
    assert {operation.label for operation in operations} - inside - worked == set()

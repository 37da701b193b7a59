"""Everybody does a day of work, and reads whatever can be read: nothing of a trial.

An agency publishes about the very citizens whom the others look up, report on, correct
and review. What any answer says of it would hold its contact holder or a reference of
one of its signals; both are looked for in every byte that anybody else is given.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

import httpx
import pytest

from signal_index.api.subjects import SUBJECTS
from signal_index.store.connect import transaction
from signal_index.store.contact_labels import LabelRecord, approve_label
from tests.builders import a_contact_holder
from tests.holders_builders import a_bsn
from tests.live_work import do_work_of_generalists, do_work_of_officers
from tests.trial_builders import put_in_trial
from tests.world import World, open_world

pytestmark = pytest.mark.anyio
DESK = "Proefbalie 7731"
PERSONS = [a_bsn(number) for number in range(1, 9)]


@dataclass
class Overheard(World):
    """A world in which every answer is kept, with what was asked."""

    answers: list[tuple[str, str]] = field(default_factory=list)

    async def send(
        self, method: str, path: str, token: str, body: object = None
    ) -> httpx.Response:
        answer = await super().send(method, path, token, body)
        self.answers.append((f"{method} {path}", answer.text))
        return answer

    def find(self, *marks: str) -> set[str]:
        """What was asked where an answer holds one of these marks."""
        return {
            asked for asked, said in self.answers if any(mark in said for mark in marks)
        }


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Overheard]:
    async with open_world(tmp_path) as opened:
        parts = {one.name: getattr(opened, one.name) for one in fields(World)}
        yield Overheard(**parts)


async def _work(world: Overheard, folder: Path) -> list[str]:
    """Publish, let everybody work, read all that can be read; gives the marks."""
    tried = world.income_support
    own = LabelRecord(tried.oin, DESK, "college", world.clock().date())
    async with transaction(world.engine) as conn:
        await approve_label(conn, own, now=world.clock())
    await world.put_contact(tried, a_contact_holder(function=DESK))
    notices = await world.publish(tried, PERSONS)
    await world.publish(world.debt_help, PERSONS)
    await world.publish(world.veilig_thuis, PERSONS[:1])
    world.answers.clear()
    await do_work_of_generalists(world, folder)
    await do_work_of_officers(world, folder)
    for path in _readable():
        for bearer in _readers(world):
            await world.send("GET", path, bearer)
    return [DESK, *(str(one.reference) for one in notices)]


def _readable() -> Iterator[str]:
    """Every path that is read without naming something."""
    for subject in SUBJECTS:
        for route in subject.named:
            if route.method == "GET" and "{" not in route.path:
                yield route.path


def _readers(world: World) -> Iterator[str]:
    yield world.a_token()
    for role in ("privacy-officer", "data-protection-officer", "auditor"):
        yield world.an_officer(role)
    yield world.a_source_token(world.debt_help)


async def test_nothing_that_anybody_reads_holds_a_trial(
    world: Overheard, tmp_path: Path
) -> None:
    await put_in_trial(world, world.income_support)
    marks = await _work(world, tmp_path)
    assert len(world.answers) > 100
    assert world.find(*marks) == set()


async def test_of_a_live_source_the_same_work_shows_it(
    world: Overheard, tmp_path: Path
) -> None:
    """Or the test above would pass because nobody looked."""
    found = world.find(*await _work(world, tmp_path))
    assert "POST /lookups" in found
    assert any(one.endswith("/report") for one in found)

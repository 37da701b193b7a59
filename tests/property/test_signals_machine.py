"""Publish, withdraw, let time pass, look up: the index against a plain dictionary."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from signal_index.notice import (
    Batch,
    sign_batch,
)
from signal_index.wire.signals import BatchBody, Notice
from signal_index.wire.values import Oin
from tests.builders import a_day, a_notice, a_withdrawal, about
from tests.holders_builders import SOURCE_OIN, a_bsn
from tests.world import World, open_world

PERSONS = st.integers(min_value=1, max_value=3)
VERSIONS = st.integers(min_value=1, max_value=4)


@dataclass
class Known:
    """What the model knows under a reference."""

    version: int
    person: int | None
    until: date


class SignalsMachine(RuleBasedStateMachine):
    """Drives one world, and keeps beside it what must be true of it."""

    references = Bundle("references")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.folder = tempfile.TemporaryDirectory()
        opened = open_world(Path(self.folder.name))
        self.world: World = self._run(self.stack.enter_async_context(opened))
        self.model: dict[uuid.UUID, Known] = {}
        self.days = 0

    def teardown(self) -> None:
        self._run(self.stack.aclose())
        self.loop.close()
        self.folder.cleanup()

    def _run(self, work: Any) -> Any:  # noqa: ANN401 - any coroutine, its own result
        return self.loop.run_until_complete(work)

    @property
    def today(self) -> date:
        return a_day(self.days)

    @initialize(target=references, person=PERSONS)
    def begin(self, person: int) -> uuid.UUID:
        reference = uuid.uuid4()
        self._publish(reference, 1, person, 100)
        return reference

    @rule(target=references, person=PERSONS, life=st.integers(1, 60))
    def publish(self, person: int, life: int) -> uuid.UUID:
        reference = uuid.uuid4()
        self._publish(reference, 1, person, life)
        return reference

    @rule(reference=references, version=VERSIONS, person=PERSONS)
    def publish_again(self, reference: uuid.UUID, version: int, person: int) -> None:
        self._publish(reference, version, person, 50)

    @rule(reference=references, version=VERSIONS)
    def withdraw(self, reference: uuid.UUID, version: int) -> None:
        notice = self._notice(reference, version, 1)
        withdrawal = a_withdrawal(notice, version=version, on=self.today)
        said = self._send(Batch(uuid.uuid4(), (), (withdrawal,)), [])
        known = self.model[reference]
        if known.person is None:
            assert said == "unchanged"
        elif version < known.version:
            assert said == "superseded"
        else:
            assert said == "accepted"
            known.version, known.person = version, None

    @rule(days=st.integers(1, 40))
    def let_time_pass(self, days: int) -> None:
        self.days += days
        self.world.clock.forward(timedelta(days=days))

    @invariant()
    def a_lookup_shows_what_the_model_knows(self) -> None:
        parts = self._run(self.world.look_up([a_bsn(number) for number in (1, 2, 3)]))
        for person, part in zip((1, 2, 3), parts, strict=True):
            shown = sum(
                known.person == person and known.until >= self.today
                for known in self.model.values()
            )
            assert len(part["flags"]) == shown

    def _notice(self, reference: uuid.UUID, version: int, life: int) -> Notice:
        return a_notice(
            self.world.debt_help.contact,
            reference=reference,
            version=version,
            validFrom=self.today,
            validUntil=self.today + timedelta(days=life),
        )

    def _publish(
        self, reference: uuid.UUID, version: int, person: int, life: int
    ) -> None:
        notice = self._notice(reference, version, life)
        said = self._send(Batch(uuid.uuid4(), (notice,)), [person])
        known = self.model.get(reference)
        if known is None or version > known.version:
            assert said == "accepted"
            self.model[reference] = Known(version, person, notice.validUntil)
        elif version < known.version or known.person is None:
            assert said == "superseded"
        else:
            assert said in {"unchanged", "refused"}

    def _send(self, batch: Batch, persons: list[int]) -> str:
        return str(self._run(self._sent(batch, persons)))

    async def _sent(self, batch: Batch, persons: list[int]) -> str:
        world, us = self.world, Oin(SOURCE_OIN)
        proofs = []
        if persons:
            numbers = [a_bsn(number) for number in persons]
            given = await world.holders.prepare_publication(numbers)
            bound, proof = about(batch.notices[0], given.pseudonyms[0])
            batch, proofs = replace(batch, notices=(bound,)), [proof]
        token = sign_batch(world.debt_help.key, batch, iss=us, now=world.clock())
        body = BatchBody(keyVersion=1, batch=token, subjects=proofs).model_dump(
            mode="json"
        )
        bearer = world.a_source_token(world.debt_help)
        answer = await world.send("POST", "/signal-batches", bearer, body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["results"][0]["outcome"])


SignalsMachine.TestCase.settings = settings(
    max_examples=settings().max_examples // 4,  # a world for each
    stateful_step_count=10,
)
test_the_index_does_what_a_dictionary_does = SignalsMachine.TestCase

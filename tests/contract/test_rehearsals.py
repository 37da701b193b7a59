"""A source in trial rehearses; the index judges by what it saw itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from signal_index.ledger import Group
from signal_index.notice import Batch, sign_batch
from signal_index.store.connect import reading
from signal_index.store.registry import SignerRecord, add_signer
from signal_index.store.rehearsals import close_tried, erase_tried
from signal_index.wire.rehearsals import RehearsalCase
from signal_index.wire.signals import BatchBody, Notice
from signal_index.wire.values import NUMBER_MAXIMUM, Oin
from tests.builders import a_delivery, a_notice, a_withdrawal
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.store_builders import owning
from tests.trial_builders import (
    a_rehearsal,
    a_rehearsal_result,
    go_live,
    put_in_trial,
)
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
THREE = [a_bsn(1), a_bsn(2), a_bsn(3)]


class Rehearsing:
    """The debt-help agency in trial, and its steps over HTTP."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.agency = world.debt_help
        self.notices: list[Notice] = []
        self.begun: dict[str, Any] = {}

    @property
    def bearer(self) -> str:
        return self.world.a_source_token(self.agency)

    async def send(self, method: str, path: str, body: object = None) -> httpx.Response:
        return await self.world.send(method, path, self.bearer, body)

    async def begin(self) -> dict[str, Any]:
        """Publish three test persons, under references that were named before."""
        references = [uuid4() for _ in THREE]
        self.begun = a_rehearsal(
            self.agency, references=[str(one) for one in references]
        )
        answer = await self.send("POST", "/rehearsals", self.begun)
        assert answer.status_code == 201, answer.text
        self.notices = []
        for number, reference in zip(THREE, references, strict=True):
            self.notices += await self.world.publish(
                self.agency, [number], reference=reference
            )
        said: dict[str, Any] = answer.json()
        return said

    async def withdraw(self, *notices: Notice) -> None:
        gone = tuple(a_withdrawal(one) for one in notices)
        token = sign_batch(
            self.agency.key,
            Batch(uuid4(), (), gone),
            iss=Oin(self.agency.oin),
            now=self.world.clock(),
        )
        body = BatchBody(keyVersion=1, batch=token, subjects=[])
        answer = await self.send(
            "POST", "/signal-batches", body.model_dump(mode="json")
        )
        assert answer.status_code == 200, answer.text

    async def deliver(self) -> None:
        delivery = a_delivery(self.world.clock(), delivery=UUID(self.begun["delivery"]))
        answer = await self.send(
            "POST", "/deliveries", delivery.model_dump(mode="json")
        )
        assert answer.status_code == 201, answer.text

    async def end(self, result: dict[str, object]) -> httpx.Response:
        path = f"/rehearsals/{self.begun['rehearsal']}/result"
        return await self.send("POST", path, result)

    async def rehearse(self, *failed: RehearsalCase) -> dict[str, Any]:
        """All of it, as it should be."""
        await self.begin()
        await self.deliver()
        await self.withdraw(*self.notices)
        answer = await self.end(a_rehearsal_result(*failed))
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def own(self) -> dict[str, Any]:
        answer = await self.send("GET", "/own-registration")
        assert answer.status_code == 200, answer.text
        (found,) = answer.json()["sources"]
        said: dict[str, Any] = found
        return said

    async def count(self) -> int:
        async with reading(self.world.engine) as conn:
            return int(await conn.scalar(text("SELECT count(*) FROM signal")) or 0)


@pytest.fixture
async def trying(world: World) -> Rehearsing:
    await put_in_trial(world, world.debt_help)
    return Rehearsing(world)


async def test_a_rehearsal_that_passed_leaves_nothing_to_lack(
    trying: Rehearsing,
) -> None:
    assert (await trying.own())["lacks"] == ["not-rehearsed"]
    said = await trying.rehearse()
    assert (said["passed"], said["ended"], said["erased"]) == (True, 3, 0)
    own = await trying.own()
    assert (own["state"], own["lacks"]) == ("trial", [])
    assert own["lastRehearsal"]["failed"] == []
    assert [one["category"] for one in own["coverage"]] == ["schuldhulpverlening"]
    assert await trying.count() == 0


async def test_a_case_that_failed_is_kept_by_name(trying: Rehearsing) -> None:
    said = await trying.rehearse(RehearsalCase.LATE_COPY)
    assert said["passed"] is False
    own = await trying.own()
    assert own["lacks"] == ["rehearsal-failed"]
    assert own["lastRehearsal"]["failed"] == ["late-copy"]


async def test_both_ends_are_recorded(trying: Rehearsing) -> None:
    await trying.rehearse(RehearsalCase.LATE_COPY)
    said = {}
    for entry in await open_entries(trying.world, "rehearsal"):
        what = entry[Group.WHAT]
        assert what is not None
        said[what["act"]] = what
    assert said.keys() == {"rehearsal-begun", "rehearsal-ended"}
    ended = said["rehearsal-ended"]
    assert (ended["passed"], ended["failed"]) == (False, ["late-copy"])


async def test_a_result_without_a_rehearsal_behind_it_does_not_pass(
    trying: Rehearsing,
) -> None:
    trying.begun = a_rehearsal(trying.agency)
    await trying.send("POST", "/rehearsals", trying.begun)
    await trying.deliver()
    said = await trying.end(a_rehearsal_result())
    assert (said.json()["passed"], said.json()["ended"]) == (False, 0)


async def test_a_rehearsal_without_its_delivery_does_not_pass(
    trying: Rehearsing,
) -> None:
    await trying.begin()
    await trying.withdraw(*trying.notices)
    said = await trying.end(a_rehearsal_result())
    assert said.json()["passed"] is False


async def test_what_was_before_a_rehearsal_is_no_rehearsal(trying: Rehearsing) -> None:
    """Signals that came and went, and a delivery that was closed, of other days."""
    await trying.rehearse()
    used = trying.begun
    real = a_delivery(trying.world.clock(), delivery=uuid4())
    await trying.send("POST", "/deliveries", real.model_dump(mode="json"))
    for changed in (
        {"references": used["references"]},
        {"delivery": used["delivery"]},
        {"delivery": str(real.delivery)},
    ):
        body = a_rehearsal(trying.agency, **changed)
        refused = await trying.send("POST", "/rehearsals", body)
        assert refused.status_code == 409, (changed, refused.text)
        assert refused.json()["type"].endswith("/rehearsed-before")


async def test_a_rehearsed_delivery_is_nobody_heard(trying: Rehearsing) -> None:
    """Or going live would say "bijgewerkt" of a source that delivered nobody yet."""
    await trying.rehearse()
    await go_live(trying.world, trying.agency)
    trying.world.clock.forward(timedelta(minutes=1))
    (part,) = await trying.world.look_up([THREE[0]])
    (heard,) = [
        one for one in part["sources"] if one["organisation"] == "Bureau debt-help"
    ]
    assert (heard["lastHeard"], heard["stale"]) == (None, True)


async def test_what_a_rehearsal_leaves_is_erased_and_it_does_not_pass(
    trying: Rehearsing,
) -> None:
    await trying.begin()
    await trying.deliver()
    await trying.withdraw(*trying.notices[:2])
    said = await trying.end(a_rehearsal_result())
    assert (said.json()["passed"], said.json()["erased"]) == (False, 1)
    assert await trying.count() == 0


async def test_a_rehearsal_that_broke_off_is_cleaned_up_by_the_next(
    trying: Rehearsing,
) -> None:
    await trying.begin()
    broken = trying.begun["rehearsal"]
    said = await trying.begin()
    assert said["erased"] == 3
    trying.begun["rehearsal"] = broken
    answer = await trying.end(a_rehearsal_result())
    assert answer.status_code == 404


async def test_what_was_delivered_for_real_stays(trying: Rehearsing) -> None:
    await trying.world.publish(trying.agency, [a_bsn(7)])
    await trying.begin()
    assert await trying.count() == 4
    await trying.end(a_rehearsal_result())
    assert await trying.count() == 1


async def test_beginning_the_same_again_changes_nothing(trying: Rehearsing) -> None:
    await trying.begin()
    again = await trying.send("POST", "/rehearsals", trying.begun)
    assert (again.status_code, again.json()["erased"]) == (200, 0)
    assert await trying.count() == 3


async def test_a_live_source_does_not_rehearse(trying: Rehearsing) -> None:
    await go_live(trying.world, trying.agency)
    refused = await trying.send("POST", "/rehearsals", a_rehearsal(trying.agency))
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/not-in-trial")


async def test_a_source_that_went_live_meanwhile_does_not_end_its_rehearsal(
    trying: Rehearsing,
) -> None:
    await trying.begin()
    await go_live(trying.world, trying.agency)
    assert (await trying.end(a_rehearsal_result())).status_code == 409


async def test_nobody_rehearses_for_another(trying: Rehearsing) -> None:
    other = trying.world.income_support
    refused = await trying.send("POST", "/rehearsals", a_rehearsal(other))
    assert refused.status_code == 403
    await trying.begin()
    path = f"/rehearsals/{trying.begun['rehearsal']}/result"
    token = trying.world.a_source_token(other)
    answer = await trying.world.send("POST", path, token, a_rehearsal_result())
    assert answer.status_code == 404


async def test_nobody_is_told_of_anothers_source(trying: Rehearsing) -> None:
    assert (await trying.own())["source"] == trying.agency.oin


@pytest.mark.parametrize("change", ["missing", "doubled", "unknown"])
async def test_a_result_says_something_of_each_case(
    trying: Rehearsing, change: str
) -> None:
    await trying.begin()
    result = a_rehearsal_result()
    cases = result["cases"]
    assert isinstance(cases, list)
    if change == "missing":
        cases.pop()
    else:
        named = cases[0]["case"] if change == "doubled" else "all-is-well"
        cases[-1] = {**cases[-1], "case": named}
    assert (await trying.end(result)).status_code == 400


async def test_another_signing_key_is_to_be_rehearsed(trying: Rehearsing) -> None:
    await trying.rehearse()
    async with owning(trying.world.engine) as conn:
        more = SignerRecord(trying.agency.oin, "another", "{}")
        await add_signer(conn, more, now=trying.world.clock())
    assert (await trying.own())["lacks"] == ["keys-changed"]


async def test_a_rehearsal_holds_for_thirty_days(trying: Rehearsing) -> None:
    await trying.rehearse()
    trying.world.clock.moment += timedelta(days=30)
    assert (await trying.own())["lacks"] == []
    trying.world.clock.moment += timedelta(minutes=1)
    assert (await trying.own())["lacks"] == ["rehearsal-old"]


async def test_no_test_person_outlives_trial(trying: Rehearsing) -> None:
    """Published anew under a reference that was tried, and never withdrawn."""
    await trying.rehearse()
    reference = UUID(trying.begun["references"][0])
    await trying.world.publish(
        trying.agency, [THREE[0]], reference=reference, version=9
    )
    async with owning(trying.world.engine) as conn:
        erased = await erase_tried(
            conn, trying.agency.oin, trying.world.index.keys, now=trying.world.clock()
        )
    assert erased == 1
    assert await trying.count() == 0


async def test_a_rehearsal_under_way_shows_nobody_once_the_source_is_live(
    trying: Rehearsing,
) -> None:
    """What it publishes after that moment, under any version, stands nowhere."""
    await trying.rehearse()
    references = [uuid4() for _ in THREE]
    body = a_rehearsal(trying.agency, references=[str(one) for one in references])
    assert (await trying.send("POST", "/rehearsals", body)).status_code == 201
    await trying.world.publish(trying.agency, [THREE[0]], reference=references[0])
    async with owning(trying.world.engine) as conn:
        moment = trying.world.clock()
        assert (
            await close_tried(
                conn, trying.agency.oin, trying.world.index.keys, now=moment
            )
            == 1
        )
    await go_live(trying.world, trying.agency)
    late = [*references, UUID(trying.begun["references"][0])]
    notices = [
        a_notice(
            trying.agency.contact,
            source=Oin(trying.agency.oin),
            category=trying.agency.category,
            reference=reference,
            version=version,
        )
        for reference, version in zip(late, (2, 1, NUMBER_MAXIMUM, 9), strict=True)
    ]
    persons = [*THREE, THREE[0]]
    answer = await trying.world.send_batch(trying.agency, notices, persons)
    assert {one["outcome"] for one in answer.json()["results"]} == {"superseded"}
    assert await trying.count() == 0

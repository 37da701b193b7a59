"""One organisation, two ways: a delivery must never end what a person gave by hand.

Nor may a person end what was delivered. Either would be a flag that vanishes.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from keys.base64url import encode_b64u
from signal_index.notice import Batch, sign_batch
from signal_index.wire.signals import BatchBody, OwnSignals
from signal_index.wire.values import Oin
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.admission import find_foreign
from tests.builders import a_notice, a_withdrawal
from tests.hand_builders import (
    a_hand_notice,
    a_hand_signaller,
    give,
    open_hand_signals,
    take_back,
)
from tests.holders_builders import a_bsn
from tests.world import World

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def world(world: World) -> World:
    await open_hand_signals(world)
    return world


async def _flags(world: World) -> int:
    (part,) = await world.look_up([ONE])
    return len(part["flags"])


def _scope(world: World, **more: object) -> dict[str, Any]:
    agency = world.debt_help
    return {
        "source": agency.oin,
        "categories": [agency.category],
        "municipalities": ["9901"],
        "on": world.clock().date().isoformat(),
        "salt": encode_b64u(bytes(16)),
        **more,
    }


@pytest.mark.parametrize("outbox", [None, str(uuid.UUID(int=7))])
async def test_a_comparison_does_not_see_what_was_given_by_hand(
    world: World, outbox: str | None
) -> None:
    notice = a_hand_notice(world.debt_help)
    await give(world, world.debt_help, notice, ONE)
    delivered = await world.publish(world.debt_help, [TWO])
    body = _scope(world, bits=1, buckets=[0, 1], outbox=outbox)
    bearer = world.a_source_token(world.debt_help)
    told = await world.send("POST", "/reconciliations/buckets", bearer, body)
    found = [one["reference"] for one in told.json()["signals"]]
    assert found == [str(one.reference) for one in delivered]


async def test_a_batch_cannot_take_back_what_was_given_by_hand(world: World) -> None:
    agency = world.debt_help
    notice = a_hand_notice(agency)
    await give(world, agency, notice, ONE)
    batch = Batch(uuid.uuid4(), withdrawals=(a_withdrawal(notice),))
    token = sign_batch(agency.key, batch, iss=Oin(agency.oin), now=world.clock())
    body = BatchBody(batch=token, subjects=[]).model_dump(mode="json")
    bearer = world.a_source_token(agency)
    (said,) = (await world.send("POST", "/signal-batches", bearer, body)).json()[
        "results"
    ]
    assert said["problem"]["type"].endswith("unknown-signal")
    assert await _flags(world) == 1


async def test_a_batch_cannot_tell_anew_what_was_given_by_hand(world: World) -> None:
    agency = world.debt_help
    notice = a_hand_notice(agency)
    await give(world, agency, notice, ONE)
    again = a_notice(agency.contact, reference=notice.reference, version=9)
    (said,) = (await world.send_batch(agency, [again], [TWO])).json()["results"]
    assert said["problem"]["field"] == "reference"
    assert await _flags(world) == 1


async def test_a_person_cannot_end_what_was_delivered(world: World) -> None:
    (delivered,) = await world.publish(world.debt_help, [ONE])
    answer = await take_back(world, world.debt_help, a_withdrawal(delivered))
    assert answer.status_code == 404
    for act, body in (
        ("confirmation", {}),
        ("hand-over", {"to": str(world.debt_help.contact)}),
    ):
        path = f"/hand-signals/{delivered.reference}/{act}"
        token = a_hand_signaller(world, world.debt_help)
        assert (await world.send("POST", path, token, body)).status_code == 404
    assert await _flags(world) == 1


class _Listed:
    """The index, as far as it lists our own signals to an agent."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def fetch_signals(self, cursor: uuid.UUID | None) -> OwnSignals:
        del cursor
        bearer = self._world.a_source_token(self._world.debt_help)
        answer = await self._world.send("GET", "/signals", bearer)
        return OwnSignals.model_validate_json(answer.content)


async def test_an_outbox_that_begins_anew_takes_nothing_of_a_person_for_a_stray(
    world: World, tmp_path: Path
) -> None:
    await give(world, world.debt_help, a_hand_notice(world.debt_help), ONE)
    (delivered,) = await world.publish(world.debt_help, [TWO])
    with Outbox(tmp_path / "outbox.db", OutboxKey(bytes(32))) as outbox:
        strays = [one.reference async for one in find_foreign(outbox, _Listed(world))]
    assert strays == [delivered.reference]

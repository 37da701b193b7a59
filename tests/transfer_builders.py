"""A source that takes over another's signals, in the world in memory."""

from __future__ import annotations

from typing import Final

import httpx

from signal_index.notice import sign_withdrawal
from signal_index.store.registry import (
    OrganisationRecord,
    SignerRecord,
    SourceRecord,
    add_client,
    add_organisation,
    add_signer,
    add_source,
)
from signal_index.wire.signals import Notice
from signal_index.wire.sources import SourceState
from signal_index.wire.values import Label, Oin
from tests.builders import a_contact_holder, a_withdrawal
from tests.store_builders import owning
from tests.world import Agency, World
from tests.world_registry import MUNICIPALITY, a_desk, a_machine

DEBTS: Final = "schuldhulpverlening"


async def a_successor(
    world: World, kind: str = "debt-help", *, by_hand: bool = False
) -> Agency:
    """Register another live source that publishes the same."""
    agency = Agency("00000001000000000077", DEBTS)
    now, oin = world.clock(), agency.oin
    async with owning(world.engine) as conn:
        record = OrganisationRecord(
            oin, "Schuldhulp Samen", "source-agency", MUNICIPALITY
        )
        await add_organisation(conn, record, now=now)
        for client in (a_machine(oin), a_desk(oin)):
            await add_client(conn, client, now=now)
        jwk = agency.key.encode_public().decode()
        await add_signer(conn, SignerRecord(oin, agency.key.kid, jwk), now=now)
        places = (frozenset({DEBTS}), frozenset({MUNICIPALITY}))
        live = SourceRecord(
            oin, kind, *places, 7, state=SourceState.LIVE, by_hand=by_hand
        )
        await add_source(conn, live, now=now)
    world.index.standing.forget()
    said = a_contact_holder(function=Label("Loket"))
    assert (await world.put_contact(agency, said)).status_code == 201
    return agency


def a_transfer(world: World, to: Agency, **changed: object) -> dict[str, object]:
    said = {"source": world.debt_help.oin, "successor": to.oin, "reason": "merger"}
    return {**said, "categories": [DEBTS], **changed}


async def withdraw(world: World, agency: Agency, notice: Notice) -> httpx.Response:
    own = Oin(agency.oin)
    gone = a_withdrawal(notice).model_copy(update={"source": own})
    token = sign_withdrawal(agency.key, gone, iss=own, now=world.clock())
    path = f"/signals/{notice.reference}/withdrawal"
    return await world.send(
        "POST", path, world.a_source_token(agency), {"withdrawal": token}
    )

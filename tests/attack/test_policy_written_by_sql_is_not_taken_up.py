"""Whoever can write into the database tries to let somebody see more.

An adoption counts only with this index's signature over municipality, serial and
SHA-256. What does not hold closes the municipality: nothing is shown rather than more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from keys.base64url import encode_b64u
from keys.municipality import MunicipalityCode
from policy.bundle import Bundle, shipped_bundle
from policy.change import CategorySwitch, switch_category
from policy.vocabulary import Assurance, Caller, CallerKind, OrganisationKind, Role
from signal_index.api.recording import SpecialAct, record_special
from signal_index.ledger import Kind, ReceiptKey, sign_adoption
from signal_index.proof import Adoption
from signal_index.store.approvals import Matter, request_approval
from signal_index.store.connect import transaction
from signal_index.store.ledger import insert_entries
from signal_index.store.policies import StoredAdoption, insert_adoption, insert_bundle
from tests.holders_builders import LOOKUP_OIN, a_bsn
from tests.store_builders import DATABASES
from tests.world import LEDGER_ORIGIN, World, open_world, restarted

pytestmark = pytest.mark.anyio

PLACE = MunicipalityCode("9901")
THIEF = ReceiptKey(bytes(32), "receipt-key")


def _wider() -> Bundle:
    switch = CategorySwitch(
        category="ww-uitkering",
        active=True,
        purposes=("schuldhulp-toegang",),
        statute="Geen wet",
        article="1",
    )
    return switch_category(shipped_bundle(), switch)


async def _forge(
    world: World, key: ReceiptKey, *, recorded: bool = True, **changed: object
) -> None:
    """Write bundle, approval and adoption as the database's owner could.

    With an entry in the ledger (`recorded`) as only an index can make it.
    """
    now = world.clock().replace(microsecond=0)
    caller = Caller(
        kind=CallerKind.PERSON,
        subject="thief",
        organisation=LOOKUP_OIN,
        organisation_kind=OrganisationKind.MUNICIPALITY,
        municipality=PLACE,
        active=True,
        roles=frozenset({Role.PRIVACY_OFFICER}),
        trainings=(),
        assurance=Assurance.HIGH,
    )
    bundle = _wider()
    matter = Matter("policy-activation", PLACE, bundle.digest, "policy-wider")
    async with transaction(world.engine) as conn:
        await insert_bundle(conn, bundle, now=now)
        asked = await request_approval(conn, matter, caller, key, now=now)
        said = Adoption(LEDGER_ORIGIN, PLACE, 1, bundle.digest, asked.id, now)
        signed = replace(said, **changed)  # type: ignore[arg-type]  # fields by name
        row = StoredAdoption(
            PLACE, 1, bundle.digest, asked.id, now, sign_adoption(signed, key)
        )
        await insert_adoption(conn, row)
        if recorded:
            digest = encode_b64u(bundle.digest)
            act = SpecialAct(Kind.POLICY, {}, policy=digest)
            entry = record_special(act, caller, world.index.keys, now)
            await insert_entries(conn, [entry])
    world.clock.moment += timedelta(seconds=10)


async def _scope(world: World) -> str:
    """What a lookup shows it could show; the problem where it is not answered."""
    body = await world.ask([a_bsn(1)])
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    if answer.status_code != 200:
        return str(answer.json()["type"].rpartition("/")[2])
    return str(answer.json()["answers"][0]["scope"])


async def test_a_row_with_another_ones_signature_closes_and_opens_nothing(
    world: World,
) -> None:
    await _forge(world, THIEF)
    assert await _scope(world) == "policy-unusable"
    async with restarted(world) as again:
        assert await _scope(again) == "policy-unusable"
    assert '"event": "policy-refused"' in world.log.getvalue()


@pytest.mark.parametrize(
    "changed",
    [
        {"municipality": "9902"},
        {"serial": 2},
        {"digest": bytes(32)},
        {"origin": "elsewhere.test/ledger"},
    ],
)
async def test_a_true_signature_over_something_else_does_not_count(
    world: World, changed: dict[str, Any]
) -> None:
    await _forge(world, world.index.receipt_key, **changed)
    assert await _scope(world) == "policy-unusable"


async def test_the_index_s_own_signature_over_exactly_this_row_counts(
    world: World,
) -> None:
    await _forge(world, world.index.receipt_key)
    assert "WW" in await _scope(world)


async def test_a_bundle_that_is_not_the_one_of_its_digest_closes(
    world: World,
) -> None:
    await _forge(world, world.index.receipt_key)
    async with transaction(world.engine) as conn:
        await conn.execute(text("DROP TRIGGER refuse_policy_bundle_update"))
        changed = "replace(document, 'Geen wet', 'Een wet')"
        await conn.execute(text(f"UPDATE policy_bundle SET document = {changed}"))  # noqa: S608 - ours
    assert await _scope(world) == "policy-unusable"


async def test_an_adoption_that_disappears_does_not_bring_the_old_policy_back(
    world: World,
) -> None:
    await _forge(world, world.index.receipt_key)
    assert "WW" in await _scope(world)
    async with transaction(world.engine) as conn:
        await conn.execute(text("DROP TRIGGER refuse_policy_adoption_delete"))
        await conn.execute(text("DELETE FROM policy_adoption"))
    world.clock.moment += timedelta(seconds=10)
    assert await _scope(world) == "policy-unusable"
    async with restarted(world) as again:
        assert await _scope(again) == "policy-unusable"


async def test_an_adoption_that_the_ledger_does_not_tell_of_is_not_taken_up(
    world: World,
) -> None:
    await _forge(world, world.index.receipt_key, recorded=False)
    assert await _scope(world) == "policy-unusable"


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize("table", ["policy_bundle", "policy_adoption"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET digest = digest"])
async def test_what_was_adopted_is_append_only(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, table: str, verb: str
) -> None:
    is_sqlite = kind == "sqlite"
    url = None if is_sqlite else str(request.getfixturevalue("registered_postgres"))
    async with open_world(tmp_path, url) as world:
        await _forge(world, world.index.receipt_key)
        with pytest.raises(DBAPIError, match=r"stays|permission denied"):
            async with transaction(world.engine) as conn:
                await conn.execute(text(verb.format(table)))


async def test_other_municipalities_are_not_touched(world: World) -> None:
    await _forge(world, THIEF)
    standing = await world.index.standing.get(world.clock())
    assert world.index.policy.get(standing, "9902").catalogue.version == "2026.1"

"""A word for contact holders takes two persons, on both databases."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import insert, select, text, update

from signal_index.ledger import Group
from signal_index.store.connect import DatabaseRole, open_engine, transaction
from signal_index.store.contact_labels import find_labels
from signal_index.store.endings import Because, end
from signal_index.tables.approvals import contact_label_request
from tests.ledger_reading import open_entries
from tests.policy_officers import approving
from tests.store_builders import owning
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
WORD = "Klantmanager team Zuid"


async def ask(world: World, label: str = WORD, **changed: object) -> httpx.Response:
    body = {"organisation": world.debt_help.oin, "label": label, **changed}
    return await world.send(
        "POST", "/contact-labels", world.an_officer(sub="anke"), body
    )


async def decide(
    world: World, asked: dict[str, Any], who: str, decision: str = "approved"
) -> httpx.Response:
    path = f"/approvals/{asked['approvalId']}/decision"
    token = world.an_officer(sub=who)
    said = {"decision": decision}
    if decision == "approved":
        said = await approving(world, token, asked["approvalId"])
    return await world.send("POST", path, token, said)


async def own_words(world: World) -> set[str]:
    """What the agency's contact holders may be called by its own list."""
    async with transaction(world.engine) as conn:
        key, oin = world.index.receipt_key, world.debt_help.oin
        return set(await find_labels(conn, oin, key, now=world.clock()))


async def list_states(world: World) -> list[tuple[str, str]]:
    answer = await world.send("GET", "/contact-labels", world.an_officer())
    return [(one["label"], one["state"]) for one in answer.json()["items"]]


async def test_a_word_counts_once_another_person_approved_it(world: World) -> None:
    before = await own_words(world)
    asked = await ask(world)
    assert asked.status_code == 201, asked.text
    assert await own_words(world) == before
    herself = await decide(world, asked.json(), "anke")
    assert herself.json()["type"].endswith("/same-person")
    assert await own_words(world) == before
    assert (await decide(world, asked.json(), "bram")).status_code == 200
    assert await own_words(world) == before | {WORD}
    assert await list_states(world) == [(WORD, "approved")]
    entries = await open_entries(world, "approval")
    acts = [str((entry[Group.WHAT] or {})["act"]) for entry in entries]
    assert sorted(acts) == ["approval-approved", "approval-requested"]


async def test_a_word_that_was_refused_or_ended_counts_for_nothing(
    world: World,
) -> None:
    before = await own_words(world)
    refused, ended = (await ask(world, "Iets anders")), (await ask(world))
    await decide(world, refused.json(), "bram", "refused")
    await decide(world, ended.json(), "bram")
    key = {"organisation": world.debt_help.oin, "label": WORD}
    async with owning(world.engine) as conn:
        await end(conn, "contact-label", key, Because.MISTAKE, now=world.clock())
    assert await own_words(world) == before
    assert sorted(await list_states(world)) == [
        ("Iets anders", "refused"),
        (WORD, "over"),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organisation", "00000001999999999999"),
        ("label", "Bel 123456789"),
        ("label", ""),
        ("label", "x" * 61),
    ],
)
async def test_what_is_no_word_or_no_agency_of_here_is_named_by_its_field(
    world: World, field: str, value: str
) -> None:
    answer = await ask(world, **{field: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


async def test_sql_as_the_web_role_adds_no_word(world: World) -> None:
    """One that was approved, copied for another word or another agency."""
    asked = (await ask(world)).json()
    await decide(world, asked, "bram")
    before = await own_words(world)
    url = world.engine.url.render_as_string(hide_password=False)
    web = open_engine(url, DatabaseRole.WEB, pool_size=1)
    async with transaction(web) as conn:
        await conn.execute(
            text(
                "INSERT INTO contact_label_request (id, municipality, organisation,"
                " label, approval_id, asked_at) SELECT :id, municipality, organisation,"
                " 'sinds mei in de schulden', approval_id, asked_at"
                " FROM contact_label_request"
            ),
            {"id": uuid4() if "postgresql" in url else uuid4().hex},
        )
    await web.dispose()
    assert await own_words(world) == before


async def test_the_second_person_reads_the_word_that_they_approve(
    world: World,
) -> None:
    """Whoever writes the database puts a harmless word beside the same approval."""
    before = await own_words(world)
    asked = (await ask(world, "Bel mij privé")).json()
    async with owning(world.engine) as conn:
        row = (await conn.execute(select(contact_label_request))).mappings().one()
        other = {**row, "id": uuid4(), "label": "Consulent"}
        await conn.execute(insert(contact_label_request), other)
    assert await list_states(world) == [("Bel mij privé", "open")]
    async with owning(world.engine) as conn:
        await conn.execute(update(contact_label_request).values(label="Consulent"))
    assert await list_states(world) == []
    assert (await decide(world, asked, "bram")).status_code == 200
    assert await own_words(world) == before

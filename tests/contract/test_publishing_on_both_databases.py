"""Publishing does the same on SQLite and on PostgreSQL: idempotent, item by item."""

from __future__ import annotations

import uuid
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from keys.bsn import Bsn
from signal_index.days import day_of
from signal_index.notice import (
    Batch,
    new_notice_key,
    sign_batch,
    sign_notice,
    sign_withdrawal,
)
from signal_index.store.connect import reading
from signal_index.wire.signals import (
    BatchBody,
    Notice,
    NoticeBody,
    SubjectProof,
    Withdrawal,
)
from signal_index.wire.values import Label, Oin, Slug
from tests.builders import (
    a_contact_holder,
    a_day,
    a_delivery,
    a_notice,
    a_withdrawal,
    about,
    anew,
)
from tests.holders_builders import SOURCE_OIN, a_bsn
from tests.ledger_reading import count_entries
from tests.store_builders import owning
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)
US = Oin(SOURCE_OIN)


async def _put(world: World, notice: Notice, number: Bsn) -> httpx.Response:
    (n,) = (await world.holders.prepare_publication([number])).pseudonyms
    bound, proof = about(notice, n)
    key = world.debt_help.key
    token = sign_notice(key, bound, iss=US, now=world.clock())
    body = _body(token, proof)
    bearer = world.a_source_token(world.debt_help)
    return await world.send("PUT", f"/signals/{notice.reference}", bearer, body)


def _body(token: str, proof: SubjectProof) -> object:
    return NoticeBody(
        keyVersion=1, notice=token, pseudonym=proof.pseudonym, salt=proof.salt
    ).model_dump(mode="json")


async def _withdraw(world: World, withdrawal: Withdrawal) -> httpx.Response:
    key = world.debt_help.key
    token = sign_withdrawal(key, withdrawal, iss=US, now=world.clock())
    path = f"/signals/{withdrawal.reference}/withdrawal"
    bearer = world.a_source_token(world.debt_help)
    return await world.send("POST", path, bearer, {"withdrawal": token})


async def _send(
    world: World, notices: list[Notice], numbers: list[Bsn], *gone: Withdrawal
) -> list[str]:
    given = await world.holders.prepare_publication(numbers)
    bound = [about(n, p) for n, p in zip(notices, given.pseudonyms, strict=True)]
    batch = Batch(uuid.uuid4(), tuple(notice for notice, _ in bound), gone)
    token = sign_batch(world.debt_help.key, batch, iss=US, now=world.clock())
    body = BatchBody(
        keyVersion=1, batch=token, subjects=[proof for _, proof in bound]
    ).model_dump(mode="json")
    bearer = world.a_source_token(world.debt_help)
    answer = await world.send("POST", "/signal-batches", bearer, body)
    assert answer.status_code == 200, answer.text
    return [_said(one) for one in answer.json()["results"]]


def _said(result: dict[str, object]) -> str:
    problem = result.get("problem")
    if isinstance(problem, dict):
        return str(problem["type"]).rpartition("/")[2]
    return str(result["outcome"])


def _notice(world: World, **changed: object) -> Notice:
    return a_notice(world.debt_help.contact, **changed)


async def _flags(world: World, number: Bsn) -> int:
    (part,) = await world.look_up([number])
    return len(part["flags"])


async def test_one_signal_is_published_and_found(world: World) -> None:
    answer = await _put(world, _notice(world), ONE)
    assert answer.json()["outcome"] == "accepted"
    assert (await _flags(world, ONE), await _flags(world, TWO)) == (1, 0)


async def test_the_same_again_changes_nothing(world: World) -> None:
    notice = _notice(world)
    said = [(await _put(world, notice, ONE)).json()["outcome"] for _ in range(2)]
    assert said == ["accepted", "unchanged"]
    assert await _flags(world, ONE) == 1


async def test_a_higher_version_replaces_and_a_lower_never_wins(world: World) -> None:
    notice = _notice(world)
    newer = anew(notice, version=3, validUntil=a_day(9))
    said = [
        (await _put(world, one, ONE)).json()["outcome"]
        for one in (notice, newer, anew(notice, version=2))
    ]
    assert said == ["accepted", "accepted", "superseded"]
    (part,) = await world.look_up([ONE])
    assert [flag["expires"] for flag in part["flags"]] == [a_day(9).isoformat()]


async def test_a_corrected_person_moves_the_signal(world: World) -> None:
    notice = _notice(world)
    await _put(world, notice, ONE)
    await _put(world, anew(notice, version=2), TWO)
    assert (await _flags(world, ONE), await _flags(world, TWO)) == (0, 1)


async def test_a_withdrawal_erases_and_leaves_a_tombstone(world: World) -> None:
    notice = _notice(world)
    await _put(world, notice, ONE)
    withdrawal = a_withdrawal(notice)
    said = [(await _withdraw(world, withdrawal)).json()["outcome"] for _ in range(2)]
    assert said == ["accepted", "unchanged"]
    late = await _put(world, notice, ONE)
    assert late.json()["outcome"] == "superseded"
    assert await _flags(world, ONE) == 0
    async with reading(world.engine) as conn:
        left = await conn.scalar(text("SELECT count(*) FROM signal"))
    assert left == 0


async def test_a_withdrawal_of_tomorrow_is_refused(world: World) -> None:
    """It would say of a flag that it ended when it did not."""
    notice = _notice(world)
    await _put(world, notice, ONE)
    tomorrow = day_of(world.clock()) + timedelta(days=1)
    refused = (await _withdraw(world, a_withdrawal(notice, on=tomorrow))).json()
    assert refused["errors"][0]["field"] == "on"
    assert refused["errors"][0]["code"] == "in-the-future"
    assert await _flags(world, ONE) == 1


async def test_a_withdrawn_signal_may_come_back_in_a_higher_version(
    world: World,
) -> None:
    notice = _notice(world)
    await _put(world, notice, ONE)
    await _withdraw(world, a_withdrawal(notice))
    again = await _put(world, anew(notice, version=3), ONE)
    assert again.json()["outcome"] == "accepted"
    assert await _flags(world, ONE) == 1


async def test_what_was_never_published_cannot_be_withdrawn(world: World) -> None:
    answer = await _withdraw(world, a_withdrawal(_notice(world)))
    assert answer.status_code == 404


async def test_one_bad_item_never_sinks_the_rest(world: World) -> None:
    good, gone = _notice(world), _notice(world)
    await _put(world, gone, TWO)
    doubled = anew(good, version=2)
    notices = [
        good,
        doubled,
        _notice(world, category=Slug("leerplicht")),
        _notice(world, category=Slug("gezelligheid")),
        _notice(world, municipality="9902"),
        a_notice(uuid.uuid4()),
        _notice(world, source=Oin("00000001000000000012")),
        _notice(world, validUntil=a_day(-1)),
        _notice(world, validUntil=a_day(800)),
        anew(_notice(world), informed=anew(good.informed, code="urgent")),
        _notice(world, category=Slug("vroegsignalering"), validUntil=a_day(30)),
    ]
    numbers = [a_bsn(n) for n in range(10, 10 + len(notices))]
    said = await _send(world, notices, numbers, a_withdrawal(gone))
    assert said == [
        "accepted",
        "invalid-input",
        "category-not-open",
        "unknown-code",
        "category-not-established",
        "unknown-contact-holder",
        "unknown-source",
        "invalid-input",
        "life-too-long",
        "informed-code-refused",
        "unknown-source",
        "accepted",
    ]
    assert (await _flags(world, numbers[0]), await _flags(world, TWO)) == (1, 0)


async def test_a_batch_sent_again_changes_nothing(world: World) -> None:
    notices = [_notice(world) for _ in range(40)]
    numbers = [a_bsn(n) for n in range(40)]
    assert await _send(world, notices, numbers) == ["accepted"] * 40
    assert await _send(world, notices, numbers) == ["unchanged"] * 40


async def test_a_pseudonym_that_was_not_signed_for_is_refused(world: World) -> None:
    given = await world.holders.prepare_publication([ONE, TWO])
    bound, _ = about(_notice(world), given.pseudonyms[0])
    _, other = about(bound, given.pseudonyms[1])
    token = sign_notice(world.debt_help.key, bound, iss=US, now=world.clock())
    body = _body(token, other)
    bearer = world.a_source_token(world.debt_help)
    answer = await world.send("PUT", f"/signals/{bound.reference}", bearer, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "subject"


async def test_a_key_that_is_not_registered_signs_nothing(world: World) -> None:
    world.debt_help.key = new_notice_key()
    assert (await _put(world, _notice(world), ONE)).status_code == 403


async def test_what_is_kept_as_evidence_names_nobody(world: World) -> None:
    (n,) = (await world.holders.prepare_publication([ONE])).pseudonyms
    await _put(world, _notice(world), ONE)
    async with owning(world.engine) as conn:
        rows = (await conn.execute(text("SELECT kind, jws FROM evidence"))).all()
    assert [row.kind for row in rows] == ["notice"]
    assert n.encoded.hex() not in rows[0].jws
    assert await count_entries(world, "publication") == 1


async def test_own_signals_page_without_losing_any(world: World) -> None:
    notices = await world.publish(world.debt_help, [a_bsn(n) for n in range(5)])
    await world.publish(world.income_support, [ONE])
    token = world.a_source_token(world.debt_help)
    seen, path = [], "/signals?limit=2"
    while path:
        page = (await world.send("GET", path, token)).json()
        seen += [item["reference"] for item in page["items"]]
        path = page["next"] and f"/signals?limit=2&cursor={page['next']}"
    assert sorted(seen) == sorted(str(notice.reference) for notice in notices)


async def test_a_closed_delivery_makes_its_source_heard(world: World) -> None:
    delivery = a_delivery().model_dump(mode="json")
    token = world.a_source_token(world.debt_help)
    said = [
        (await world.send("POST", "/deliveries", token, delivery)).status_code
        for _ in range(2)
    ]
    assert said == [201, 200]
    (part,) = await world.look_up([ONE])
    heard = {one["category"]: one["stale"] for one in part["sources"]}
    assert heard == {"schuldhulpverlening": False, "bijstand": True}
    assert await count_entries(world, "delivery") == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "full"),
        ("until", "2026-11-23T11:00:00Z"),
        ("rejects", [{"reason": "bsn-invalid", "count": 1}]),
    ],
)
async def test_a_delivery_s_id_with_other_content_is_refused(
    world: World, field: str, value: object
) -> None:
    delivery = a_delivery().model_dump(mode="json")
    token = world.a_source_token(world.debt_help)
    assert (await world.send("POST", "/deliveries", token, delivery)).status_code == 201
    changed = {**delivery, field: value}
    answer = await world.send("POST", "/deliveries", token, changed)
    assert (answer.status_code, _said({"problem": answer.json()})) == (
        409,
        "delivery-id-used",
    )
    again = await world.send("POST", "/deliveries", token, delivery)
    assert again.status_code == 200
    assert await count_entries(world, "delivery") == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"source": "00000001000000000021"}, "source"),
        ({"categories": ["bijstand"]}, "categories"),
        ({"municipalities": ["9902"]}, "municipalities"),
        ({"municipalities": ["9901", "9902"]}, "municipalities"),
    ],
)
async def test_a_delivery_that_is_not_registered_for_names_what_is_wrong(
    world: World, changed: dict[str, object], field: str
) -> None:
    delivery = a_delivery().model_dump(mode="json") | changed
    token = world.a_source_token(world.debt_help)
    answer = await world.send("POST", "/deliveries", token, delivery)
    assert (answer.status_code, _said({"problem": answer.json()})) == (
        403,
        "unknown-source",
    )
    assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_withdrawals_go_through_without_a_version_of_the_key(
    world: World,
) -> None:
    (notice,) = await world.publish(world.debt_help, [ONE])
    gone = a_withdrawal(notice)
    batch = Batch(uuid.uuid4(), withdrawals=(gone,))
    token = sign_batch(world.debt_help.key, batch, iss=US, now=world.clock())
    body = {"batch": token, "subjects": []}
    bearer = world.a_source_token(world.debt_help)
    answer = await world.send("POST", "/signal-batches", bearer, body)
    assert [_said(one) for one in answer.json()["results"]] == ["accepted"]
    assert await _flags(world, ONE) == 0


async def test_a_notice_needs_the_version_of_the_key(world: World) -> None:
    batch = Batch(uuid.uuid4(), (_notice(world),))
    token = sign_batch(world.debt_help.key, batch, iss=US, now=world.clock())
    body = {"batch": token, "subjects": []}
    bearer = world.a_source_token(world.debt_help)
    answer = await world.send("POST", "/signal-batches", bearer, body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (
        400,
        "keyVersion",
    )


async def test_a_source_that_falls_silent_becomes_stale(world: World) -> None:
    token = world.a_source_token(world.debt_help)
    await world.send("POST", "/deliveries", token, a_delivery().model_dump(mode="json"))
    world.clock.forward(timedelta(days=15))
    (part,) = await world.look_up([ONE])
    assert all(one["stale"] for one in part["sources"])


async def test_a_contact_holder_is_replaced_and_shown_as_it_is_now(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    changed = a_contact_holder(function=Label("Balie"))
    assert (await world.put_contact(world.debt_help, changed)).status_code == 200
    token = world.a_source_token(world.debt_help)
    (part,) = await world.look_up([ONE])
    assert part["flags"][0]["contactHolder"]["function"] == "Balie"
    listed = (await world.send("GET", "/contact-holders", token)).json()["items"]
    assert [one["function"] for one in listed] == ["Balie"]

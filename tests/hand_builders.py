"""Whoever signals by hand, as the town's issuer knows them, and what they give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import httpx

from keys.bsn import Bsn
from policy.vocabulary import Establishment, LoopActId
from signal_index.notice import sign_notice, sign_withdrawal
from signal_index.store.establishments import establish
from signal_index.wire.signals import Notice, NoticeBody, Withdrawal
from signal_index.wire.values import Oin
from tests.builders import PLACE, a_notice, about
from tests.store_builders import owning
from tests.tokens import person_claims
from tests.world import Agency, World


async def open_hand_signals(world: World) -> None:
    """Establish the act, as a municipality does; what is known is renewed."""
    given = Establishment(
        opens=LoopActId.HAND_SIGNAL,
        municipality=PLACE,
        by_role="college",
        on=date(2026, 1, 1),
    )
    async with owning(world.engine) as conn:
        await establish(conn, given, now=world.clock())
    world.index.standing.forget()


def a_hand_signaller(world: World, agency: Agency, **changed: object) -> str:
    """An access token of somebody at the agency; override one claim."""
    claims: dict[str, object] = {
        "org": agency.oin,
        "client_id": f"desk-{agency.oin[-4:]}",
        "sub": "ib-1",
        "roles": ["hand-signaller"],
        "scope": "openid publish",
    }
    return world.issuer.sign(person_claims(world.clock(), **{**claims, **changed}))


def a_hand_notice(agency: Agency, **changed: object) -> Notice:
    """What somebody at the agency gives; the subject is not real yet."""
    own = {"source": Oin(agency.oin), "category": agency.category}
    return a_notice(agency.contact, **{**own, **changed})


async def give(
    world: World,
    agency: Agency,
    notice: Notice,
    number: Bsn,
    token: str | None = None,
    *,
    beside: Sequence[str] = (),
) -> httpx.Response:
    """Give this signal of this person by hand, signed by the agency."""
    (n,) = (await world.holders.prepare_publication([number])).pseudonyms
    bound, proof = about(notice, n)
    signed = sign_notice(agency.key, bound, iss=Oin(agency.oin), now=world.clock())
    body = NoticeBody(
        keyVersion=1, notice=signed, pseudonym=proof.pseudonym, salt=proof.salt
    ).model_dump(mode="json")
    said = {**body, "beside": list(beside)}
    bearer = token or a_hand_signaller(world, agency)
    return await world.send("PUT", f"/hand-signals/{notice.reference}", bearer, said)


async def take_back(
    world: World, agency: Agency, said: Withdrawal, token: str | None = None
) -> httpx.Response:
    """Take a signal back by hand, signed by the agency."""
    signed = sign_withdrawal(agency.key, said, iss=Oin(agency.oin), now=world.clock())
    path = f"/hand-signals/{said.reference}/withdrawal"
    bearer = token or a_hand_signaller(world, agency)
    return await world.send("POST", path, bearer, {"withdrawal": signed})


async def offer(
    world: World, agency: Agency, notices: Sequence[Notice], sub: str = "ib-1"
) -> str:
    """Offer these signals to a colleague; the entry that says so."""
    references = [str(one.reference) for one in notices]
    token = a_hand_signaller(world, agency, sub=sub)
    body = {"references": references}
    answer = await world.send("POST", "/hand-signal-offers", token, body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["entryId"])


async def take_over(
    world: World,
    offered: str,
    notices: Sequence[Notice],
    token: str,
    contact: UUID | None = None,
) -> httpx.Response:
    """Take over what an entry offered, with whom others call from now on."""
    body = {
        "offer": offered,
        "references": [str(one.reference) for one in notices],
        "contactHolder": None if contact is None else str(contact),
    }
    return await world.send("POST", "/hand-signal-takeovers", token, body)


async def pass_on(
    world: World,
    agency: Agency,
    notices: Sequence[Notice],
    contact: UUID | None = None,
) -> httpx.Response:
    """Offer signals by hand, and take them over as a colleague."""
    offered = await offer(world, agency, notices)
    colleague = a_hand_signaller(world, agency, sub="ib-2")
    return await take_over(world, offered, notices, colleague, contact)

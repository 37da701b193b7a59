"""What an agency's agents say of themselves, and what is answered for them to fetch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import UnknownHeldDelivery
from signal_index.store.readable import read_each
from signal_index.tables.registry import agent_status
from signal_index.wire.agents import (
    UNSENT_AT_MOST,
    Agent,
    AgentStatus,
    FeedStatus,
    HeldAnswer,
    HeldDelivery,
    ListedUnsent,
    ToldAnswer,
    UnsentDelivery,
)
from signal_index.wire.persons import Account


async def store_agent_status(
    conn: AsyncConnection,
    owner: tuple[str, str],
    agent: str,
    status: AgentStatus,
    *,
    now: datetime,
) -> list[ToldAnswer]:
    """Keep what an agent last said of itself; `owner` as with contact holders.

    Gives what was answered about the deliveries that it says to hold. Any other answer
    is forgotten: it was carried out, or its delivery is not what it was.

    What it says that ended unsent is kept since when it is known; by whom is known only
    of what was answered on a page, and no word of an agent changes that.
    """
    organisation, municipality = owner
    held = {(one.held.delivery, one.held.digest) for one in status.feeds if one.held}
    row = await _find(conn, organisation, agent)
    kept = [
        one
        for one in (_answers(row) if row else [])
        if (one.delivery, one.digest) in held
    ]
    values = {
        "status": status.model_dump(mode="json"),
        "reported_at": now,
        "answers": [one.model_dump(mode="json") for one in kept],
        "unsent": _dump(_merge(_unsent(row) if row else [], status.unsent, now)),
    }
    key = {"organisation": organisation, "agent": agent}
    if row is None:
        one = {**key, "municipality": municipality, **values}
        await conn.execute(insert(agent_status), one)
    else:
        await conn.execute(_of(organisation, agent).values(**values))
    return kept


async def answer_held(
    conn: AsyncConnection,
    organisation: str,
    about: tuple[str, UUID],
    said: HeldAnswer,
    by: tuple[Account, datetime],
) -> HeldDelivery | None:
    """Keep an answer for an agent to fetch; gives what it is about.

    None where it was given before. Of what is dropped it is kept by whom and when: no
    delivery is ever closed that would tell of it.

    Raises `UnknownHeldDelivery` unless the agent says that it holds this delivery with
    this very difference. A later answer replaces one that was not fetched.
    """
    agent, delivery = about
    row = await _find(conn, organisation, agent)
    read, _ = read_each([row] if row else [], _status)
    told = [feed for one in read for feed in one.feeds]
    wanted = (delivery, said.digest)
    meant = [
        (one.feed, one.held)
        for one in told
        if one.held and (one.held.delivery, one.held.digest) == wanted
    ]
    if row is None or not meant:
        raise UnknownHeldDelivery
    answer = ToldAnswer(delivery=delivery, digest=said.digest, answer=said.answer)
    before = _answers(row)
    if answer in before:
        return None
    kept = [*(one for one in before if one.delivery != delivery), answer]
    feed, held = meant[0]
    unsent = [one for one in _unsent(row) if one.delivery != delivery]
    if said.answer == "dropped":
        who, at = by
        made = ListedUnsent(
            delivery=delivery, feed=feed, how="dropped", notedAt=at, by=who
        )
        unsent = [made, *unsent]
    values = {
        "answers": [one.model_dump(mode="json") for one in kept],
        "unsent": _dump(unsent),
    }
    await conn.execute(_of(organisation, agent).values(**values))
    return held


async def list_agents(
    conn: AsyncConnection, organisation: str
) -> tuple[list[Agent], list[str]]:
    """Read what each agent of an organisation last said, and when.

    Gives also those of which it cannot be read.
    """
    rows = await conn.execute(
        select(agent_status)
        .where(agent_status.c.organisation == organisation)
        .order_by(agent_status.c.agent)
    )
    found, broken = read_each(
        rows,
        lambda row: Agent(
            agent=row.agent,
            reportedAt=row.reported_at,
            feeds=_status(row).feeds,
            answers=[ToldAnswer.model_validate(one) for one in row.answers],
            unsent=[_unsent_one(one) for one in row.unsent],
        ),
    )
    return found, [row.agent for row in broken]


async def _find(
    conn: AsyncConnection, organisation: str, agent: str
) -> Row[*tuple[Any, ...]] | None:
    """Read a row and keep it until the end of the transaction: two may answer."""
    query = select(agent_status).where(
        agent_status.c.organisation == organisation, agent_status.c.agent == agent
    )
    return (await conn.execute(query.with_for_update())).first()


def _of(organisation: str, agent: str) -> Any:  # noqa: ANN401 - SQLAlchemy's own type
    return update(agent_status).where(
        agent_status.c.organisation == organisation, agent_status.c.agent == agent
    )


def _status(row: Row[*tuple[Any, ...]]) -> AgentStatus:
    """Read what an agent said; before there was another member nothing was held."""
    feeds: Sequence[dict[str, object]] = row.status["feeds"]
    return AgentStatus(
        feeds=[FeedStatus.model_validate({"held": None, **feed}) for feed in feeds],
        unsent=[],
    )


def _answers(row: Row[*tuple[Any, ...]]) -> list[ToldAnswer]:
    """Give the answers that can be read: no other is carried out."""
    return read_each(_listed(row.answers), ToldAnswer.model_validate)[0]


def _unsent(row: Row[*tuple[Any, ...]]) -> list[ListedUnsent]:
    return read_each(_listed(row.unsent), _unsent_one)[0]


def _unsent_one(said: object) -> ListedUnsent:
    return ListedUnsent.model_validate_json(json.dumps(said))


def _listed(said: object) -> list[object]:
    return said if isinstance(said, list) else []


def _dump(unsent: Sequence[ListedUnsent]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in unsent]


def _merge(
    known: Sequence[ListedUnsent], told: Sequence[UnsentDelivery], now: datetime
) -> list[ListedUnsent]:
    """Give all that an agent tells, and the newest that persons dropped on a page."""
    by_page = [one for one in known if one.by is not None][:UNSENT_AT_MOST]
    before = {(one.delivery, one.how): one for one in known}
    named = {one.delivery for one in by_page}
    heard = [
        before.get((one.delivery, one.how))
        or ListedUnsent(
            delivery=one.delivery, feed=one.feed, how=one.how, notedAt=now, by=None
        )
        for one in told
        if one.delivery not in named
    ]
    return sorted([*by_page, *heard], key=lambda one: one.notedAt, reverse=True)

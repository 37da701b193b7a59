"""What an officer searches for in the measured ledger, drawn anew for each run.

Beside each question stands SQL that finds the same entries in its own way: what the
index answers is held against it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from deploy.measure.ledger_rows import (
    PURPOSES,
    TEAMS,
    USERS,
    Filling,
    team_name,
    user_name,
)
from deploy.town.parties import MUNICIPALITY, TEAM
from signal_index.identifiers import end_id, first_id
from signal_index.ledger import (
    DisclosureKey,
    Outcome,
    break_glass_find_key,
    outcome_find_key,
    purpose_find_key,
    team_find_key,
    user_find_key,
)

PAGE = 50
MONTH, QUARTER = timedelta(days=30), timedelta(days=90)
HERE = ZoneInfo("Europe/Amsterdam")


@dataclass(repr=False)
class Plan:
    """One search: a kind, a body, and what its entries have in the database."""

    kind: str
    first: date
    last: date
    asked: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, bytes] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """Give the body of the request."""
        days = {"from": self.first.isoformat(), "until": self.last.isoformat()}
        return {"why": "supervision", **days, **self.asked}


class Planner:
    """Draws searches over one filling."""

    def __init__(self, filling: Filling, key: DisclosureKey) -> None:
        self._chance = secrets.SystemRandom()
        self._first = date(filling.until.year, 1, 1)
        self._last = filling.until.date()
        self._key = key

    def draw(self) -> list[Plan]:
        """Give one search of every kind."""
        return [
            self._user(self._plan("user, month", MONTH)),
            self._user(self._plan("user, year", None)),
            self._team(self._plan("team, month", MONTH)),
            self._team(self._plan("team, year", None)),
            self._purpose(self._plan("purpose, month", MONTH)),
            self._refused(self._plan("refused, quarter", QUARTER)),
            self._broken(self._plan("break-glass, year", None)),
            self._refused(self._user(self._plan("user, refused, year", None))),
            self._refused(
                self._purpose(self._team(self._plan("team, purpose, refused", None)))
            ),
            self._broken(self._user(self._plan("user, break-glass, year", None))),
            self._plan("all, month", MONTH),
        ]

    def plan_citizen(self, name: bytes) -> Plan:
        """Give the search for a citizen, by keyed hash; its tickets come later."""
        return Plan("citizen", self._first, self._last, {}, {"find_person": name})

    def _plan(self, kind: str, length: timedelta | None) -> Plan:
        if length is None:
            return Plan(kind, self._first, self._last)
        days = max(0, (self._last - self._first - length).days)
        last = self._last - timedelta(days=self._chance.randint(0, days))
        return Plan(kind, last - length, last)

    def _user(self, plan: Plan) -> Plan:
        user = user_name(self._chance.randrange(USERS))
        plan.asked |= {"user": user, "organisation": TEAM}
        plan.columns["find_user"] = user_find_key(self._key, TEAM, user)
        return plan

    def _team(self, plan: Plan) -> Plan:
        team = team_name(self._chance.randrange(TEAMS))
        plan.asked |= {"team": team, "organisation": TEAM}
        plan.columns["find_team"] = team_find_key(self._key, TEAM, team)
        return plan

    def _purpose(self, plan: Plan) -> Plan:
        purpose = self._chance.choice(PURPOSES)
        plan.asked["purpose"] = purpose
        plan.columns["find_purpose"] = purpose_find_key(
            self._key, MUNICIPALITY, purpose
        )
        return plan

    def _refused(self, plan: Plan) -> Plan:
        plan.asked["outcome"] = "refused"
        plan.columns["find_outcome"] = outcome_find_key(
            self._key, MUNICIPALITY, Outcome.REFUSED
        )
        return plan

    def _broken(self, plan: Plan) -> Plan:
        plan.asked["outcome"] = "break-glass"
        plan.columns["find_break_glass"] = break_glass_find_key(self._key, MUNICIPALITY)
        return plan


_NEWEST = ") SELECT entry_id FROM found ORDER BY 1 DESC LIMIT 51"
"""One more than a page; all that match are found first, by whatever road."""


async def find_expected(url: str, plans: Sequence[Plan]) -> list[list[UUID]]:
    """Give what each search must find, newest first: one more than a page."""
    conn = await asyncpg.connect(url)
    try:
        return [await _find(conn, plan) for plan in plans]
    finally:
        await conn.close()


async def _find(conn: asyncpg.Connection[Any], plan: Plan) -> list[UUID]:
    conditions = [
        f"d.{name} = ${place}" for place, name in enumerate(plan.columns, start=3)
    ]
    text = " AND ".join(
        [
            "WITH found AS MATERIALIZED (SELECT d.entry_id FROM ledger_disclosure d "
            "JOIN ledger_entry e ON e.entry_id = d.entry_id "
            "WHERE d.entry_id >= $1",
            "d.entry_id < $2",
            "e.kind = 'lookup'",
            *conditions,
        ]
    )
    first, end = _start_of(plan.first), _start_of(plan.last + timedelta(days=1))
    rows = await conn.fetch(
        text + _NEWEST,
        *(first_id(first), end_id(end)),
        *plan.columns.values(),
        timeout=600,
    )
    return [row[0] for row in rows]


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), HERE).astimezone(UTC)

"""One request's mark in the holder's memory: used once, and its persons spent.

Runs inside the store's transaction; what raises here leaves nothing behind.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime

from keys.holder.admission import Admitted
from keys.holder.budgets import (
    ASKED_WITHIN,
    DayLimits,
    check_asked,
    check_bucket,
    check_day,
    outstanding,
)
from keys.holder.errors import (
    AccountRefused,
    ActNotAllowed,
    RequestExpired,
    RequestReplayed,
)
from keys.holder.organisations import (
    LookupOrganisation,
    PortalOrganisation,
    SourceOrganisation,
)
from keys.refused import EVERYBODY, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketGrant:
    """The ticket that goes with a request: recorded with it, signed afterwards."""

    jti: str
    expires_at: datetime


def verify_served(connection: sqlite3.Connection, admitted: Admitted) -> None:
    """Raise `AccountRefused` where the index said so of who asks, or of all there."""
    claims = admitted.claims
    found = connection.execute(
        "SELECT 1 FROM refused WHERE organisation = ? AND subject IN (?, ?)",
        (claims.iss, claims.sub, EVERYBODY),
    ).fetchone()
    if found is not None:
        raise AccountRefused


def replace_refused(connection: sqlite3.Connection, said: Refused) -> None:
    """Put this list in the place of the one before, or raise `RequestExpired`."""
    at = int(said.at.timestamp())
    taken = connection.execute(
        "INSERT INTO refused_at VALUES (1, ?) ON CONFLICT DO UPDATE"
        " SET at = excluded.at WHERE at <= excluded.at RETURNING at",
        (at,),
    ).fetchone()
    if taken is None:
        raise RequestExpired
    connection.execute("DELETE FROM refused")
    connection.executemany("INSERT INTO refused VALUES (?, ?)", sorted(said.accounts))


def insert_request(
    connection: sqlite3.Connection,
    admitted: Admitted,
    grant: TicketGrant | None,
    now: datetime,
) -> None:
    """Mark a request as used, and who asked how many for which act; raises if it was.

    One `req` gets one ticket, whoever signs for it again: honest clients blind anew,
    and two lookups under one `req` would look as if the index had answered twice.

    The ticket stands with it from this moment on: a day statement may list one that a
    crash kept from the caller, never miss one that the caller has.
    """
    claims = admitted.claims
    expires = int(grant.expires_at.timestamp()) if grant else claims.exp
    insert_once(
        connection,
        "INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            claims.iss,
            str(claims.jti),
            now.astimezone(UTC).date().isoformat(),
            int(now.timestamp()),
            claims.sub,
            claims.act.value,
            claims.count,
            claims.key_version,
            claims.epoch,
            claims.req,
            grant.jti if grant else None,
            expires,
        ),
    )


def note_asked(
    connection: sqlite3.Connection, admitted: Admitted, now: datetime
) -> None:
    """Remember when somebody first asked under a sharing: it ends the one before."""
    claims = admitted.claims
    connection.execute(
        "UPDATE key_config SET asked_at = ?"
        " WHERE key_version = ? AND epoch = ? AND asked_at IS NULL",
        (int(now.timestamp()), claims.key_version, claims.epoch),
    )


def insert_once(
    connection: sqlite3.Connection, statement: str, values: tuple[object, ...]
) -> None:
    """Insert a row whose key is a request; raises `RequestReplayed` if it is there."""
    try:
        connection.execute(statement, values)
    except sqlite3.IntegrityError:
        raise RequestReplayed from None


def verify_seldom(
    connection: sqlite3.Connection, organisation: str, about: str, now: datetime
) -> None:
    """Raise `QuestionsSpent` where this was asked `MOST_ASKED` times within the hour.

    A statement is about its day, and a registration about itself: whoever reads a year
    of statements asks of each day once.
    """
    since = now - ASKED_WITHIN
    rows = connection.execute(
        "SELECT at FROM statement_request WHERE organisation = ? AND about = ?"
        " AND at > ? ORDER BY at",
        (organisation, about, int(since.timestamp())),
    ).fetchall()
    check_asked([datetime.fromtimestamp(row[0], UTC) for row in rows], now=now)


def draw(connection: sqlite3.Connection, admitted: Admitted, now: datetime) -> None:
    """Spend a request's persons, or raise the leaf of `BudgetSpent` that applies."""
    match admitted.organisation:
        case LookupOrganisation() as organisation:
            _draw_day(connection, organisation, admitted, now)
        case PortalOrganisation() as organisation:
            _draw_portal(connection, organisation, admitted.claims.count, now)
        case SourceOrganisation() as organisation:
            _draw_bucket(connection, organisation, admitted.claims.count, now)
        case _:
            raise ActNotAllowed


def _draw_day(
    connection: sqlite3.Connection,
    organisation: LookupOrganisation,
    admitted: Admitted,
    now: datetime,
) -> None:
    claims = admitted.claims
    day = now.astimezone(UTC).date().isoformat()
    (by_user,) = connection.execute(
        "INSERT INTO user_day VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET persons = persons + excluded.persons RETURNING persons",
        (day, claims.iss, claims.sub, claims.count),
    ).fetchone()
    by_all = _add_to_day(connection, claims.iss, claims.count, now)
    check_day(organisation.limits, by_user, by_all, now=now)


def _draw_portal(
    connection: sqlite3.Connection,
    portal: PortalOrganisation,
    count: int,
    now: datetime,
) -> None:
    """Spend of all that a portal asks in a day, whoever it says it asks for.

    Whoever has its key could name another subject each time; and what the people of the
    same organisation look up stands beside it.
    """
    spent = _add_to_day(connection, f"portal/{portal.oin}", count, now)
    check_day(DayLimits(spent, portal.per_day), spent, spent, now=now)


def _add_to_day(
    connection: sqlite3.Connection, whose: str, count: int, now: datetime
) -> int:
    (spent,) = connection.execute(
        "INSERT INTO organisation_day VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET persons = persons + excluded.persons RETURNING persons",
        (now.astimezone(UTC).date().isoformat(), whose, count),
    ).fetchone()
    return int(spent)


def _draw_bucket(
    connection: sqlite3.Connection,
    source: SourceOrganisation,
    count: int,
    now: datetime,
) -> None:
    today = now.astimezone(UTC).date()
    row = connection.execute(
        "SELECT persons, day FROM bucket WHERE organisation = ?", (source.oin,)
    ).fetchone()
    spent = count
    if row is not None:
        since = date.fromisoformat(row[1])
        spent += outstanding(source.bucket, row[0], since, today)
        today = max(today, since)
    check_bucket(source.bucket, spent, now=now)
    connection.execute(
        "INSERT INTO bucket VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET persons = excluded.persons, day = excluded.day",
        (source.oin, spent, today.isoformat()),
    )

"""The holder's memory: what is spent, which requests were used, which tickets given.

SQLite, WAL, synchronous=FULL, one connection, one writer at a time. It records who
asked how many for which act; there is no column that a point could stand in.

- `spend` is one transaction and durable when it returns: a crash after it costs the
  caller a request, never the budget a person.
- Whatever goes wrong with the database refuses the request (`HolderNotReady`).
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol, Self

from keys.config import KeyConfig
from keys.config_document import parse_document
from keys.holder.admission import Admitted
from keys.holder.errors import HolderNotReady, HolderStartRefused
from keys.holder.former import KeptConfig
from keys.holder.restoring import end_all_known, find_gap, insert_gap, list_gaps
from keys.holder.spending import (
    TicketGrant,
    draw,
    insert_once,
    insert_request,
    note_asked,
    replace_refused,
    verify_seldom,
    verify_served,
)
from keys.holder.tables import prepare
from keys.holder.wire import PlainClaims
from keys.refused import Refused
from keys.restoration import Restoration, RestoredBecause


@dataclass(frozen=True, slots=True)
class GivenTicket:
    """A ticket as a day statement lists it; fields in the order of the query."""

    jti: str
    subject: str
    organisation: str
    act: str
    count: int
    key_version: int
    epoch: int
    req: str
    issued: int
    expires: int


class Meter(Protocol):
    """What the service needs of its memory."""

    def spend(
        self, admitted: Admitted, grant: TicketGrant | None, *, now: datetime
    ) -> None:
        """Spend a request's persons durably, once; or raise and spend nothing."""

    def record_asked(self, claims: PlainClaims, about: str, *, now: datetime) -> None:
        """Record durably who asked what; raises for a request that was used.

        Raises `QuestionsSpent` where an organisation asks the same too often.
        """

    def take_refused(self, said: Refused) -> None:
        """Refuse these from now on and nobody else; raises for an older list."""

    def keep_config(self, config: KeyConfig) -> None:
        """Keep durably the key config that counts from now on."""

    def find_kept(self) -> tuple[KeptConfig, ...]:
        """Give the newest key config of each sharing, the newest sharing first."""

    def note_ended(self, configs: Iterable[KeyConfig], *, now: datetime) -> None:
        """Note durably that the sharings of these are over; the first moment stays."""

    def find_tickets(self, day: date) -> tuple[GivenTicket, ...]:
        """Give the tickets granted on a UTC day."""

    def find_restored(self) -> tuple[Restoration, ...]:
        """Give what is missing of the record since backups were put back."""


class HolderStore:
    """The SQLite file behind `Meter`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or make the file (mode 0600), or raise `HolderStartRefused`."""
        try:
            path.touch(mode=0o600)
            connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=5
            )
            prepare(connection)
        except (OSError, sqlite3.Error) as error:
            raise HolderStartRefused(f"{path.name}: {error}") from None
        return cls(connection)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def spend(
        self, admitted: Admitted, grant: TicketGrant | None, *, now: datetime
    ) -> None:
        """Spend a request's persons durably, once; or raise and spend nothing.

        Who is refused first; then replay, so that a request sent twice says so
        whatever the budget.
        """
        with self._transaction() as connection:
            verify_served(connection, admitted)
            insert_request(connection, admitted, grant, now)
            draw(connection, admitted, now)
            note_asked(connection, admitted, now)

    def record_asked(self, claims: PlainClaims, about: str, *, now: datetime) -> None:
        """Record durably who asked what; raises for a request that was used.

        Raises `QuestionsSpent` where an organisation asks the same too often.
        """
        with self._transaction() as connection:
            verify_seldom(connection, claims.iss, about, now)
            insert_once(
                connection,
                "INSERT INTO statement_request VALUES (?, ?, ?, ?)",
                (claims.iss, str(claims.jti), int(now.timestamp()), about),
            )

    def take_refused(self, said: Refused) -> None:
        """Refuse these from now on and nobody else, durably.

        Raises `RequestExpired` for a list that is older than the one that counts.
        """
        with self._transaction() as connection:
            replace_refused(connection, said)

    def find_config(self) -> KeyConfig | None:
        """Give the newest key config that was accepted; None before the first."""
        kept = self.find_kept()
        return kept[0].config if kept else None

    def find_kept(self) -> tuple[KeptConfig, ...]:
        """Give the newest key config of each sharing, the newest sharing first."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT document, asked_at, ended_at FROM key_config"
                " ORDER BY key_version DESC, epoch DESC"
            ).fetchall()
        return tuple(
            KeptConfig(
                parse_document(KeyConfig, document), _moment(asked), _moment(ended)
            )
            for document, asked, ended in rows
        )

    def keep_config(self, config: KeyConfig) -> None:
        """Keep durably the key config that counts from now on: it is not over."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO key_config VALUES (?, ?, ?, NULL, NULL)"
                " ON CONFLICT DO UPDATE"
                " SET document = excluded.document, ended_at = NULL",
                (int(config.key_version), config.epoch, config.encode()),
            )

    def note_ended(self, configs: Iterable[KeyConfig], *, now: datetime) -> None:
        """Note durably that the sharings of these are over; the first moment stays."""
        at = int(now.timestamp())
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE key_config SET ended_at = ?"
                " WHERE key_version = ? AND epoch = ? AND ended_at IS NULL",
                [(at, *one.place) for one in configs],
            )

    def find_tickets(self, day: date) -> tuple[GivenTicket, ...]:
        """Give the tickets granted on a UTC day, in the order of their time."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT ticket, subject, organisation, act, persons, key_version,"
                " epoch, req, at, expires FROM request"
                " WHERE day = ? AND ticket IS NOT NULL ORDER BY at, ticket",
                (day.isoformat(),),
            ).fetchall()
        return tuple(GivenTicket(*row) for row in rows)

    def find_restored(self) -> tuple[Restoration, ...]:
        """Give what is missing of the record since backups were put back."""
        with self._transaction() as connection:
            return list_gaps(connection)

    def find_gap(
        self, since: datetime, because: RestoredBecause, *, now: datetime
    ) -> Restoration:
        """Give what there is to say of a backup of that moment; keep nothing.

        Raises `RestorationRefused` where it cannot be so, or was said before.
        """
        with self._transaction() as connection:
            return find_gap(connection, since, because, now)

    def record_restored(self, said: Restoration) -> None:
        """Keep durably what every statement says from now on.

        And that every sharing it knows is over, but for the one that it starts with.
        """
        with self._transaction() as connection:
            insert_gap(connection, said)
            end_all_known(connection, said)

    def erase_older(self, keep: timedelta, *, now: datetime) -> None:
        """Erase who asked what before the days that are kept; buckets stay."""
        oldest = (now - keep).astimezone(UTC)
        day, moment = oldest.date().isoformat(), int(oldest.timestamp())
        with self._transaction() as connection:
            connection.execute("DELETE FROM request WHERE day < ?", (day,))
            connection.execute("DELETE FROM user_day WHERE day < ?", (day,))
            connection.execute("DELETE FROM organisation_day WHERE day < ?", (day,))
            connection.execute("DELETE FROM statement_request WHERE at < ?", (moment,))
            connection.execute("DELETE FROM restored WHERE said_at < ?", (moment,))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with _begin(self._connection):
                    yield self._connection
            except sqlite3.Error:
                raise HolderNotReady from None


def _moment(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)


@contextmanager
def _begin(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")

"""A view in a database as an intake: all of it, or what changed since the last time."""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from signal_index.wire.deliveries import DeliveryKind
from sources.connectors.sql_view import ChangeMarker, Marker, read_view
from sources.errors import InvalidAgencySettings, InvalidProfile
from sources.key_files import read_agency_secret
from sources.outbox.store import get_meta, put_meta
from sources.outbox_key import OutboxKey
from sources.profile import Profile
from sources.settings import DatabasePlace
from sources.values import Reading

_MARK_BYTES: Final = 20


@dataclass(slots=True)
class ViewIntake:
    """The view of a profile. `since` is the change marker of the last time, if any."""

    engine: Engine
    profile: Profile
    since: Marker | None = None
    _reached: Marker | None = field(default=None, init=False)

    def find_mark(self, key: OutboxKey) -> bytes:  # noqa: ARG002 - a file would need it
        """Give a mark of its own: a view is never the same delivery twice."""
        return secrets.token_bytes(_MARK_BYTES)

    def find_rows_mark(self, key: OutboxKey) -> bytes | None:  # noqa: ARG002
        """Give none: a view is read anew each time."""
        return None

    def read(self, *, today: date) -> Iterator[Reading]:
        """Give the readings of the view, and remember how far they went."""
        progress = ChangeMarker(today + timedelta(days=1), self.since)
        yield from read_view(
            self.engine, self.profile, self.since, progress, today=today
        )
        self._reached = progress.marker

    def settle(self, connection: sqlite3.Connection) -> None:
        """Keep the change marker; it names no person."""
        if self._reached is not None:
            put_meta(connection, _name(self.profile), _encode(self._reached))


def open_view(
    engine: Engine,
    profile: Profile,
    kind: DeliveryKind,
    outbox: sqlite3.Connection | None,
) -> ViewIntake:
    """Give the intake of a view; a delta begins where the last delivery ended.

    Without an earlier one everything is read. Raises `InvalidProfile` for a delta of
    a profile that names no column for changes.
    """
    if kind is DeliveryKind.FULL:
        return ViewIntake(engine, profile)
    if profile.sql is None or profile.sql.changed is None:
        raise InvalidProfile(
            "Alleen wijzigingen lezen kan niet: [sql] changed ontbreekt in het profiel."
        )
    kept = get_meta(outbox, _name(profile)) if outbox else None
    return ViewIntake(engine, profile, _decode(kept) if kept else None)


def open_database(place: DatabasePlace) -> Engine:
    """Make an engine that keeps no connection open and tells no values in its errors.

    Raises `InvalidAgencySettings` where the driver is not installed, the file is not
    there, or others may read the password.
    """
    url = make_url(place.url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise InvalidAgencySettings("De database van de registratie is er niet.")
    if place.password_file:
        url = url.set(password=_read_password(place.password_file))
    try:
        return create_engine(url, poolclass=NullPool, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
        raise InvalidAgencySettings(
            f"Voor een database {url.drivername} is hier geen stuurprogramma."
        ) from None


def _read_password(path: Path) -> str:
    try:
        return read_agency_secret(path).decode().strip()
    except UnicodeDecodeError:
        raise InvalidAgencySettings("Het wachtwoordbestand is onleesbaar.") from None


def _name(profile: Profile) -> str:
    return f"changed/{profile.name}"


def _encode(marker: Marker) -> bytes:
    kind = type(marker).__name__
    text = marker.isoformat() if isinstance(marker, date) else str(marker)
    return json.dumps({kind: text}).encode()


def _decode(kept: bytes) -> Marker:
    ((kind, text),) = json.loads(kept).items()
    match kind:
        case "datetime":
            return datetime.fromisoformat(text)
        case "date":
            return date.fromisoformat(text)
        case "int":
            return int(text)
        case _:
            return str(text)

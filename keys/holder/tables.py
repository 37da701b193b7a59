"""The tables of a holder: there is no column that a point could stand in."""

import sqlite3
from typing import Final

SCHEMA_VERSION: Final = 7
# One ticket for one `req`: whoever sends the same points again has no second lookup.
# In `statement_request`: signed questions that evaluate nothing, each used once.
# In `restored`: what is missing of this record, since a backup was put back.
# In `key_config`: the newest that was accepted of each sharing, so that no older one
# and no other key under its epoch is taken, also after a restart; and when somebody
# first asked under it, which ends the one before (`keys.overlap`); and when it was
# seen to be over, which no clock takes back.
# In `refused`: whom the index says to refuse, as of `refused_at`.
SCHEMA: Final = """
CREATE TABLE request (
  organisation TEXT NOT NULL, jti TEXT NOT NULL, day TEXT NOT NULL, at INTEGER NOT NULL,
  subject TEXT NOT NULL, act TEXT NOT NULL, persons INTEGER NOT NULL,
  key_version INTEGER NOT NULL, epoch INTEGER NOT NULL, req TEXT NOT NULL,
  ticket TEXT, expires INTEGER NOT NULL,
  PRIMARY KEY (organisation, jti)
) WITHOUT ROWID;
CREATE INDEX request_by_day ON request (day);
CREATE UNIQUE INDEX request_by_req ON request (req) WHERE ticket IS NOT NULL;
CREATE TABLE user_day (
  day TEXT NOT NULL, organisation TEXT NOT NULL, subject TEXT NOT NULL,
  persons INTEGER NOT NULL, PRIMARY KEY (day, organisation, subject)
) WITHOUT ROWID;
CREATE TABLE organisation_day (
  day TEXT NOT NULL, organisation TEXT NOT NULL,
  persons INTEGER NOT NULL, PRIMARY KEY (day, organisation)
) WITHOUT ROWID;
CREATE TABLE bucket (
  organisation TEXT PRIMARY KEY, persons INTEGER NOT NULL, day TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE statement_request (
  organisation TEXT NOT NULL, jti TEXT NOT NULL, at INTEGER NOT NULL,
  about TEXT NOT NULL, PRIMARY KEY (organisation, jti)
) WITHOUT ROWID;
CREATE TABLE refused (
  organisation TEXT NOT NULL, subject TEXT NOT NULL,
  PRIMARY KEY (organisation, subject)
) WITHOUT ROWID;
CREATE TABLE restored (
  since INTEGER NOT NULL, until INTEGER NOT NULL, said_at INTEGER NOT NULL,
  because TEXT NOT NULL, PRIMARY KEY (since, until)
) WITHOUT ROWID;
CREATE TABLE key_config (
  key_version INTEGER NOT NULL, epoch INTEGER NOT NULL, document BLOB NOT NULL,
  asked_at INTEGER, ended_at INTEGER, PRIMARY KEY (key_version, epoch)
) WITHOUT ROWID;
CREATE TABLE refused_at (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL);
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Set durability and make the tables; raises `sqlite3.Error` when it cannot."""
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != ("wal",):
        raise sqlite3.OperationalError("write-ahead logging is not possible here")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        connection.executescript(
            f"BEGIN; {SCHEMA} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;"
        )
    elif version != SCHEMA_VERSION:
        raise sqlite3.OperationalError("made by another version of this software")

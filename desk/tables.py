"""What the desk keeps: sessions, receipts, notes, what it saw of the ledger.

Never a pseudonym or flag.

Sessions and what forms asked are sealed under a key that only the
browser's cookie gives, so a copy of the database opens no session. Receipts go without
the groups that tell what was shown, and of whom. Notes of lookups and of signals by
hand (the own case number) are sealed under the desk's notes key.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

VERSION: Final = 12
"""Which tables these are. A change of one counts it up, and says how an older database
becomes a newer one: until then the desk refuses it (`Database.prepare`)."""

metadata: Final = MetaData()

schema_version: Final = Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", LargeBinary(32), primary_key=True),
    Column("opened_at", Integer, nullable=False),
    Column("seen_at", Integer, nullable=False),
    Column("owner", LargeBinary(32), nullable=False, index=True),
    Column("provider_session", LargeBinary(32), index=True),
    Column("sealed", LargeBinary, nullable=False),
)

kept_forms: Final = Table(
    "kept_forms",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("session", LargeBinary(32), nullable=False, index=True),
    Column("kept_at", Integer, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

estimate_secrets: Final = Table(
    "estimate_secrets",
    metadata,
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("secret", LargeBinary(32), nullable=False),
)

hand_signals: Final = Table(
    "hand_signals",
    metadata,
    Column("reference", String(36), primary_key=True),
    Column("owner", LargeBinary(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("begun_on", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("remind_on", String(10)),
    Column("ended_at", Integer, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Index("hand_signals_by_owner", "owner", "state"),
)

handed_over: Final = Table(
    "handed_over",
    metadata,
    Column("id", LargeBinary(32), primary_key=True),  # of the code
    Column("giver", LargeBinary(32), nullable=False, index=True),
    Column("taker", LargeBinary(32), index=True),  # once it was used
    Column(
        "last", String(10), nullable=False, index=True
    ),  # day until which it is kept
    Column("sealed", LargeBinary, nullable=False),
)

lookup_notes: Final = Table(
    "lookup_notes",
    metadata,
    Column("id", LargeBinary(32), primary_key=True),
    Column("kept_on", Integer, nullable=False, index=True),  # days since 1970
    Column("sealed", LargeBinary, nullable=False),
)

known_names: Final = Table(
    "known_names",
    metadata,
    Column("owner", LargeBinary(32), primary_key=True),
    Column("seen_on", Integer, nullable=False, index=True),  # days since 1970
    Column("sealed", LargeBinary, nullable=False),
)

notices_read: Final = Table(
    "notices_read",
    metadata,
    Column("owner", LargeBinary(32), primary_key=True),
    Column("hour", Integer, nullable=False, index=True),  # seconds since 1970
    Column("seen", Text, nullable=False),  # ids; of notices, of that hour and later
)

key_config: Final = Table(
    "key_config",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("document", LargeBinary, nullable=False),
)

ledger_seen: Final = Table(
    "ledger_seen",
    metadata,
    Column("origin", String(200), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("seen_at", Integer, nullable=False),  # when enough witnesses had cosigned
    Column("other", Text),  # a signed tree that contradicts it: a fork
)

receipts: Final = Table(
    "receipts",
    metadata,
    Column("entry_id", String(36), primary_key=True),
    Column("received_at", Integer, nullable=False),
    Column("origin", String(200), nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("disclosures", Text, nullable=False),
    Column("promise", Text, nullable=False),
    Column("about", LargeBinary(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("checked_at", Integer),
    Index("receipts_by_state", "state", "received_at"),
)

"""The tables of the ledger: entries, the trees over them, and what may be erased.

- Append-only, with triggers that abort UPDATE and DELETE: `ledger_entry`,
  `ledger_leaf`, `ledger_tile`, `ledger_checkpoint`.
- `ledger_disclosure` holds everything that may be erased: sealed groups and the keyed
  hashes beside them, one row per entry, gone in one DELETE.
- `ledger_pending` is the sequencer's queue: a row per entry that no tree holds yet,
  written in the entry's own transaction. They go into the tree in the order in which
  they came: an id says a minute and no order. The tree alone keeps it.
- Only full tiles are stored; a partial tile is read from the level below.
"""

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from signal_index.ledger import KINDS
from signal_index.tables.metadata import OIN, Minute, metadata

OFFICERS_KINDS = "kind IN ({})".format(
    ", ".join(f"'{kind}'" for kind, rule in KINDS.items() if rule.is_officers)
)
"""Which entries officers' work makes; in words that the index below is found by."""

KEY_STEPS_ONLY = "kind = 'key'"
"""Which entries tell what was done with a key; found by the index below alike."""

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("entry_id", Uuid, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("organisation", OIN),
    Column("municipality", CHAR(4)),
    Column("recorded_at", Minute, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Index("ix_ledger_entry_organisation", "organisation", "entry_id"),
    Index("ix_ledger_entry_municipality", "municipality", "entry_id"),
    Index(
        "ix_ledger_entry_officers",
        "municipality",
        "entry_id",
        sqlite_where=text(OFFICERS_KINDS),
        postgresql_where=text(OFFICERS_KINDS),
    ),
    Index(
        "ix_ledger_entry_keys",
        "entry_id",
        sqlite_where=text(KEY_STEPS_ONLY),
        postgresql_where=text(KEY_STEPS_ONLY),
    ),
)

ledger_disclosure = Table(
    "ledger_disclosure",
    metadata,
    Column("entry_id", Uuid, ForeignKey("ledger_entry.entry_id"), primary_key=True),
    Column("year", Integer, nullable=False),
    Column("municipality", CHAR(4)),
    Column("sealed", LargeBinary, nullable=False),
    Column("find_user", LargeBinary),
    Column("find_team", LargeBinary),
    Column("find_case", LargeBinary),
    Column("find_person", LargeBinary),
    Column("find_purpose", LargeBinary),
    Column("find_outcome", LargeBinary),
    Column("find_break_glass", LargeBinary),
    Index("ix_ledger_disclosure_find_user", "find_user", "entry_id"),
    Index("ix_ledger_disclosure_find_case", "find_case", "entry_id"),
    Index("ix_ledger_disclosure_find_person", "find_person", "entry_id"),
    Index("ix_ledger_disclosure_find_team", "find_team", "entry_id"),
    Index("ix_ledger_disclosure_find_purpose", "find_purpose", "entry_id"),
    Index(
        "ix_ledger_disclosure_find_outcome",
        "find_outcome",
        "entry_id",
        postgresql_where=text("find_outcome IS NOT NULL"),
        sqlite_where=text("find_outcome IS NOT NULL"),
    ),
    Index(
        "ix_ledger_disclosure_find_break_glass",
        "find_break_glass",
        "entry_id",
        postgresql_where=text("find_break_glass IS NOT NULL"),
        sqlite_where=text("find_break_glass IS NOT NULL"),
    ),
)

ledger_pending = Table(
    "ledger_pending",
    metadata,
    Column(
        "arrived",
        BigInteger().with_variant(Integer(), "sqlite"),
        Identity(),
        primary_key=True,
    ),
    Column("entry_id", Uuid, ForeignKey("ledger_entry.entry_id"), nullable=False),
    Column("year", Integer, nullable=False),
    UniqueConstraint("entry_id"),
)

ledger_person = Table(
    "ledger_person",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("find_person", LargeBinary, primary_key=True),
    Column("number", Integer, nullable=False),
)

ledger_tree = Table(
    "ledger_tree",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    CheckConstraint("size >= 0", name="size"),
)

ledger_leaf = Table(
    "ledger_leaf",
    metadata,
    Column(
        "year",
        Integer,
        ForeignKey("ledger_tree.year"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Uuid, ForeignKey("ledger_entry.entry_id"), nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    UniqueConstraint("entry_id"),
)

ledger_tile = Table(
    "ledger_tile",
    metadata,
    Column(
        "year",
        Integer,
        ForeignKey("ledger_tree.year"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
    Column("root", LargeBinary, nullable=False),
)

ledger_checkpoint = Table(
    "ledger_checkpoint",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("signed_at", Minute, nullable=False),
    ForeignKeyConstraint(["year"], ["ledger_tree.year"]),
)

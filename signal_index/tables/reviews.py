"""The review queue: which lookups were picked, by which rules, and how each stands.

- No name and no text stands here: what was asked, explained and judged are entries of
  the ledger, sealed like any other; `review_act` says which. They are erased with it.
- `judged_by` is a keyed hash of the judge, so that the second look is another person's.
"""

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Uuid,
)

from signal_index.tables.metadata import LABEL, OIN, Minute, metadata, municipality

review = Table(
    "review",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "entry_id",
        Uuid,
        ForeignKey("ledger_entry.entry_id"),
        nullable=False,
        unique=True,
    ),
    municipality(),
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("picked_by", OIN, nullable=True),  # None: the municipality, or its rules
    Column("picked_at", Minute, nullable=False),
    Column("due_at", Minute, nullable=False),
    Column("state", LABEL, nullable=False),
    Column("verdict", LABEL, nullable=True),
    Column("answer_by", Minute, nullable=True),
    Column("judged_by", LargeBinary, nullable=True),
    Column("closed_at", Minute, nullable=True),
    Column("asked_on", Date, nullable=True),  # when its citizen asked for it
    Index("ix_review_queue", "municipality", "state", "due_at"),
)

review_ground = Table(  # by which rules it was picked
    "review_ground",
    metadata,
    Column("review_id", Uuid, ForeignKey("review.id"), primary_key=True),
    Column("rule", LABEL, primary_key=True),
    municipality(),
)

review_act = Table(  # the ledger entries of what was done with it
    "review_act",
    metadata,
    Column("act_id", Uuid, ForeignKey("ledger_entry.entry_id"), primary_key=True),
    Column("review_id", Uuid, ForeignKey("review.id"), nullable=False, index=True),
    municipality(),
)

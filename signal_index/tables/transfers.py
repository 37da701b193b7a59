"""Signals that pass from one source to another: what was asked, and what moved.

A row is written when a transfer is asked for, and completed in the transaction of its
approval; it names two organisations and how many signals, never a person.
"""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Uuid,
)

from signal_index.tables.metadata import LABEL, OIN, Minute, metadata, municipality

signal_transfer = Table(
    "signal_transfer",
    metadata,
    Column("id", Uuid, primary_key=True),  # UUIDv7
    municipality(),
    Column("approval_id", Uuid, ForeignKey("approval.id"), nullable=False, unique=True),
    Column("source", OIN, ForeignKey("source.oin"), nullable=False),
    Column("successor", OIN, ForeignKey("source.oin"), nullable=False),
    Column("categories", JSON, nullable=False),
    Column("contacts", JSON, nullable=True),  # only the signals of these; null: all
    Column("contact_holder", Uuid, ForeignKey("contact_holder.id"), nullable=True),
    Column("reason", LABEL, nullable=True),  # null: asked before there were reasons
    Column("asked_at", Minute, nullable=False),
    Column("carried_out_at", Minute, nullable=True),
    Column("signals", Integer, nullable=True),
    Column("references_digest", LargeBinary(32), nullable=True),  # of what moved
    Column("named", JSON, nullable=True),  # contact holders: of before, and of now
    CheckConstraint("source <> successor", name="to_another"),
    CheckConstraint(
        "(carried_out_at IS NULL) = (signals IS NULL)", name="carried_out_with_count"
    ),
    Index(None, "municipality", "id"),
)

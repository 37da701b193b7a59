"""Policies that were proposed, and which one a municipality adopted, when.

- A bundle is kept as the text whose SHA-256 is its key; it is never changed.
- An adoption is a row that the index signed; the newest serial of a municipality holds.
  No row is changed or deleted by a serving process, so that the history stays whole.
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from signal_index.tables.metadata import Minute, metadata, municipality

policy_bundle = Table(
    "policy_bundle",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("document", Text, nullable=False),
    Column("received_at", Minute, nullable=False),
)

policy_proposal = Table(
    "policy_proposal",
    metadata,
    Column("approval", Uuid, ForeignKey("approval.id"), primary_key=True),
    municipality(),
    Column(
        "digest", LargeBinary(32), ForeignKey("policy_bundle.digest"), nullable=False
    ),
    Column("base", LargeBinary(32), nullable=False),  # what held when it was proposed
)

policy_adoption = Table(
    "policy_adoption",
    metadata,
    Column("municipality", municipality().type, primary_key=True),
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column(
        "digest", LargeBinary(32), ForeignKey("policy_bundle.digest"), nullable=False
    ),
    Column("approval", Uuid, ForeignKey("approval.id"), nullable=False, unique=True),
    Column("activated_at", Minute, nullable=False),
    Column("statement", Text, nullable=False),  # the index's signature: compact JWS
)

"""What a population register said about persons, as far as publishing must know it.

`mark` is a keyed value as a signal's row key is, of a category of its own: it links to
no signal and to no person without the index's secrets.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    LargeBinary,
    Table,
    Uuid,
)

from signal_index.tables.metadata import LABEL, OIN, Minute, metadata, municipality

person_event = Table(
    "person_event",
    metadata,
    Column("id", Uuid, primary_key=True),  # the register's own uuid for it
    Column("mark", LargeBinary(16), nullable=False, index=True),
    Column("seal", LargeBinary(32), nullable=False),
    municipality(),
    Column("source", OIN, ForeignKey("source.oin"), nullable=False),
    Column("kind", LABEL, nullable=False),  # deceased | moved-away | moved-in
    Column("happened_on", Date, nullable=False),
    Column("entry_id", Uuid, nullable=False),
    Column("received_at", Minute, nullable=False),
    Column("until", Minute, nullable=False, index=True),
    CheckConstraint("length(mark) = 16", name="mark_length"),
    CheckConstraint("length(seal) = 32", name="seal_length"),
)

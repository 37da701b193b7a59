"""Who takes part, and what a municipality recorded about purposes and accounts.

- `municipality` of an organisation (and of its clients, signers and contact holders) is
  the municipality under whose responsibility it was admitted.
- A change of any of these is a ledger entry in the same transaction.
- An organisation asks for its own municipality, and for those that admitted it.
- `coverage` says where and for what a source publishes; `last_heard` is the index time
  of the newest closed delivery, and says nothing about any subject.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)

from signal_index.tables.metadata import (
    LABEL,
    OIN,
    Instant,
    Minute,
    metadata,
    municipality,
)


def ending() -> tuple[Column[Any] | CheckConstraint, ...]:
    """Since when, and why, something counts no more: it is never taken out."""
    return (
        Column("ended_at", Minute, nullable=True),
        Column("ended_because", LABEL, nullable=True),  # store.endings.Because
        CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)", name="ended_with_a_reason"
        ),
    )


organisation = Table(
    "organisation",
    metadata,
    Column("oin", OIN, primary_key=True),
    municipality(),
    Column("name", String(200), nullable=False),
    Column("kind", LABEL, nullable=False),  # policy's kinds: municipality, source, …
    Column("registered_at", Minute, nullable=False),
    *ending(),
)

admission = Table(  # beside its own municipality: where else it may ask
    "admission",
    metadata,
    Column("organisation", OIN, ForeignKey("organisation.oin"), primary_key=True),
    Column("municipality", municipality().type, primary_key=True),
    Column("admitted_on", Date, nullable=False),
    Column("by_role", String(200), nullable=False),
    Column("recorded_at", Minute, nullable=False),
    *ending(),
)

client = Table(
    "client",
    metadata,
    Column("client_id", String(200), primary_key=True),  # azp / client_id in a token
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    municipality(),
    Column("kind", LABEL, nullable=False),  # store.registry.ClientKind
    CheckConstraint("kind IN ('person-facing', 'machine')", name="kind_known"),
    Column("registered_at", Minute, nullable=False),
    *ending(),
)

signer = Table(  # public keys that sign notices, batches and withdrawals
    "signer",
    metadata,
    Column("organisation", OIN, ForeignKey("organisation.oin"), primary_key=True),
    Column("kid", String(128), primary_key=True),
    municipality(),
    Column("jwk", Text, nullable=False),
    Column("registered_at", Minute, nullable=False),
    *ending(),
)

source = Table(
    "source",
    metadata,
    Column("oin", OIN, ForeignKey("organisation.oin"), primary_key=True),
    municipality(),
    Column("kind", LABEL, nullable=False),  # who may publish, as the catalogue names it
    Column("registered_at", Minute, nullable=False),
    # What nobody made live is in trial: also a row that somebody adds by hand.
    Column("state", LABEL, server_default="trial", nullable=False),
    Column("live_until", Instant, nullable=True),  # when it was live no more
    # Its people give every signal by hand: it closes no delivery, and is never late.
    Column("by_hand", Boolean, server_default=false(), nullable=False),
    CheckConstraint("state IN ('trial', 'live', 'ended')", name="state_known"),
    CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_state"),
    *ending(),
)

invitation = Table(  # to join: made here, and by which request it was answered
    "invitation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organisation", OIN, nullable=False),  # perhaps not registered yet
    municipality(),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("request", String(43), nullable=True),  # SHA-256 of its payload, b64u
    Column("accepted_at", Instant, nullable=True),
)

source_submitter = Table(  # who, beside the source itself, may send for it
    "source_submitter",
    metadata,
    Column("source", OIN, ForeignKey("source.oin"), primary_key=True),
    Column("submitter", OIN, ForeignKey("organisation.oin"), primary_key=True),
    municipality(),
)

rehearsal = Table(  # what a source in trial tried with test persons
    "rehearsal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("source", OIN, ForeignKey("source.oin"), nullable=False),
    municipality(),
    Column("submitted_by", OIN, ForeignKey("organisation.oin"), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("tried", JSON, nullable=False),  # the references of its test signals
    Column("delivery", Uuid, nullable=False, unique=True),
    Column("closed_at", Instant, nullable=True),
    Column("passed", Boolean, nullable=True),
    Column("cases", JSON, nullable=True),  # the parsed cases, as on the wire
    Column("signers", JSON, nullable=True),  # the keys that were registered then
    Column("key_version", Integer, nullable=True),
    CheckConstraint("(closed_at IS NULL) = (passed IS NULL)", name="closed_is_judged"),
    Index(None, "source"),
)

coverage = Table(
    "coverage",
    metadata,
    Column("municipality", municipality().type, primary_key=True),
    Column("category", LABEL, primary_key=True),
    Column("source", OIN, ForeignKey("source.oin"), primary_key=True),
    Column("rhythm_days", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("last_heard", Instant, nullable=True),
    CheckConstraint("rhythm_days > 0", name="rhythm_is_positive"),
)

contact_holder = Table(
    "contact_holder",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organisation", OIN, ForeignKey("organisation.oin"), nullable=False),
    municipality(),
    Column("details", JSON, nullable=False),  # the parsed ContactHolder, as on the wire
    Column("last_verified", Date, nullable=False),
    Column("updated_at", Minute, nullable=False),
    UniqueConstraint("organisation", "id"),
)

contact_label = Table(  # what they may be called, beside the catalogue's lists
    "contact_label",
    metadata,
    Column("organisation", OIN, ForeignKey("organisation.oin"), primary_key=True),
    Column("label", String(60), primary_key=True),
    municipality(),
    Column("by_role", String(200), nullable=False),
    Column("approved_on", Date, nullable=False),
    Column("recorded_at", Minute, nullable=False),
    *ending(),
)

agent_status = Table(  # how an agency's agent says it is doing, and answers for it
    "agent_status",
    metadata,
    Column("organisation", OIN, ForeignKey("organisation.oin"), primary_key=True),
    Column("agent", LABEL, primary_key=True),
    municipality(),
    Column("status", JSON, nullable=False),  # the parsed AgentStatus, as on the wire
    Column("reported_at", Instant, nullable=False),
    Column("answers", JSON, nullable=False, server_default=text("'[]'")),
    Column("unsent", JSON, nullable=False, server_default=text("'[]'")),
)

establishment = Table(
    "establishment",
    metadata,
    Column("municipality", municipality().type, primary_key=True),
    Column("opens", LABEL, primary_key=True),  # a purpose, or an act of the loop
    Column("established_on", Date, primary_key=True),
    Column("by_role", String(200), nullable=False),
    Column("staatsblad", String(64), nullable=True),
    Column("recorded_at", Minute, nullable=False),
)

account_suspension = Table(
    "account_suspension",
    metadata,
    Column("organisation", OIN, ForeignKey("organisation.oin"), primary_key=True),
    Column("subject", String(255), primary_key=True),  # the provider's `sub`
    municipality(),
    Column("suspended_at", Minute, nullable=False),
)

row_key_use = Table(  # which row keys are in use (signal_index.row_keys); no secret
    "row_key_use",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("check_value", LargeBinary(16), nullable=False),
    Column("state", LABEL, nullable=False),  # signal_index.row_keys.RowKeyState
    Column("since", Instant, nullable=False),
    CheckConstraint(
        "state IN ('announced', 'required', 'current', 'leaving', 'closed')",
        name="state_known",
    ),
)

key_config = Table(  # accepted key configs; a lower serial than the highest is refused
    "key_config",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("key_version", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("document", Text, nullable=False),
    Column("accepted_at", Instant, nullable=False),
)

sharing_use = Table(  # when the first pair of tickets came under a version and epoch
    "sharing_use",
    metadata,
    Column("key_version", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("asked_at", Minute, nullable=False),
)

ceremony_record = Table(  # records of ceremonies, checked before they were kept
    "ceremony_record",
    metadata,
    Column("transcript", LargeBinary(32), primary_key=True),  # its SHA-256
    Column("kind", String(32), nullable=False),
    Column("document", Text, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

policy_activation = Table(  # digests of rules and catalogue this index has decided with
    "policy_activation",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("activated_at", Instant, nullable=False),
)

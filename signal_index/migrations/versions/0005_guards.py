"""What may not be done to the ledger, and what each database role may do at all.

Revision 0005. Triggers abort, for whoever is connected, UPDATE and DELETE on entries,
leaves, tiles and checkpoints, UPDATE on sealed disclosures (they are erased whole), and
whatever makes a tree smaller. On PostgreSQL each role is
granted what its job needs and nothing else: the web role cannot change a leaf, nor read
a seal. The roles themselves belong to the server, not to this database: they are made
before the first revision (`signal_index.store.schema`) and stay after the last.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("ledger_entry", "ledger_leaf", "ledger_tile", "ledger_checkpoint")

_SIGNAL_BUT_SEAL = (
    "row_key, id, key_version, source, submitted_by, reference, version, "
    "notice_digest, category, municipality, contact_holder, valid_from, valid_until, "
    "informed_code, informed_on, state, confirmed_at, ended_on"
)
_SIGNAL_FOR_COUNTS = (
    "key_version, source, submitted_by, category, municipality, valid_from, "
    "valid_until, informed_code, state, confirmed_at, ended_on"
)

_WEB = (
    ("SELECT", "organisation, client, signer, source, source_submitter, coverage"),
    ("SELECT", "establishment, account_suspension"),
    ("UPDATE (last_heard)", "coverage"),
    ("SELECT, INSERT, UPDATE", "contact_holder"),
    ("SELECT, INSERT", "key_config, policy_activation"),
    (f"SELECT ({_SIGNAL_BUT_SEAL}), INSERT, UPDATE, DELETE", "signal"),
    ("SELECT, INSERT, UPDATE, DELETE", "tombstone"),
    ("SELECT, INSERT", "evidence, delivery"),
    ("SELECT, INSERT", "spent_ticket, seen_token, review_task"),
    ("SELECT, INSERT, UPDATE", "lookup_repeat, lookup_outcome"),
    ("SELECT, INSERT", "ledger_entry, ledger_disclosure, ledger_pending"),
    ("SELECT, INSERT, UPDATE", "ledger_person"),
    ("SELECT", "ledger_tree, ledger_leaf, ledger_tile, ledger_checkpoint"),
)
_SEQUENCER = (
    ("SELECT, INSERT", "ledger_entry"),
    ("SELECT, INSERT, DELETE", "ledger_pending"),
    ("SELECT, INSERT, UPDATE", "ledger_tree"),
    ("SELECT, INSERT", "ledger_leaf, ledger_tile, ledger_checkpoint"),
)
_UPKEEP = (
    ("SELECT", "organisation, source, coverage, establishment"),
    (
        f"SELECT ({_SIGNAL_BUT_SEAL}), UPDATE (state, ended_on), DELETE",
        "signal",
    ),
    ("SELECT, DELETE", "tombstone, evidence, delivery"),
    ("SELECT, DELETE", "spent_ticket, seen_token, lookup_repeat"),
    ("SELECT, INSERT", "ledger_entry, ledger_pending"),
    ("SELECT, INSERT, DELETE", "ledger_disclosure"),
    ("SELECT, DELETE", "ledger_person"),
    ("SELECT", "ledger_tree, ledger_leaf, ledger_checkpoint"),
)
_REPORTING = (
    ("SELECT", "organisation, source, coverage, delivery, establishment"),
    ("SELECT", "lookup_outcome, review_task, ledger_entry"),
    ("SELECT", "ledger_tree, ledger_leaf, ledger_tile, ledger_checkpoint"),
    (f"SELECT ({_SIGNAL_FOR_COUNTS})", "signal"),
)
_GRANTS = {
    "web": _WEB,
    "sequencer": _SEQUENCER,
    "upkeep": _UPKEEP,
    "reporting": _REPORTING,
}


_GUARDED = {  # what each trigger aborts
    **{f"{table}_update": ("UPDATE", table) for table in _APPEND_ONLY},
    **{f"{table}_delete": ("DELETE", table) for table in _APPEND_ONLY},
    "ledger_disclosure_update": ("UPDATE", "ledger_disclosure"),
    "ledger_tree_delete": ("DELETE", "ledger_tree"),
}
_SHRINKS = "new.size < old.size OR new.year <> old.year OR new.origin <> old.origin"


def upgrade() -> None:
    """Put the guards up."""
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
        return
    _guard_postgresql()
    op.execute("ALTER TABLE ledger_disclosure ALTER sealed SET STORAGE EXTERNAL")
    for role, grants in _GRANTS.items():
        op.execute(f"GRANT SELECT ON alembic_version TO signal_index_{role}")
        for privileges, tables in grants:
            op.execute(f"GRANT {privileges} ON {tables} TO signal_index_{role}")


def downgrade() -> None:
    """Take the guards down, so that the tables can be dropped."""
    if op.get_bind().dialect.name == "sqlite":
        for name in (*_GUARDED, "ledger_tree_shrink"):
            op.execute(f"DROP TRIGGER refuse_{name}")
        return
    for role, grants in _GRANTS.items():
        op.execute(f"REVOKE ALL ON alembic_version FROM signal_index_{role}")
        for _, tables in grants:
            op.execute(f"REVOKE ALL ON {tables} FROM signal_index_{role}")
    op.execute("DROP FUNCTION refuse_change_of_ledger() CASCADE")


def _guard_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    for name, (verb, table) in _GUARDED.items():
        op.execute(f"CREATE TRIGGER refuse_{name} BEFORE {verb} ON {table} {refuse}")
    op.execute(
        "CREATE TRIGGER refuse_ledger_tree_shrink BEFORE UPDATE ON ledger_tree "
        f"WHEN {_SHRINKS} {refuse}"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change_of_ledger() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
    )
    refuse = "EXECUTE FUNCTION refuse_change_of_ledger()"
    for name, (verb, table) in _GUARDED.items():
        op.execute(f"CREATE TRIGGER refuse_{name} BEFORE {verb} ON {table} {refuse}")
    for table in (*_APPEND_ONLY, "ledger_tree"):
        trigger = f"refuse_{table}_truncate"
        op.execute(f"CREATE TRIGGER {trigger} BEFORE TRUNCATE ON {table} {refuse}")
    op.execute(
        "CREATE TRIGGER refuse_ledger_tree_shrink BEFORE UPDATE ON ledger_tree "
        f"FOR EACH ROW WHEN ({_SHRINKS}) {refuse}"
    )

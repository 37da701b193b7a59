"""Every table of the index, and the guards that keep some of them append-only.

The first revision: before the first release later ones were put together in it, and
its name is the day, so that a database of before is told apart. Frozen from the first
release on: the tables stand as text in `0001_first.sql` and are not made
from `signal_index.tables`. A revision that followed the code would make tomorrow's
tables for a new index and leave today's in an old one, under the same number. A change
of the tables is therefore a change of the code and a revision of its own;
tests/contract/test_migrations.py holds that both come to the same, to the last check.

- The text is in PostgreSQL's words; SQLite gets its own names for three types, keeps
  some tables clustered by their key, and knows no INCLUDE.
- In PostgreSQL statistics read a view of live sources in the place of signals.
- Triggers abort, for whoever is connected, UPDATE and DELETE on what is append-only,
  UPDATE on sealed disclosures (they are erased whole), whatever makes a tree
  smaller, an approval that does not begin open or is decided twice, and DELETE on
  what citizens asked while it goes on: an embargo by the database's own day. One
  gives a correction the seal of its signal.
- What each role may do is no revision's matter: `signal-index migrate` grants it from
  one table after the last revision (`signal_index.store.grants`).
"""

import re
from pathlib import Path

from alembic import op

revision = "20261130"
down_revision = None
branch_labels = None
depends_on = None

_SCHEMA = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_TABLES = re.findall(r"^CREATE TABLE (\w+)", _SCHEMA, re.MULTILINE)

_SQLITE_TYPES = {
    r"\bBYTEA\b": "BLOB",
    r"\bTIMESTAMPTZ\b": "DATETIME",
    r"\bUUID\b": "CHAR(32)",
    r"\bDEFAULT false\b": "DEFAULT 0",
    r" INCLUDE \([^)]*\)": "",
}
_CLUSTERED = (
    "daily_run",
    "follow",
    "lookup_outcome",
    "lookup_repeat",
    "match_box",
    "match_sheet",
    "match_step",
    "notice_box",
    "notice_damping",
    "return_notice",
    "signal",
    "spent_ticket",
    "tombstone",
)
_VIEW = """
CREATE VIEW reported_signal AS
SELECT signal.key_version, signal.source, signal.submitted_by, signal.category,
  signal.municipality, signal.valid_from, signal.valid_until, signal.informed_code,
  signal.state, signal.confirmed_on, signal.ended_on, signal.taken_over_from,
  signal.taken_over_on
FROM signal JOIN source ON source.oin = signal.source
WHERE source.state = 'live'
"""

_LEDGER = "the ledger is append-only"
_POLICY = "what was adopted stays"
_APPROVAL = "two persons approve, one after the other"
_CITIZEN = "only what has ended is erased"
_FUNCTIONS = {
    _LEDGER: "refuse_change_of_ledger",
    _POLICY: "refuse_change_of_policy",
    _APPROVAL: "refuse_approval",
    _CITIZEN: "refuse_erasing",
}

_OWN_FUNCTIONS = ("seal_correction", "refuse_erasing_a_step")

_EVERY = ("UPDATE", "DELETE", "TRUNCATE")
_GUARDED = {  # what may not be done, and what the refusal says
    "ledger_entry": (_EVERY, _LEDGER),
    "ledger_leaf": (_EVERY, _LEDGER),
    "ledger_tile": (_EVERY, _LEDGER),
    "ledger_checkpoint": (_EVERY, _LEDGER),
    "ledger_hour": (_EVERY, _LEDGER),
    "ledger_succession": (_EVERY, _LEDGER),
    "ledger_tree": (("DELETE", "TRUNCATE"), _LEDGER),
    "ledger_disclosure": (("UPDATE",), _LEDGER),
    "policy_bundle": (_EVERY, _POLICY),
    "policy_adoption": (_EVERY, _POLICY),
    "access_request": (("TRUNCATE",), _CITIZEN),
    "correction": (("TRUNCATE",), _CITIZEN),
    "embargo": (("TRUNCATE",), _CITIZEN),
    "embargo_step": (("UPDATE", "TRUNCATE"), _CITIZEN),
}
# An approval begins open and undecided and is decided once: adding a row is not enough
# to approve, and what was asked or decided is never put otherwise.
_BEGINS = "CREATE TRIGGER refuse_approval_unasked BEFORE INSERT ON approval"
_NOT_OPEN = (
    "new.state <> 'open' OR new.decided_by IS NOT NULL OR new.decided_at IS NOT NULL"
)
_DECIDES = "CREATE TRIGGER refuse_approval_otherwise BEFORE UPDATE ON approval"
# A step goes with its embargo alone.
_STEP_GOES = "CREATE TRIGGER refuse_embargo_step_delete BEFORE DELETE ON embargo_step"
_OF_A_STEP = f"""
CREATE FUNCTION refuse_erasing_a_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stands boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %I.embargo WHERE id = $1)',
    TG_TABLE_SCHEMA) INTO stands USING old.embargo;
  IF stands THEN RAISE EXCEPTION '{_CITIZEN}'; END IF;
  RETURN old;
END $$
"""  # noqa: S608 - no value; the schema's own name, quoted
_GOES_ON = {  # `{today}`: as this database says it, in UTC
    "access_request": "old.closed_at IS NULL",
    "correction": "old.answered_on IS NULL OR "
    "(old.restricted_on IS NOT NULL AND old.released_on IS NULL)",
    "embargo": "old.until >= {today}",
}
# What is asked of an embargo is never put otherwise, so that none ends by its own day
# before that day. Another row key, and with it seal and stamp, it may get.
_MOVED = "CREATE TRIGGER refuse_embargo_update BEFORE UPDATE ON embargo"
_STAYS = (
    "id",
    "municipality",
    "organisation",
    "reference",
    "key_version",
    "categories",
    "reason",
    "until",
    "placed_at",
    "approval_id",
)
_FIXED = (
    "municipality",
    "organisation",
    "kind",
    "title_code",
    "digest",
    "needs_role",
    "requested_by",
    "requester_has_role",
    "requested_at",
    "expires_at",
)
_DECISION = (
    "state",
    "decided_by",
    "decided_in",
    "decider_has_role",
    "decided_at",
    "reason",
    "signature",
)


def _moved(distinct: str) -> str:
    """Say in this database's words what no update of an embargo may do."""
    return " OR ".join(f"new.{one} {distinct} old.{one}" for one in _STAYS)


def _otherwise(distinct: str) -> str:
    """Say in this database's words what no update of an approval may do."""
    asked = " OR ".join(f"new.{one} {distinct} old.{one}" for one in _FIXED)
    said = " OR ".join(f"new.{one} {distinct} old.{one}" for one in _DECISION)
    return f"({asked}) OR (old.state <> 'open' AND ({said}))"


_SHRINK = "CREATE TRIGGER refuse_ledger_tree_shrink BEFORE UPDATE ON ledger_tree"
_SHRINKS = "new.size < old.size OR new.year <> old.year OR new.origin <> old.origin"


# A correction has the seal of its signal, for who moves it to another row key; who
# enters it may not read that.
_SEAL = (
    "SELECT seal FROM signal "
    "WHERE source = new.source AND reference = new.signal_reference"
)
_SEALS = "CREATE TRIGGER seal_correction {} INSERT ON correction FOR EACH ROW"


def upgrade() -> None:
    """Make the tables and put the guards up."""
    _make_tables(_in_sqlite(_SCHEMA) if _on_sqlite() else _SCHEMA)
    if _on_sqlite():
        _guard_sqlite()
        return
    _run(_VIEW)
    # What is sealed looks random: trying to compress it only costs time.
    _run("ALTER TABLE ledger_disclosure ALTER sealed SET STORAGE EXTERNAL")
    _guard_postgresql()


def downgrade() -> None:
    """Drop all of it, the youngest first; triggers and grants go along."""
    if not _on_sqlite():
        _run("DROP VIEW reported_signal")
    for table in reversed(_TABLES):
        op.drop_table(table)
    if not _on_sqlite():
        for function in (*_FUNCTIONS.values(), *_OWN_FUNCTIONS):
            _run(f"DROP FUNCTION {function}()")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)


def _make_tables(schema: str) -> None:
    for statement in schema.split(";\n"):
        _run(statement)


def _in_sqlite(schema: str) -> str:
    for words, own in _SQLITE_TYPES.items():
        schema = re.sub(words, own, schema)
    for table in _CLUSTERED:
        made = rf"(CREATE TABLE {table} \(\n.*?\n\));"
        schema = re.sub(made, r"\1 WITHOUT ROWID;", schema, flags=re.DOTALL)
    return schema


def _guard_sqlite() -> None:
    refuse = {why: f"BEGIN SELECT RAISE(ABORT, '{why}'); END" for why in _FUNCTIONS}
    _guard(refuse)
    _run(f"{_SHRINK} WHEN {_SHRINKS} {refuse[_LEDGER]}")
    _run(f"{_BEGINS} WHEN {_NOT_OPEN} {refuse[_APPROVAL]}")
    _run(f"{_DECIDES} WHEN {_otherwise('IS NOT')} {refuse[_APPROVAL]}")
    seal = f"UPDATE correction SET seal = ({_SEAL}) WHERE id = new.id"  # noqa: S608  no value
    _run(f"{_SEALS.format('AFTER')} BEGIN {seal}; END")
    _run(f"{_MOVED} WHEN {_moved('IS NOT')} {refuse[_CITIZEN]}")
    stands = "EXISTS (SELECT 1 FROM embargo WHERE id = old.embargo)"
    _run(f"{_STEP_GOES} WHEN {stands} {refuse[_CITIZEN]}")
    for table, going in _GOES_ON.items():
        when = going.format(today="date('now')")
        _run(f"{_erases(table)} WHEN {when} {refuse[_CITIZEN]}")


def _guard_postgresql() -> None:
    for why, function in _FUNCTIONS.items():
        _run(
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN RAISE EXCEPTION '{why}'; END $$"
        )
    refuse = {why: f"EXECUTE FUNCTION {name}()" for why, name in _FUNCTIONS.items()}
    _guard(refuse)
    _run(f"{_SHRINK} FOR EACH ROW WHEN ({_SHRINKS}) {refuse[_LEDGER]}")
    _run(f"{_BEGINS} FOR EACH ROW WHEN ({_NOT_OPEN}) {refuse[_APPROVAL]}")
    otherwise = _otherwise("IS DISTINCT FROM")
    _run(f"{_DECIDES} FOR EACH ROW WHEN ({otherwise}) {refuse[_APPROVAL]}")
    _run(
        "CREATE FUNCTION seal_correction() RETURNS trigger LANGUAGE plpgsql "
        "SECURITY DEFINER SET search_path FROM CURRENT "
        f"AS $$ BEGIN new.seal := ({_SEAL}); RETURN new; END $$"
    )
    _run(f"{_SEALS.format('BEFORE')} EXECUTE FUNCTION seal_correction()")
    moved = _moved("IS DISTINCT FROM").replace("categories", "categories::text")
    _run(f"{_MOVED} FOR EACH ROW WHEN ({moved}) {refuse[_CITIZEN]}")
    _run(_OF_A_STEP)
    _run(f"{_STEP_GOES} FOR EACH ROW EXECUTE FUNCTION refuse_erasing_a_step()")
    for table, going in _GOES_ON.items():
        when = going.format(today="(now() AT TIME ZONE 'UTC')::date")
        _run(f"{_erases(table)} FOR EACH ROW WHEN ({when}) {refuse[_CITIZEN]}")
    _guard_always()


def _guard_always() -> None:
    """Have guards hold too in a session that says it replicates."""
    made = op.get_bind().exec_driver_sql(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
        "JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal "
        "AND relnamespace = current_schema()::regnamespace"
    )
    for table, name in made.all():
        _run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def _erases(table: str) -> str:
    return f"CREATE TRIGGER refuse_{table}_delete BEFORE DELETE ON {table}"


def _guard(refuse: dict[str, str]) -> None:
    for table, (verbs, why) in _GUARDED.items():
        for verb in verbs:
            if verb == "TRUNCATE" and _on_sqlite():
                continue  # SQLite has no such statement
            name = f"refuse_{table}_{verb.lower()}"
            _run(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {refuse[why]}")

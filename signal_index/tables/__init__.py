"""The tables of the index, as SQLAlchemy Core; no behaviour.

- `metadata` and the column types: `tables.metadata`. One module per subject beside it;
  whoever imports one finds all of them in `metadata`.
- Only `signal_index.store` imports these (import contract "only the store speaks SQL").
- Every row about a person, a source or an act carries its municipality.
- The schema in a database is made by `signal_index.migrations`, never by `create_all`;
  tests/contract/test_migrations.py proves that both are the same on both databases. A
  change of a table here is therefore also a revision there.
- A new table gets a row in `signal_index.store.access`: which role may do what with it.
"""

from signal_index.tables import (
    approvals,
    citizen_rights,
    completeness,
    daily_runs,
    follows,
    ledger,
    lookups,
    matches,
    notices,
    overview,
    person_events,
    policies,
    registry,
    reviews,
    signals,
    transfers,
    witnessing,
)

__all__ = [
    "approvals",
    "citizen_rights",
    "completeness",
    "daily_runs",
    "follows",
    "ledger",
    "lookups",
    "matches",
    "notices",
    "overview",
    "person_events",
    "policies",
    "registry",
    "reviews",
    "signals",
    "transfers",
    "witnessing",
]

"""The schema, revision by revision, for SQLite and PostgreSQL (Alembic).

- A revision describes its tables itself and imports nothing of ours: what it makes
  stays what it was, also when the code moves on. A revision that has landed is never
  changed: what comes after it is a new one.
- Run through `signal-index migrate`; `signal_index.store.schema` prepares the roles
  before, and grants them what they may do after (`signal_index.store.grants`).
"""

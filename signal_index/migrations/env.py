"""Run the revisions on the connection that `signal_index.store.schema` gives.

The transaction is the caller's: a migration that fails leaves the schema as it was, on
both databases.
"""

from alembic import context
from sqlalchemy import Connection


def _run(connection: Connection) -> None:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])

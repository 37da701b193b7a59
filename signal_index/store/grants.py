"""Grants each database role what `store.access` says, and holds PostgreSQL to it.

- `signal-index migrate` grants exactly that, and takes back whatever else one of these
  roles, or everybody, was granted (`grant_access`).
- A serving process compares before it serves (`verify_access`): a role that may more,
  or less, is refused. Another program that reads the database takes a role of its own,
  not one of these.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import DatabaseNotMigrated
from signal_index.store.access import ACCESS, Access


class Grant(NamedTuple):
    """One right as PostgreSQL keeps it; `column` is `*` where it is the whole table."""

    role: str
    table: str
    privilege: str
    column: str


def list_grants() -> set[Grant]:
    """Say `ACCESS` as PostgreSQL keeps it, one right at a time."""
    return {
        Grant(role.value, table, privilege, column)
        for table, roles in ACCESS.items()
        for role, access in roles.items()
        for privilege, column in _rights(access)
    }


def _rights(access: Access) -> Iterator[tuple[str, str]]:
    for column in access.select:
        yield "SELECT", column
    for column in access.update:
        yield "UPDATE", column
    if access.insert:
        yield "INSERT", "*"
    if access.delete:
        yield "DELETE", "*"


async def grant_access(connection: AsyncConnection) -> None:
    """Give each role on PostgreSQL what `ACCESS` says, and nothing else.

    The connection's role must own the tables. In the caller's transaction: a serving
    process sees the old rights or the new ones, never none.
    """
    roles = ", ".join(sorted({grant.role for grant in list_grants()}))
    statements = [f"REVOKE ALL ON {', '.join(ACCESS)} FROM PUBLIC, {roles}"]
    for role, table, privilege, column in sorted(list_grants()):
        what = privilege if column == "*" else f"{privilege} ({column})"
        statements.append(f"GRANT {what} ON {table} TO {role}")
    await connection.exec_driver_sql(f"DO $$ BEGIN {'; '.join(statements)}; END $$")


_LIVE = text(
    """
    WITH held AS (
      SELECT relname, '*' AS attname, acl.grantee, acl.privilege_type
      FROM pg_class, aclexplode(relacl) AS acl
      WHERE relnamespace = current_schema()::regnamespace
      UNION ALL
      SELECT relname, attname, acl.grantee, acl.privilege_type
      FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid,
        aclexplode(attacl) AS acl
      WHERE relnamespace = current_schema()::regnamespace
    )
    SELECT coalesce(rolname, 'public'), relname, privilege_type, attname
    FROM held LEFT JOIN pg_roles ON pg_roles.oid = grantee
    WHERE relname = ANY(:tables) AND (grantee = 0 OR rolname = ANY(:roles))
    """
)


async def find_grants(connection: AsyncConnection) -> set[Grant]:
    """Read what the roles of `ACCESS`, and everybody, may do with its tables now."""
    roles = sorted({grant.role for grant in list_grants()})
    asked = {"tables": list(ACCESS), "roles": roles}
    rows = await connection.execute(_LIVE, asked)
    return {Grant(*row) for row in rows.all()}


async def verify_access(connection: AsyncConnection) -> None:
    """Raise `DatabaseNotMigrated` where a role may more or less than `ACCESS` says."""
    if await find_grants(connection) != list_grants():
        raise DatabaseNotMigrated(
            "a database role has other rights: run `signal-index migrate`"
        )

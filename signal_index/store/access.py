"""Which database role may do what with which columns: one table, granted and held.

- `ACCESS` names every table. What is not said there is not granted; the owner role owns
  the tables and is not in it. SQLite knows no roles.
- `signal-index migrate` grants exactly this, and takes back whatever else one of these
  roles was granted (`grant_access`).
- A serving process compares before it serves (`verify_access`): a role that may more,
  or less, than stands here is refused. Another program that reads the database takes a
  role of its own, not one of these.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import DatabaseNotMigrated
from signal_index.store.connect import DatabaseRole
from signal_index.tables.citizen_rights import embargo
from signal_index.tables.signals import signal

Columns: TypeAlias = tuple[str, ...]

ALL: Final[Columns] = ("*",)
"""Every column, also one that is added later."""

NONE: Final[Columns] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """What one role may do with one table, in SQL's four words."""

    select: Columns = NONE
    insert: bool = False
    update: Columns = NONE
    delete: bool = False


class Grant(NamedTuple):
    """One right as PostgreSQL keeps it; `column` is `*` where it is the whole table."""

    role: str
    table: str
    privilege: str
    column: str


def _all_but(table: Table, *hidden: str) -> Columns:
    return tuple(column.name for column in table.c if column.name not in hidden)


_WEB, _SEQUENCER = DatabaseRole.WEB, DatabaseRole.SEQUENCER
_UPKEEP, _REPORTING = DatabaseRole.UPKEEP, DatabaseRole.REPORTING

_READ = Access(select=ALL)
_ADD = Access(select=ALL, insert=True)
_KEEP = Access(select=ALL, insert=True, update=ALL)
_ERASE = Access(select=ALL, delete=True)
_RENEW = Access(select=ALL, insert=True, delete=True)

ACCESS: Final[Mapping[str, Mapping[DatabaseRole, Access]]] = {
    "alembic_version": {
        _WEB: _READ,
        _SEQUENCER: _READ,
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    # registry
    "organisation": {_WEB: _READ, _UPKEEP: _READ, _REPORTING: _READ},
    "client": {_WEB: _READ},
    "signer": {_WEB: _READ},
    "source": {_WEB: _READ, _UPKEEP: _READ, _REPORTING: _READ},
    "source_submitter": {_WEB: _READ},
    "coverage": {
        _WEB: Access(select=ALL, update=("last_heard",)),
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    "contact_holder": {_WEB: _KEEP},
    "agent_status": {_WEB: _KEEP},
    "establishment": {_WEB: _READ, _UPKEEP: _READ, _REPORTING: _READ},
    "account_suspension": {_WEB: _READ},
    "key_config": {_WEB: _ADD},
    "policy_activation": {_WEB: _ADD},
    # signals
    "signal": {
        _WEB: Access(
            select=_all_but(signal, "seal"), insert=True, update=ALL, delete=True
        ),
        _UPKEEP: Access(
            select=_all_but(signal, "seal"), update=("state", "ended_on"), delete=True
        ),
        _REPORTING: Access(
            select=(
                "key_version",
                "source",
                "submitted_by",
                "category",
                "municipality",
                "valid_from",
                "valid_until",
                "informed_code",
                "state",
                "confirmed_at",
                "ended_on",
            )
        ),
    },
    "tombstone": {
        _WEB: Access(select=ALL, insert=True, update=ALL, delete=True),
        _UPKEEP: _ERASE,
    },
    "evidence": {_WEB: _ADD, _UPKEEP: _ERASE},
    "delivery": {_WEB: _ADD, _UPKEEP: _ERASE, _REPORTING: _READ},
    # lookups
    "spent_ticket": {_WEB: _ADD, _UPKEEP: _ERASE},
    "lookup_repeat": {_WEB: _KEEP, _UPKEEP: _ERASE},
    "seen_token": {_WEB: _ADD, _UPKEEP: _ERASE},
    "lookup_outcome": {_WEB: _KEEP, _UPKEEP: _READ, _REPORTING: _READ},
    # ledger
    "ledger_entry": {
        _WEB: _ADD,
        _SEQUENCER: _ADD,
        _UPKEEP: _ADD,
        _REPORTING: _READ,
    },
    "ledger_disclosure": {_WEB: _ADD, _UPKEEP: _RENEW},
    "ledger_pending": {_WEB: _ADD, _SEQUENCER: _RENEW, _UPKEEP: _ADD},
    "ledger_person": {_WEB: _KEEP, _UPKEEP: _ERASE},
    "ledger_tree": {
        _WEB: _READ,
        _SEQUENCER: _KEEP,
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    "ledger_leaf": {
        _WEB: _READ,
        _SEQUENCER: _ADD,
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    "ledger_tile": {_WEB: _READ, _SEQUENCER: _ADD, _REPORTING: _READ},
    "ledger_checkpoint": {
        _WEB: _READ,
        _SEQUENCER: _ADD,
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    # witnessing
    "ledger_witnessed": {
        _WEB: _READ,
        _SEQUENCER: _KEEP,
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    "ledger_succession": {
        _WEB: _READ,
        _SEQUENCER: _READ,
        _UPKEEP: _READ,
        _REPORTING: _READ,
    },
    # approvals
    "approval": {
        _WEB: Access(
            select=ALL,
            insert=True,
            update=(
                "state",
                "decided_by",
                "decider_has_role",
                "decided_at",
                "spent_at",
            ),
        ),
        _UPKEEP: _ERASE,
    },
    # citizen_rights
    "access_request": {
        _WEB: Access(
            select=ALL,
            insert=True,
            update=("due_on", "extension", "reported_at", "closing", "closed_at"),
        ),
        _UPKEEP: _ERASE,
    },
    "embargo": {
        _WEB: Access(
            select=_all_but(embargo, "seal"),
            insert=True,
            update=("lifting", "lifted_at"),
        ),
        _UPKEEP: Access(select=_all_but(embargo, "seal"), delete=True),
    },
    "correction": {
        _WEB: Access(
            select=ALL, insert=True, update=("released_at", "answer", "answered_at")
        ),
        _UPKEEP: _ERASE,
    },
    # policies
    "policy_bundle": {_WEB: _ADD, _UPKEEP: _READ, _REPORTING: _READ},
    "policy_proposal": {_WEB: _ADD},
    "policy_adoption": {_WEB: _ADD, _UPKEEP: _READ, _REPORTING: _READ},
    # completeness
    "completeness_day": {_WEB: _KEEP, _UPKEEP: _ERASE, _REPORTING: _READ},
    "completeness_finding": {
        _WEB: Access(
            select=ALL,
            insert=True,
            update=("closed_at", "closed_by", "closing_reason"),
        ),
        _UPKEEP: _ERASE,
    },
    "trace_context": {_WEB: _ADD, _UPKEEP: _ERASE},
    "processing_log": {_UPKEEP: _KEEP, _REPORTING: _READ},
    # overview
    "overview_count": {
        _WEB: _READ,
        _UPKEEP: Access(select=ALL, insert=True, update=ALL, delete=True),
        _REPORTING: _READ,
    },
    "overview_day": {
        _WEB: _READ,
        _UPKEEP: Access(select=ALL, insert=True, update=ALL, delete=True),
    },
    "overview_stock": {
        _WEB: _READ,
        _UPKEEP: Access(select=ALL, insert=True, update=ALL, delete=True),
        _REPORTING: _READ,
    },
    "account_mandate": {_WEB: _READ},
    "report_request": {_WEB: _ADD, _UPKEEP: _ERASE},
    # reviews
    "review": {
        _WEB: Access(
            select=ALL,
            insert=True,
            update=(
                "state",
                "verdict",
                "due_at",
                "answer_by",
                "judged_by",
                "closed_at",
            ),
        ),
        _UPKEEP: _RENEW,
        _REPORTING: _READ,
    },
    "review_ground": {_WEB: _ADD, _UPKEEP: _RENEW, _REPORTING: _READ},
    "review_act": {_WEB: _ADD, _UPKEEP: _ERASE},
    "review_day": {_UPKEEP: _RENEW},
    # person_events
    "person_event": {_WEB: _ADD, _UPKEEP: _ERASE},
}


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

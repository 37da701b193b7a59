"""The logins of PostgreSQL: one for each role, which may take on that role alone.

- `signal-index migrate` makes those that the settings name, with their passwords, takes
  other roles away from them and never makes one mightier.
- A process holds its own login against that before it serves (`verify_login`): whoever
  takes over the serving process cannot become the sequencer or the owner.
- No password goes to the server: what it keeps of one is derived here (RFC 5803, 7677),
  so that none stands in its log.
"""

import hashlib
import hmac
import secrets
from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from signal_index.errors import SettingsRefused
from signal_index.settings import LOGINS, Settings
from signal_index.store.connect import DatabaseRole, find_login, reading

SERVING: Final = (DatabaseRole.WEB, DatabaseRole.SEQUENCER, DatabaseRole.UPKEEP)
_ROUNDS: Final = 4_096
_SALT_BYTES: Final = 16

_MEMBERSHIPS: Final = text(
    "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
    "JOIN pg_roles l ON l.oid = m.member WHERE l.rolname = :login"
)
_MIGHTY: Final = text(
    "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication "
    "FROM pg_roles WHERE rolname = :login"
)


def list_logins(settings: Settings) -> dict[DatabaseRole, URL]:
    """Give the login of each role of a process; none where they are not told apart."""
    if not settings.has_logins:
        return {}
    return {role: make_url(find_login(settings, role)) for role in SERVING}


async def make_logins(
    connection: AsyncConnection, logins: Mapping[DatabaseRole, URL]
) -> None:
    """Make each login that is missing, and let it take on its role and no other.

    One with a password gets that password, also when it was there. In the caller's
    transaction. Raises `SettingsRefused` where a login is there that may more.
    """
    known = set(await connection.scalars(text("SELECT rolname FROM pg_roles")))
    for role, url in logins.items():
        name = str(url.username)
        password = (
            f" PASSWORD '{derive_verifier(url.password)}'" if url.password else ""
        )
        quoted = connection.dialect.identifier_preparer.quote(name)
        if name not in known:
            made = f"CREATE ROLE {quoted} LOGIN NOINHERIT{password}"
            await connection.exec_driver_sql(made)
        elif password:
            await connection.exec_driver_sql(f"ALTER ROLE {quoted}{password}")
        held = set(await connection.scalars(_MEMBERSHIPS, {"login": name}))
        for other in held & ({each.value for each in DatabaseRole} - {role.value}):
            await connection.exec_driver_sql(f"REVOKE {other} FROM {quoted}")
        if role.value not in held:
            await connection.exec_driver_sql(f"GRANT {role.value} TO {quoted}")
        await _verify(connection, name, role)


async def verify_login(
    settings: Settings, engine: AsyncEngine, role: DatabaseRole
) -> None:
    """Raise `SettingsRefused` where the login of a role may take on another one.

    Does nothing where logins are not told apart: on SQLite, and in a trial that gives
    one login for all (`signal_index.settings`).
    """
    if not settings.has_logins:
        return
    async with reading(engine) as connection:
        name = await connection.scalar(text("SELECT session_user"))
        await _verify(connection, str(name), role)


async def _verify(connection: AsyncConnection, name: str, role: DatabaseRole) -> None:
    held = set(await connection.scalars(_MEMBERSHIPS, {"login": name}))
    mighty = await connection.scalar(_MIGHTY, {"login": name})
    if held != {role.value} or mighty is not False:
        setting = LOGINS[SERVING.index(role)]
        raise SettingsRefused(
            f"{setting}: this login may not be {role.value} and no more; "
            "name a login of its own and run `signal-index migrate`"
        )


def derive_verifier(password: str) -> str:
    """Derive what PostgreSQL keeps of a password (SCRAM-SHA-256), under fresh salt.

    Raises `SettingsRefused` for a password that is not plain ASCII: its other letters
    have several spellings.
    """
    if not (password.isascii() and password.isprintable()):
        raise SettingsRefused("a database password holds plain letters and signs only")
    return encode_verifier(password.encode(), secrets.token_bytes(_SALT_BYTES))


def encode_verifier(password: bytes, salt: bytes, rounds: int = _ROUNDS) -> str:
    """Write the stored key and the server key of RFC 5802 as PostgreSQL does."""
    salted = hashlib.pbkdf2_hmac("sha256", password, salt, rounds)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    written = [b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${rounds}:{written[0]}${written[1]}:{written[2]}"

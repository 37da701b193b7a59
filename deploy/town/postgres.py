"""A throw-away PostgreSQL server of our own: initdb, start, new databases, stop.

PostgreSQL refuses to run as root, so that under root its programs run as the
system user `postgres`; a plain user runs them as itself. fsync stays on unless a test
says that no power will fail: figures mean nothing without it, and a killed process
loses nothing either way.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.town.ports import Ports


class PostgresUnusable(Exception):
    """PostgreSQL is not installed, or does not start here; says what to do."""


@dataclass(frozen=True)
class PostgresServer:
    """One running server on loopback; user `postgres`, no password (trust)."""

    port: int
    folder: Path

    def url(self, database: str, user: str = "postgres") -> str:
        """Give the SQLAlchemy URL (asyncpg) of a database on this server."""
        return f"postgresql+asyncpg://{user}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """Create a database and give its URL: empty, or a copy of another.

        Nobody may be connected to the one that is copied.
        """
        copied = f'TEMPLATE "{template}" STRATEGY file_copy'
        self.run_sql(f'CREATE DATABASE "{name}" {copied}')
        return self.url(name)

    def run_sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the superuser and give psql's bare output."""
        arguments = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]
        return _run("psql", [*arguments, "-d", database, "-qAtc", statement])


@contextmanager
def running_postgres(
    folder: Path | None = None, *, survives_power_cut: bool = True
) -> Iterator[PostgresServer]:
    """Start a server and stop it at the end.

    Without a folder the data is thrown away; with one it is kept and used again.

    Raises `PostgresUnusable`. Under root the folder must be one that the user
    `postgres` can reach.
    """
    home = folder or Path(tempfile.mkdtemp(prefix="signal-index-postgres-"))
    home.mkdir(parents=True, exist_ok=True)
    _hand_over(home)
    data = home / "data"
    if not (data / "PG_VERSION").exists():
        _run("initdb", ["-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"])
    with Ports() as ports:
        port = ports.hold()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {home}"
        if not survives_power_cut:
            options += " -c fsync=off -c full_page_writes=off"
        _start(home, options)
        try:
            yield PostgresServer(port, home)
        finally:
            # What is thrown away need not be flushed: a fast stop takes minutes here.
            mode = "fast" if folder else "immediate"
            _run("pg_ctl", ["-D", str(data), "-m", mode, "-w", "stop"])
            if folder is None:
                shutil.rmtree(home, ignore_errors=True)


def _start(home: Path, options: str) -> None:
    """Wait until the server that we started is ready, or raise with its last words."""
    log = home / "server.log"
    where = ["-D", str(home / "data"), "-l", str(log)]
    try:
        _run("pg_ctl", [*where, "-o", options, "-w", "start"])
    except PostgresUnusable as failure:
        said = log.read_text(errors="replace") if log.exists() else ""
        raise PostgresUnusable(f"{failure}\n{said[-500:]}") from None


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)


def find_program(name: str) -> str:
    """Give the path of a server program, or raise `PostgresUnusable`."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise PostgresUnusable(f"{name} is missing: apt-get install postgresql")
    return found


def _run(program: str, arguments: list[str]) -> str:
    command = [find_program(program), *arguments]
    if os.geteuid() == 0:
        command = [
            "setpriv",
            "--reuid=postgres",
            "--regid=postgres",
            "--init-groups",
            *command,
        ]
    # A file, not a pipe: the started server inherits it and would hold a pipe open.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(  # noqa: S603 - our own fixed programs
            command, stdout=output, stderr=subprocess.STDOUT, cwd="/", check=False
        )
        output.seek(0)
        said = output.read()
    if done.returncode != 0:
        raise PostgresUnusable(f"{program}: {said.strip()[-500:]}")
    return said.strip()

"""What this machine can do at all, measured in the same run as the figures.

Absolute figures swing with disk and neighbours; their ratio to these limits does not.

- pgbench: the bare transaction of a lookup (four rows read, one logged, committed
  durably), 16 clients, prepared statements, no Python in sight.
- multiplications: libsodium's ristretto255 scalar multiplication on every core.
"""

import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pysodium

from deploy.town.postgres import PostgresServer, find_program

DATABASE = "limit"
CLIENTS = 16
PREPARE = """
CREATE TABLE looked_up (id bigint PRIMARY KEY, content bytea NOT NULL);
INSERT INTO looked_up
  SELECT n, sha256(int8send(n)) || sha256(int8send(-n))
  FROM generate_series(1, 100000) AS n;
CREATE TABLE logged (id bigserial PRIMARY KEY, at timestamptz, content bytea);
ANALYZE looked_up;
"""
SCRIPT = r"""
\set a random(1, 100000)
\set b random(1, 100000)
\set c random(1, 100000)
\set d random(1, 100000)
BEGIN;
SELECT id, content FROM looked_up WHERE id IN (:a, :b, :c, :d);
INSERT INTO logged (at, content) VALUES (now(), sha256(int8send(:a)));
COMMIT;
"""


def prepare_pgbench(server: PostgresServer) -> None:
    """Make the two tables, in a database of their own."""
    server.create_database(DATABASE)
    server.run_sql(PREPARE, DATABASE)


def measure_pgbench(server: PostgresServer, folder: Path, seconds: int) -> float:
    """Give bare lookup transactions per second."""
    script = folder / "limit.sql"
    script.write_text(SCRIPT, "utf-8")
    command = [find_program("pgbench"), "--no-vacuum", "--protocol", "prepared"]
    command += ["--client", str(CLIENTS), "--jobs", "2", "--time", str(seconds)]
    command += ["--file", str(script), "--host", "127.0.0.1", "--username", "postgres"]
    command += ["--port", str(server.port), DATABASE]
    done = subprocess.run(  # noqa: S603 - our own fixed program
        command, capture_output=True, text=True, check=True
    )
    return read_rate(done.stdout)


def read_rate(output: str) -> float:
    """Give pgbench's transactions per second, or raise `ValueError`."""
    found = re.search(r"^tps = ([0-9.]+)", output, re.MULTILINE)
    if found is None:
        raise ValueError("pgbench named no rate")
    return float(found[1])


def measure_multiplications(seconds: int) -> float:
    """Give scalar multiplications per second, one thread on each core."""
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as threads:
        counts = threads.map(_multiply_for, [seconds] * cores)
        return sum(counts) / seconds


def _multiply_for(seconds: int) -> int:
    scalar = pysodium.crypto_core_ristretto255_scalar_random()
    point = pysodium.crypto_scalarmult_ristretto255_base(scalar)
    count, deadline = 0, time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        point = pysodium.crypto_scalarmult_ristretto255(scalar, point)
        count += 1
    return count

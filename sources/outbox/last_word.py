"""Which of several messages about one case counts: the one that was written last.

Messages arrive in any order: from a folder, after an outage, twice. Each says when it
was written, to the day or to the second; two of the same day of which one has no time
are taken in the order in which they arrive.
"""

import sqlite3
from typing import Final

_DAY: Final = len("2026-01-31")
_FIND: Final = """
SELECT max(told_at) FROM (
  SELECT told_at FROM staged WHERE case_key = ?1
  UNION ALL SELECT told_at FROM staged_closing WHERE case_key = ?1
  UNION ALL SELECT told_at FROM last_word WHERE case_key = ?1)"""
_TOLD: Final = """
SELECT (EXISTS (SELECT 1 FROM signal WHERE case_key = ?1)
  OR EXISTS (SELECT 1 FROM staged WHERE case_key = ?1 AND event = 'open'))
  AND NOT EXISTS (SELECT 1 FROM staged_closing WHERE case_key = ?1)"""


def says_less(told_at: str, last: str) -> bool:
    """Tell whether a message was written before the last one that was read."""
    if not told_at or not last:
        return False
    if told_at[:_DAY] != last[:_DAY]:
        return told_at[:_DAY] < last[:_DAY]
    return len(told_at) > _DAY and len(last) > _DAY and told_at < last


def find_last_word(connection: sqlite3.Connection, case_key: bytes) -> str:
    """Give when the last message about a case was written; empty when there is none."""
    return str(connection.execute(_FIND, (case_key,)).fetchone()[0] or "")


def is_told(connection: sqlite3.Connection, case_key: bytes) -> bool:
    """Tell whether a case is open already, by the index or by this delivery."""
    return bool(connection.execute(_TOLD, (case_key,)).fetchone()[0])

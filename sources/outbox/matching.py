"""Which record is which known signal, where one number has several provisions.

    open rows      the same number, person and start: the same signal
    pairing        one row and one signal left over under a number: a correction of it
    over, gone     what closes, and what a full delivery does not mention

- An ended provision and an open one of one number never hide each other.
- A row that closes without saying since when closes all of its person; one that does
  not say whose closes what no open row holds open. So a slip in a row that is over
  hides nobody else's. A closing of a number as such closes all under it, whatever its
  day: an early signal's is that of the last attempt, maybe before its newest signal.
- Of a full delivery nothing is gone while a rejected record may be any case: its case
  cannot be known, or its number is one that nobody knows and the rest is unreadable.
"""

import sqlite3
from collections import defaultdict
from typing import Final

OPEN: Final = """
SELECT s.*, k.reference, k.version, k.part AS told_part, k.person AS told_person,
  k.fingerprint AS told_fingerprint, k.category AS told_category,
  k.municipality AS told_municipality, k.valid_from AS told_from,
  k.valid_limit AS told_limit, k.valid_until AS told_until,
  k.contact AS told_contact, k.name AS told_name
FROM staged s
LEFT JOIN pairing p ON p.case_key = s.case_key AND p.part = s.part
LEFT JOIN signal k ON k.case_key = s.case_key AND k.part = coalesce(p.told_part, s.part)
WHERE s.event = 'open' AND NOT EXISTS (SELECT 1 FROM staged_closing c
  WHERE c.case_key = s.case_key AND c.part <> x'3f'
  AND substr(s.part, 1, length(c.part)) = c.part
  AND (c.closed_on >= s.valid_from OR c.part = x''))"""
_COVERED: Final = """
EXISTS (SELECT 1 FROM staged s
  LEFT JOIN pairing p ON p.case_key = s.case_key AND p.part = s.part
  WHERE s.case_key = k.case_key AND s.event = 'open'
  AND coalesce(p.told_part, s.part) = k.part
  AND NOT EXISTS (SELECT 1 FROM staged_closing h WHERE h.case_key = s.case_key
    AND h.part <> x'3f' AND substr(s.part, 1, length(h.part)) = h.part
    AND (h.closed_on >= s.valid_from OR h.part = x'')))"""
_KEPT: Final = """
EXISTS (SELECT 1 FROM staged s WHERE s.case_key = k.case_key AND s.event <> 'open')"""
OVER: Final = f"""
SELECT k.*, max(c.closed_on) AS closed_on, c.reason FROM staged_closing c
JOIN signal k ON k.case_key = c.case_key
WHERE (substr(k.part, 1, length(c.part)) = c.part OR c.part = x'3f' OR k.part = x''
  OR (:full AND NOT {_KEPT}))
AND NOT {_COVERED}
GROUP BY k.reference"""  # noqa: S608 - our own constants
GONE: Final = f"""
SELECT k.* FROM signal k WHERE k.profile = :profile AND NOT {_KEPT}
AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.case_key = k.case_key)
AND NOT {_COVERED}"""  # noqa: S608 - our own constants
NOT_BEGUN: Final = f"""
SELECT k.*, s.line FROM signal k
JOIN staged s ON s.case_key = k.case_key AND s.event = 'not-begun'
WHERE NOT {_COVERED} AND k.reference NOT IN (SELECT reference FROM ({OVER}))"""  # noqa: S608 - our own constants
UNTAKEN: Final = f"""
SELECT k.reference, max(s.person = k.person) AS same, max(s.person IS NOT NULL) AS told
FROM signal k
JOIN staged s ON s.case_key = k.case_key AND s.event IN ('kept', 'doubtful')
WHERE k.reference NOT IN (SELECT reference FROM ({OVER}))
AND (NOT {_COVERED} OR (s.person <> k.person AND EXISTS (SELECT 1 FROM staged o
  WHERE o.case_key = k.case_key AND o.event = 'open' AND o.part = x'')))
GROUP BY k.reference"""  # noqa: S608 - our own constants
REOPENED: Final = """
SELECT s.* FROM staged s WHERE s.event = 'open'
AND NOT EXISTS (SELECT 1 FROM signal k WHERE k.case_key = s.case_key)
AND EXISTS (SELECT 1 FROM turnover t WHERE t.case_key = s.case_key
  AND t.profile = :profile AND t.way <> 'came')
GROUP BY s.case_key"""
BACK: Final = """
SELECT s.* FROM turnover t
JOIN staged s ON s.case_key = t.case_key AND s.event = 'open'
WHERE t.profile = :profile AND t.way = 'went'
AND NOT EXISTS (SELECT 1 FROM signal k WHERE k.case_key = t.case_key)
GROUP BY t.case_key"""
FORGOTTEN: Final = f"""
SELECT k.* FROM turnover t
JOIN signal k ON k.case_key = t.case_key AND k.part = t.part
WHERE t.profile = :profile AND t.way = 'came' AND NOT {_KEPT} AND NOT {_COVERED}
AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.case_key = k.case_key)"""  # noqa: S608 - our own constants
REVERTED: Final = f"""
SELECT
  (SELECT count(*) FROM ({BACK})) AS back,
  (SELECT count(*) FROM ({FORGOTTEN})) AS again,
  (SELECT count(*) FROM turnover WHERE profile = :profile AND way = 'went') AS went,
  (SELECT count(*) FROM turnover WHERE profile = :profile AND way = 'came') AS came"""  # noqa: S608 - our own constants
_LEFT_OVER: Final = """
SELECT s.case_key, s.part FROM staged s WHERE s.event = 'open'
AND NOT EXISTS (SELECT 1 FROM signal k
  WHERE k.case_key = s.case_key AND k.part = s.part)
AND EXISTS (SELECT 1 FROM signal k WHERE k.case_key = s.case_key)
ORDER BY s.case_key, s.line, s.part"""
_FREE: Final = """
SELECT k.part FROM signal k WHERE k.case_key = ?
AND NOT EXISTS (SELECT 1 FROM staged s
  WHERE s.case_key = k.case_key AND s.part = k.part AND s.event = 'open')
AND NOT EXISTS (SELECT 1 FROM staged_closing c
  WHERE c.case_key = k.case_key AND c.part NOT IN (x'', x'3f')
  AND substr(k.part, 1, length(c.part)) = c.part)"""
_PERSON: Final = 20  # bytes of a keyed hash, with which a part begins
_UNMATCHED: Final = """
SELECT c.* FROM staged_closing c WHERE c.part NOT IN (x'', x'3f')
AND NOT EXISTS (SELECT 1 FROM signal k WHERE k.case_key = c.case_key
  AND (k.part = x'' OR substr(k.part, 1, length(c.part)) = c.part))
ORDER BY c.case_key, c.part"""
_LEFT: Final = f"""
SELECT k.part FROM signal k WHERE k.case_key = ? AND NOT {_COVERED}
AND NOT EXISTS (SELECT 1 FROM staged_closing c WHERE c.case_key = k.case_key
  AND substr(k.part, 1, length(c.part)) = c.part)"""  # noqa: S608 - our own constant
_CLOSE_TOLD: Final = """
UPDATE OR REPLACE staged_closing SET part = :told
WHERE case_key = :case AND part = :part"""
_NOTE_PARTS: Final = """
UPDATE signal SET part = p.part FROM pairing p
WHERE p.case_key = signal.case_key AND p.told_part = x'' AND signal.part = x''
AND NOT EXISTS (SELECT 1 FROM work w WHERE w.reference = signal.reference)"""
_MAY_BE_ANY: Final = """
SELECT d.unplaced + (SELECT count(*) FROM staged s WHERE s.event = 'doubtful'
  AND NOT EXISTS (SELECT 1 FROM signal k WHERE k.case_key = s.case_key))
FROM delivery d WHERE d.id = ?"""


_UNKNOWN: Final = """
SELECT d.unplaced + (SELECT count(*) FROM staged s WHERE s.event <> 'open'
  AND NOT EXISTS (SELECT 1 FROM signal k WHERE k.case_key = s.case_key))
FROM delivery d WHERE d.id = ?"""


def pair_left_over(connection: sqlite3.Connection) -> None:
    """Pair a row with the signal that it corrects: another person, or another start.

    Only where there is no choice: one row and one signal are left under a number. A
    signal that has no part, since messages told it, goes to the first row.
    """
    connection.execute("DELETE FROM pairing")
    rows: dict[bytes, list[bytes]] = defaultdict(list)
    for row in connection.execute(_LEFT_OVER):
        rows[row["case_key"]].append(row["part"])
    for case_key, parts in rows.items():
        free = [row["part"] for row in connection.execute(_FREE, (case_key,))]
        if len(free) == 1 and (len(parts) == 1 or free[0] == b""):
            connection.execute(
                "INSERT INTO pairing VALUES (?, ?, ?)", (case_key, parts[0], free[0])
            )


def pair_closings(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Pair a row of changes that is over with the signal that it corrects and ends.

    It is over for a person, or since a day, that no signal under its number has. One
    signal of that person, or else of anybody, that no row holds open is the one that it
    means; where several are left nobody knows, and those rows are given.
    """
    unclear = []
    for row in connection.execute(_UNMATCHED).fetchall():
        left = [one["part"] for one in connection.execute(_LEFT, (row["case_key"],))]
        own = [part for part in left if part[:_PERSON] == row["part"][:_PERSON]]
        meant = own or left
        if len(meant) == 1:
            told = {"told": meant[0], "case": row["case_key"], "part": row["part"]}
            connection.execute(_CLOSE_TOLD, told)
        elif meant:
            unclear.append(row)
    return unclear


def note_parts(connection: sqlite3.Connection) -> None:
    """Give signals that messages told the part under which a file has their case."""
    connection.execute(_NOTE_PARTS)


def count_unknown(connection: sqlite3.Connection, delivery: str) -> int:
    """Count the records that stay as they are and whose case was never told here."""
    return int(connection.execute(_UNKNOWN, (delivery,)).fetchone()[0])


def count_unplaced(connection: sqlite3.Connection, delivery: str) -> int:
    """Count the rejected records that may be of any case."""
    return int(connection.execute(_MAY_BE_ANY, (delivery,)).fetchone()[0])

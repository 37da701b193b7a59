"""Count what a delivery that was read would change, and name the cases for its agency.

Both read the tables as they stand within the transaction that plans or holds it.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from signal_index.wire.deliveries import DeliveryKind
from sources.judging.difference import OLDEST_START, Difference
from sources.judging.rules import Doubt
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.matching import (
    BACK,
    FORGOTTEN,
    GONE,
    NOT_BEGUN,
    OPEN,
    OVER,
    REOPENED,
    REVERTED,
    count_unknown,
    count_unplaced,
)
from sources.outbox.strays import count_replaced, find_strays

_SAME_PERSON: Final = "told_person = person"
_SAME_KIND: Final = "told_category = category AND told_municipality = municipality"
_OTHER_KIND: Final = f"{_SAME_PERSON} AND NOT ({_SAME_KIND})"
_OTHER_START: Final = f"{_SAME_PERSON} AND {_SAME_KIND} AND told_from <> valid_from"
_OTHER_END: Final = f"{_SAME_PERSON} AND {_SAME_KIND} AND told_limit IS NOT valid_limit"
_SOONER: Final = f"{_SAME_PERSON} AND {_SAME_KIND} AND valid_limit < told_until"
_OLD_START: Final = (
    f"valid_from < date(:today, '-{OLDEST_START} years')"
    " AND told_from IS NOT valid_from"
)
_OPEN_ROWS: Final = f"""
SELECT count(*) AS opened, count(*) FILTER (WHERE reference IS NULL) AS new,
  count(*) FILTER (WHERE told_person <> person AND told_until >= :today) AS persons,
  count(*) FILTER (WHERE told_until >= :today AND {_OTHER_KIND}) AS kinds,
  count(*) FILTER (WHERE told_until >= :today AND {_OTHER_START}) AS starts,
  count(*) FILTER (WHERE told_until >= :today AND {_OTHER_END}) AS ends,
  count(*) FILTER (WHERE told_until >= :today AND {_SOONER}) AS sooner,
  count(*) FILTER (WHERE {_OLD_START}) AS old,
  count(*) FILTER (WHERE told_until >= :today AND (told_contact <> contact
    OR contact IN (SELECT value FROM json_each(:changed)))) AS contacts
FROM ({OPEN})"""  # noqa: S608 - our own constant
_REJECTED: Final = (
    "SELECT DISTINCT line, record FROM reject WHERE delivery = :delivery"
    " ORDER BY line, rowid"
)
_NAMED: Final = {
    Doubt.NOTHING_READ: GONE,
    Doubt.CASES_GONE: GONE,
    Doubt.CASES_ENDED: OVER,
    Doubt.CASES_REOPENED: REOPENED,
    Doubt.OPEN_THOUGH_OVER: (
        "SELECT line, record FROM staged_closing WHERE though_open ORDER BY line"
    ),
    Doubt.OTHER_PERSON: f"SELECT * FROM ({OPEN}) WHERE told_person <> person",  # noqa: S608 - our own constants
    Doubt.OTHER_KIND: f"SELECT * FROM ({OPEN}) WHERE {_OTHER_KIND}",  # noqa: S608 - our own constants
    Doubt.OTHER_STARTS: f"SELECT * FROM ({OPEN}) WHERE {_OTHER_START}",  # noqa: S608 - our own constants
    Doubt.OLD_STARTS: f"SELECT * FROM ({OPEN}) WHERE {_OLD_START}",  # noqa: S608 - our own constants
    Doubt.OTHER_ENDS: f"SELECT * FROM ({OPEN}) WHERE {_OTHER_END}",  # noqa: S608 - our own constants
    Doubt.RECORDS_REJECTED: _REJECTED,
    Doubt.ROWS_SWALLOWED: _REJECTED,
    Doubt.OLD_SIGNALS: _REJECTED,
}
_SOONER_CASES: Final = f"SELECT * FROM ({OPEN}) WHERE {_SOONER}"  # noqa: S608 - our own constants
_COUNT_REOPENED: Final = f"SELECT count(*) FROM ({REOPENED})"  # noqa: S608 - our own constant
_BEFORE: Final = """
SELECT file_mark, written, read, rejected, though_open, empty FROM delivery
WHERE profile = ? AND kind = ? AND state = 'closed' ORDER BY ends DESC, rowid DESC"""
_CHANGED_CONTACTS: Final = """
SELECT s.id, s.body, c.body AS told FROM staged_contact s JOIN contact c ON c.id = s.id
WHERE s.body <> c.body"""
_NEW_NUMBERS: Final = """
SELECT count(DISTINCT body ->> '$.phone') FROM staged_contact
WHERE body ->> '$.phone' NOT IN (SELECT body ->> '$.phone' FROM contact)"""
_NO_DAY: Final = "lastVerified"


def weigh(
    connection: sqlite3.Connection,
    delivery: OpenDelivery,
    *,
    today: date,
    is_empty: bool = False,
) -> Difference:
    """Give the difference between what was read and what stands; pairs are made.

    `is_empty`: the file held nothing that its format knows, not even a header.
    What the index dropped on its last day is not told any more: it counts for nothing.
    """
    is_full = delivery.kind is DeliveryKind.FULL
    day = today.isoformat()
    profile = {"profile": delivery.profile, "today": day}
    changed = json.dumps(_find_changed_contacts(connection))
    opened = connection.execute(
        _OPEN_ROWS, {"changed": changed, "today": day}
    ).fetchone()
    gone = _count(connection, GONE, profile) if is_full else 0
    is_spared = count_unplaced(connection, str(delivery.id)) > 0
    reverted, turned = _count_reverted(connection, profile, is_full=is_full)
    before = connection.execute(
        _BEFORE, (delivery.profile, delivery.kind.value)
    ).fetchall()
    last = before[0] if before else None
    earlier = {row["file_mark"] for row in before}
    is_first = is_full and all(row["empty"] for row in before)
    found = find_strays(connection, delivery) if is_full else []
    strays = [row for row in found if row["valid_from"]]  # not a leftover of ours
    replaced, restarted = count_replaced(connection, strays)
    is_last = last is not None and last["file_mark"] == delivery.file_mark
    told = "SELECT * FROM signal WHERE profile = :profile"
    known = _count(connection, told, profile) + len(strays)
    return Difference(
        known=known,
        new=opened["new"],
        gone=0 if is_spared else gone,
        spared=gone if is_spared else 0,
        ended=_count(connection, OVER, {"full": is_full, "today": day}),
        persons=opened["persons"],
        kinds=opened["kinds"],
        starts=opened["starts"] + restarted,
        ends=opened["ends"],
        sooner=opened["sooner"],
        contacts=opened["contacts"],
        numbers=connection.execute(_NEW_NUMBERS).fetchone()[0],
        opened=opened["opened"],
        read=delivery.counts.read,
        rejected=delivery.counts.rejected,
        not_begun=_count(connection, NOT_BEGUN, {"full": is_full, "today": day}),
        though_open=delivery.though_open,
        read_before=last["read"] if last else 0,
        rejected_before=last["rejected"] if last else 0,
        though_open_before=last["though_open"] if last else 0,
        swallowed=delivery.swallowed,
        total=delivery.total,
        counted=delivery.counted,
        is_first_and_empty=is_first
        and not known
        and not (delivery.counts.read or is_empty),
        old_starts=opened["old"],
        strays=len(strays),
        lost=len(strays) - replaced,
        unsure=min(
            delivery.counts.rejected, count_unknown(connection, str(delivery.id))
        ),
        replayed=not is_last and delivery.file_mark in earlier,
        predates=bool(last and delivery.written and delivery.written < last["written"]),
        reverted=reverted,
        turned=turned,
        reopened=connection.execute(_COUNT_REOPENED, profile).fetchone()[0],
    )


_AT_STAKE: Final = (Doubt.CASES_ENDED, Doubt.OTHER_PERSON, Doubt.OTHER_KIND)
_PARTS: Final = {
    Doubt.FLAGS_AT_STAKE: _AT_STAKE,
    Doubt.OLDER_FILE: (
        Doubt.CASES_REOPENED,
        *_AT_STAKE,
        Doubt.OTHER_STARTS,
    ),
}


def name_cases(
    connection: sqlite3.Connection,
    delivery: OpenDelivery,
    doubt: Doubt,
    *,
    difference: Difference,
    today: date,
) -> Iterator[sqlite3.Row]:
    """Give the cases that a finding is about: key, sealed names, and line if any.

    Of a file that looks older by what it undoes: the changes that it undoes alone.
    """
    is_full = delivery.kind is DeliveryKind.FULL
    is_older = difference.replayed or difference.predates
    if doubt is Doubt.OLDER_FILE and not is_older:
        for query in (BACK, FORGOTTEN) if is_full else (BACK,):
            yield from connection.execute(query, {"profile": delivery.profile})
    elif doubt in _PARTS:
        gone = (Doubt.CASES_GONE,) if is_full else ()
        for part in (*gone, *_PARTS[doubt]):
            yield from name_cases(
                connection, delivery, part, difference=difference, today=today
            )
        if doubt is Doubt.FLAGS_AT_STAKE:
            yield from connection.execute(_SOONER_CASES)
    elif doubt in _NAMED:
        of = {
            "profile": delivery.profile,
            "full": is_full,
            "delivery": str(delivery.id),
            "today": today.isoformat(),
        }
        yield from connection.execute(_NAMED[doubt], of)


def _count_reverted(
    connection: sqlite3.Connection, profile: Mapping[str, object], *, is_full: bool
) -> tuple[int, int]:
    """Count what the last delivery changed and this one undoes, and what it changed.

    What changes alone do not mention is not undone by them.
    """
    found = connection.execute(REVERTED, profile).fetchone()
    if not is_full:
        return found["back"], found["went"]
    return found["back"] + found["again"], found["went"] + found["came"]


def _find_changed_contacts(connection: sqlite3.Connection) -> list[str]:
    """Give the contact holders whose details change; a day of checking is none."""
    return [
        row["id"]
        for row in connection.execute(_CHANGED_CONTACTS)
        if _details(row["body"]) != _details(row["told"])
    ]


def _details(body: str) -> dict[str, object]:
    return {name: said for name, said in json.loads(body).items() if name != _NO_DAY}


def _count(
    connection: sqlite3.Connection, query: str, values: Mapping[str, object]
) -> int:
    standing = f"SELECT count(*) FROM ({query}) WHERE valid_until >= :today"  # noqa: S608 - our own constants
    found = connection.execute(standing, values)
    return int(found.fetchone()[0])

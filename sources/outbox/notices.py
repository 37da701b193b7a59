"""Notices in the outbox: sealed, with the case that they are about, until they expire.

- Kept before they are acknowledged: what a crash comes between is fetched again, and is
  the same notice.
- A cover says nothing and is not kept.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from keys.case_name import find_called, find_day, tells_day
from signal_index.wire.notice_order import (
    find_former,
    find_replaced,
    sort_notices,
)
from signal_index.wire.notices import ReturnNotice, Settled
from sources.outbox.staging import NAME_LABEL
from sources.outbox.store import Outbox, get_meta, put_meta

NOTICE_LABEL: Final = b"notice"
_TOLD_AT: Final = "notices-told"
_HEARD_AT: Final = "notices-heard"
Way = Literal["mailed", "posted"]


@dataclass(frozen=True, slots=True, repr=False)
class KeptNotice:
    """A notice as it came, and how the agency calls each case in it (where known).

    `former`: what was said before and does not count any more, the newest first;
    `is_replaced`: this does not count any more itself.
    """

    id: UUID
    kind: str
    heard_at: datetime
    is_done: bool
    cases: tuple[str, ...]
    references: tuple[UUID, ...]
    said: ReturnNotice
    former: tuple[ReturnNotice, ...] = ()
    is_replaced: bool = False


def find_case(outbox: Outbox, reference: UUID) -> str:
    """Give how the agency calls the case of a signal; empty where it is not known.

    Also of one that ended or was replaced, as long as its mark is kept.
    """
    row = outbox.connection.execute(
        "SELECT name, case_key FROM signal WHERE reference = ?1 UNION ALL"
        " SELECT name, case_key FROM ended WHERE reference = ?1",
        (str(reference),),
    ).fetchone()
    return "" if row is None or row["name"] is None else _open_name(outbox, row)


def find_references(outbox: Outbox, typed: str) -> Mapping[UUID, str]:
    """Give the references of cases that may be meant, and how each is called.

    A day means every case that began on it, whatever it is called; where a name itself
    tells the day, all that was typed counts. Empty where the name is not known here.
    """
    rows = outbox.connection.execute(
        "SELECT reference, name, case_key, valid_from FROM signal ORDER BY reference"
    ).fetchall()
    named = {
        UUID(row["reference"]): "" if row["name"] is None else _open_name(outbox, row)
        for row in rows
    }
    called = find_called(named, typed)
    day = find_day(typed)
    began = {
        UUID(row["reference"])
        for row in rows
        if day is not None and row["valid_from"] == day.isoformat()
    }
    return {
        one: name
        for one, name in named.items()
        if one in called or (one in began and not tells_day(name))
    }


def name_cases(found: Sequence[KeptNotice]) -> Mapping[UUID, str]:
    """Give how each case in these notices is called, by the reference of its signal."""
    return {
        reference: case
        for one in found
        for reference, case in zip(one.references, one.cases, strict=True)
    }


def find_successors(outbox: Outbox, source: str) -> Mapping[UUID, str]:
    """Give who took over which signal of this source, by name, as far as was told."""
    return {
        reference: one.said.facts["successorName"]
        for one in _read_rows(outbox)
        if one.kind == "succession" and one.said.facts.get("source") == source
        for reference in one.references
    }


def _open_name(outbox: Outbox, row: sqlite3.Row) -> str:
    sealed, key = bytes(row["name"]), bytes(row["case_key"])
    return outbox.key.open_sealed(sealed, label=NAME_LABEL, row=key).decode()


def keep_notices(
    outbox: Outbox, found: Sequence[ReturnNotice], moment: datetime
) -> int:
    """Keep what came, each once; gives how many say something that is new here."""
    count = 0
    with outbox.transaction("hear") as connection:
        for one in found:
            if one.kind == "cover":
                continue
            row = str(one.id).encode()
            cases = [find_case(outbox, each.reference) for each in one.signals]
            plain = json.dumps({"cases": cases, "said": one.model_dump(mode="json")})
            done = connection.execute(
                "INSERT OR IGNORE INTO notice (id, kind, heard_at, expires, sealed)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    str(one.id),
                    one.kind,
                    moment.isoformat(),
                    one.expires.isoformat(),
                    outbox.key.seal(plain.encode(), label=NOTICE_LABEL, row=row),
                ),
            )
            count += done.rowcount
        put_meta(connection, _HEARD_AT, moment.isoformat().encode())
    return count


_DISPUTES: Final = frozenset({"correction", "objection"})
_ASKING: Final = _DISPUTES | {"contact-stale-soon", "signal-expires-soon", "match"}


def is_asking(one: ReturnNotice) -> bool:
    """Tell whether a notice asks for something that was not done, as far as we know."""
    asks = one.kind in _ASKING or one.outcome == "citizen-says-ended"
    return asks and one.settled is None


def keep_settled(outbox: Outbox, found: Sequence[ReturnNotice]) -> None:
    """Note beside kept notices what was done with what they ask."""
    with outbox.transaction("hear") as connection:
        for one in found:
            row = connection.execute(
                "SELECT id, sealed FROM notice WHERE id = ?", (str(one.id),)
            ).fetchone()
            if row is None or one.settled is None:
                continue
            name = str(one.id).encode()
            kept = outbox.key.open_sealed(
                bytes(row["sealed"]), label=NOTICE_LABEL, row=name
            )
            said = json.loads(kept)
            said["said"]["settled"] = one.settled.model_dump(mode="json")
            sealed = outbox.key.seal(
                json.dumps(said).encode(), label=NOTICE_LABEL, row=name
            )
            connection.execute(
                "UPDATE notice SET sealed = ? WHERE id = ?", (sealed, str(one.id))
            )


def note_answered(outbox: Outbox, reference: str, label: str, *, on: date) -> None:
    """Note beside what a citizen disputes that we answered it, whoever kept it.

    At once: what waits is said first, and what was answered waits for nobody. The index
    says the same when it is asked next.
    """
    done = Settled(how="answered", on=on, by="uw organisatie", label=label)
    keep_settled(
        outbox,
        [
            one.said.model_copy(update={"settled": done})
            for one in _read_rows(outbox)
            if one.kind in _DISPUTES and one.said.facts.get("reference") == reference
        ],
    )


def find_notices(outbox: Outbox, *, is_all: bool = False) -> Sequence[KeptNotice]:
    """Read what waits for somebody, the newest first.

    `is_all`: also what is done, and what was replaced by what was said later.
    """
    found = _read(outbox)
    if is_all:
        return found
    return [one for one in found if not one.is_done and not one.is_replaced]


def find_untold(outbox: Outbox, way: Way) -> Sequence[KeptNotice]:
    """Read what nobody was told of yet in this way, and what still counts of it."""
    rows = outbox.connection.execute(
        f"SELECT id FROM notice WHERE {way} = 0"  # noqa: S608 - one of two words
    ).fetchall()
    untold = {UUID(row["id"]) for row in rows}
    return [one for one in find_notices(outbox) if one.id in untold]


def mark_told(outbox: Outbox, told: Sequence[KeptNotice], way: Way) -> None:
    """Note that these were told in this way."""
    with outbox.transaction("hear") as connection:
        connection.executemany(
            f"UPDATE notice SET {way} = 1 WHERE id = ?",  # noqa: S608 - one of two words
            [(str(one.id),) for one in told],
        )


def mark_done(outbox: Outbox, ids: Sequence[UUID]) -> int:
    """Note that somebody dealt with these; gives how many waited."""
    with outbox.transaction("hear") as connection:
        return sum(
            connection.execute(
                "UPDATE notice SET done = 1 WHERE id = ? AND done = 0", (str(id_),)
            ).rowcount
            for id_ in ids
        )


def forget_expired(outbox: Outbox, today: date) -> None:
    """Wipe what the index has erased too."""
    with outbox.transaction("hear") as connection:
        connection.execute("DELETE FROM notice WHERE expires < ?", (today.isoformat(),))


def find_moment(outbox: Outbox, what: Literal["told", "heard"]) -> datetime | None:
    """Give when a digest was last told, or when the index was last asked."""
    found = get_meta(outbox.connection, _TOLD_AT if what == "told" else _HEARD_AT)
    return None if found is None else datetime.fromisoformat(found.decode())


def record_digest(outbox: Outbox, moment: datetime) -> None:
    """Note that a digest was told at this moment, or that there was nothing in it."""
    with outbox.transaction("hear") as connection:
        put_meta(connection, _TOLD_AT, moment.isoformat().encode())


def _read(outbox: Outbox) -> list[KeptNotice]:
    """Read all: which of them count can only be told from all of them."""
    kept = _read_rows(outbox)
    former = find_former([one.said for one in kept])
    replaced = find_replaced(former)
    return [
        replace(
            one,
            former=tuple(former.get(one.id, ())),
            is_replaced=one.id in replaced,
        )
        for one in sort_notices(kept, lambda one: one.said)
    ]


def _read_rows(outbox: Outbox) -> list[KeptNotice]:
    rows = outbox.connection.execute("SELECT * FROM notice").fetchall()
    found = []
    for row in rows:
        plain = outbox.key.open_sealed(
            bytes(row["sealed"]), label=NOTICE_LABEL, row=row["id"].encode()
        )
        kept = json.loads(plain)
        said = ReturnNotice.model_validate_json(json.dumps(kept["said"]))
        found.append(
            KeptNotice(
                id=UUID(row["id"]),
                kind=row["kind"],
                heard_at=datetime.fromisoformat(row["heard_at"]),
                is_done=bool(row["done"]),
                cases=tuple(kept["cases"]),
                references=tuple(each.reference for each in said.signals),
                said=said,
            )
        )
    return found

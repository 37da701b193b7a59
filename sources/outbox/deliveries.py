"""Deliveries in the outbox: at most one is under way, and it says how far it is."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, get_args
from uuid import UUID

from keys.municipality import MunicipalityCode
from signal_index.wire.deliveries import (
    Delivery,
    DeliveryCounts,
    DeliveryKind,
    Hearing,
    RejectCount,
)
from signal_index.wire.values import Oin, Slug
from sources.counted import AT_ONCE
from sources.errors import UnclearDelivery, UnknownDelivery, shorten
from sources.outbox.last_heard import make_delivery_id
from sources.outbox.registrations import register
from sources.outbox.store import Outbox
from sources.passed_over import PassedOver, describe_passed, read_passed
from sources.profile import Profile
from sources.reasons import MOST_LINES, Reason, Rejected
from sources.values import Place, Reject

State = Literal["reading", "held", "planned", "parked", "closed"]
Count = Literal[
    "read",
    "accepted",
    "unchanged",
    "withdrawn",
    "rejected",
    "ended",
    "not_begun",
    "ignored",
]
_RAISE: Final[dict[Count, str]] = {
    name: f"UPDATE delivery SET {name} = {name} + ? WHERE id = ?"  # noqa: S608 - a closed list of columns
    for name in get_args(Count)
}


_REJECTED: Final = """
SELECT r.field, r.reason, count(*) AS many, (
  SELECT json_group_array(line) FROM (
    SELECT DISTINCT line FROM reject WHERE delivery = ?1 AND field = r.field
    AND reason = r.reason AND line IS NOT NULL ORDER BY line LIMIT ?2)) AS lines
FROM reject r WHERE r.delivery = ?1
GROUP BY r.field, r.reason ORDER BY many DESC, r.field, r.reason"""


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """A delivery as the outbox knows it.

    Of the records read, `ended` are over, `not_begun` have a status that says so,
    `ignored` have nothing to say, and of `overtaken` a newer delivery said more while
    this one waited for evaluation. Of the known cases, `persons` got another person
    by it, `contacts` another contact holder, and `not_begun_told` stand while
    the file says that they have not begun.

    `spared` cases are absent from the file and stay, since one of the rejected records
    may be theirs. `though_open` records are over by their last day and open by their
    status. `total` is what a total row says, where it is not the `counted` rows that
    were read. `passed` are lines that are no records, or that nobody saw. `is_empty`:
    the file held nothing that its format knows.
    """

    id: UUID
    profile: str
    kind: DeliveryKind
    state: State
    file_mark: bytes
    starts: datetime
    ends: datetime
    categories: tuple[Slug, ...]
    municipalities: tuple[MunicipalityCode, ...]
    counts: DeliveryCounts
    ended: int
    not_begun: int
    not_begun_told: int
    ignored: int
    overtaken: int
    persons: int
    contacts: int
    spared: int
    swallowed: int
    total: int
    counted: int
    though_open: int
    passed: tuple[PassedOver, ...]
    written: str
    is_empty: bool

    @property
    def hearing(self) -> Hearing:
        """Tell whether the source was heard by this: most of it made sense."""
        lost = self.counts.rejected * 2 > self.counts.read
        return Hearing.UNHEARD if lost or self.is_empty else Hearing.HEARD

    def as_told(self, source: Oin, rejects: Sequence[RejectCount] = ()) -> Delivery:
        """Give the delivery as the index is told of it; reasons as codes, no record."""
        return Delivery.model_validate(
            {
                "delivery": self.id,
                "source": source,
                "kind": self.kind,
                "from": self.starts,
                "until": self.ends,
                "categories": list(self.categories),
                "municipalities": list(self.municipalities),
                "counts": self.counts,
                "hearing": self.hearing,
                "rejects": list(rejects),
                "passed": describe_passed(self.passed, AT_ONCE),
            }
        )


def open_delivery(
    outbox: Outbox,
    profile: Profile,
    kind: DeliveryKind,
    file_mark: bytes,
    *,
    now: datetime,
) -> OpenDelivery:
    """Begin a delivery; its period runs on from the last one of this profile."""
    moment = now.replace(microsecond=0)
    row = outbox.connection.execute(
        "SELECT max(ends) FROM delivery WHERE profile = ? AND state = 'closed'"
        " AND ends <= ?",  # an end in the future was written by a clock ahead
        (profile.name, moment.isoformat()),
    ).fetchone()
    starts = row[0] or moment.isoformat()
    made = make_delivery_id(outbox.id)
    values = (
        str(made),
        profile.name,
        kind.value,
        file_mark,
        json.dumps(profile.categories),
        json.dumps(profile.municipalities),
        starts,
        moment.isoformat(),
    )
    with outbox.transaction("open-delivery") as connection:
        register(connection, profile.name)
        connection.execute(
            "INSERT INTO delivery (id, profile, kind, file_mark, state, categories,"
            " municipalities, starts, ends) VALUES (?,?,?,?,'reading',?,?,?,?)",
            values,
        )
    return get_delivery(outbox, made)


def end_by(outbox: Outbox, delivery: OpenDelivery, now: datetime) -> OpenDelivery:
    """Let a planned delivery end now at the latest: its clock was ahead then."""
    moment = now.replace(microsecond=0).isoformat()
    with outbox.transaction("open-delivery") as connection:
        connection.execute(
            "UPDATE delivery SET ends = ?1, starts = min(starts, ?1) WHERE id = ?2",
            (moment, str(delivery.id)),
        )
    return get_delivery(outbox, delivery.id)


def get_delivery(outbox: Outbox, delivery: UUID) -> OpenDelivery:
    """Give a delivery with its present counts."""
    row = outbox.connection.execute(
        "SELECT * FROM delivery WHERE id = ?", (str(delivery),)
    ).fetchone()
    return _read(row)


def find_by_id(outbox: Outbox, delivery: UUID) -> OpenDelivery | None:
    """Give the delivery of this id, if the outbox has it."""
    row = outbox.connection.execute(
        "SELECT * FROM delivery WHERE id = ?", (str(delivery),)
    ).fetchone()
    return None if row is None else _read(row)


def get_by_end(outbox: Outbox, end: str) -> OpenDelivery:
    """Give the one delivery whose id is this, or ends so.

    Raises `UnknownDelivery` or `UnclearDelivery`: nobody answers about another delivery
    than the one that was meant.
    """
    rows = outbox.connection.execute(
        "SELECT * FROM delivery WHERE ?1 <> '' AND substr(id, -length(?1)) = ?1"
        " LIMIT 2",
        (end.lower(),),
    ).fetchall()
    if not rows:
        raise UnknownDelivery
    if len(rows) > 1:
        raise UnclearDelivery
    return _read(rows[0])


def find_newest(outbox: Outbox, *, limit: int) -> list[OpenDelivery]:
    """Give the newest deliveries, newest first."""
    rows = outbox.connection.execute(
        "SELECT * FROM delivery ORDER BY ends DESC, rowid DESC LIMIT ?", (limit,)
    )
    return [_read(row) for row in rows]


def was_told(outbox: Outbox) -> bool:
    """Tell whether the index heard of a delivery: one that waits was never sent."""
    told = outbox.connection.execute(
        "SELECT 1 FROM delivery WHERE state NOT IN ('reading', 'held') LIMIT 1"
    )
    return told.fetchone() is not None


def find_unheard(outbox: Outbox) -> list[str]:
    """Give the profiles of which the last closed delivery made no sense.

    Not one that has no signal and whose kinds another delivered since: it was renamed,
    or is gone, and nothing would ever make its last delivery a good one.
    """
    query = "SELECT * FROM delivery WHERE state = 'closed' ORDER BY ends, rowid"
    closed = [_read(row) for row in outbox.connection.execute(query)]
    last = {each.profile: each for each in closed}
    found = outbox.connection.execute("SELECT DISTINCT profile FROM signal")
    standing = {row["profile"] for row in found}
    heard = [one for one in last.values() if one.hearing is Hearing.HEARD]
    return [
        one.profile
        for one in last.values()
        if one.hearing is Hearing.UNHEARD
        and (one.profile in standing or not _is_followed(one, heard))
    ]


def _is_followed(one: OpenDelivery, heard: Sequence[OpenDelivery]) -> bool:
    return any(
        each.ends > one.ends
        and set(one.categories) <= set(each.categories)
        and set(one.municipalities) <= set(each.municipalities)
        for each in heard
    )


def find_unfinished(outbox: Outbox) -> list[OpenDelivery]:
    """Give what is under way: read or planned, then what waits for evaluation.

    One that is held is not.
    """
    under_way = find_in_state(outbox, "reading") + find_in_state(outbox, "planned")
    return under_way + find_in_state(outbox, "parked")


def find_in_state(outbox: Outbox, state: State) -> list[OpenDelivery]:
    """Give the deliveries of a state, oldest first."""
    rows = outbox.connection.execute(
        "SELECT * FROM delivery WHERE state = ? ORDER BY ends, rowid", (state,)
    )
    return [_read(row) for row in rows]


def drop_delivery(outbox: Outbox, delivery: UUID) -> None:
    """Forget a delivery that was being read: nothing of it was sent."""
    with outbox.transaction("drop-delivery") as connection:
        clear_staged(connection)
        connection.execute("DELETE FROM reject WHERE delivery = ?", (str(delivery),))
        connection.execute(
            "DELETE FROM delivery WHERE id = ? AND state = 'reading'", (str(delivery),)
        )


def clear_staged(connection: sqlite3.Connection) -> None:
    """Take away what was read of a delivery: it is planned, held or dropped."""
    connection.execute("DELETE FROM staged")
    connection.execute("DELETE FROM staged_closing")
    connection.execute("DELETE FROM staged_contact")
    connection.execute("DELETE FROM pairing")


def raise_count(
    connection: sqlite3.Connection, delivery: UUID, count: Count, by: int
) -> None:
    """Count what became of records, in the transaction in which it did."""
    connection.execute(_RAISE[count], (by, str(delivery)))


def insert_rejects(
    connection: sqlite3.Connection, delivery: UUID, rejects: Iterable[Reject]
) -> None:
    """Keep rejects until the file of rejects is written."""
    connection.executemany(
        "INSERT INTO reject VALUES (?,?,?,?,?,?)",
        [
            (
                str(delivery),
                reject.place.line,
                reject.place.record,
                reject.field,
                reject.reason.value,
                reject.detail,
            )
            for reject in rejects
        ],
    )


def find_rejects(outbox: Outbox, delivery: UUID) -> Iterable[Reject]:
    """Give the rejects of a delivery in the order of the file."""
    rows = outbox.connection.execute(
        "SELECT * FROM reject WHERE delivery = ? ORDER BY line, rowid", (str(delivery),)
    )
    for row in rows:
        yield Reject(
            Place(row["line"], row["record"]),
            row["field"],
            Reason(row["reason"]),
            row["detail"],
        )


def name_rejects(delivery: OpenDelivery) -> str:
    """Give the name of a delivery's file of rejects."""
    moment = delivery.ends.strftime("%Y%m%dT%H%M%SZ")
    return f"{delivery.profile}-{moment}-{shorten(delivery.id)}.csv"


def find_rejects_file(folder: Path, delivery: OpenDelivery) -> Path | None:
    """Give a delivery's file of rejects; None where nothing of it was rejected."""
    file = folder / name_rejects(delivery)
    return file if file.is_file() else None


def count_rejects(outbox: Outbox, delivery: UUID) -> list[RejectCount]:
    """Give how many records of a delivery were rejected for which reason."""
    rows = outbox.connection.execute(
        "SELECT reason, count(*) FROM reject WHERE delivery = ?"
        " GROUP BY reason ORDER BY reason",
        (str(delivery),),
    )
    return [RejectCount(reason=Slug(row[0]), count=int(row[1])) for row in rows]


def count_by_field(outbox: Outbox, delivery: UUID) -> list[Rejected]:
    """Give how many records were rejected for what, in which column and lines."""
    rows = outbox.connection.execute(_REJECTED, (str(delivery), MOST_LINES))
    return [
        Rejected(
            row["field"],
            Reason(row["reason"]),
            row["many"],
            tuple(json.loads(row["lines"])),
        )
        for row in rows
    ]


def _read(row: sqlite3.Row) -> OpenDelivery:
    return OpenDelivery(
        id=UUID(row["id"]),
        profile=row["profile"],
        kind=DeliveryKind(row["kind"]),
        state=row["state"],
        file_mark=row["file_mark"],
        starts=datetime.fromisoformat(row["starts"]),
        ends=datetime.fromisoformat(row["ends"]),
        categories=tuple(json.loads(row["categories"])),
        municipalities=tuple(json.loads(row["municipalities"])),
        counts=DeliveryCounts(
            read=row["read"],
            accepted=row["accepted"],
            unchanged=row["unchanged"],
            withdrawn=row["withdrawn"],
            rejected=row["rejected"],
        ),
        ended=row["ended"],
        not_begun=row["not_begun"],
        not_begun_told=row["not_begun_told"],
        ignored=row["ignored"],
        overtaken=row["overtaken"],
        persons=row["persons"],
        contacts=row["contacts"],
        spared=row["spared"],
        swallowed=row["swallowed"],
        total=row["total"],
        counted=row["counted"],
        though_open=row["though_open"],
        passed=read_passed(json.loads(row["passed"])),
        written=row["written"],
        is_empty=bool(row["empty"]),
    )

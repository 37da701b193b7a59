"""Keep a delivery that somebody must look at, beside those of other profiles.

- Nothing of it is sent. Its records stay as they were read, each BSN sealed, until it
  is approved, dropped, replaced by a newer delivery of its profile, or `HELD_FOR` is
  over. What changes alone said, and nobody dropped, is owed then (`outbox.owed`).
- What it would change is kept as the agency reads it, with its own case numbers, sealed
  under the outbox's key: it is for whoever has that key, and never leaves the machine.
- An approval is about one delivery and the digest of its difference. Whatever else is
  approved is held anew.

Proven by tests/attack/test_a_held_delivery_sends_nothing.py.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from sources.clock import day_of, write_day
from sources.counted import MOST_KEPT
from sources.errors import ChangesWait, DeliveryHeld, shorten
from sources.judging.difference import Difference
from sources.judging.rules import Doubt, Finding
from sources.judging.words import say_why
from sources.outbox.deliveries import OpenDelivery, clear_staged
from sources.outbox.let_go import How, note_let_go
from sources.outbox.owed import keep_owed
from sources.outbox.staging import NAME_LABEL, open_person
from sources.outbox.store import Outbox
from sources.outbox.weighing import name_cases
from sources.outbox_key import OutboxKey

HELD_FOR: Final = timedelta(days=14)
Answer = Literal["approved", "dropped"]
_SAID_LABEL: Final = b"said"
_TABLES: Final = (
    ("held_case", "staged"),
    ("held_closing", "staged_closing"),
    ("held_contact", "staged_contact"),
)


@dataclass(frozen=True, slots=True)
class NamedCase:
    """A case or record as its agency knows it; never leaves the agency."""

    name: str = field(repr=False)
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery that waits for an answer, and what was found about it."""

    delivery: UUID
    profile: str
    file_mark: bytes
    held_at: datetime
    months: int
    findings: tuple[Finding, ...]
    digest: bytes
    is_approved: bool

    @property
    def until(self) -> datetime:
        """Give until when an answer is waited for."""
        return self.held_at + HELD_FOR

    @property
    def last_day(self) -> date:
        """Give the last day on which an answer is waited for."""
        return day_of(self.until)

    def say(self) -> str:
        """Say that it waits, until when, what waits behind it, and how to go on."""
        return (
            f"Een levering van {self.profile} wacht op u, tot en met "
            f"{write_day(self.last_day)}: `signal-source deliveries show "
            f"{shorten(self.delivery)}`. Tot u antwoordt, gaan wijzigingen van "
            f"{self.profile} niet weg; een volledig bestand komt ervoor in de plaats."
        )

    def ask(self, why: str = "") -> DeliveryHeld:
        """Give that it waits, for what was found about it or for another reason."""
        until = write_day(self.last_day)
        said = why or say_why(self.findings)
        return DeliveryHeld(self.delivery, self.profile, said, until)

    def ask_first(self) -> ChangesWait:
        """Give why changes wait: what is asked about this, which goes before them."""
        until = write_day(self.last_day)
        return ChangesWait(self.delivery, self.profile, say_why(self.findings), until)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a delivery: the difference, and what to say of it."""

    difference: Difference
    findings: tuple[Finding, ...]
    said: bytes = field(repr=False)
    digest: bytes


def ask(
    connection: sqlite3.Connection,
    key: OutboxKey,
    delivery: OpenDelivery,
    judged: tuple[Difference, tuple[Finding, ...]],
    *,
    today: date,
) -> Question:
    """Put into words for its agency what a delivery would change; sealed."""
    difference, findings = judged
    named: dict[str, list[tuple[str, int | None]]] = {}
    content = []
    for doubt in dict.fromkeys(finding.doubt for finding in findings):
        told: list[tuple[str, int | None]] = []
        for row in name_cases(
            connection, delivery, doubt, difference=difference, today=today
        ):
            case = _name_case(key, row)
            content.append(f"{doubt.value}|{case.line}|{case.name}")
            if len(told) < MOST_KEPT:
                told.append((case.name, case.line))
        named[doubt.value] = told
    text = json.dumps({"difference": asdict(difference), "cases": named})
    parts = (str(delivery.id), delivery.file_mark.hex(), text, *content)
    sealed = key.seal(text.encode(), label=_SAID_LABEL, row=delivery.id.bytes)
    return Question(difference, findings, sealed, key.mark("held", *parts))


def hold(
    connection: sqlite3.Connection,
    delivery: OpenDelivery,
    question: Question,
    *,
    at: datetime,
    months: int,
) -> None:
    """Keep what was read as held, in the transaction that would have planned it."""
    told = [(each.doubt.value, each.count, each.of) for each in question.findings]
    connection.execute(
        "UPDATE delivery SET state = 'held', persons = ?, contacts = ?, spared = ?,"
        " not_begun_told = ? WHERE id = ?",
        (
            question.difference.persons,
            question.difference.contacts,
            question.difference.spared,
            question.difference.not_begun,
            str(delivery.id),
        ),
    )
    connection.execute(
        "INSERT INTO held VALUES (?, ?, ?, ?, ?, ?, 0)",
        (
            str(delivery.id),
            at.isoformat(),
            months,
            json.dumps(told),
            question.said,
            question.digest,
        ),
    )
    for kept, staged in _TABLES:
        connection.execute(
            f"INSERT INTO {kept} SELECT ?, * FROM {staged}",  # noqa: S608 - our own names
            (str(delivery.id),),
        )
    clear_staged(connection)


def take_up(connection: sqlite3.Connection, delivery: UUID) -> None:
    """Put a held delivery back as if it had just been read."""
    clear_staged(connection)
    connection.execute(
        "UPDATE delivery SET state = 'reading' WHERE id = ?", (str(delivery),)
    )
    for kept, staged in _TABLES:
        columns = [row["name"] for row in connection.execute(_COLUMNS, (staged,))]
        listed = ", ".join(columns)
        connection.execute(
            f"INSERT INTO {staged} ({listed}) SELECT {listed} FROM {kept}"  # noqa: S608 - our own names
            " WHERE delivery = ?",
            (str(delivery),),
        )
    connection.execute("DELETE FROM held WHERE delivery = ?", (str(delivery),))


def find_held(outbox: Outbox, profile: str | None = None) -> list[Held]:
    """Give the deliveries that wait for an answer, of one profile or of all."""
    rows = outbox.connection.execute(
        "SELECT h.*, d.profile, d.file_mark FROM held h JOIN delivery d"
        " ON d.id = h.delivery WHERE ?1 IS NULL OR d.profile = ?1 ORDER BY h.held_at",
        (profile,),
    )
    return [_read(row) for row in rows]


def get_named_cases(outbox: Outbox, held: Held) -> Mapping[Doubt, Sequence[NamedCase]]:
    """Give the cases that each finding is about; raises `OutboxKeyChanged`."""
    sealed = outbox.connection.execute(
        "SELECT said FROM held WHERE delivery = ?", (str(held.delivery),)
    ).fetchone()[0]
    plain = outbox.key.open_sealed(sealed, label=_SAID_LABEL, row=held.delivery.bytes)
    said: dict[str, Any] = json.loads(plain)
    return {
        Doubt(doubt): [NamedCase(name, line) for name, line in cases]
        for doubt, cases in said["cases"].items()
    }


def record_answer(
    outbox: Outbox, delivery: UUID, digest: bytes, answer: Answer
) -> bool:
    """Take somebody's answer; False where that is not what waits here now.

    Only a delivery with this very difference takes it. What is dropped is gone; what is
    approved goes on with the next run, so that it may be said while the agent runs.
    """
    with outbox.transaction("answer") as connection:
        done = connection.execute(
            "UPDATE held SET approved = ? WHERE delivery = ? AND digest = ?",
            (answer == "approved", str(delivery), digest),
        )
        if done.rowcount == 1 and answer == "dropped":
            forget_held(connection, delivery, "dropped")
    return done.rowcount == 1


def ask_again(outbox: Outbox, delivery: UUID) -> None:
    """Have what was approved wait as before: the index would refuse it now."""
    with outbox.transaction("answer") as connection:
        connection.execute(
            "UPDATE held SET approved = 0 WHERE delivery = ?", (str(delivery),)
        )


def find_outdated(outbox: Outbox, *, now: datetime) -> list[Held]:
    """Give what nobody answered about within `HELD_FOR`."""
    return [one for one in find_held(outbox) if now > one.until]


def drop_outdated(outbox: Outbox, delivery: UUID) -> None:
    """Forget a held delivery that lapsed: its numbers are gone; changes are owed."""
    with outbox.transaction("drop-delivery") as connection:
        keep_owed(connection, outbox.key, delivery)
        forget_held(connection, delivery, "outdated")


def replace_held(
    connection: sqlite3.Connection, key: OutboxKey, delivery: OpenDelivery
) -> None:
    """Forget what was held of this profile: a newer delivery takes its place.

    What changes alone said is owed until that one is planned: it may be dropped.
    """
    rows = connection.execute(
        "SELECT id FROM delivery WHERE profile = ? AND state = 'held' AND id <> ?",
        (delivery.profile, str(delivery.id)),
    ).fetchall()
    for row in rows:
        keep_owed(connection, key, UUID(row["id"]))
        forget_held(connection, UUID(row["id"]), "replaced")


def forget_held(connection: sqlite3.Connection, delivery: UUID, how: How) -> None:
    """Delete a held delivery with all that was read of it; how it ended is kept."""
    note_let_go(connection, delivery, how)
    connection.execute("DELETE FROM held WHERE delivery = ?", (str(delivery),))
    connection.execute("DELETE FROM reject WHERE delivery = ?", (str(delivery),))
    connection.execute(
        "DELETE FROM delivery WHERE id = ? AND state = 'held'", (str(delivery),)
    )


_COLUMNS: Final = "SELECT name FROM pragma_table_info(?)"


def _name_case(key: OutboxKey, row: sqlite3.Row) -> NamedCase:
    columns = row.keys()
    line = row["line"] if "line" in columns else None
    if "case_key" not in columns:
        return NamedCase(row["record"] if line is None else "", line)
    if "sealed" in columns and row["sealed"] is not None:
        return NamedCase(open_person(key, row["case_key"], row["sealed"])[1], line)
    if row["name"] is None:
        return NamedCase("", line)
    plain = key.open_sealed(row["name"], label=NAME_LABEL, row=row["case_key"])
    return NamedCase(plain.decode(), line)


def _read(row: sqlite3.Row) -> Held:
    return Held(
        delivery=UUID(row["delivery"]),
        profile=row["profile"],
        file_mark=row["file_mark"],
        held_at=datetime.fromisoformat(row["held_at"]),
        months=row["months"],
        findings=tuple(
            Finding(Doubt(doubt), count, of)
            for doubt, count, of in json.loads(row["findings"])
        ),
        digest=row["digest"],
        is_approved=bool(row["approved"]),
    )

"""Known cases that were to get another flag, and the one that does not stand yet.

- Whom its agency calls the wrong person loses the flag at once; of another kind or
  municipality the old flag stays until the new one stands.
- So where the new one is refused, or not sent yet, a case has no flag, or has the one
  of before; so has one of which the record was rejected (`outbox.untaken`). That is
  said, by the agency's own case number, until the new one stands, or a delivery says
  that the case is over, or is otherwise.
- Kept is which flag is awaited and which was before it, as marks, and how the agency
  calls the case, sealed.

Proven by tests/unit/sources/test_a_flag_that_is_awaited.py.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from signal_index.wire.deliveries import DeliveryKind
from sources.errors import FlagAwaited
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.matching import count_unplaced
from sources.outbox.staging import NAME_LABEL, open_person
from sources.outbox.store import Outbox
from sources.outbox.untaken import OF_OTHER, note_refused_update
from sources.outbox_key import OutboxKey
from sources.reasons import Reason
from sources.values import call_with_line

_AWAIT: Final = "INSERT OR REPLACE INTO awaited VALUES (?,?,?,?,?,?,?,?,?,?,'')"
_OF: Final = """
a.case_key = {0}.case_key AND a.part = {0}.part AND a.person = {0}.person
AND a.category = {0}.category AND a.municipality = {0}.municipality"""
_STILL: Final = f"""
EXISTS (SELECT 1 FROM staged s WHERE s.event = 'open' AND {_OF.format("s")})
OR EXISTS (SELECT 1 FROM staged s
  WHERE s.case_key = a.case_key AND s.event <> 'open')"""  # noqa: S608 - our own constants
_TOLD: Final = """
EXISTS (SELECT 1 FROM staged s WHERE s.case_key = a.case_key AND s.event = 'open')
OR EXISTS (SELECT 1 FROM staged_closing c WHERE c.case_key = a.case_key
  AND (c.part = x'3f' OR a.part = x'' OR substr(a.part, 1, length(c.part)) = c.part))"""
_OF_PROFILE: Final = f"""
SELECT a.*, NOT ({_STILL}) AND (:sure OR {_TOLD}) AS is_over
FROM awaited a WHERE a.profile = :profile"""  # noqa: S608 - our own constants
_FORGET: Final = """
DELETE FROM awaited WHERE case_key = ? AND part = ? AND person = ? AND category = ?
AND municipality = ?"""
_REFUSED: Final = """
UPDATE awaited SET reason = ? WHERE case_key = ? AND part = ? AND person = ?
AND category = ? AND municipality = ?"""
_FIND: Final = f"""
SELECT a.*, EXISTS (SELECT 1 FROM signal k WHERE k.reference = a.former) AS stands,
  EXISTS (SELECT 1 FROM work w WHERE w.action = 'publish' AND {_OF.format("w")})
  AS waits
FROM awaited a WHERE ?1 IS NULL OR a.profile = ?1 ORDER BY a.profile, a.line"""  # noqa: S608 - our own constants
_UNTAKEN: Final = """
SELECT * FROM signal k WHERE k.untaken AND (?1 IS NULL OR k.profile = ?1)
AND k.reference NOT IN (SELECT former FROM awaited) ORDER BY k.profile"""
_HELD: Final = """
SELECT k.* FROM signal k JOIN held_case h ON h.case_key = k.case_key
AND h.event IN ('kept', 'doubtful') WHERE h.delivery = ?1 AND NOT EXISTS (
  SELECT 1 FROM held_case o WHERE o.delivery = ?1 AND o.case_key = k.case_key
  AND (o.event = 'open' OR o.person = k.person))
GROUP BY k.reference HAVING max(h.person IS NOT NULL) ORDER BY k.part"""

Which = tuple[bytes, bytes, bytes, str, str]
"""A flag that is awaited: case and part, person, kind and municipality, as marks."""


@dataclass(frozen=True, slots=True)
class Former:
    """The flag of before, by its reference: of another person, or of another kind."""

    reference: str
    other_person: bool


@dataclass(frozen=True, slots=True)
class Awaited:
    """A case of which the newest flag does not stand.

    `stands`: the flag of before does, or else none. `other_person`: that is, or was, of
    another person; or else of another kind or municipality. `waits`: the newest is
    still to be sent. `reason`: why it was refused; None where it was not.
    `rejected`: nothing is to be sent, for its record was rejected.
    """

    profile: str
    other_person: bool
    stands: bool
    waits: bool
    reason: Reason | None
    name: str = field(repr=False)
    rejected: bool = False

    @property
    def is_bare(self) -> bool:
        """Tell whether nobody, or a wrong person, has the flag of this case now."""
        return self.other_person or not self.stands


@dataclass(slots=True)
class Formers:
    """Which flags stood before those that are awaited: for what is told of them now."""

    of_flags: dict[Which, Former] = field(default_factory=dict)
    of_cases: dict[bytes, Former] = field(default_factory=dict)

    def find(self, row: sqlite3.Row) -> Former | None:
        """Give what stood before the flag of an open row; None where it awaits none."""
        if row["reference"] is not None:
            return Former(row["reference"], row["told_person"] != row["person"])
        return self.of_flags.get(_which(row)) or self.of_cases.get(row["case_key"])


def take_over_awaited(
    connection: sqlite3.Connection, delivery: OpenDelivery
) -> Formers:
    """Forget what is awaited no more by what was read now; its rows are staged.

    A case that is told of yet another person awaits that in the place of the same.
    Where a rejected record may be any case, what is absent is no word about it.
    """
    is_full = delivery.kind is DeliveryKind.FULL
    is_sure = is_full and not count_unplaced(connection, str(delivery.id))
    of = {"profile": delivery.profile, "sure": is_sure}
    found = Formers()
    for row in connection.execute(_OF_PROFILE, of).fetchall():
        former = Former(row["former"], bool(row["other_person"]))
        if row["is_over"]:
            connection.execute(_FORGET, _which(row))
            found.of_cases[row["case_key"]] = former
        else:
            found.of_flags[_which(row)] = former
    return found


def await_flag(
    connection: sqlite3.Connection,
    key: OutboxKey,
    row: sqlite3.Row,
    profile: str,
    former: Former,
) -> None:
    """Note that the flag of an open row, which is to be told, is awaited."""
    case_key = row["case_key"]
    name = open_person(key, case_key, row["sealed"])[1]
    sealed = key.seal(name.encode(), label=NAME_LABEL, row=case_key) if name else None
    of = (profile, former.reference, former.other_person)
    connection.execute(_AWAIT, (*_which(row), *of, row["line"], sealed))


def note_refused(
    connection: sqlite3.Connection, row: sqlite3.Row, reason: Reason
) -> None:
    """Note why a notice was not taken, beside the flag that it would be.

    Where it would say something else of a flag that stands, that is as it was.
    """
    note_refused_update(connection, row["reference"])
    connection.execute(_REFUSED, (reason.value, *_which(row)))


def find_awaited(outbox: Outbox, profile: str | None = None) -> Sequence[Awaited]:
    """Give the cases of which the newest flag does not stand, of one profile or of all.

    With the agency's own case numbers: for its own eyes. Raises `OutboxKeyChanged`.
    """
    connection = outbox.connection
    awaited = [
        Awaited(
            profile=row["profile"],
            other_person=bool(row["other_person"]),
            stands=bool(row["stands"]),
            waits=bool(row["waits"]),
            reason=Reason(row["reason"]) if row["reason"] else None,
            name=_name(outbox.key, row, row["line"]),
        )
        for row in connection.execute(_FIND, (profile,))
    ]
    untaken = connection.execute(_UNTAKEN, (profile,))
    return awaited + [
        _describe_untaken(outbox.key, row, other_person=row["untaken"] == OF_OTHER)
        for row in untaken
    ]


def find_awaited_of_held(outbox: Outbox, delivery: UUID) -> Sequence[Awaited]:
    """Give cases of another person by a record that is rejected, in what waits."""
    return [
        _describe_untaken(outbox.key, row, other_person=True)
        for row in outbox.connection.execute(_HELD, (str(delivery),))
    ]


def verify_none_bare(outbox: Outbox) -> None:
    """Raise `FlagAwaited` where a case has no flag, or that of another person."""
    if count := sum(one.is_bare for one in find_awaited(outbox)):
        raise FlagAwaited(count)


def _which(row: sqlite3.Row) -> Which:
    return (
        row["case_key"],
        row["part"],
        row["person"],
        row["category"],
        row["municipality"],
    )


def _describe_untaken(
    key: OutboxKey, row: sqlite3.Row, *, other_person: bool
) -> Awaited:
    return Awaited(
        profile=row["profile"],
        other_person=other_person,
        stands=True,
        waits=False,
        reason=None,
        name=_name(key, row, None),
        rejected=True,
    )


def _name(key: OutboxKey, row: sqlite3.Row, line: int | None) -> str:
    name = ""
    if row["name"] is not None:
        plain = key.open_sealed(row["name"], label=NAME_LABEL, row=row["case_key"])
        name = plain.decode()
    return call_with_line(name, line)

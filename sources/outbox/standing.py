"""What the outbox believes to stand at the index, and how that is mended.

Mending never sends anything by itself: what the index lacks is told again by the next
full delivery, under the same reference and with the person's number from the agency's
own file; the outbox has no number left of what was delivered.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from signal_index.wire.model import parse_body
from signal_index.wire.own_registration import OwnRegistration
from signal_index.wire.reconciling import MarkedSignal, ReconcilingScope
from signal_index.wire.sources import SourceState
from sources.outbox.store import Outbox, get_meta, put_meta
from sources.outbox.unchanged import forget_known

_RECONCILED = "reconciled"
_DIFFERED = "differed"
_KNOWN = "registration"
_KNOWN_LABEL = b"registration"
_ELSEWHERE = "elsewhere"
NEVER_TOLD = bytes(32)  # the fingerprint of nothing: whatever is read next differs
_STANDINGS: Final = """
SELECT p.profile, p.signals, d.standing AS before, max(d.ends) AS since FROM (
  SELECT profile, sum(stands) AS signals FROM (
    SELECT profile, 1 AS stands FROM signal UNION ALL
    SELECT profile, 0 FROM delivery WHERE state = 'closed' AND standing > 0)
  GROUP BY profile) p
LEFT JOIN delivery d ON d.profile = p.profile AND d.state = 'closed'
  AND d.standing <> p.signals
GROUP BY p.profile ORDER BY p.profile"""


@dataclass(frozen=True, slots=True)
class ProfileStanding:
    """How many signals of a profile stand, and how many did before.

    `before`: so many stood after the delivery of `since`, the last one after which it
    was another number. None where it was never another.
    """

    profile: str
    signals: int
    before: int | None
    since: datetime | None

    @property
    def is_lost(self) -> bool:
        """Tell whether a profile that had signals has none."""
        return not self.signals and bool(self.before)


def find_standing(outbox: Outbox, scope: ReconcilingScope) -> Sequence[MarkedSignal]:
    """Give what the index was told and accepted, and has not dropped by its date."""
    rows = outbox.connection.execute(
        f"SELECT reference, version FROM signal WHERE category IN ({_marks(scope.categories)})"  # noqa: S608, E501 - question marks only
        f" AND municipality IN ({_marks(scope.municipalities)}) AND valid_until >= ?",
        (*scope.categories, *scope.municipalities, scope.on.isoformat()),
    )
    return [
        MarkedSignal(reference=UUID(row["reference"]), version=row["version"])
        for row in rows
    ]


def count_signals(outbox: Outbox) -> int:
    """Give how many signals the index was told of and has accepted."""
    return int(outbox.connection.execute("SELECT count(*) FROM signal").fetchone()[0])


def find_standings(outbox: Outbox) -> Sequence[ProfileStanding]:
    """Give how many signals of each profile stand, and how many did before.

    Of a profile that was told, also where none is left of it.
    """
    return [
        ProfileStanding(
            row["profile"],
            row["signals"],
            row["before"],
            None if row["since"] is None else datetime.fromisoformat(row["since"]),
        )
        for row in outbox.connection.execute(_STANDINGS)
    ]


def read_everything_again(outbox: Outbox) -> None:
    """Have the next full delivery read its rows, also where its file is the same."""
    with outbox.transaction("mend") as connection:
        forget_known(connection)


def tell_again(outbox: Outbox, marked: Iterable[MarkedSignal]) -> None:
    """Have signals told again under a version above the one given here."""
    with outbox.transaction("mend") as connection:
        connection.executemany(
            "UPDATE signal SET version = ?, fingerprint = ? WHERE reference = ?",
            [(one.version, NEVER_TOLD, str(one.reference)) for one in marked],
        )
        forget_known(connection)


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def record_reconciled(outbox: Outbox, moment: datetime) -> None:
    """Note that both sides were equal at this moment."""
    with outbox.transaction("mend") as connection:
        put_meta(connection, _RECONCILED, moment.isoformat().encode())
        connection.execute("DELETE FROM meta WHERE name = ?", (_DIFFERED,))


def record_differed(outbox: Outbox, moment: datetime) -> None:
    """Note that both sides were compared, and were not equal."""
    with outbox.transaction("mend") as connection:
        put_meta(connection, _DIFFERED, moment.isoformat().encode())


def find_differed(outbox: Outbox) -> datetime | None:
    """Give when the last comparison was, where it was not equal."""
    found = get_meta(outbox.connection, _DIFFERED)
    return None if found is None else datetime.fromisoformat(found.decode())


def find_reconciled(outbox: Outbox) -> datetime | None:
    """Give when both sides were last equal; None if that was never found."""
    found = get_meta(outbox.connection, _RECONCILED)
    return None if found is None else datetime.fromisoformat(found.decode())


def keep_registration(outbox: Outbox, known: OwnRegistration, moment: datetime) -> None:
    """Note how the index knows us: sealed, for it may name colleagues of ours.

    Not what stands of which outbox: that is of the moment.
    """
    said = known.model_copy(update={"outboxes": [], "replacedOutboxes": []})
    plain = json.dumps([moment.isoformat(), said.model_dump(mode="json")]).encode()
    sealed = outbox.key.seal(plain, label=_KNOWN_LABEL, row=_KNOWN.encode())
    with outbox.transaction("mend") as connection:
        put_meta(connection, _KNOWN, sealed)


def find_registration(outbox: Outbox) -> tuple[OwnRegistration, datetime] | None:
    """Give the same as the index said it last, and when; None if it was never asked."""
    found = get_meta(outbox.connection, _KNOWN)
    if found is None:
        return None
    plain = outbox.key.open_sealed(found, label=_KNOWN_LABEL, row=_KNOWN.encode())
    moment, said = json.loads(plain)
    known = parse_body(OwnRegistration, json.dumps(said).encode())
    return known, datetime.fromisoformat(moment)


def keep_elsewhere(outbox: Outbox, told: Mapping[UUID, int]) -> None:
    """Note how many signals stand of other outboxes, of what this one delivers."""
    said = {str(one): count for one, count in told.items()}
    with outbox.transaction("mend") as connection:
        put_meta(connection, _ELSEWHERE, json.dumps(said).encode())


def find_elsewhere(outbox: Outbox) -> Mapping[UUID, int]:
    """Give the same as the index said it last."""
    found = get_meta(outbox.connection, _ELSEWHERE)
    return {UUID(one): count for one, count in json.loads(found or b"{}").items()}


def find_state(outbox: Outbox, source: str) -> tuple[SourceState, datetime] | None:
    """Give how our source stood, and when that was; None if it was never asked."""
    if (found := find_registration(outbox)) is None:
        return None
    known, moment = found
    states = [one.state for one in known.sources if one.source == source]
    return (states[0], moment) if states else None

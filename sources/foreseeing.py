"""What a delivery would do: foreseen on a copy of the outbox that is thrown away.

It is read, judged and planned by what a real one goes through, so that what is foreseen
is what `publish` would send, or would hold. The index is not asked; what it refuses is
not foreseen. The copy stands in a folder of the user's own, sealed as the outbox is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol
from uuid import UUID

from signal_index.wire.deliveries import DeliveryKind
from sources.clock import day_of
from sources.errors import (
    ClockDiffers,
    NotRegistered,
    OutboxElsewhere,
    OutboxOutdated,
    ProfileOverlaps,
    PublishingStopped,
)
from sources.judging.rules import Doubt, Finding
from sources.outbox.abandoning import abandon_delivery
from sources.outbox.deliveries import (
    OpenDelivery,
    drop_delivery,
    find_rejects,
    find_unfinished,
    get_delivery,
    open_delivery,
)
from sources.outbox.holding import NamedCase, find_held, get_named_cases
from sources.outbox.parking import park
from sources.outbox.planning import Terms, plan_delivery
from sources.outbox.registrations import find_marked_as
from sources.outbox.staging import Stager
from sources.outbox.standing import keep_registration
from sources.outbox.store import Outbox, copy_into
from sources.outbox.strays import count_strays
from sources.outbox.takes import Taken
from sources.outbox.unchanged import find_known, recognise
from sources.outbox_key import OutboxKey, new_outbox_secret
from sources.previewing import Preview
from sources.profile import Profile
from sources.publisher.admission import (
    Admitter,
    Registrar,
    admit,
    verify_in_use,
    verify_own_name,
)
from sources.publisher.clock_check import Clock, verify_clock
from sources.publisher.task import Task

_WORK: Final = """
SELECT action, category, count(*) AS many FROM work WHERE delivery = ?
GROUP BY 1, 2 ORDER BY 1, 2"""
_LINES: Final = """
SELECT line FROM work WHERE delivery = ?1 AND action = 'publish' AND line IS NOT NULL
AND (NOT ?2 OR reference NOT IN (SELECT reference FROM signal))"""


class Asked(Clock, Registrar, Admitter, Protocol):
    """The index, as far as it is asked before anything is foreseen."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of a delivery.

    `asked`: what it would wait for, with the agency's own case numbers; the rest is
    what it would do once that is approved. `refused`: why `publish` would refuse this
    profile as it stands, here; what it says of the file holds all the same.
    """

    delivery: OpenDelivery
    sends: Mapping[str, int]
    withdraws: int
    asked: Sequence[Finding] = ()
    cases: Mapping[Doubt, Sequence[NamedCase]] = field(default_factory=dict, repr=False)
    refused: str = ""


@contextmanager
def open_copy(path: Path | None, key: OutboxKey | None) -> Iterator[Outbox]:
    """Give a copy of an outbox, or an empty one where there is none.

    The outbox itself is only read, also while the agent runs. Raises `OutboxRefused`.
    """
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "outbox"
        if path is None or key is None or not path.exists():
            key = OutboxKey(new_outbox_secret())
        else:
            with Outbox(path, key, alone=False) as outbox:
                copy_into(outbox, copy)
        with Outbox(copy, key) as made:
            yield made


async def hold_against_index(
    outbox: Outbox, index: Asked, now: Callable[[], datetime], profile: Profile
) -> str | None:
    """Give why `publish` would refuse this profile from here; empty where it does not.

    None where the index could not be asked. Raises `ClockDiffers`, since what is open
    hangs on the day, and `OutboxReplaced`. Nothing is sent, nor kept but in the copy.
    """
    try:
        await verify_clock(index, now)
        keep_registration(outbox, await verify_in_use(outbox, index), now())
        await admit(outbox, index, profile)
    except ClockDiffers:
        raise
    except PublishingStopped:
        return None
    except (ProfileOverlaps, OutboxElsewhere, OutboxOutdated) as error:
        return str(error)
    return ""


def foresee(
    outbox: Outbox,
    task: Task,
    *,
    now: datetime,
    told: Callable[[int], None],
    takes: Taken | None = None,
) -> Foreseen:
    """Deliver into this copy; where it would be held, the answer is taken to be yes.

    What overlaps with another profile, or what the index would refuse by `takes`, is
    told as refused, and the file is judged. Raises `ChangesWait` or `UnreadableFile`,
    as a run would.
    """
    refused = ""
    try:
        verify_own_name(outbox, task.profile)
    except ProfileOverlaps as error:
        refused = str(error)
    found = _foresee(outbox, task, now=now, told=told, takes=takes)
    return replace(found, refused=refused or found.refused)


def _foresee(
    outbox: Outbox,
    task: Task,
    *,
    now: datetime,
    told: Callable[[int], None],
    takes: Taken | None,
) -> Foreseen:
    profile, mark = task.profile, task.find_mark(outbox.key)
    for held in find_held(outbox, profile.name):
        if task.is_once:
            raise held.ask_first()
    _clear_the_way(outbox, profile.name)
    terms = Terms(profile.valid_months, now, profile.facts.has_header, takes=takes)
    is_full = task.kind is DeliveryKind.FULL
    known = find_known(outbox, profile, mark, today=terms.today) if is_full else None
    delivery = open_delivery(outbox, profile, task.kind, mark, now=now)
    if known is not None:
        recognise(outbox, delivery, known)
        return _count(outbox, delivery)
    messages = profile.facts.is_messages
    name = find_marked_as(outbox, profile.name)
    stager = Stager(outbox, delivery.id, name, messages=messages)
    for count in stager.stage(task.intake.read(today=day_of(now))):
        told(count)
    refused = ""
    try:
        is_planned = plan_delivery(outbox, get_delivery(outbox, delivery.id), terms)
    except NotRegistered as error:
        refused, terms = str(error), replace(terms, takes=None)
        is_planned = plan_delivery(outbox, get_delivery(outbox, delivery.id), terms)
    if is_planned:
        return replace(_count(outbox, delivery), refused=refused)
    (held,) = find_held(outbox, profile.name)
    cases = get_named_cases(outbox, held)
    approved = replace(terms, approved=held.digest)
    plan_delivery(outbox, get_delivery(outbox, delivery.id), approved)
    found = _count(outbox, delivery, held.findings, cases)
    return replace(found, refused=refused)


def find_lines(outbox: Outbox, delivery: UUID, *, is_new: bool) -> frozenset[int]:
    """Give the lines of the file of which this delivery would send a signal.

    `is_new`: of which the index has none yet, as far as this copy knows.
    """
    rows = outbox.connection.execute(_LINES, (str(delivery), is_new))
    return frozenset(row["line"] for row in rows)


def judge_as_delivered(made: Preview, task: Task, *, now: datetime) -> None:
    """Have a preview count what a first delivery of the whole would: one judgement.

    What two records say together (the same person and first day twice) shows only when
    all are read. Where persons are looked up first, nothing can be counted yet.
    """
    if made.refusal or made.sought or not made.whole:
        return
    with open_copy(None, None) as outbox:
        foreseen = foresee(outbox, task, now=now, told=lambda _: None)
        delivery = foreseen.delivery
        made.signals = sum(foreseen.sends.values())
        made.closed, made.ignored = delivery.ended, delivery.ignored
        made.not_begun = delivery.not_begun
        made.rejected = delivery.counts.rejected
        made.rejects.clear()
        made.lines.clear()
        for one in find_rejects(outbox, delivery.id):
            made.note_reject(one)


def count_not_begun(of: tuple[Path, OutboxKey], task: Task, *, now: datetime) -> int:
    """Give how many signals of an outbox stand though the file says: not begun."""
    with open_copy(*of) as outbox:
        foreseen = foresee(outbox, task, now=now, told=lambda _: None)
        return foreseen.delivery.not_begun_told


def count_told(outbox: Outbox, profile: str) -> int:
    """Give how many signals a delivery of this profile is held against."""
    found = outbox.connection.execute(
        "SELECT count(*) FROM signal WHERE profile = ?", (profile,)
    )
    return int(found.fetchone()[0]) + count_strays(outbox)


def _clear_the_way(outbox: Outbox, profile: str) -> None:
    """Do with what is under way as a run would that has this delivery next."""
    for one in find_unfinished(outbox):
        if one.state == "reading":
            drop_delivery(outbox, one.id)
        elif one.profile == profile and one.kind is DeliveryKind.FULL:
            abandon_delivery(outbox, one.id, one.profile)
        elif one.state == "planned":
            park(outbox, one.id)


def _count(
    outbox: Outbox,
    delivery: OpenDelivery,
    asked: Sequence[Finding] = (),
    cases: Mapping[Doubt, Sequence[NamedCase]] | None = None,
) -> Foreseen:
    rows = outbox.connection.execute(_WORK, (str(delivery.id),)).fetchall()
    return Foreseen(
        get_delivery(outbox, delivery.id),
        {row["category"]: row["many"] for row in rows if row["action"] == "publish"},
        sum(row["many"] for row in rows if row["action"] == "withdraw"),
        asked,
        cases or {},
    )

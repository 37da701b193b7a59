"""Hold what the desk noted beside what stands at the index, for a list that is true.

The index says which signals stand, the desk by which case number they are known. What
an act that broke off left behind is mended here, in the desk's notes alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from desk.callers import Caller
from desk.desk import Desk
from desk.involved.acts import get_signalling
from desk.involved.keeping import HandSignals, HandState, KeptSignal
from desk.involved.standing import Standing, fetch_standing
from desk.moments import day_here
from signal_index.wire.hand_signals import (
    HandContact,
    HandPlace,
    HandSignal,
    HandSignalOptions,
)

OPTIONS: Final = "/v1/hand-signal-options"


@dataclass(frozen=True, slots=True)
class ListedSignal:
    """One signal as its organisation knows it; `stands` is None where it does not.

    `is_unsure`: it was noted, but never seen at the index. `is_broken`: it is there,
    and the index cannot read what it says. `case` is None where the
    desk has no note of it; so are `given`, and which `person` of a household it is, as
    the lookup of `asked` had them.
    """

    reference: UUID
    case: str | None
    person: int | None
    asked: datetime | None
    given: datetime | None
    category: str
    label: str
    is_own: bool
    is_due: bool
    is_unsure: bool
    is_broken: bool
    contact: HandContact | None
    stands: HandSignal | None


@dataclass(frozen=True, slots=True)
class SignalList:
    """Everything that was given by hand, and what may be given."""

    options: HandSignalOptions
    signals: Sequence[ListedSignal]

    def find(self, reference: UUID) -> ListedSignal | None:
        """Find one of them."""
        return next((one for one in self.signals if one.reference == reference), None)

    def find_place(self, category: str) -> HandPlace | None:
        """Find what may be given of a kind."""
        places = self.options.places
        return next((one for one in places if one.category == category), None)


async def fetch_options(desk: Desk, caller: Caller) -> HandSignalOptions:
    """Ask what this person may give for the organisation."""
    get_signalling(desk, caller)
    return await desk.index.fetch(HandSignalOptions, OPTIONS, caller.access_token)


async def read_list(desk: Desk, caller: Caller) -> SignalList:
    """Read both sides, and mend the desk's notes where an act broke off."""
    kept = get_signalling(desk, caller).kept
    options = await fetch_options(desk, caller)
    noted = {one.reference: one for one in await kept.list_all(caller.person.sub)}
    standing = await fetch_standing(desk, caller)
    await _mend(kept, noted, standing)
    words = _Words(
        {one.category: one.categoryLabel for one in options.places},
        {one.id: one for one in options.contacts},
        day_here(desk.clock()),
    )
    readable = (one.reference for one in noted.values() if one.note is not None)
    both = dict.fromkeys((*readable, *standing.signals, *sorted(standing.unreadable)))
    joined = [_join(each, noted.get(each), standing, words) for each in both]
    return SignalList(options, joined)


@dataclass(frozen=True, slots=True)
class _Words:
    """What codes are called, and today."""

    labels: Mapping[str, str]
    contacts: Mapping[UUID, HandContact]
    today: date


async def _mend(
    kept: HandSignals,
    noted: Mapping[UUID, KeptSignal],
    standing: Standing,
) -> None:
    """Note of what the index has that it stands, and of what it lost that it ended.

    What was only intended, and is not there, stays as it is: it may be on its way. So
    does what is there and cannot be read.
    """
    for reference, one in standing.signals.items():
        note = noted.get(reference)
        is_told = note is not None and note.remind_on == one.confirmBy
        if note is not None and not is_told and one.state != "ended":
            await kept.note_standing(reference, one.confirmBy)
    await kept.note_ended(
        reference
        for reference, note in noted.items()
        if note.state is HandState.STANDING
        and reference not in standing.unreadable
        and not _stands(standing.signals.get(reference))
    )


def _stands(one: HandSignal | None) -> bool:
    return one is not None and one.state != "ended"


def _join(
    reference: UUID,
    note: KeptSignal | None,
    standing: Standing,
    words: _Words,
) -> ListedSignal:
    found = standing.signals.get(reference)
    is_broken = reference in standing.unreadable
    stands = found if _stands(found) else None
    said = None if note is None else note.note
    code = "" if said is None else said.category
    label = words.labels.get(code, code) if stands is None else stands.categoryLabel
    return ListedSignal(
        reference=reference,
        case=None if said is None else said.case,
        person=None if said is None else said.person,
        asked=None if said is None else said.asked,
        given=None if said is None else said.given,
        category=code,
        label=label,
        is_own=note is not None and note.is_own,
        is_due=stands is not None and stands.confirmBy <= words.today,
        is_broken=is_broken,
        is_unsure=stands is None
        and not is_broken
        and note is not None
        and note.state is HandState.INTENDED,
        contact=None if stands is None else words.contacts.get(stands.contactHolder),
        stands=stands,
    )

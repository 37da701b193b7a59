"""Give, confirm, end and hand over a signal by hand, for a page or a case system.

Each is the person's own act at the index, with their own access token; the desk signs
for the organisation, and notes what it must not lose before anything is sent
(`desk.involved.keeping`). What the index answers goes on unchanged.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from desk.callers import Caller
from desk.desk import Desk
from desk.errors import (
    CaseReferenceInUse,
    HandSignalOutdated,
    HandSignalsOff,
    HandSignalUnknown,
    RoleMissing,
)
from desk.holders import Passed
from desk.index import read_answer, read_problem, verify_done
from desk.involved.keeping import HandState, Intended, Note
from desk.involved.parts import Signalling
from desk.involved.standing import PATH, fetch_standing
from desk.moments import day_here, read_instant_of
from desk.relay_wire import RelayedHandSignal
from desk.roles import HAND_SIGNALLERS
from signal_index.wire.contact_holders import HandOver
from signal_index.wire.hand_signals import HandConfirmation
from signal_index.wire.signals import ItemResult, WithdrawalReason

REMIND_AFTER: Final = timedelta(days=182)
"""Half a year; the index says the same day of each signal (`confirmBy`)."""


def get_signalling(desk: Desk, caller: Caller) -> Signalling:
    """Give what signalling takes, or raise `HandSignalsOff`, `RoleMissing`."""
    if desk.signalling is None:
        raise HandSignalsOff
    if HAND_SIGNALLERS.isdisjoint(caller.person.roles):
        raise RoleMissing
    return desk.signalling


def may_signal(desk: Desk, caller: Caller) -> bool:
    """Tell whether a page should offer to signal by hand; the index decides."""
    is_hers = not HAND_SIGNALLERS.isdisjoint(caller.person.roles)
    return desk.signalling is not None and is_hers


async def give(desk: Desk, caller: Caller, said: RelayedHandSignal) -> Passed:
    """Give a signal; broken off anywhere, the same may be sent again.

    Raises `CaseReferenceInvalid`, `HandSignalUnknown` for somebody else's reference,
    and `CaseReferenceInUse` where a signal of this kind stands under the case number
    already and nobody said that this is about somebody else. Raises
    `HandSignalOutdated` where the index knows something newer, such as its end. What
    was refused leaves what was noted before as it was.
    """
    signalling = get_signalling(desk, caller)
    desk.case_references.derive(said.caseReference)
    note = await _make_note(desk, caller, said)
    if not said.anotherPerson:
        await _verify_unused(signalling, caller, said.reference, note)
    intended = await signalling.kept.intend(said.reference, caller.person.sub, note)
    passed = await _send(desk, caller, said, intended)
    if _is_used_before(passed):
        # Another person or day under a reference that the index knows: a newer version.
        version = await signalling.kept.raise_version(said.reference)
        newer = replace(intended, version=version)
        passed = await _send(desk, caller, said, newer)
    is_taken = passed.status == 200 and not _is_outdated(passed)
    if is_taken:
        remind_on = day_here(desk.clock()) + REMIND_AFTER
        await signalling.kept.note_standing(said.reference, remind_on)
    elif passed.status < 500:  # the index took nothing
        await signalling.kept.undo(said.reference, intended)
    if passed.status == 200 and not is_taken:
        raise HandSignalOutdated
    return passed


async def confirm(
    desk: Desk, caller: Caller, reference: UUID, until: date | None
) -> None:
    """Say that a signal still holds, perhaps until a later day; or raise why not."""
    signalling = get_signalling(desk, caller)
    body = HandConfirmation(validUntil=until)
    verify_done(await _post(desk, caller, reference, "confirmation", body))
    remind_on = day_here(desk.clock()) + REMIND_AFTER
    await signalling.kept.note_standing(reference, remind_on)


async def end(
    desk: Desk, caller: Caller, reference: UUID, reason: WithdrawalReason
) -> None:
    """End a signal, or raise why not; told twice it has ended all the same.

    The index may have a newer version than the desk knows, or the desk no note at all:
    then the one that stands is ended. Raises `HandSignalOutdated` where even that is
    not the newest any more: it stands.
    """
    signalling = get_signalling(desk, caller)
    known = await signalling.kept.find(reference, caller.person.sub)
    version = 1 if known is None else known.version
    if await _end_version(desk, caller, reference, version, reason):
        standing = await fetch_standing(desk, caller)
        stands = standing.signals.get(reference)
        if reference in standing.unreadable or (
            stands is not None
            and await _end_version(desk, caller, reference, stands.version, reason)
        ):
            raise HandSignalOutdated
    await signalling.kept.note_ended([reference])


async def _end_version(
    desk: Desk, caller: Caller, reference: UUID, version: int, reason: WithdrawalReason
) -> bool:
    """End this version, or raise why not; tells whether the index has a newer one."""
    signer, today = get_signalling(desk, caller).signer, day_here(desk.clock())
    body = signer.sign_end(reference, version, reason, today)
    return _is_outdated(await _post(desk, caller, reference, "withdrawal", body))


async def hand_over(desk: Desk, caller: Caller, reference: UUID, to: UUID) -> None:
    """Let a colleague's contact holder answer for a signal, or raise why not."""
    get_signalling(desk, caller)
    body = HandOver(to=to)
    verify_done(await _post(desk, caller, reference, "hand-over", body))


async def forget(desk: Desk, caller: Caller, reference: UUID) -> None:
    """Let go of the note of a signal of one's own that does not stand."""
    signalling = get_signalling(desk, caller)
    known = await signalling.kept.find(reference, caller.person.sub)
    if known is None or not known.is_own or known.state is HandState.STANDING:
        raise HandSignalUnknown
    await signalling.kept.forget(reference)


async def _make_note(desk: Desk, caller: Caller, said: RelayedHandSignal) -> Note:
    """Note by what the list names it: of a household also whom, as it was asked."""
    entries = () if said.entryId is None else (said.entryId,)
    asked = await desk.lookup_notes.find(caller.person.sub, entries)
    known, now = next(iter(asked.items()), None), desk.clock()
    if known is None or known[1].persons == 1:
        return Note(said.caseReference, said.category, None, now)
    entry, note = known
    at = read_instant_of(entry)
    return Note(said.caseReference, said.category, note.person, now, at)


async def _verify_unused(
    signalling: Signalling, caller: Caller, reference: UUID, note: Note
) -> None:
    for one in await signalling.kept.list_all(caller.person.sub):
        is_other = one.reference != reference and one.state is not HandState.ENDED
        if is_other and one.note is not None and one.note.is_alike(note):
            raise CaseReferenceInUse


async def _send(
    desk: Desk, caller: Caller, said: RelayedHandSignal, intended: Intended
) -> Passed:
    signer = get_signalling(desk, caller).signer
    body = signer.sign(said, begun=intended.begun, version=intended.version)
    return await desk.index.pass_on(
        f"{PATH}/{said.reference}", caller.access_token, body, method="PUT"
    )


async def _post(
    desk: Desk, caller: Caller, reference: UUID, act: str, body: BaseModel
) -> Passed:
    path = f"{PATH}/{reference}/{act}"
    return await desk.index.pass_on(path, caller.access_token, body)


def _is_outdated(passed: Passed) -> bool:
    """Tell whether nothing was done, for something newer is known; or raise why not."""
    return read_answer(ItemResult, passed).outcome == "superseded"


def _is_used_before(passed: Passed) -> bool:
    if passed.status != 400:
        return False
    faults = read_problem(passed).errors
    return any((one.field, one.code) == ("version", "used-before") for one in faults)

"""Offer followed cases and signals by hand to a colleague, or take them over.

One press each. At the index each half is an act of its own, recorded in the name of
who presses: of a follow its rule is asked of who takes it, a signal keeps its source.
Broken off anywhere, the same code may be used again: what passed on stays so, and the
rest follows.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from desk.callers import Caller
from desk.desk import Desk
from desk.errors import RoleMissing
from desk.handing.kept import Offer, read_code
from desk.involved.acts import get_signalling, may_signal
from desk.involved.standing import fetch_standing
from desk.officer.told import Told, read_told
from signal_index.wire.follows import FollowOffer, Follows
from signal_index.wire.hand_signals import (
    HandSignalOffer,
    HandSignalsOffered,
    HandSignalsTaken,
)
from signal_index.wire.model import parse_body

_CODE_BYTES: Final = 10
_UNKNOWN: Final = "unknown-offer"


@dataclass(frozen=True, slots=True)
class Work:
    """What is handed over: follows, and signals with whom to call about them."""

    follows: Sequence[UUID]
    signals: Sequence[UUID]
    contact: UUID | None


@dataclass(frozen=True, slots=True)
class Made:
    """A code by which a colleague takes it over, and its last day."""

    code: str
    until: date


async def offer(desk: Desk, caller: Caller, work: Work) -> Made | Told:
    """Offer work to whoever gets the code; until then it stays the caller's."""
    made: Made | None = None
    if work.follows:
        asked = {"follows": [str(one) for one in work.follows]}
        passed = await desk.index.pass_on(
            "/v1/follow-offers", caller.access_token, asked
        )
        if (told := read_told(passed)) is not None:
            return told
        given = parse_body(FollowOffer, passed.body)
        made = Made(given.code, given.until)
    entry = None
    if work.signals:
        get_signalling(desk, caller)
        said = HandSignalsOffered(references=list(work.signals))
        passed = await desk.index.pass_on(
            "/v1/hand-signal-offers", caller.access_token, said
        )
        if (told := read_told(passed)) is not None:
            return told
        noted = parse_body(HandSignalOffer, passed.body)
        entry, made = noted.entryId, made or Made(_make_code(), noted.until)
    assert made is not None  # noqa: S101 - the page asks for one of the two
    kept = Offer(
        entry=entry,
        signals=tuple(work.signals),
        contact=work.contact,
        has_follows=bool(work.follows),
        by=caller.person.name,
        until=made.until,
    )
    await desk.hand_overs.keep(made.code, caller.person.sub, kept)
    return made


async def take_over(desk: Desk, caller: Caller, code: str) -> Told | None:
    """Take over all that a colleague's code hands over, or say why nothing passes.

    Raises `RoleMissing` where signals go along and the caller signals nothing by hand:
    then nothing passes on.
    """
    sub = caller.person.sub
    found = await desk.hand_overs.find_open(code, sub)
    signals = () if found is None else found.signals
    if signals and not may_signal(desk, caller):
        raise RoleMissing
    if found is None or found.has_follows:
        told = await _take_follows(desk, caller, code)
        if told is not None and not (signals and told.slug == _UNKNOWN):
            return told
    if found is not None and signals:
        told = await _take_signals(desk, caller, found)
        if told is not None:
            return told
    if found is not None:
        await desk.hand_overs.take(code, sub, caller.person.name)
    return None


def name_holder(code: str) -> str:
    """Name who holds notes on their way: whoever has the code, and no user."""
    return "follow-code:" + read_code(code)


async def _take_follows(desk: Desk, caller: Caller, code: str) -> Told | None:
    path = "/v1/follow-takeovers"
    passed = await desk.index.pass_on(path, caller.access_token, {"code": code})
    if (told := read_told(passed)) is not None:
        return told
    entries = [one.entryId for one in parse_body(Follows, passed.body).items]
    await desk.lookup_notes.copy(name_holder(code), caller.person.sub, entries)
    return None


async def _take_signals(desk: Desk, caller: Caller, found: Offer) -> Told | None:
    """Take over those that still stand; of what ended since only the note passes."""
    standing = await fetch_standing(desk, caller)
    left = [
        one
        for one in found.signals
        if one in standing.signals and standing.signals[one].state != "ended"
    ]
    if not left or found.entry is None:
        return None
    said = HandSignalsTaken(
        offer=found.entry, references=left, contactHolder=found.contact
    )
    path = "/v1/hand-signal-takeovers"
    return read_told(await desk.index.pass_on(path, caller.access_token, said))


def _make_code() -> str:
    """Make a code of the same form as the index's: sixteen letters and digits."""
    code = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))

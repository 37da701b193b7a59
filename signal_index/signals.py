"""What a signal is between arriving and being shown: pure rules, no I/O.

- Rows can only be searched for under a `Permit`: `derive_search` makes the keys of the
  permitted categories and of no other: a row outside it cannot even be named.
- Look-back counts from the END of a signal: an active one is always in reach.
- A lower version never wins; the same version with other content is refused.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from keys.pseudonym import (
    IndexScalar,
    KeyVersion,
    LedgerNameKey,
    Pseudonym,
    StoredPoint,
    derive_ledger_name,
    derive_stored_point,
)
from policy.vocabulary import CategoryId, Permit, PermittedCategory, Subject
from signal_index.days import day_of
from signal_index.errors import SignalTransferred
from signal_index.ledger import AboutGroup, commit_about
from signal_index.notice.text import encode_compact
from signal_index.proof import ABOUT_SALT_BYTES
from signal_index.row_keys import RowKeys
from signal_index.wire.errors import InvalidField
from signal_index.wire.signals import Notice, Withdrawal, WithdrawalReason

CONFIRMED_FOR: Final = timedelta(days=730)
CONFIRM_BY_HAND_WITHIN: Final = timedelta(days=182)
"""After half a year a person is reminded that nobody said it still holds."""


class SignalState(StrEnum):
    """Where a stored signal stands."""

    ACTIVE = "active"
    ENDED = "ended"
    RESTRICTED = "restricted"


class ItemOutcome(StrEnum):
    """What became of one item that a source sent."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, repr=False)
class PointKeys:
    """The secrets that turn a pseudonym into what a row and an entry are called."""

    scalar: IndexScalar
    row_keys: RowKeys


@dataclass(frozen=True, slots=True, repr=False)
class Search:
    """Where the permitted rows of one person may stand: row key to category."""

    permit: Permit
    rows: Mapping[bytes, PermittedCategory]


@dataclass(frozen=True, slots=True)
class StoredSignal:
    """A signal as a lookup reads it; nothing in it names a person.

    `row_key` and `id` are where it stands now: it may move to another row key.
    """

    row_key: bytes
    id: UUID
    reference: UUID
    category: CategoryId
    source: str
    municipality: str
    state: SignalState
    valid_from: date
    valid_until: date
    ended_on: date | None
    confirmed_on: date
    contact_id: UUID
    contact: Mapping[str, object]
    contact_verified: date


@dataclass(frozen=True, slots=True)
class Known:
    """What the index already knows under a source's reference."""

    kind: Literal["signal", "ended", "tombstone", "transferred"]
    version: int
    digest: bytes | None
    row_key: bytes | None
    restricted: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class NewSignal:
    """A notice that is to be stored, with the row it belongs in."""

    id: UUID
    row_key: bytes
    seal: bytes
    key_version: int
    submitted_by: str
    notice: Notice
    digest: bytes
    confirmed_on: date
    outbox: UUID | None = None
    by_hand: bool = False


def derive_point(keys: PointKeys, subject: Subject) -> StoredPoint:
    """Give S = c*N of one person: about 65 us; in memory only."""
    return derive_stored_point(keys.scalar, subject.pseudonym)


def derive_search(permit: Permit, point: StoredPoint, keys: PointKeys) -> Search:
    """Give where the permitted rows of one person stand, and of no other category."""
    return Search(
        permit,
        {
            row: one
            for one in permit.categories
            for row in keys.row_keys.find(point, one.id)
        },
    )


def derive_person_name(point: StoredPoint, key: LedgerNameKey) -> bytes:
    """Give the name that one year's ledger has for a person."""
    return derive_ledger_name(key, point)


def say_about(pseudonym: Pseudonym, version: KeyVersion) -> AboutGroup:
    """Give what an entry says of whom it is about, to who knows it: about 3 us."""
    salt = secrets.token_bytes(ABOUT_SALT_BYTES)
    return commit_about(pseudonym.encoded, version, salt)


def is_in_reach(
    signal: StoredSignal, municipality: str, category: PermittedCategory, now: datetime
) -> bool:
    """Tell whether a row found under a permit may be shown under it.

    What upkeep has not erased yet counts as gone all the same: the day in `valid until`
    is the last on which a signal shows.
    """
    today = day_of(now)
    if signal.category != category.id:
        return False
    if signal.municipality != municipality:
        return False
    if signal.state is SignalState.ACTIVE:
        return is_live(signal.valid_from, signal.valid_until, signal.confirmed_on, now)
    if signal.state is SignalState.ENDED and signal.ended_on is not None:
        return today - signal.ended_on <= category.look_back
    return False


def is_live(
    valid_from: date, valid_until: date, confirmed_on: date, now: datetime
) -> bool:
    """Tell whether an active signal shows today: begun, not past, lately confirmed."""
    today = day_of(now)
    begun = valid_from <= today <= valid_until
    return begun and today - confirmed_on < CONFIRMED_FOR


def digest_notice(notice: Notice) -> bytes:
    """Give the digest by which an unchanged notice is recognised.

    The salted commitment is left out: the same notice signed anew has another salt.
    """
    said = notice.model_dump(mode="json", exclude={"subject"})
    return hashlib.sha256(encode_compact(said)).digest()


def decide_notice(
    known: Known | None, notice: Notice, digest: bytes, row_key: bytes
) -> ItemOutcome:
    """Give what becomes of a notice, or raise `InvalidField` for a reused version.

    Raises `SignalTransferred` where another source took it over, whatever the version.
    """
    _verify_not_transferred(known)
    if known is None or notice.version > known.version:
        return ItemOutcome.ACCEPTED
    if notice.version < known.version or known.kind != "signal":
        return ItemOutcome.SUPERSEDED
    if (known.digest, known.row_key) == (digest, row_key):
        return ItemOutcome.UNCHANGED
    raise InvalidField("version", "used-before")


def decide_withdrawal(known: Known, withdrawal: Withdrawal) -> ItemOutcome:
    """Give what becomes of a withdrawal of a known signal.

    It may carry the version of the signal it ends, or a higher one; of what ended it
    may carry any: superseded means that a newer signal stands. Raises
    `SignalTransferred` where another source took it over.
    """
    _verify_not_transferred(known)
    is_error = withdrawal.reason is WithdrawalReason.ENTERED_IN_ERROR
    if known.kind == "tombstone" or (known.kind == "ended" and not is_error):
        return ItemOutcome.UNCHANGED
    if withdrawal.version < known.version:
        return ItemOutcome.SUPERSEDED
    return ItemOutcome.ACCEPTED


def _verify_not_transferred(known: Known | None) -> None:
    if known is not None and known.kind == "transferred":
        raise SignalTransferred


def name_event_row(municipality: str) -> str:
    """Name, in the place of a category, what a register said of a person.

    The name has a sign that no category's id has, so that it is nobody's row key.
    """
    return f"person-event:{municipality}"

"""What a source sent, opened and checked as far as it goes without the database.

- The signature must be of a key that is registered for the caller's organisation.
- Each item stands alone: what is wrong with one is that item's outcome.
- The commitment in the signed notice must be of the N and salt beside it; both are used
  here, in memory, and nowhere stored.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from keys.errors import InvalidPseudonym
from keys.pseudonym import (
    KeyVersion,
    LedgerNameKey,
    SealedRow,
    derive_stored_point,
    parse_pseudonym,
)
from policy.decide import Policy
from policy.errors import PolicyError
from policy.publication import Publication, permit_publication
from signal_index.api.context import Index
from signal_index.days import day_of
from signal_index.errors import RequestRefused, UnknownSource
from signal_index.matching import MatchRows, Signalled, derive_match_rows, find_partners
from signal_index.notice import (
    InvalidSignature,
    SignerKey,
    parse_signer_key,
    read_kid,
    subject_commitment,
)
from signal_index.row_keys import Rows
from signal_index.signals import PointKeys, name_event_row, say_about
from signal_index.store.standing import SourceStanding, Standing
from signal_index.wire.errors import InvalidField
from signal_index.wire.signals import Notice, SubjectProof, Withdrawal
from signal_index.wire.values import Oin

_THREADS: Final = 2
_WORTH_A_THREAD: Final = 32


@dataclass(frozen=True, slots=True)
class Rules:
    """What items are checked against: the policies, the register, the moment.

    `names`: the ledger's keys for persons, of the years that may be needed.
    """

    policy_in: Callable[[str], Policy]
    standing: Standing
    now: datetime
    names: Mapping[int, LedgerNameKey]


@dataclass(frozen=True, slots=True, repr=False)
class Submission:
    """One signed message of a source, single or batch, with what came beside it."""

    kind: str
    submitted_by: Oin
    notices: tuple[Notice | InvalidField, ...]
    withdrawals: tuple[Withdrawal | InvalidField, ...]
    subjects: Mapping[UUID, SubjectProof]
    key_version: KeyVersion
    jws: str
    outbox: UUID | None = None
    replaces: tuple[UUID, ...] = ()
    by_hand: bool = False
    beside: frozenset[UUID] = frozenset()
    """What a signal by hand is to stand beside: its own source's, of that citizen."""


Refusal = InvalidField | RequestRefused | PolicyError

Sort = tuple[str, str, str]
"""What decides who may hear of a notice: municipality, category, how informed."""


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """Where a notice belongs, and under which marks its person may be known.

    `rows`: under each row key, the one that is written under first. `match`: where to
    look for others of the same person; None where nobody may hear.
    """

    rows: tuple[SealedRow, ...]
    mark: Rows
    match: MatchRows | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """An item that holds as far as can be told without the database."""

    place: int
    said: Notice | Withdrawal
    belongs: Place | None


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """Every item of a submission: still in the running, or refused and why."""

    candidates: tuple[Candidate, ...]
    refusals: Mapping[int, Refusal]


async def check_items(submission: Submission, rules: Rules, keys: PointKeys) -> Checked:
    """Check every item on its own, and derive the row of each notice that holds."""
    refusals: dict[int, Refusal] = {}
    said: dict[int, Notice | Withdrawal] = {}
    seen: set[UUID] = set()
    for place, item in enumerate((*submission.notices, *submission.withdrawals)):
        try:
            said[place] = _check_item(item, seen, submission, rules)
        except (InvalidField, RequestRefused, PolicyError) as refusal:
            refusals[place] = refusal
    places = [place for place, item in said.items() if isinstance(item, Notice)]
    notices = [item for item in said.values() if isinstance(item, Notice)]
    rows: dict[int, Place] = {}
    derived = await _derive_rows(notices, _Deriving(submission, keys, rules))
    for place, row in zip(places, derived, strict=True):
        if isinstance(row, InvalidField):
            refusals[place] = row
            del said[place]
        else:
            rows[place] = row
    candidates = (Candidate(at, item, rows.get(at)) for at, item in said.items())
    return Checked(tuple(candidates), refusals)


def _check_item(
    item: Notice | Withdrawal | InvalidField,
    seen: set[UUID],
    submission: Submission,
    rules: Rules,
) -> Notice | Withdrawal:
    if isinstance(item, InvalidField):
        raise item
    if item.reference in seen:
        raise InvalidField("reference", "doubled")
    seen.add(item.reference)
    if isinstance(item, Notice):
        _check_notice(item, submission, rules)
    else:
        get_source(item.source, submission.submitted_by, rules.standing)
    return item


def find_signer(token: str, caller: str, standing: Standing) -> SignerKey:
    """Give the registered key that a message says signed it, or raise."""
    registered = standing.signers.get((caller, read_kid(token)))
    if registered is None:
        raise InvalidSignature
    return parse_signer_key(registered.organisation, registered.jwk)


def get_source(source: str, submitted_by: str, standing: Standing) -> SourceStanding:
    """Give the source if this organisation may send for it, or raise."""
    found = standing.sources.get(source)
    if found is None or not found.active or submitted_by not in found.submitters:
        raise UnknownSource
    return found


async def find_listed(source: Oin | None, organisation: Oin, index: Index) -> Oin:
    """Give whose signals are listed: one's own, or a source that one may send for."""
    if source is None:
        return organisation
    standing = await index.standing.get(index.clock())
    get_source(source, organisation, standing)
    return source


def _check_notice(notice: Notice, submission: Submission, rules: Rules) -> None:
    """Check all that the register and the policy say about a notice, or raise."""
    source = get_source(notice.source, submission.submitted_by, rules.standing)
    _permit(notice, source, rules)
    _check_coverage(notice, rules.standing)
    today = day_of(rules.now)
    if notice.validUntil < today:
        raise InvalidField("validUntil", "in-the-past")
    if notice.informed.on > today:
        raise InvalidField("informed", "in-the-future")


def _check_coverage(notice: Notice, standing: Standing) -> None:
    """Raise `UnknownSource` where the source does not publish that, or not there."""
    covered = standing.coverage.get((notice.municipality, notice.category), ())
    if any(one.source == notice.source for one in covered):
        return
    there = {at for at, _ in standing.find_places(notice.source)}
    raise UnknownSource("category" if notice.municipality in there else "municipality")


def _permit(notice: Notice, source: SourceStanding, rules: Rules) -> None:
    policy = rules.policy_in(notice.municipality)
    catalogue = policy.catalogue
    permit_publication(
        policy,
        Publication(
            source_kind=catalogue.parse_source_kind(source.kind),
            category=catalogue.parse_category(notice.category),
            municipality=notice.municipality,
            informed=catalogue.parse_informed(notice.informed.code),
            valid_from=notice.validFrom,
            valid_until=notice.validUntil,
        ),
        now=rules.now,
    )


@dataclass(frozen=True, slots=True, repr=False)
class _Deriving:
    """What deriving rows takes; of each sort of notice, which kinds may hear of it."""

    submission: Submission
    keys: PointKeys
    rules: Rules
    partners: dict[Sort, Sequence[str] | None] = field(default_factory=dict)

    def ask(self, notices: Sequence[Notice]) -> None:
        """Ask the rules once for each sort, not for each notice."""
        for place, category, informed in {_sort(notice) for notice in notices}:
            self.partners[place, category, informed] = find_partners(
                self.rules.policy_in(place),
                place,
                Signalled(category, informed),
                self.rules.now,
            )


def _sort(notice: Notice) -> Sort:
    return notice.municipality, notice.category, notice.informed.code


async def _derive_rows(
    notices: Sequence[Notice], using: _Deriving
) -> Sequence[Place | InvalidField]:
    """Check each commitment and give each row; c*N of many runs in two threads."""
    using.ask(notices)
    if len(notices) < _WORTH_A_THREAD:
        return _derive_part(notices, using)
    step = -(-len(notices) // _THREADS)
    parts = [notices[start : start + step] for start in range(0, len(notices), step)]
    done = await asyncio.gather(
        *(asyncio.to_thread(_derive_part, part, using) for part in parts)
    )
    return [row for part in done for row in part]


def _derive_part(
    notices: Sequence[Notice], using: _Deriving
) -> list[Place | InvalidField]:
    return [_derive_row(notice, using) for notice in notices]


def _derive_row(notice: Notice, using: _Deriving) -> Place | InvalidField:
    keys, rules = using.keys, using.rules
    proof = using.submission.subjects.get(notice.reference)
    if proof is None:
        return InvalidField("subjects", "missing")
    try:
        pseudonym = parse_pseudonym(proof.pseudonym)
    except InvalidPseudonym:
        return InvalidField("pseudonym", "wrong-form")
    committed = subject_commitment(proof.salt, pseudonym)
    if not hmac.compare_digest(committed, notice.subject):
        return InvalidField("subject", "does-not-match")
    point = derive_stored_point(keys.scalar, pseudonym)
    rows = keys.row_keys.seal_all(point, notice.category)
    mark = keys.row_keys.find(point, name_event_row(notice.municipality))
    partners = using.partners[_sort(notice)]
    if partners is None:
        return Place(rows, mark)
    about = say_about(pseudonym, using.submission.key_version)
    match = derive_match_rows(keys.row_keys, point, partners, rules.names, about)
    return Place(rows, mark, match)

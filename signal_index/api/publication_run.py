"""Carry out what a source sent: one transaction, one outcome per item.

1. Every item is checked on its own, its row derived (`submissions`).
2. In the transaction: the sources are locked, what is known is read, each item decided
   (`signals.decide_notice`, `decide_withdrawal`), everything written set by set.
3. Where the municipality opened the act `match`, each signal that was stored leaves a
   sealed box, in one statement; nobody is looked for (`signal_index.matching`).
   A batch of an outbox that was lost is refused whole (`store.replaced_outboxes`).
   What a person gives is refused where the same source told of that citizen already,
   until it is said beside which signals it is to stand.
4. The entry with the digest of what was signed commits with it, and so does what was
   signed itself: evidence that names nobody.

An answer never depends on other sources' signals, nor on other persons'.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from keys.base64url import encode_b64u
from keys.pseudonym import SealedRow
from policy.catalogue import Catalogue
from policy.errors import PolicyError
from policy.vocabulary import Caller
from signal_index.api.acting import Acting, acting
from signal_index.api.context import Index
from signal_index.api.submissions import (
    Candidate,
    Checked,
    Place,
    Refusal,
    Rules,
    Submission,
    check_items,
)
from signal_index.days import day_of
from signal_index.errors import (
    GivenAlready,
    RequestRefused,
    SubjectDeceased,
    SubjectMovedAway,
    UnknownContactHolder,
    UnknownSignal,
)
from signal_index.identifiers import new_uuid7
from signal_index.ledger import Entry, Kind
from signal_index.matching import MatchBox, pick_names
from signal_index.notice import read_kid
from signal_index.proof import JsonObject
from signal_index.row_keys import RowKeys, Rows
from signal_index.signals import (
    ItemOutcome,
    Known,
    NewSignal,
    PointKeys,
    decide_notice,
    decide_withdrawal,
    digest_notice,
)
from signal_index.store.contacts import find_contact_owners
from signal_index.store.hand_signals import find_given
from signal_index.store.matches import Boxed, put_in_match_boxes
from signal_index.store.person_events import find_events
from signal_index.store.replaced_outboxes import replace_outboxes, verify_in_use
from signal_index.store.row_keys import hold_written
from signal_index.store.sending import Sending, hold_sending
from signal_index.store.signals import (
    Ending,
    Evidence,
    KnownPlace,
    bury_signals,
    find_known,
    insert_evidence,
    keep_ended,
    lock_standing,
    store_signals,
)
from signal_index.wire.errors import InvalidField
from signal_index.wire.person_events import PersonEventKind
from signal_index.wire.signals import Notice, Withdrawal

_Found = tuple[Known, KnownPlace | None]


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one item."""

    reference: UUID | None
    outcome: ItemOutcome
    problem: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a submission, in the order of its items, and its entry."""

    entry: UUID
    results: tuple[ItemResult, ...]


@dataclass(frozen=True, slots=True, repr=False)
class _Known:
    """What the database knows that decides about the candidates."""

    signals: Mapping[tuple[str, UUID], _Found]
    contact_owners: Mapping[UUID, str]
    events: Mapping[Rows, PersonEventKind]
    standing: Collection[bytes]
    """Rows in which something stands under a key that rows are moved away from."""
    given: Sequence[UUID]
    """What the source of a signal by hand has standing of that citizen already."""


@dataclass(slots=True, repr=False)
class _Plan:
    """What the transaction is going to write."""

    submission: Submission
    catalogue_in: Callable[[str], Catalogue]
    rows: RowKeys
    now: datetime
    store: list[NewSignal] = field(default_factory=list)
    boxes: list[Boxed] = field(default_factory=list)
    keep: list[Ending] = field(default_factory=list)
    bury: list[Ending] = field(default_factory=list)
    under: set[int] = field(default_factory=set)
    """The numbers of the row keys that notices are written under."""


async def carry_out(index: Index, caller: Caller, submission: Submission) -> Published:
    """Publish and withdraw what holds; say of each item what became of it."""
    now = index.clock()
    standing = await index.standing.get(now)
    scalar = index.keys.get_scalar(submission.key_version)
    policy_in = partial(index.policy.get, standing)
    names = pick_names(index.keys.ledger_names, now)
    rules = Rules(policy_in, standing, now, names)
    rows = index.keys.row_keys
    checked = await check_items(submission, rules, PointKeys(scalar, rows))
    async with acting(index, caller, Kind.PUBLICATION, rows=rows) as act:
        plan = _Plan(submission, index.catalogue_in, rows, act.now)
        sending = _name_sending(submission, checked.candidates)
        await hold_sending(act.conn, sending)
        await _verify_outbox(act, submission)
        known = await _read_known(act, submission, checked.candidates)
        results = _decide_all(plan, checked, known)
        restricted = await store_signals(act.conn, plan.store)
        await put_in_match_boxes(act.conn, plan.boxes, index.keys, now=act.now)
        await keep_ended(act.conn, plan.keep)
        await bury_signals(act.conn, plan.bury, index.keys, now=act.now)
        first = await _record(act, submission, results, restricted)
        if plan.store or plan.keep or plan.bury or submission.replaces:
            kept = _evidence(submission, caller, first.id, act.now)
            await insert_evidence(act.conn, kept)
        if rows.others:  # of a single one the act itself holds that it is in use
            await hold_written(act.conn, rows, plan.under)
    return Published(first.id, results)


def _name_sending(submission: Submission, candidates: Sequence[Candidate]) -> Sending:
    """Say who sends, by which key, for what: nothing else of these is let in."""
    said = [one.said for one in candidates]
    return Sending(
        organisation=submission.submitted_by,
        kid=read_kid(submission.jws),
        sources=frozenset(str(one.source) for one in said),
        places=[
            (str(one.municipality), one.category, str(one.source))
            for one in said
            if isinstance(one, Notice)
        ],
    )


async def _verify_outbox(act: Acting, submission: Submission) -> None:
    """Take nothing of an outbox that was lost, and note which are from now on."""
    outbox, own = submission.outbox, submission.submitted_by
    if outbox is None:
        return
    await verify_in_use(act.conn, own, outbox)
    if submission.replaces:
        await replace_outboxes(act.conn, own, outbox, submission.replaces, now=act.now)


async def _read_known(
    act: Acting, submission: Submission, candidates: Sequence[Candidate]
) -> _Known:
    conn = act.conn
    signals: dict[tuple[str, UUID], _Found] = {}
    for source in sorted({one.said.source for one in candidates}):
        asked = [one.said.reference for one in candidates if one.said.source == source]
        found = await find_known(conn, source, asked)
        signals |= {(source, reference): known for reference, known in found.items()}
    contacts = {
        one.said.contactHolder for one in candidates if isinstance(one.said, Notice)
    }
    places = [one.belongs for one in candidates if one.belongs is not None]
    left = {row.row_key for one in places for row in one.rows[1:]}
    return _Known(
        signals,
        await find_contact_owners(conn, contacts),
        await find_events(conn, {one.mark for one in places}),
        await lock_standing(conn, left),
        await _read_given(act, submission, candidates),
    )


async def _read_given(
    act: Acting, submission: Submission, candidates: Sequence[Candidate]
) -> Sequence[UUID]:
    """Read beside what a person's signal would stand; no delivery is asked this."""
    if not submission.by_hand:
        return ()
    return [
        each
        for one in candidates
        if one.belongs is not None and isinstance(one.said, Notice)
        for each in await find_given(
            act.conn,
            one.said.source,
            [row.row_key for row in one.belongs.rows],
            one.said.municipality,
            day_of(act.now),
        )
    ]


def _decide_all(plan: _Plan, checked: Checked, known: _Known) -> tuple[ItemResult, ...]:
    results = {
        place: ItemResult(
            _reference(plan.submission, place), ItemOutcome.REFUSED, refusal
        )
        for place, refusal in checked.refusals.items()
    }
    for one in checked.candidates:
        try:
            outcome = _decide_one(plan, one, known)
            results[one.place] = ItemResult(one.said.reference, outcome)
        except (InvalidField, RequestRefused, PolicyError) as refusal:
            results[one.place] = ItemResult(
                one.said.reference, ItemOutcome.REFUSED, refusal
            )
    return tuple(results[place] for place in sorted(results))


def _decide_one(plan: _Plan, one: Candidate, known: _Known) -> ItemOutcome:
    found = known.signals.get((one.said.source, one.said.reference))
    _verify_same_way(plan, one.said, found)
    if isinstance(one.said, Withdrawal):
        return _decide_withdrawal(plan, one.said, found)
    owner = known.contact_owners.get(one.said.contactHolder)
    if owner not in {one.said.source, plan.submission.submitted_by}:
        raise UnknownContactHolder
    if one.belongs is not None:
        _verify_lives_there(known.events.get(one.belongs.mark))
    before = None if found is None else found[0]
    return _decide_notice(plan, one, one.said, before, known)


def _verify_same_way(
    plan: _Plan,
    said: Notice | Withdrawal,
    found: _Found | None,
) -> None:
    """Hold that a person tends what people gave, and a delivery what deliveries told.

    One source may do both; neither knows the other's signals, and what it does not know
    it would take back. Proven by tests/attack/test_hand_and_delivery_stay_apart.py.
    """
    if found is None or found[0].kind == "tombstone":
        return
    if found[0].by_hand is not plan.submission.by_hand:
        if isinstance(said, Withdrawal):
            raise UnknownSignal
        raise InvalidField("reference", "used-before")


def _verify_lives_there(event: PersonEventKind | None) -> None:
    """Refuse what the population register contradicts, and say which."""
    if event is PersonEventKind.DECEASED:
        raise SubjectDeceased
    if event is PersonEventKind.MOVED_AWAY:
        raise SubjectMovedAway


def _decide_notice(
    plan: _Plan,
    one: Candidate,
    notice: Notice,
    before: Known | None,
    known: _Known,
) -> ItemOutcome:
    if one.belongs is None:
        raise InvalidField("subjects", "missing")
    number, row = _choose_row(plan.rows, one.belongs, before, known.standing)
    digest = digest_notice(notice)
    outcome = decide_notice(before, notice, digest, row.row_key)
    if outcome is ItemOutcome.ACCEPTED:
        _verify_alone(plan.submission, notice, known.given)
        plan.under.add(number)
        id_ = uuid4()
        if one.belongs.match is not None:
            box = MatchBox(notice.category, id_, one.belongs.match)
            plan.boxes.append((notice.municipality, box))
        plan.store.append(
            NewSignal(
                id=id_,
                row_key=row.row_key,
                seal=row.seal,
                key_version=plan.submission.key_version,
                submitted_by=plan.submission.submitted_by,
                notice=notice,
                digest=digest,
                confirmed_on=day_of(plan.now),
                outbox=plan.submission.outbox,
                by_hand=plan.submission.by_hand,
            )
        )
    return outcome


def _verify_alone(
    submission: Submission, notice: Notice, given: Sequence[UUID]
) -> None:
    """Raise `GivenAlready` unless all that stands of this citizen was named.

    What stands here under the same reference is that signal, told anew.
    """
    if notice.reference not in given and not submission.beside.issuperset(given):
        raise GivenAlready(given)


def _choose_row(
    keys: RowKeys, place: Place, known: Known | None, standing: Collection[bytes]
) -> tuple[int, SealedRow]:
    """Give the row that a notice is written under, and the number of its key.

    That of what it replaces, or in which others of this person and category stand, or a
    restriction: these are one row, and move to another key together. Else the newest.
    """
    newest, *others = zip(keys.numbers, place.rows, strict=True)
    for number, row in (newest, *others):
        if known is not None and row.row_key == known.row_key:
            return number, row
    for number, row in others:
        if row.row_key in standing:
            return number, row
    return newest


def _decide_withdrawal(
    plan: _Plan, said: Withdrawal, found: _Found | None
) -> ItemOutcome:
    if found is None:
        raise UnknownSignal
    if said.on > day_of(plan.now):
        raise InvalidField("on", "in-the-future")
    known, place = found
    outcome = decide_withdrawal(known, said)
    if outcome is ItemOutcome.ACCEPTED and place is not None:
        ending = Ending(said, place.category, place.municipality)
        may_keep = plan.catalogue_in(place.municipality).may_keep(place.category)
        # What a citizen disputes is not kept once its source has let go of it.
        kept = may_keep and said.reason.allows_keeping and not known.restricted
        (plan.keep if kept else plan.bury).append(ending)
    return outcome


def _reference(submission: Submission, place: int) -> UUID | None:
    item = (*submission.notices, *submission.withdrawals)[place]
    return None if isinstance(item, InvalidField) else item.reference


async def _record(
    act: Acting, submission: Submission, results: Sequence[ItemResult], restricted: int
) -> Entry:
    """Record the notices and the withdrawals, each in one entry where there are.

    That something came restricted stands here alone: the answer tells no source so.
    """
    first = len(submission.notices)
    parts = (
        (Kind.PUBLICATION, results[:first]),
        (Kind.WITHDRAWAL, results[first:]),
    )
    digest = encode_b64u(hashlib.sha256(submission.jws.encode()).digest())
    for kind, items in parts:
        if items or (kind is Kind.PUBLICATION and submission.replaces):
            counts = Counter(item.outcome.value for item in items)
            what: JsonObject = {
                "digest": digest,
                "counts": dict(sorted(counts.items())),
            }
            is_told = restricted and kind is Kind.PUBLICATION
            held: JsonObject = {"restricted": restricted} if is_told else {}
            await act.record({**what, **held}, kind=kind)
    return act.recorded[0]


def _evidence(
    submission: Submission, caller: Caller, entry: UUID, now: datetime
) -> Evidence:
    return Evidence(
        id=new_uuid7(now),
        kind=submission.kind,
        submitted_by=submission.submitted_by,
        municipality=caller.municipality,
        entry_id=entry,
        received_at=now,
        jws=submission.jws,
    )

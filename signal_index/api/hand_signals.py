"""Signals by hand: what a person may give, gave, and says of it later.

An organisation without an export (a school, welfare) signals at its own desk. The desk
signs for the organisation; the person's own token says who it was, and the entry names
them.

- It is an act of the loop: closed until the municipality established it, for the roles,
  kinds and organisations that its catalogue names. Ending is always open.
- What is stored is a notice as any other, with the mark that a person gave it: no
  delivery and no comparison of the same source ever touches it, and no act here touches
  what a delivery told.
- An answer says nothing about whether the person is known here, by whomever.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

from keys.months import add_months
from policy.decide import Policy
from policy.errors import (
    CategoryNotEstablished,
    CategoryNotOpen,
    InformedCodeRefused,
    LifeTooLong,
    LoopActDenied,
    UnknownCode,
)
from policy.loop import LoopPermit, LoopQuestion, decide_loop
from policy.publication import Publication, find_publishable, permit_publication
from policy.vocabulary import CategoryId, LoopActId, parse_municipality
from signal_index.api.acting import acting
from signal_index.api.callers import HandSignaller, HandSignallerCaller
from signal_index.api.context import Index, TheIndex
from signal_index.api.reading import PAGE_DEFAULT, Cursor, Limit
from signal_index.api.routing import Routes
from signal_index.api.single_items import finish_one, open_notice, open_withdrawal
from signal_index.api.submissions import Submission, get_source
from signal_index.api.transactions import looking
from signal_index.days import day_of
from signal_index.errors import (
    GivenAlready,
    StaleKeyVersion,
    SubjectDeceased,
    SubjectMovedAway,
    UnknownContactHolder,
    UnknownSignal,
    UnknownSource,
)
from signal_index.ledger import Kind
from signal_index.notice import InvalidSignature, SignedInTheFuture
from signal_index.signals import CONFIRM_BY_HAND_WITHIN
from signal_index.store import hand_signals as store
from signal_index.store.contacts import list_contact_holders
from signal_index.store.notice_settled import note_goes_on
from signal_index.store.own_signals import list_own_signals
from signal_index.store.standing import SourceStanding
from signal_index.wire import hand_signals as wire
from signal_index.wire import signals
from signal_index.wire.contact_holders import HandOver
from signal_index.wire.errors import InvalidField
from signal_index.wire.values import Id, Slug

routes = Routes("aanleveren")


@routes.get(
    "/hand-signal-options",
    "Wat deze gebruiker met de hand kan doorgeven",
    raises=(UnknownSource,),
)
async def show_hand_signal_options(
    index: TheIndex, caller: HandSignaller
) -> wire.HandSignalOptions:
    """Show what this person may signal for their organisation, in words."""
    source = await _get_source(index, caller)
    async with looking(index.engine) as conn:
        contacts, _ = await list_contact_holders(conn, source.oin)
    return wire.HandSignalOptions(
        source=caller.organisation,
        places=[place async for place in _find_places(index, caller, source)],
        contacts=[
            wire.HandContact(
                id=one.id, function=one.function, name=one.name, phone=one.phone
            )
            for one in contacts
        ],
    )


@routes.get("/hand-signals", "De signalen die met de hand zijn doorgegeven")
async def list_hand_signals(
    index: TheIndex,
    caller: HandSignaller,
    cursor: Cursor = None,
    limit: Limit = PAGE_DEFAULT,
) -> wire.HandSignals:
    """List what people of the own organisation gave by hand."""
    async with looking(index.engine) as conn:
        found = await list_own_signals(
            conn,
            caller.organisation,
            index.name_category,
            (cursor, limit),
            only_by_hand=True,
        )
    return wire.HandSignals(
        items=[_show(one) for one in found.items],
        unreadable=found.unreadable,
        next=found.next,
    )


@routes.put(
    "/hand-signals/{reference}",
    "Eén signaal met de hand doorgeven",
    raises=(
        InvalidSignature,
        SignedInTheFuture,
        StaleKeyVersion,
        UnknownSource,
        UnknownContactHolder,
        SubjectDeceased,
        SubjectMovedAway,
        LoopActDenied,
        CategoryNotEstablished,
        CategoryNotOpen,
        InformedCodeRefused,
        LifeTooLong,
        UnknownCode,
        GivenAlready,
    ),
)
async def signal_by_hand(
    reference: Id, body: wire.HandNoticeBody, index: TheIndex, caller: HandSignaller
) -> signals.ItemResult:
    """Take one signal that a person gives; told once more it changes nothing.

    Raises `GivenAlready`, with their references, where the own organisation told of
    this citizen and kind already and `beside` does not name all of these: a second flag
    is a second call. Of others nothing is asked, and nothing told.
    """
    opened = await open_notice(index, body, str(reference), caller.organisation)
    submission = replace(opened, beside=frozenset(body.beside))
    for said in submission.notices:
        if isinstance(said, signals.Notice):
            if said.validFrom > day_of(index.clock()):
                raise InvalidField("validFrom", "in-the-future")
            policy = await _policy_in(index, said.municipality)
            category = policy.catalogue.parse_category(said.category)
            permit = _permit_act(index, policy, caller, said.municipality, category)
            if said.validUntil > _latest(index, permit):
                raise LifeTooLong("the notice lives longer than the act allows")
    return await _finish(index, caller, submission)


@routes.post(
    "/hand-signals/{reference}/withdrawal",
    "Eén met de hand doorgegeven signaal intrekken",
    raises=(InvalidSignature, SignedInTheFuture, UnknownSource, UnknownSignal),
)
async def withdraw_hand_signal(
    reference: Id, body: signals.WithdrawalBody, index: TheIndex, caller: HandSignaller
) -> signals.ItemResult:
    """Withdraw one signal that a person gave, by its reference alone."""
    submission = await open_withdrawal(index, body, str(reference), caller.organisation)
    return await _finish(index, caller, submission)


@routes.post(
    "/hand-signals/{reference}/confirmation",
    "Zeggen dat een signaal nog klopt",
    status=204,
    raises=(
        UnknownSource,
        UnknownSignal,
        LoopActDenied,
        CategoryNotEstablished,
        CategoryNotOpen,
        LifeTooLong,
    ),
)
async def confirm_hand_signal(
    reference: Id, body: wire.HandConfirmation, index: TheIndex, caller: HandSignaller
) -> None:
    """Say that a signal still holds, perhaps until a later day than before."""
    source = await _get_source(index, caller)
    async with acting(index, caller.caller, Kind.ADMINISTRATION) as act:
        known = await store.get_standing_signal(act.conn, source.oin, reference)
        until = body.validUntil or known.valid_until
        if until < day_of(act.now):
            raise InvalidField("validUntil", "in-the-past")
        await _permit(index, caller, source, known, until)
        await store.confirm_hand_signal(
            act.conn, source.oin, reference, until, today=day_of(act.now)
        )
        await note_goes_on(
            act.conn, source.oin, reference, index.keys, today=day_of(act.now)
        )
        await act.record(
            {
                "act": "hand-signal-confirmed",
                "reference": str(reference),
                "validUntil": until.isoformat(),
            }
        )


@routes.post(
    "/hand-signals/{reference}/hand-over",
    "Een signaal aan een andere contactpersoon geven",
    status=204,
    raises=(UnknownSource, UnknownSignal, UnknownContactHolder),
)
async def hand_over_hand_signal(
    reference: Id, body: HandOver, index: TheIndex, caller: HandSignaller
) -> None:
    """Let another contact holder of the own organisation answer for a signal."""
    source = await _get_source(index, caller)
    async with acting(index, caller.caller, Kind.ADMINISTRATION) as act:
        await store.hand_over_signals(act.conn, source.oin, [reference], body.to)
        await act.record(
            {
                "act": "hand-signal-handed-over",
                "reference": str(reference),
                "to": str(body.to),
            }
        )


async def _finish(
    index: Index, caller: HandSignallerCaller, submission: Submission
) -> signals.ItemResult:
    """Carry it out as given by hand: by the organisation, about its own clients."""
    await _get_source(index, caller)
    for one in (*submission.notices, *submission.withdrawals):
        if isinstance(one, InvalidField) or one.source != caller.organisation:
            raise UnknownSource
    by_hand = replace(submission, by_hand=True)
    return await finish_one(index, caller.caller, by_hand)


async def _get_source(index: Index, caller: HandSignallerCaller) -> SourceStanding:
    standing = await index.standing.get(index.clock())
    return get_source(caller.organisation, caller.organisation, standing)


async def _find_places(
    index: Index, caller: HandSignallerCaller, source: SourceStanding
) -> AsyncIterator[wire.HandPlace]:
    now = index.clock()
    covered = (await index.standing.get(now)).find_places(source.oin)
    for municipality in sorted({at for at, _ in covered}):
        policy = await _policy_in(index, municipality)
        labels = await index.labels_in(municipality)
        kind = policy.catalogue.parse_source_kind(source.kind)
        place = parse_municipality(municipality)
        for one in find_publishable(policy, kind, place, now=now):
            if (municipality, one.id) not in covered:
                continue
            try:
                permit = _permit_act(index, policy, caller, place, one.id)
            except LoopActDenied:
                continue
            longest = add_months(day_of(now), one.maximum_life_months)
            yield wire.HandPlace(
                category=Slug(one.id),
                categoryLabel=one.label,
                municipality=place,
                latestEnd=min(longest, _latest(index, permit)),
                shownAfterEnd=policy.catalogue.ended_shows_anywhere(one.id),
                informed=labels.name(policy.catalogue.informed, one.informed_codes),
            )


async def _policy_in(index: Index, municipality: str) -> Policy:
    return index.policy.get(await index.standing.get(index.clock()), municipality)


def _permit_act(
    index: Index,
    policy: Policy,
    caller: HandSignallerCaller,
    municipality: str,
    category: CategoryId,
) -> LoopPermit:
    """Ask whether this person may do the act there, or raise every ground."""
    asked = LoopQuestion(
        act=LoopActId.HAND_SIGNAL,
        municipality=parse_municipality(municipality),
        categories=(category,),
        caller=caller.caller,
    )
    return decide_loop(policy, asked, now=index.clock())


def _latest(index: Index, permit: LoopPermit) -> date:
    """Give the last day that the act allows."""
    return day_of(index.clock()) + timedelta(days=permit.most_days)


async def _permit(
    index: Index,
    caller: HandSignallerCaller,
    source: SourceStanding,
    known: store.StandingSignal,
    until: date,
) -> None:
    """Ask the rules as if the signal were given today with this end, or raise."""
    policy = await _policy_in(index, known.municipality)
    catalogue = policy.catalogue
    category = catalogue.parse_category(known.category)
    permit = _permit_act(index, policy, caller, known.municipality, category)
    if until > _latest(index, permit):
        raise LifeTooLong("the signal lives longer than the act allows")
    permit_publication(
        policy,
        Publication(
            source_kind=catalogue.parse_source_kind(source.kind),
            category=category,
            municipality=parse_municipality(known.municipality),
            informed=catalogue.parse_informed(known.informed),
            valid_from=known.valid_from,
            valid_until=until,
        ),
        now=index.clock(),
    )


def _show(one: signals.OwnSignal) -> wire.HandSignal:
    said = one.model_dump(include=set(signals.StandingSignal.model_fields))
    return wire.HandSignal(**said, confirmBy=one.confirmedOn + CONFIRM_BY_HAND_WITHIN)

"""Turn what was committed into the answer: flags, sources, receipt, padding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from policy.vocabulary import Permit
from signal_index.answers import encode_part, make_contact, make_flag
from signal_index.api.colleagues import tell_beside
from signal_index.api.context import Index
from signal_index.api.lookup_run import Draft
from signal_index.api.told_before import tell_before
from signal_index.days import day_of
from signal_index.labels import Labels
from signal_index.ledger import Group, Opened, make_receipt
from signal_index.signals import StoredSignal
from signal_index.store.standing import Standing
from signal_index.taking_part import InTrial, find_heard
from signal_index.wire.lookups import (
    Flag,
    FlagContact,
    Freshness,
    Part,
    Receipt,
    SaidBefore,
)


def render_parts(
    index: Index,
    draft: Draft,
    standing: Standing,
    said_before: Sequence[Sequence[SaidBefore]],
) -> list[bytes]:
    """Write one padded part per person; only what the permit names is in it."""
    now = index.clock()
    permit = draft.granted.permit
    sources = _sources(index, permit, standing, draft.in_trial)
    beside = tell_beside(index, draft)
    labels = Labels(index.catalogue_in(permit.municipality), standing.organisations)
    return [
        encode_part(
            Part(
                entryId=entry.id,
                scope=permit.scope_text,
                asked=[str(category.id) for category in permit.categories],
                flags=[_flag(index, one, standing) for one in signals],
                sources=list(sources),
                colleagues=list(said.colleagues),
                canFollow=said.can_follow,
                followedUntil=said.followed_until,
                tells=tells,
                before=tell_before(
                    _find_like(permit, before), signals, labels, standing.successions
                ),
                saidBefore=list(said_earlier),
                receipt=Receipt.model_validate(
                    make_receipt(
                        entry,
                        key=index.receipt_key,
                        origin_base=index.names.ledger_origin,
                        now=now,
                    )
                ),
                padding="",
            )
        )
        for entry, signals, said, before, said_earlier, tells in zip(
            draft.entries,
            draft.signals,
            beside,
            draft.before,
            said_before,
            _tells(draft),
            strict=True,
        )
    ]


def _find_like(permit: Permit, before: Sequence[Opened]) -> Opened | None:
    """Find the last answer to the very same question: for the same purpose, too."""
    purpose = str(permit.purpose)
    same = (one for one in before if one.text(Group.WHY, "purpose") == purpose)
    return next(same, None)


def _tells(draft: Draft) -> list[list[str]]:
    """Say for each person of which kinds a source hears: the policy's word alone."""
    telling = draft.granted.telling
    if telling is None:
        return [[] for _ in draft.entries]
    return [sorted(map(str, told)) for told in telling.told]


def _flag(index: Index, signal: StoredSignal, standing: Standing) -> Flag:
    labels = Labels(index.catalogue_in(signal.municipality), standing.organisations)
    row = labels.catalogue.categories[signal.category]
    name = labels.organisation(signal.source)
    return make_flag(signal, row, name, day_of(index.clock()))


def find_own_number(standing: Standing, oin: str, today: date) -> FlagContact | None:
    """Find an organisation's own number; it says nothing of any person."""
    found = standing.own_numbers.get(oin)
    return None if found is None else make_contact(found, oin, today)


def _sources(
    index: Index, permit: Permit, standing: Standing, in_trial: InTrial
) -> tuple[Freshness, ...]:
    """Say of every source when it was last heard; nothing here is of a person.

    Made once for a question and a standing, so `stale` is as of when that was read.
    """
    asker, place = permit.caller.organisation, permit.municipality
    categories = tuple(category.id for category in permit.categories)
    question = (asker, place, categories, frozenset(in_trial.items()))
    if question not in standing.freshness:
        labels = Labels(index.catalogue_in(place), standing.organisations)
        standing.freshness[question] = tuple(
            Freshness(
                category=category,
                categoryLabel=labels.category(category),
                organisation=labels.organisation(one.source),
                contactHolder=find_own_number(
                    standing, one.source, day_of(standing.read_at)
                ),
                lastHeard=one.last_heard,
                stale=one.stale,
                byHand=one.by_hand,
                own=one.source == asker,
            )
            for category in categories
            for one in find_heard(
                standing.coverage.get((place, category), ()),
                in_trial,
                standing.read_at,
            )
        )
    return standing.freshness[question]

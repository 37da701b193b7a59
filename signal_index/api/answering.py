"""Turn what was committed into the answer: flags, sources, receipt, padding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policy.catalogue import Catalogue
from policy.vocabulary import CategoryId, Permit
from signal_index.answers import (
    CategoryText,
    Freshness,
    Part,
    encode_part,
    is_stale,
    render_flag,
    render_freshness,
)
from signal_index.api.context import Index
from signal_index.api.lookup_run import Draft
from signal_index.ledger import make_receipt
from signal_index.signals import StoredSignal
from signal_index.store.standing import Standing


def render_parts(index: Index, draft: Draft, standing: Standing) -> list[bytes]:
    """Give one padded part per person; only what the permit names is in it."""
    now = index.clock()
    permit = draft.granted.permit
    sources = _sources(index, permit, standing)
    return [
        encode_part(
            Part(
                entry=entry.id,
                scope=permit.scope_text,
                flags=[_flag(index, one, standing) for one in signals],
                sources=sources,
                receipt=make_receipt(
                    entry,
                    key=index.keys.receipt,
                    origin_base=index.names.ledger_origin,
                    now=now,
                ),
            )
        )
        for entry, signals in zip(draft.entries, draft.signals, strict=True)
    ]


def _flag(
    index: Index, signal: StoredSignal, standing: Standing
) -> Mapping[str, object]:
    text = _text(index.catalogue_in(signal.municipality), signal.category)
    name = _organisation_name(standing, signal.source)
    return render_flag(signal, text, name, index.clock().date())


def _sources(
    index: Index, permit: Permit, standing: Standing
) -> Sequence[Mapping[str, object]]:
    now = index.clock()
    catalogue = index.catalogue_in(permit.municipality)
    found = []
    for category in permit.categories:
        label = _text(catalogue, category.id).label
        for one in standing.coverage.get((permit.municipality, category.id), ()):
            stale = is_stale(one.last_heard, one.rhythm_days, now)
            name = _organisation_name(standing, one.source)
            fresh = Freshness(category.id, name, one.last_heard, stale)
            found.append(render_freshness(fresh, label))
    return found


def _text(catalogue: Catalogue, category: CategoryId) -> CategoryText:
    row = catalogue.categories[category]
    return CategoryText(row.label, tuple(str(code) for code in row.life_domains))


def _organisation_name(standing: Standing, oin: str) -> str:
    organisation = standing.organisations.get(oin)
    return oin if organisation is None else organisation.name

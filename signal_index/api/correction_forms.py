"""How a correction or objection reads: for the officer, the source and the citizen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from policy.catalogue import Catalogue
from signal_index.api.context import Index
from signal_index.citizens.report import Words, category_label
from signal_index.notice.fields import encode_instant
from signal_index.store.corrections import Correction
from signal_index.store.standing import Standing


def make_words(index: Index, standing: Standing, municipality: str) -> Words:
    """Give what codes and organisations are called now."""

    def organisation(oin: str) -> str:
        known = standing.organisations.get(oin)
        return oin if known is None else known.name

    return Words(index.catalogue_in(municipality), organisation)


def render_reported_correction(
    one: Correction, words: Words
) -> Mapping[str, str | bool | None]:
    """Give what the citizen reads: what they said, until when, and what came of it."""
    reason = words.catalogue.correction_reasons.get(one.reason)
    answer = words.catalogue.correction_answers.get(one.answer or "")
    return {
        "reference": one.reference,
        "category": one.category,
        "categoryLabel": category_label(words.catalogue, one.category),
        "organisation": words.organisation(one.source),
        "kind": "correction" if reason is None else reason.kind,
        "reasonText": one.reason if reason is None else reason.citizen_text,
        "receivedOn": one.received_on.isoformat(),
        "dueOn": one.due_on.isoformat(),
        "isRestricted": one.is_restricted,
        "answerText": one.answer if answer is None else answer.citizen_text,
        "answeredAt": _instant(one),
    }


def render_officer_correction(
    one: Correction, words: Words, today: date
) -> Mapping[str, str | bool | None]:
    """Give what the officer sees: no person, which source, the term, the answer."""
    return {
        **render_source_correction(one, words.catalogue, today),
        "source": one.source,
        "organisation": words.organisation(one.source),
        "mayRelease": one.is_restricted and one.answer is not None,
    }


def render_source_correction(
    one: Correction, catalogue: Catalogue, today: date
) -> Mapping[str, str | bool | None]:
    """Give what a source reads: which of its signals, what is wrong, until when."""
    reason = catalogue.correction_reasons.get(one.reason)
    answer = catalogue.correction_answers.get(one.answer or "")
    return {
        "id": str(one.id),
        "reference": one.reference,
        "kind": "correction" if reason is None else reason.kind,
        "reason": one.reason,
        "reasonLabel": one.reason if reason is None else reason.label,
        "signalSource": one.source,
        "signalReference": str(one.signal_reference),
        "category": one.category,
        "categoryLabel": category_label(catalogue, one.category),
        "municipality": one.municipality,
        "receivedOn": one.received_on.isoformat(),
        "dueOn": one.due_on.isoformat(),
        "isLate": one.answer is None and today > one.due_on,
        "isRestricted": one.is_restricted,
        "answer": one.answer,
        "answerLabel": one.answer if answer is None else answer.label,
        "answeredAt": _instant(one),
    }


def _instant(one: Correction) -> str | None:
    return None if one.answered_at is None else encode_instant(one.answered_at)

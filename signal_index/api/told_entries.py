"""How an entry of the ledger reads to an officer: no citizen, no ticket, no padding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, cast

from policy.policy import Policy
from signal_index.citizens.reported import REQUEST_OF_ANOTHER
from signal_index.labels import Labels
from signal_index.ledger import Group, Opened
from signal_index.store.outcomes import Said, in_order, is_taken_back
from signal_index.wire.ledger_entries import (
    EntryLine,
    EntryPlace,
    LedgerEntry,
    ShownCategory,
)

if TYPE_CHECKING:
    from pydantic import JsonValue

_HIDDEN_IN_WHAT: Final = frozenset({"pad", "tickets", "req", "flags", "categories"})


def tell_line(one: Opened, labels: Labels, said: Said) -> EntryLine:
    """Tell an entry as a list shows it; `said` is what came of its flags."""
    return EntryLine(**_line(one, labels, said))


def tell_entry(
    one: Opened,
    labels: Labels,
    policy: Policy,
    *,
    outcomes: Said,
    place: EntryPlace | None,
) -> LedgerEntry:
    """Tell all of an entry: basis, what was shown, and what the act says."""
    catalogue, leaf = labels.catalogue, one.parsed_leaf
    basis, informed = one.text(Group.WHY, "legalBasis"), one.text(Group.WHY, "informed")
    broken = one.text(Group.WHY, "breakGlass")
    what = one.group(Group.WHAT)
    said = {name: what[name] for name in what if name not in _HIDDEN_IN_WHAT}
    return LedgerEntry(
        **_line(one, labels, outcomes),
        roles=one.texts(Group.ROLE, "roles"),
        legalBasis=basis,
        legalBasisLabel=labels.of(catalogue.legal_bases, basis),
        hasCaseReference=one.value(Group.WHY, "caseReference") is not None,
        informed=informed,
        informedLabel=labels.of(catalogue.informed, informed),
        breakGlassLabel=labels.of(catalogue.break_glass_reasons, broken),
        groundTexts=tell_grounds(one.texts(Group.DECISION, "grounds"), policy),
        activity=leaf.activity,
        policy=leaf.policy,
        permitted=labels.name(
            catalogue.categories, one.texts(Group.WHAT, "categories")
        ),
        shown=[
            ShownCategory(
                category=category,
                categoryLabel=labels.category(category),
                source=source,
                sourceName=labels.organisation(source),
                contactOutcome=outcomes.get(place_of_flag),
                takenBack=is_taken_back(outcomes, place_of_flag),
            )
            for place_of_flag, (category, source) in enumerate(one.flags or ())
        ],
        said=cast("dict[str, JsonValue]", said),
        place=place,
    )


_OWN_GROUNDS: Final = {
    REQUEST_OF_ANOTHER: "Dit verzoek om inzage is van iemand anders.",
}
"""Grounds that no rule of the policy has."""


def tell_grounds(grounds: Iterable[str], policy: Policy) -> list[str]:
    """Tell the sentence of each rule; its id where today's rules do not have it."""
    rules = policy.book.rules
    texts = {id_: rule.text for id_, rule in rules.items()} | _OWN_GROUNDS
    return [texts.get(one, one) for one in grounds]


def _line(one: Opened, labels: Labels, outcomes: Said) -> dict[str, Any]:
    purpose = one.text(Group.WHY, "purpose")
    outcome = one.text(Group.DECISION, "outcome") or one.parsed_leaf.outcome.value
    return {
        "entryId": one.entry,
        "at": one.recorded_at,
        "kind": one.kind.value,
        "organisation": one.organisation,
        "organisationName": labels.organisation(one.organisation),
        "user": one.text(Group.WHO, "sub"),
        "team": one.text(Group.ROLE, "team"),
        "purpose": purpose,
        "purposeLabel": labels.purpose(purpose),
        "outcome": outcome,
        "grounds": one.texts(Group.DECISION, "grounds"),
        "repeat": one.is_repeat,
        "breakGlass": one.text(Group.WHY, "breakGlass"),
        "flagCount": None if one.flags is None else len(one.flags),
        "contactOutcomes": list(in_order(outcomes)),
        "content": one.content,
    }

"""How reviews look on the wire, and what a lookup says once it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from policy.catalogue import Catalogue
from policy.decide import Policy
from signal_index.identifiers import read_uuid7_instant
from signal_index.ledger import Opened
from signal_index.notice.fields import encode_instant
from signal_index.proof import Group, JsonObject
from signal_index.store.review_opening import Neighbour
from signal_index.store.review_records import Review, ReviewState
from signal_index.store.standing import Standing

Shape = Mapping[str, object]


def shape_review(one: Review, standing: Standing, now: datetime) -> Shape:
    """Give a review as the queue shows it: nothing of what the lookup said."""
    is_late = one.state is not ReviewState.CLOSED and one.due_at < now
    return {
        "id": str(one.id),
        "entryId": str(one.entry_id),
        "at": encode_instant(read_uuid7_instant(one.entry_id)),
        "organisation": one.organisation,
        "organisationName": name_organisation(one.organisation, standing),
        "rules": [rule.value for rule in one.rules],
        "state": one.state.value,
        "verdict": one.verdict,
        "pickedAt": encode_instant(one.picked_at),
        "dueAt": encode_instant(one.due_at),
        "late": is_late,
        "answerBy": None if one.answer_by is None else encode_instant(one.answer_by),
    }


def shape_lookup(
    one: Opened, said: str | None, policy: Policy, standing: Standing
) -> Shape:
    """Give who looked up, why, what was shown and how it was decided."""
    catalogue = policy.catalogue
    why = group_of(one, Group.WHY)
    decision = group_of(one, Group.DECISION)
    organisation = one.organisation or ""
    return {
        "entryId": str(one.entry),
        "at": encode_instant(one.recorded_at),
        "organisation": organisation,
        "organisationName": name_organisation(organisation, standing),
        **_who(one),
        **shape_why(why, catalogue),
        "outcome": decision.get("outcome"),
        "groundTexts": _texts_of(decision.get("grounds"), policy),
        "repeat": bool(decision.get("repeat")),
        "shown": _shown(one, catalogue, standing),
        "contactOutcome": said,
    }


def shape_neighbour(
    near: Neighbour, one: Opened, catalogue: Catalogue, standing: Standing
) -> Shape:
    """Give another lookup of the same person, by whom and for what."""
    why = shape_why(group_of(one, Group.WHY), catalogue)
    return {
        "entryId": str(one.entry),
        "at": encode_instant(one.recorded_at),
        "organisationName": name_organisation(one.organisation or "", standing),
        **_who(one),
        "purposeLabel": why["purposeLabel"],
        "outcome": group_of(one, Group.DECISION).get("outcome"),
        "sameUser": near.same_user,
        "sameCase": near.same_case,
    }


def shape_act(one: Opened) -> Shape:
    """Give one step of a review: what was asked, explained, judged or found."""
    what = group_of(one, Group.WHAT)
    return {
        "at": encode_instant(one.recorded_at),
        "user": group_of(one, Group.WHO).get("sub"),
        "act": what.get("act"),
        "codes": what.get("codes") or [],
        "text": what.get("text"),
        "verdict": what.get("verdict"),
        "agrees": what.get("agrees"),
    }


def shape_why(why: JsonObject, catalogue: Catalogue) -> Shape:
    """Give purpose, basis and circumstances, with the catalogue's words beside each.

    A code that the catalogue has no longer stands there as it was recorded.
    """
    purpose = str(why.get("purpose") or "")
    basis = str(why.get("legalBasis") or "")
    informed, broken = why.get("informed"), why.get("breakGlass")
    purposes = {id_.value: row.label for id_, row in catalogue.purposes.items()}
    bases = {id_.value: row.label for id_, row in catalogue.legal_bases.items()}
    told = {id_.value: row.label for id_, row in catalogue.informed.items()}
    return {
        "purpose": purpose,
        "purposeLabel": purposes.get(purpose, purpose),
        "legalBasisLabel": bases.get(basis, basis),
        "hasCase": why.get("caseReference") is not None,
        "informedLabel": _label(told, informed),
        "breakGlassLabel": _label(catalogue.break_glass_reasons, broken),
    }


def group_of(one: Opened, group: Group) -> JsonObject:
    """Give what a group says; nothing where the entry lacks it."""
    return one.group(group)


def name_organisation(oin: str, standing: Standing) -> str:
    """Give an organisation's name as it is registered now; else its number."""
    found = standing.organisations.get(oin)
    return oin if found is None else found.name


def _who(one: Opened) -> Shape:
    role = group_of(one, Group.ROLE)
    return {
        "user": group_of(one, Group.WHO).get("sub"),
        "roles": role.get("roles") or [],
        "team": role.get("team"),
    }


def _shown(one: Opened, catalogue: Catalogue, standing: Standing) -> list[Shape]:
    labels = {id_.value: row.label for id_, row in catalogue.categories.items()}
    flags = group_of(one, Group.WHAT).get("flags")
    return [
        {
            "categoryLabel": labels.get(flag["category"], flag["category"]),
            "organisationName": name_organisation(flag["source"], standing),
        }
        for flag in (flags if isinstance(flags, list) else [])
        if isinstance(flag, Mapping)
    ]


def _texts_of(grounds: object, policy: Policy) -> list[str]:
    """Give the sentence of each rule; its id where today's rules do not have it."""
    ids = grounds if isinstance(grounds, list) else []
    rules = [(str(id_), policy.book.rules.get(str(id_))) for id_ in ids]
    return [id_ if rule is None else rule.text for id_, rule in rules]


def _label(labels: Mapping[str, str], code: object) -> str | None:
    return None if code is None else labels.get(str(code), str(code))

"""How a review reads: in the queue, and once it is opened, never about whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from policy.policy import Policy
from signal_index.api.told_entries import tell_grounds
from signal_index.identifiers import read_uuid7_minute
from signal_index.labels import Labels
from signal_index.ledger import Group, Opened
from signal_index.store.outcomes import Said, is_taken_back
from signal_index.store.review_opening import Neighbour
from signal_index.store.review_records import StoredReview
from signal_index.wire import reviews as wire


def tell_review(one: StoredReview, labels: Labels, now: datetime) -> wire.Review:
    """Tell a review as the queue does: nothing of what the lookup said."""
    return wire.Review(
        id=one.id,
        entryId=one.entry_id,
        at=read_uuid7_minute(one.entry_id),
        organisation=one.organisation,
        organisationName=labels.organisation(one.organisation),
        rules=list(one.rules),
        state=one.state,
        verdict=one.verdict,
        pickedAt=one.picked_at,
        dueAt=one.due_at,
        late=one.state != "closed" and one.due_at < now,
        answerBy=one.answer_by,
    )


def tell_lookup(
    one: Opened, outcomes: Said, labels: Labels, policy: Policy
) -> wire.ReviewedLookup:
    """Tell who looked up, why, what was shown and how it was decided."""
    catalogue = labels.catalogue
    informed, broken = (
        one.text(Group.WHY, "informed"),
        one.text(Group.WHY, "breakGlass"),
    )
    return wire.ReviewedLookup(
        **_lookup(one, labels),
        purpose=one.text(Group.WHY, "purpose") or "",
        legalBasisLabel=labels.of(
            catalogue.legal_bases, one.text(Group.WHY, "legalBasis") or ""
        ),
        hasCase=one.value(Group.WHY, "caseReference") is not None,
        informedLabel=labels.of(catalogue.informed, informed),
        breakGlassLabel=labels.of(catalogue.break_glass_reasons, broken),
        groundTexts=tell_grounds(one.texts(Group.DECISION, "grounds"), policy),
        repeat=one.is_repeat,
        shown=[
            wire.JudgedFlag(
                categoryLabel=labels.category(category),
                organisationName=labels.organisation(source),
                contactOutcome=outcomes.get(place),
                takenBack=is_taken_back(outcomes, place),
            )
            for place, (category, source) in enumerate(one.flags or ())
        ],
        contactOutcome=outcomes.get(None),
    )


def tell_neighbour(
    near: Neighbour, one: Opened, labels: Labels
) -> wire.NeighbouringLookup:
    """Tell another lookup of the same person, by whom and for what."""
    return wire.NeighbouringLookup(
        **_lookup(one, labels), sameUser=near.same_user, sameCase=near.same_case
    )


def tell_act(one: Opened) -> wire.ReviewAct:
    """Tell one step of a review."""
    return wire.ReviewAct.model_validate(
        {
            "at": one.recorded_at,
            "organisation": one.organisation or "",
            "user": one.text(Group.WHO, "sub"),
            "act": one.text(Group.WHAT, "act"),
            "codes": one.texts(Group.WHAT, "codes"),
            "text": one.text(Group.WHAT, "text"),
            "verdict": one.text(Group.WHAT, "verdict"),
            "agrees": one.value(Group.WHAT, "agrees"),
        }
    )


def _lookup(one: Opened, labels: Labels) -> dict[str, Any]:
    return {
        "entryId": one.entry,
        "at": one.recorded_at,
        "organisation": one.organisation or "",
        "organisationName": labels.organisation(one.organisation or ""),
        "user": one.text(Group.WHO, "sub"),
        "roles": one.texts(Group.ROLE, "roles"),
        "team": one.text(Group.ROLE, "team"),
        "purposeLabel": labels.purpose(one.text(Group.WHY, "purpose") or ""),
        "outcome": one.text(Group.DECISION, "outcome"),
    }

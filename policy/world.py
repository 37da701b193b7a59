"""What Cedar sees: entities and requests, built from the key and the catalogue alone.

A `World` is one municipality on one day: its purposes (with what is established there)
and all categories. Every entity is checked against the rules' schema when it is made.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import cedarpy

from policy.catalogue import Catalogue, Category, Purpose
from policy.errors import NoDecision
from policy.key import DecisionKey
from policy.vocabulary import Assurance, Establishment, PurposeId

EVER = date.max
NEVER_BEFORE = date(1900, 1, 1)
LEVELS = (Assurance.LOW, Assurance.SUBSTANTIAL, Assurance.HIGH)


def build_entities(
    catalogue: Catalogue,
    established: dict[PurposeId, Establishment],
    schema: cedarpy.Schema,
) -> cedarpy.Entities:
    """Build what holds for one municipality on one day."""
    rows = [
        _purpose(row, catalogue.in_force(row), established.get(row.id))
        for row in catalogue.file.purpose
    ]
    rows += [_category(row) for row in catalogue.file.category]
    return parse_entities(rows, schema)


def add_caller(base: cedarpy.Entities, key: DecisionKey) -> cedarpy.Entities:
    """Add the caller that this key describes."""
    caller = make_entity(
        "Caller",
        "caller",
        kind=key.caller_kind,
        organisationKind=key.organisation_kind,
        active=key.account_active,
        roles=sorted(key.roles),
        trainings=sorted(key.trainings),
        assurance=key.assurance,
        municipality=key.caller_municipality,
    )
    try:
        return base.with_added_json_str(json.dumps([caller]))
    except ValueError as fault:
        raise NoDecision("the caller could not be described") from fault


def build_request(key: DecisionKey) -> dict[str, Any]:
    """Write one key down as the request that Cedar is asked."""
    return {
        "principal": {"type": "Caller", "id": "caller"},
        "action": {"type": "Action", "id": str(key.action)},
        "resource": {"type": "Category", "id": str(key.category)},
        "context": {
            "purpose": {"__entity": {"type": "Purpose", "id": str(key.purpose)}},
            "municipality": key.municipality,
            "legalBasis": key.legal_basis,
            "hasCaseReference": key.has_case_reference,
            "informed": key.informed or "",
            "breakGlass": key.break_glass or "",
            "day": day_entity(key.day),
        },
    }


def _purpose(
    row: Purpose, in_force: tuple[date, date], made: Establishment | None
) -> dict[str, Any]:
    return make_entity(
        "Purpose",
        row.id,
        roles=sorted(row.roles),
        organisationKinds=sorted(row.organisation_kinds),
        assurances=list(LEVELS[LEVELS.index(row.assurance) :]),
        trainings=sorted(row.trainings),
        legalBases=sorted(basis.id for basis in row.legal_basis),
        categories=sorted(row.sees),
        needsCaseReference=row.needs_case_reference,
        needsInformed=row.needs_informed,
        informedCodes=sorted(row.informed_codes),
        breakGlass=row.break_glass,
        validFrom=day_entity(in_force[0]),
        validUntil=day_entity(in_force[1]),
        established=made is not None,
        establishedOn=day_entity(made.on if made is not None else EVER),
        needsStaatsblad=row.needs_staatsblad,
        hasStaatsblad=made is not None and made.staatsblad is not None,
    )


def _category(row: Category) -> dict[str, Any]:
    return make_entity(
        "Category",
        row.id,
        code=row.id,
        active=row.active,
        publishers=sorted(row.publishers),
        validFrom=day_entity(row.valid_from or NEVER_BEFORE),
        validUntil=day_entity(row.valid_until or EVER),
    )


def make_entity(entity: str, name: str, /, **attrs: object) -> dict[str, Any]:
    """Write one entity as Cedar reads it."""
    return {"uid": {"type": entity, "id": str(name)}, "attrs": attrs, "parents": []}


def day_entity(day: date) -> dict[str, Any]:
    """Write a day as midnight UTC; Cedar takes `...Z` with at most milliseconds."""
    return {"__extn": {"fn": "datetime", "arg": f"{day.isoformat()}T00:00:00Z"}}


def parse_entities(
    rows: list[dict[str, Any]], schema: cedarpy.Schema
) -> cedarpy.Entities:
    """Check entities against the rules' schema, or raise `NoDecision`."""
    try:
        return cedarpy.Entities.from_json_str(json.dumps(rows), schema)
    except ValueError as fault:
        raise NoDecision("the catalogue does not fit the rules' schema") from fault

"""The closed lists by which officers deal with citizens' rights, with their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from policy.key import calendar_day
from signal_index.api.callers import Officer
from signal_index.api.citizen_codes import verify_whole_municipality
from signal_index.api.context import get_index
from signal_index.api.reading import give_json, read_query
from signal_index.api.routing import Routes
from signal_index.citizens.embargo import (
    find_embargo_categories,
    last_allowed_end,
)
from signal_index.citizens.terms import earliest_receipt

routes = Routes()


@routes.get("/citizen-options")
async def show_citizen_options(request: Request, caller: Officer) -> Response:
    """Give what can be chosen in requests, corrections and embargoes."""
    read_query(request)
    verify_whole_municipality(caller.scope)
    index = get_index(request)
    catalogue = index.catalogue_in(caller.scope.municipality)
    today = calendar_day(index.clock())
    held = find_embargo_categories(catalogue)
    return give_json(
        {
            "identityChecks": _choices(catalogue.identity_checks),
            "extensionReasons": _choices(catalogue.extension_reasons),
            "closings": _choices(catalogue.request_closings),
            "embargoReasons": _choices(catalogue.embargo_reasons),
            "embargoLiftings": _choices(catalogue.embargo_liftings),
            "embargoCategories": [
                {"code": str(id_), "label": row.label}
                for id_, row in catalogue.categories.items()
                if id_ in held
            ],
            "correctionReasons": [
                {"code": row.id, "label": row.label, "kind": row.kind}
                for row in catalogue.correction_reasons.values()
            ],
            "today": today.isoformat(),
            "earliestReceipt": earliest_receipt(today).isoformat(),
            "lastEmbargoEnd": last_allowed_end(today).isoformat(),
        }
    )


def _choices(labels: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    return [{"code": code, "label": label} for code, label in labels.items()]

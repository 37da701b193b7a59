"""The closed lists by which officers deal with citizens' rights, with their labels."""

from __future__ import annotations

from policy.key import calendar_day
from signal_index.api.callers import MunicipalOfficer
from signal_index.api.context import TheIndex
from signal_index.api.routing import Routes
from signal_index.citizens.embargo import find_embargo_categories, last_allowed_end
from signal_index.citizens.terms import earliest_receipt
from signal_index.wire import citizen_options as wire

routes = Routes("rechten van inwoners")


@routes.get("/citizen-options", "Wat te kiezen is bij rechten van inwoners")
async def show_citizen_options(
    index: TheIndex, caller: MunicipalOfficer
) -> wire.CitizenOptions:
    """Show what can be chosen in requests, corrections and embargoes."""
    labels = await index.labels_in(caller.scope.municipality)
    catalogue = labels.catalogue
    today = calendar_day(index.clock())
    held = find_embargo_categories(catalogue)
    categories = labels.choices(catalogue.categories)
    return wire.CitizenOptions(
        identityChecks=labels.choices(catalogue.identity_checks),
        extensionReasons=labels.choices(catalogue.extension_reasons),
        closings=labels.choices(catalogue.request_closings),
        embargoReasons=labels.choices(catalogue.embargo_reasons),
        embargoLiftings=labels.choices(catalogue.embargo_liftings),
        embargoCategories=[one for one in categories if one.code in held],
        correctionReasons=[
            wire.DisputeChoice(code=row.id, label=row.label, kind=row.kind)
            for row in catalogue.correction_reasons.values()
        ],
        today=today,
        earliestReceipt=earliest_receipt(today),
        lastEmbargoEnd=last_allowed_end(today),
    )

"""All subjects of the API, and the one description that is made of them."""

from __future__ import annotations

import json
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from keys.openapi import PUBLIC_HEADERS, beside
from signal_index.api import (
    about,
    access_requests,
    agencies,
    approvals,
    catalogue,
    citizen_options,
    citizen_reports,
    completeness,
    contact_labels,
    contacts,
    corrections,
    embargoes,
    follows,
    general_reports,
    hand_signal_offers,
    hand_signals,
    keys,
    ledger_routes,
    lookups,
    matches,
    nen7513,
    notices,
    oversight,
    overview,
    own_disputes,
    own_lookups,
    own_messages,
    own_registration,
    own_reviews,
    own_views,
    person_events,
    policies,
    policy_proposals,
    problem_routes,
    public,
    publishing,
    reconciling,
    rehearsals,
    reviews,
    searching,
    sources,
    specific_reports,
    transfers,
)
from signal_index.api.callers import Anyone
from signal_index.api.document import make_document
from signal_index.api.routing import Routes

routes = Routes("openbaar")


@routes.get("/openapi.json", "Deze beschrijving", is_plain=True, answer=dict)
async def show_openapi(_request: Request, caller: Anyone) -> Response:
    """Hand the description of this API to any page."""
    del caller
    text = await _give_document()
    return Response(text, media_type="application/json", headers=PUBLIC_HEADERS)


SUBJECTS = (
    lookups.routes,
    publishing.routes,
    hand_signals.routes,
    hand_signal_offers.routes,
    sources.routes,
    contacts.routes,
    agencies.routes,
    notices.routes,
    matches.routes,
    own_registration.routes,
    reconciling.routes,
    rehearsals.routes,
    person_events.routes,
    own_lookups.routes,
    follows.routes,
    own_reviews.routes,
    catalogue.routes,
    completeness.routes,
    approvals.routes,
    transfers.routes,
    contact_labels.routes,
    policies.routes,
    keys.routes,
    policy_proposals.routes,
    overview.routes,
    general_reports.routes,
    specific_reports.routes,
    reviews.routes,
    oversight.routes,
    ledger_routes.routes,
    nen7513.routes,
    access_requests.routes,
    citizen_reports.routes,
    embargoes.routes,
    corrections.routes,
    own_views.routes,
    own_disputes.routes,
    own_messages.routes,
    citizen_options.routes,
    public.routes,
    about.routes,
    problem_routes.routes,
    searching.routes,
    routes,
)


@cache
def openapi_text() -> bytes:
    """Write the OpenAPI 3.1 document of this version."""
    return json.dumps(make_document(SUBJECTS), ensure_ascii=False).encode()


_give_document = beside(openapi_text)

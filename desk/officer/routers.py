"""The routers of the officers' pages: add a line for each page."""

from typing import Final

from fastapi import APIRouter

from desk.officer import (
    approvals,
    citizen_relay,
    citizens,
    completeness,
    contact_labels,
    corrections,
    embargoes,
    entries,
    keys,
    nen7513,
    overview,
    policy,
    reports,
    reviews,
    search,
    start,
    transfers,
    watch,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    start.router,
    overview.router,
    search.router,
    reports.router,
    entries.router,
    nen7513.router,
    citizens.router,
    corrections.router,
    embargoes.router,
    citizen_relay.router,
    reviews.router,
    watch.router,
    policy.router,
    keys.router,
    contact_labels.router,  # before approvals: its address would be read as an id
    approvals.router,
    transfers.router,
    completeness.router,
)

"""The routers of the agency's pages: add a line for each page."""

from typing import Final

from fastapi import APIRouter

from desk.agency import (
    contacts,
    corrections,
    deliveries,
    held,
    matches,
    notices,
    signals,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    deliveries.router,
    held.router,
    notices.router,
    corrections.router,
    matches.router,
    signals.router,
    contacts.router,
)

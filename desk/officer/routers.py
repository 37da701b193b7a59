"""The routers of the officers' pages: add a line for each page."""

from typing import Final

from fastapi import APIRouter

from desk.officer import start

ROUTERS: Final[tuple[APIRouter, ...]] = (start.router,)

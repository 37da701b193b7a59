"""A page that somebody wrote is served, is reached from the menu, uses its template."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from desk import (
    agency,
    entry,
    officer,
    own_lookups,
    own_reviews,
    relay,
    screens,
    session_life,
)
from desk.agency.routers import ROUTERS as AGENCYS
from desk.following import pages as following
from desk.involved import pages as involved
from desk.navigation import find_menu
from desk.officer.routers import ROUTERS as OFFICERS
from desk.roles import (
    APPROVERS,
    GENERALISTS,
    HAND_SIGNALLERS,
    SOURCE_ADMINISTRATORS,
)
from desk.tokens import Person
from tests.desk_builders import Browser

DESK = Path(screens.__file__).parent
ROLES = (*GENERALISTS, *APPROVERS, *SOURCE_ADMINISTRATORS, *HAND_SIGNALLERS)
_PAGES = (
    screens,
    session_life,
    own_lookups,
    own_reviews,
    entry,
    relay,
    involved,
    following,
)
OWN = tuple(each.router for each in _PAGES)


@pytest.mark.parametrize(
    ("package", "served"), [(officer, OFFICERS), (agency, AGENCYS)]
)
def test_each_module_with_a_router_is_served(
    package: ModuleType, served: tuple[APIRouter, ...]
) -> None:
    names = [each.name for each in iter_modules(package.__path__)]
    modules = [import_module(f"{package.__name__}.{name}") for name in names]
    written = [each.router for each in modules if hasattr(each, "router")]
    assert len(written) == len(served)
    assert all(router in served for router in written)


def test_each_line_of_the_menu_leads_to_a_page() -> None:
    pages = {
        route.path
        for router in (*OWN, *OFFICERS, *AGENCYS)
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }
    everybody = Person("user-1", "Noor de Wit", "1" * 20, "9901", ROLES)
    assert [item.href for item in find_menu(everybody) if item.href not in pages] == []


def test_each_template_is_used() -> None:
    templates = DESK / "templates"
    found = sorted(templates.rglob("*.html"))
    written = [*DESK.glob("*.py"), *DESK.glob("*/*.py"), *found]
    texts = "".join(path.read_text("utf-8") for path in written)
    named = set(re.findall(r"[\"'/](\w+)(?:\.html)?[\"']", texts))
    assert [path for path in found if path.stem not in named] == []


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/agency/matches/search", "/agency/matches"),
        ("/agency/signals/search", "/agency/signals"),
    ],
)
@pytest.mark.anyio
async def test_the_address_of_a_form_leads_to_its_page(
    browser: Browser, form: str, page: str
) -> None:
    answer = await browser.get(form)
    assert (answer.status_code, answer.headers["location"]) == (303, page)

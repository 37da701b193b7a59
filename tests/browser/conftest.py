"""One town of real processes and one Chromium for the whole session."""

from collections.abc import Iterator
from zlib import crc32

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.town.databases import opened_places
from deploy.town.people import People, settle_people
from deploy.town.publishing import publish_all
from deploy.town.regional_bank import publish_clients
from deploy.town.run import running_town
from tests.browser.crowd import Crowd, publish_crowd
from tests.browser.screen import CHROMIUM, FLAGS, WIDTHS, Screen, Town
from tests.conftest import runs_in_full


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run provider, three holders, index and desk; five agencies have published."""
    folder = tmp_path_factory.mktemp("town")
    people: People = settle_people(folder / "population")
    with opened_places(folder) as places, running_town(places) as processes:
        publish_all(places, folder / "population")
        publish_clients(places, people)
        yield Town(places, people, processes)


@pytest.fixture(scope="session")
def crowd(town: Town) -> Crowd:
    """Nine flags for one citizen, and contact persons who are hard to reach."""
    return publish_crowd(town.places, town.people)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium without the windows of a whole browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=FLAGS
        )
        yield browser
        browser.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play a journey on a laptop or a phone, by turns; in full, on both.

    What is looked at for barriers is looked at in both widths, wherever it is played.
    """
    own = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "width" in metafunc.fixturenames and "width" not in own:
        turn = crc32(metafunc.definition.name.encode()) % len(WIDTHS)
        widths = WIDTHS if runs_in_full(metafunc.config) else WIDTHS[turn : turn + 1]
        metafunc.parametrize("width", widths)


@pytest.fixture
def any_screen(town: Town, chromium: Browser, width: int) -> Iterator[Screen]:
    """Give a fresh browser window of the width of this turn."""
    opened = Screen.open(chromium, town, width=width)
    yield opened
    opened.close()


@pytest.fixture
def screen(town: Town, chromium: Browser) -> Iterator[Screen]:
    """Give a fresh browser window at 1280 px."""
    opened = Screen.open(chromium, town)
    yield opened
    opened.close()

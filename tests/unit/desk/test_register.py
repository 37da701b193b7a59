"""Who may ask the population register, and that nothing for it ends at the desk."""

from pathlib import Path

import pytest

from desk.app import create_app
from desk.errors import SettingsRefused
from desk.register import CHECK, USER_HEADER
from desk.settings import load_settings
from tests.desk_builders import Browser, Town, csrf_of, log_in, some_town
from tests.holders_builders import FakeClock
from tests.unit.desk.test_failing import offer_glass

pytestmark = pytest.mark.anyio


def with_register(town: Town, path: str = "/brp") -> Town:
    file = town.folder / "desk.toml"
    text = file.read_text()
    file.write_text(
        text.replace("port = 8000", f'port = 8000\nregister_path = "{path}"')
    )
    return town


async def test_a_generalist_at_our_own_page_may_ask(tmp_path: Path) -> None:
    town = with_register(some_town(tmp_path))
    async with town.serve() as desk, town.browser(desk) as browser:
        assert (await browser.get(CHECK)).status_code == 401
        page = await log_in(browser)
        assert 'data-register-path="/brp"' in page.text
        told = await browser.get(CHECK, headers={"X-CSRF-Token": csrf_of(page)})
        assert (told.status_code, told.content) == (204, b"")
        assert told.headers[USER_HEADER]
        assert (await browser.get(CHECK)).status_code == 403


async def test_an_emergency_has_names_too(tmp_path: Path) -> None:
    town = with_register(some_town(tmp_path))
    offer_glass(town)
    async with town.serve() as desk, town.browser(desk) as browser:
        page = await log_in(browser, "/break-glass")
        assert 'data-register-path="/brp"' in page.text


def test_the_proxy_of_the_documents_asks_what_the_desk_answers() -> None:
    page = (Path(__file__).parents[3] / "docs" / "desk.md").read_text("utf-8")
    assert f"auth_request {CHECK};" in page
    assert f"location = {CHECK} {{" in page
    assert f"$upstream_http_{USER_HEADER.lower().replace('-', '_')};" in page


async def test_an_officer_may_not(tmp_path: Path) -> None:
    town = with_register(some_town(tmp_path))
    town.provider.person["roles"] = ["privacy-officer"]
    async with town.serve() as desk, town.browser(desk) as browser:
        page = await log_in(browser, "/start")
        told = await browser.get(CHECK, headers={"X-CSRF-Token": csrf_of(page)})
        assert told.status_code == 403


async def test_without_the_setting_the_page_knows_no_register(browser: Browser) -> None:
    page = await log_in(browser)
    assert "register-path" not in page.text
    headers = {"X-CSRF-Token": csrf_of(page)}
    assert (await browser.get(CHECK, headers=headers)).status_code == 404


@pytest.mark.parametrize("path", ["brp", "/", "/BRP", "/brp/", "//brp", "/b/../relay"])
def test_a_path_that_is_none_is_refused(tmp_path: Path, path: str) -> None:
    town = with_register(some_town(tmp_path), path)
    with pytest.raises(SettingsRefused, match="register_path"):
        load_settings(town.folder / "desk.toml")


@pytest.mark.parametrize("path", ["/relay/brp", "/session", "/static"])
def test_a_path_of_the_desk_itself_is_refused(tmp_path: Path, path: str) -> None:
    town = with_register(some_town(tmp_path), path)
    settings = load_settings(town.folder / "desk.toml")
    with pytest.raises(SettingsRefused, match="register_path"):
        create_app(settings, FakeClock())


async def test_a_question_for_the_register_that_comes_here_is_not_read(
    tmp_path: Path,
) -> None:
    town = with_register(some_town(tmp_path))
    async with town.serve() as desk, town.browser(desk) as browser:
        answer = await browser.post(
            "/brp/personen", json={"burgerservicenummer": ["1"]}
        )
        assert answer.status_code == 404

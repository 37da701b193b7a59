"""A citizen has messages sent from their own page: by mail, by letter, and stopped."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from keys.base64url import encode_b64u
from portal.message_store import SEALED_STEP, Kept
from portal.sending import Sending
from tests.holders_builders import a_bsn
from tests.mail_server import MailServing, serving_mail
from tests.portal_page import PortalTown, open_portal
from tests.world import open_world

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)
MAIL = "noor.jansen@post.example"
LETTER = {
    "hoe": "brief",
    "naam": "N. Jansen-de Vries",
    "straat": "Dorpsstraat 12-b",
    "plaats": "1234 AB Voorbeeldstad",
}


@pytest.fixture
def mails(tmp_path: Path) -> MailServing:
    return serving_mail(tmp_path)


@pytest.fixture
async def town(tmp_path: Path, mails: MailServing) -> AsyncIterator[PortalTown]:
    (tmp_path / "letters").mkdir()
    messages = f"""
[messages]
database = "messages.db"
key = "messages.key"
letters = "letters"

[messages.mail]
host = "localhost"
port = {mails.port}
security = "tls"
certificates = "mail.pem"
sender = "gemeente@voorbeeld.example"

[help]"""
    with mails:
        async with (
            open_world(tmp_path) as world,
            open_portal(world, tmp_path, **{"\n[help]": messages}) as opened,
        ):
            yield opened


async def say(town: PortalTown, path: str, **fields: str) -> str:
    """Send the form of a page as its browser does; gives the page that follows."""
    page = await town.browser.get("/bericht")
    mark = re.search(r'name="teken" value="([^"]+)"', page.text)
    assert mark is not None, page.text
    data = {"teken": mark[1], **fields}
    answer = await town.browser.post(path, data=data, follow_redirects=True)
    return answer.text


async def send(town: PortalTown) -> None:
    own, store = town.portal.settings.messages, town.portal.messages
    assert own is not None
    assert store is not None
    clock = town.world.clock
    sending = Sending(own, "Gemeente Voorbeeld", store, town.portal.asking, clock)
    await sending.send(clock().date())


async def test_it_is_off_until_a_citizen_wants_it(town: PortalTown) -> None:
    await town.log_in(ONE)
    page = await town.browser.get("/mijn")
    assert "U krijgt nu geen bericht" in page.text
    await town.world.look_up([ONE])
    town.world.clock.forward(timedelta(days=1))
    await send(town)
    (letters,) = (town.folder / "letters").iterdir()
    assert letters.read_text("utf-8-sig") == "naam;adres;plaats;taal\n"


async def test_a_mail_goes_the_day_after_and_says_nothing(
    town: PortalTown, mails: MailServing
) -> None:
    await town.log_in(ONE)
    page = await say(town, "/bericht", hoe="mail", email=MAIL)
    assert "U krijgt vanaf nu een bericht" in page
    assert "n…@post.example" in page
    assert MAIL not in page
    await town.world.look_up([ONE])
    town.world.clock.forward(timedelta(days=1))
    await send(town)
    await send(town)  # the same day again: nothing more
    ((to, mail),) = mails.taken
    assert to == [MAIL]
    assert "Er is iets te lezen op uw pagina bij Gemeente Voorbeeld." in mail
    for word in ("http", "signaal", "keek", "index", "2026-", "debt", "Wgs"):
        assert word not in mail.partition("\n\n")[2]
    town.world.clock.forward(timedelta(days=1))
    await send(town)  # a day on which nobody looked
    assert len(mails.taken) == 1


async def test_a_letter_goes_as_a_line_for_the_print_room(town: PortalTown) -> None:
    await town.log_in(ONE)
    await say(town, "/bericht", **LETTER)
    await town.world.look_up([ONE, TWO])
    town.world.clock.forward(timedelta(days=1))
    await send(town)
    (letters,) = (town.folder / "letters").iterdir()
    assert letters.stat().st_mode & 0o077 == 0
    assert letters.read_text("utf-8-sig").splitlines()[1:] == [
        "N. Jansen-de Vries;Dorpsstraat 12-b;1234 AB Voorbeeldstad;nl"
    ]


async def test_who_stops_it_gets_nothing_and_is_not_kept(
    town: PortalTown, mails: MailServing
) -> None:
    await town.log_in(ONE)
    await say(town, "/bericht", hoe="mail", email=MAIL)
    page = await say(town, "/bericht/uit")
    assert "Wij hebben uw adres gewist" in page
    assert "U krijgt nu geen bericht" in page
    await town.world.look_up([ONE])
    town.world.clock.forward(timedelta(days=1))
    await send(town)
    assert mails.taken == []
    assert list(rows(town)) == []


async def test_it_is_found_again_at_the_next_login_and_goes_elsewhere_at_once(
    town: PortalTown, mails: MailServing
) -> None:
    await town.log_in(ONE)
    await say(town, "/bericht", hoe="mail", email="old@post.example")
    await town.log_in(TWO)
    assert "U krijgt nu geen bericht" in (await town.browser.get("/mijn")).text
    await town.log_in(ONE)
    assert "o…@post.example" in (await town.browser.get("/mijn")).text
    await say(town, "/bericht", hoe="mail", email=MAIL)
    assert len(list(rows(town))) == 1
    await town.world.look_up([ONE])
    town.world.clock.forward(timedelta(days=1))
    await send(town)
    assert [to for to, _ in mails.taken] == [[MAIL]]


@pytest.mark.parametrize(
    "fields",
    [
        {"hoe": "mail", "email": ""},
        {"hoe": "mail", "email": "noor"},
        {"hoe": "mail", "email": "noor@post.example, other@post.example"},
        {"hoe": "mail", "email": "noor@post.example\r\nBcc: other@post.example"},
        {"hoe": "duif", "email": MAIL},
        {"email": MAIL},
        {**LETTER, "naam": "=HYPERLINK(1)"},
        {**LETTER, "straat": "+31"},
        {**LETTER, "plaats": "Voorbeeldstad"},
    ],
)
async def test_what_is_no_address_is_asked_again_and_nothing_is_on(
    town: PortalTown, fields: dict[str, str]
) -> None:
    await town.log_in(ONE)
    page = await say(town, "/bericht", **fields)
    assert 'role="alert"' in page
    assert list(rows(town)) == []


async def test_a_form_of_elsewhere_switches_nothing_on_or_off(town: PortalTown) -> None:
    await town.log_in(ONE)
    await say(town, "/bericht", hoe="mail", email=MAIL)
    for path in ("/bericht", "/bericht/uit"):
        for mark in ("", "A" * 43):
            data = {"teken": mark, "hoe": "mail", "email": "other@post.example"}
            refused = await town.browser.post(path, data=data)
            assert refused.status_code == 404
    assert "n…@post.example" in (await town.browser.get("/mijn")).text


async def test_the_disk_of_the_page_says_nobodys_number_name_or_address(
    town: PortalTown,
) -> None:
    view = town.portal.views
    await town.log_in(ONE)
    names = view.get(town.browser.cookies["__Host-portal-view"]).messageNames
    await say(town, "/bericht", **LETTER)
    await town.log_in(TWO)
    await say(town, "/bericht", hoe="mail", email=MAIL)
    given = await town.world.holders.view_own(ONE)
    told = [ONE.digits, TWO.digits, MAIL, *LETTER.values(), "Jansen"]
    secrets = [one.encode() for one in told if one != "brief"]
    secrets += [given.pseudonyms[0].encoded, *names]
    secrets += [encode_b64u(one).encode() for one in (secrets[-1], secrets[-2])]
    disk = b"".join(one.read_bytes() for one in town.folder.glob("messages.db*"))
    assert [one for one in secrets if one in disk] == []
    lengths = {len(sealed) for _, sealed in rows(town)}
    assert lengths == {SEALED_STEP + 28}
    assert (town.folder / "messages.db").stat().st_mode & 0o077 == 0


async def test_an_address_that_is_refused_stops_nobody_elses(
    town: PortalTown, mails: MailServing
) -> None:
    await town.log_in(ONE)
    await say(town, "/bericht", hoe="mail", email="nobody@post.example")
    await town.log_in(TWO)
    await say(town, "/bericht", hoe="mail", email=MAIL)
    await town.world.look_up([ONE, TWO])
    town.world.clock.forward(timedelta(days=1))
    await send(town)
    await send(town)
    assert [to for to, _ in mails.taken] == [[MAIL]]


async def test_what_went_before_a_mail_server_broke_off_goes_once(
    town: PortalTown, mails: MailServing
) -> None:
    for number in (ONE, TWO):
        await town.log_in(number)
        address = f"{number.digits[-1]}@post.example"
        await say(town, "/bericht", hoe="mail", email=address)
    await town.world.look_up([ONE, TWO])
    own, store = town.portal.settings.messages, town.portal.messages
    assert own is not None
    assert store is not None
    clock = town.world.clock
    clock.forward(timedelta(days=1))
    sending = Sending(own, "", store, town.portal.asking, clock)
    mails.break_off_after(1)
    await sending.look()
    assert len(mails.taken) == 1
    clock.forward(timedelta(hours=1))
    await sending.look()
    assert len({to[0] for to, _ in mails.taken}) == len(mails.taken) == 2


async def test_a_mail_server_that_is_away_is_asked_again(
    town: PortalTown, mails: MailServing
) -> None:
    await town.log_in(ONE)
    await say(town, "/bericht", hoe="mail", email=MAIL)
    await town.world.look_up([ONE])
    own, store = town.portal.settings.messages, town.portal.messages
    assert own is not None
    assert store is not None
    clock = town.world.clock
    away = own.mail and own.mail.model_copy(update={"port": 1})
    broken = own.model_copy(update={"mail": away})
    clock.forward(timedelta(days=1))
    asking = town.portal.asking
    await Sending(broken, "", store, asking, clock).look()
    assert mails.taken == []
    sending = Sending(own, "Gemeente Voorbeeld", store, asking, clock)
    await sending.look()
    assert len(mails.taken) == 1
    await sending.look()
    assert len(mails.taken) == 1


def rows(town: PortalTown) -> list[tuple[bytes, bytes]]:
    """What stands in the page's file."""
    with sqlite3.connect(town.folder / "messages.db") as db:
        return db.execute("SELECT row, sealed FROM message").fetchall()


def test_what_is_kept_prints_as_nothing() -> None:
    kept = Kept(b"", date.max, "mail", [MAIL], "nl")
    assert MAIL not in repr(kept)

"""A citizen logs in, reads who is involved and who looked, keeps it, and leaves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

import portal
from keys.checking.person import parse_pin_set
from portal.pages import PAGE_STEP
from signal_index.ledger import note_key
from signal_index.proof import parse_policy, parse_tlog_proof, verify_proof_file
from tests.citizen_builders import CHECKPOINT_KEY, CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import count_entries
from tests.portal_page import PortalTown, open_portal
from tests.witness_builders import COSIGNER
from tests.world import LEDGER_ORIGIN, open_world

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[PortalTown]:
    async with open_world(tmp_path) as world, open_portal(world, tmp_path) as opened:
        yield opened


async def fill(town: PortalTown) -> None:
    await town.world.publish(town.world.debt_help, [ONE])
    await town.world.look_up([ONE])
    await CitizensDesk(town.world, town.folder).sequence()


async def test_the_front_page_says_what_this_is_without_a_login(
    town: PortalTown,
) -> None:
    page = await town.browser.get("/")
    assert page.status_code == 200
    assert "Inloggen met DigiD" in page.text
    assert "script" not in page.text


async def test_a_citizen_reads_who_is_involved_who_looked_and_whom_to_call(
    town: PortalTown,
) -> None:
    await fill(town)
    page = await town.log_in(ONE)
    assert page.status_code == 200, page.text
    assert page.url.path == "/mijn"
    assert page.url.query == b""
    for said in (
        "Bureau debt-help",
        "Schuldhulpverlening",
        "010 123 45 67",
        "Gemeente Voorbeeld",
        "Toegang tot schuldhulpverlening (Wgs)",
    ):
        assert said in page.text
    assert "<script" not in page.text


async def test_one_login_is_one_look_however_often_the_page_is_read(
    town: PortalTown,
) -> None:
    await town.log_in(ONE)
    for path in ("/mijn", "/mijn?van=2026-01-01", "/mijn"):
        assert (await town.browser.get(path)).status_code == 200
    assert await count_entries(town.world, "own-view") == 1


async def test_a_period_leaves_out_who_looked_on_other_days_and_no_signal(
    town: PortalTown,
) -> None:
    await fill(town)
    await town.log_in(ONE)
    page = await town.browser.get("/mijn?van=2020-01-01&tot=2020-12-31")
    assert "Er heeft niemand naar signalen over u gekeken." in page.text
    assert "Bureau debt-help" in page.text
    assert "1 januari 2020" in page.text
    same = await town.browser.get("/mijn?van=gisteren")
    assert "Toegang tot schuldhulpverlening (Wgs)" in same.text


async def test_paper_and_proofs_are_of_the_view_that_was_read(town: PortalTown) -> None:
    await fill(town)
    await town.log_in(ONE)
    paper = await town.browser.get("/mijn.pdf")
    assert paper.content.startswith(b"%PDF")
    packed = await town.browser.get("/bewijzen.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith(".tlog-proof")]
        proof = parse_tlog_proof(archive.read(name).decode())
    origin = f"{LEDGER_ORIGIN}/2026"
    key = note_key(CHECKPOINT_KEY, origin)
    assert verify_proof_file(proof, [key], origin=origin).groups
    assert await count_entries(town.world, "own-view") == 1


async def test_anybody_may_keep_what_checks_proofs(town: PortalTown) -> None:
    names = ("nakijken.html", "getuigen.policy", "pins.json")
    before = [await town.browser.get(f"/{name}") for name in names]
    await fill(town)
    page = await town.log_in(ONE)
    assert 'href="/nakijken.html"' in page.text
    for name, answer in zip(names, before, strict=True):
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        assert (await town.browser.get(f"/{name}")).content == answer.content
        assert ONE.digits.encode() not in answer.content
    checker, policy, pins = (answer.content for answer in before)
    file = Path(portal.__file__).parent / "static" / "nakijken.html"
    assert checker == file.read_bytes()
    said = parse_policy(policy.decode())
    assert said.quorum is not None
    assert said.quorum.keys == [COSIGNER.public]
    assert len(parse_pin_set(pins)) == len(town.world.holders.config.holders)


async def test_it_is_gone_after_logging_out_leaving_or_doing_nothing(
    town: PortalTown,
) -> None:
    await town.log_in(ONE)
    await town.browser.post("/uitloggen")
    assert (await town.browser.get("/mijn")).status_code == 401
    await town.log_in(ONE)
    left = await town.browser.get("/weg")
    assert left.headers["location"] == "https://weer.example"
    assert (await town.browser.get("/mijn")).status_code == 401
    await town.log_in(ONE)
    town.world.clock.forward(timedelta(minutes=14))
    assert (await town.browser.get("/mijn")).status_code == 200
    town.world.clock.forward(timedelta(minutes=15))
    assert (await town.browser.get("/mijn")).status_code == 401
    await town.log_in(ONE)
    said = []
    for _ in range(3):
        town.world.clock.forward(timedelta(minutes=10))
        said.append((await town.browser.get("/mijn")).status_code)
    assert said == [200, 200, 401]


async def test_a_page_of_much_is_as_long_as_one_of_nothing(town: PortalTown) -> None:
    await fill(town)
    much = await town.log_in(ONE)
    nothing = await town.log_in(TWO)
    assert len(much.content) == len(nothing.content) == PAGE_STEP
    assert "Bureau debt-help" not in nothing.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"acr": "http://eidas.europa.eu/LoA/low"}, "niveau Substantieel nodig"),
        ({"acr": None}, "niveau Substantieel nodig"),
        ({"bsn": None}, "geen burgerservicenummer"),
        ({"bsn": "123456789"}, "geen burgerservicenummer"),
        ({"bsn": 123456782}, "geen burgerservicenummer"),
        ({"bsn": "a.b.c.d.e"}, "versleuteld"),
        ({"auth_time": 1}, "nog iemand ingelogd"),
        ({"auth_time": None}, "nog iemand ingelogd"),
        ({"nonce": "another"}, "niet gelukt"),
        ({"aud": "another"}, "niet gelukt"),
        ({"iss": "https://elsewhere.test"}, "niet gelukt"),
    ],
)
async def test_a_login_that_does_not_hold_looks_nothing_up(
    town: PortalTown, changed: dict[str, object], said: str
) -> None:
    page = await town.log_in(ONE, None, **changed)
    assert page.status_code in {403, 503}
    assert said in page.text
    assert await count_entries(town.world, "own-view") == 0


async def test_holders_that_do_not_answer_are_said_and_nothing_is_kept(
    town: PortalTown,
) -> None:
    for holder in town.world.holders.holders.values():
        holder.down = True
    page = await town.log_in(ONE)
    assert (page.status_code, "Kijken lukt nu niet" in page.text) == (503, True)
    assert (await town.browser.get("/mijn")).status_code == 401


async def test_anybody_reads_without_login_what_is_kept_and_for_what(
    town: PortalTown,
) -> None:
    front = await town.browser.get("/")
    assert 'href="/over"' in front.text
    page = await town.browser.get("/over")
    assert page.status_code == 200, page.text
    for said in (
        "Bureau debt-help",
        "Schuldhulpverlening",
        "(Wgs)",
        "holder-1",
    ):
        assert said in page.text, said
    english = await town.browser.get("/taal/en?naar=over", follow_redirects=True)
    assert "What people may look for" in english.text
    assert await count_entries(town.world, "own-view") == 0


async def test_what_anybody_reads_is_asked_of_the_index_once_in_ten_minutes(
    town: PortalTown,
) -> None:
    await town.browser.get("/over")
    asked = town.portal.asking._about
    assert asked is not None
    town.world.clock.forward(timedelta(minutes=9))
    await town.browser.get("/over")
    assert town.portal.asking._about is asked
    town.world.clock.forward(timedelta(minutes=2))
    await town.browser.get("/over")
    assert town.portal.asking._about is not asked

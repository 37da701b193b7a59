"""The index as a server starts it: everything holds, or nothing is served."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.types import ASGIApp, Message

from signal_index import clock
from signal_index.app import create_app
from signal_index.key_files import create_key_folder
from signal_index.settings import Issuer, Settings
from signal_index.tables.ledger import ledger_entry
from signal_index.trial import LONGEST_TRIAL
from tests.databases import copy_migrated
from tests.dealing import Dealing, sign_config
from tests.holders_builders import AUDIENCE, some_dealing
from tests.tokens import ISSUER

pytestmark = pytest.mark.anyio
Break = Callable[[Settings], None]


async def _prepared(
    folder: Path, dealing: Dealing | None = None, *, is_migrated: bool = True
) -> Settings:
    """Everything a start needs, on disk."""
    now = clock.now()
    dealing = dealing or some_dealing(now)
    (folder / "key-config.json").write_bytes(dealing.document)
    (folder / "pins.json").write_bytes(dealing.pins)
    years = (now.year, now.year + 1)
    origin = "index.test/ledger"
    create_key_folder(folder / "keys", key_version=1, years=years, origin_base=origin)
    url = f"sqlite+aiosqlite:///{folder / 'index.sqlite'}"
    if is_migrated:
        copy_migrated(url)
    return Settings(
        database_url=url,
        upkeep="in-process",
        keys=folder / "keys",
        key_config=folder / "key-config.json",
        key_pins=folder / "pins.json",
        accepted_key_origin="dealt",
        audience=AUDIENCE,
        issuers=(Issuer(issuer=ISSUER, algorithms=("PS256",)),),
        ledger_origin=origin,
        checkpoint_file=folder / "checkpoint.json",
        unwitnessed_until=now.date() + timedelta(days=1),
        host="127.0.0.1",
        port=0,
        problem_base="https://index.test/problems",
        security_contact="mailto:veilig@index.test",
        security_expires=date(2099, 12, 31),
    )


@asynccontextmanager
async def _served(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """Run the lifespan as a server does, and give a client."""
    stop, answers = asyncio.Event(), asyncio.Queue[Message]()
    asked = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> Message:
        message = next(asked)
        if message == "lifespan.shutdown":
            await stop.wait()
        return {"type": message}

    async def send(message: Message) -> None:
        await answers.put(message)

    life = asyncio.create_task(
        _quietly(app({"type": "lifespan", "state": {}}, receive, send))
    )
    begun = await answers.get()
    try:
        if begun["type"] == "lifespan.startup.failed":
            raise StartFailed
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://index.test"
        ) as client:
            yield client
    finally:
        stop.set()
        await life


class StartFailed(Exception):
    """The application said that it did not start."""


async def _quietly(life: object) -> None:
    try:
        await life  # type: ignore[misc]  # the coroutine of an ASGI application
    except Exception:  # noqa: BLE001 - a start that failed was heard already
        return


async def test_it_starts_answers_and_stops(tmp_path: Path) -> None:
    settings = await _prepared(tmp_path)
    async with _served(create_app(settings)) as client:
        assert (await client.get("/v1/health")).json()["status"] == "ok"
        assert (await client.get("/v1/openapi.json")).status_code == 200


async def test_it_starts_again_on_what_it_left(tmp_path: Path) -> None:
    settings = await _prepared(tmp_path)
    for _ in range(2):
        async with _served(create_app(settings)) as client:
            assert (await client.get("/v1/health")).status_code == 200


async def test_its_checkpoint_is_signed_within_a_second_or_two(tmp_path: Path) -> None:
    settings = await _prepared(tmp_path)
    async with _served(create_app(settings)) as client:
        answer = await client.get("/v1/ledger/checkpoint")
        for _ in range(50):
            if answer.status_code == 200:
                break
            await asyncio.sleep(0.2)
            answer = await client.get("/v1/ledger/checkpoint")
        assert answer.text.startswith("index.test/ledger/")


def _lose_keys(settings: Settings) -> None:
    (settings.keys / "row-key-1.key").unlink()


def _expose_key(settings: Settings) -> None:
    (settings.keys / "row-key-1.key").chmod(0o644)


def _lose_config(settings: Settings) -> None:
    settings.key_config.unlink()


def _change_config(settings: Settings) -> None:
    document = json.loads(settings.key_config.read_bytes())
    document["payload"] = "A" + document["payload"][1:]
    settings.key_config.write_text(json.dumps(document))


def _swap_pins(settings: Settings) -> None:
    settings.key_pins.write_bytes(some_dealing().pins)


def _lose_scalar(settings: Settings) -> None:
    (settings.keys / "index-scalar-1.key").rename(settings.keys / "index-scalar-2.key")


@pytest.mark.parametrize(
    "spoil",
    [
        _lose_keys,
        _expose_key,
        _lose_config,
        _change_config,
        _swap_pins,
        _lose_scalar,
    ],
)
async def test_it_does_not_start_without_what_it_needs(
    tmp_path: Path, spoil: Break
) -> None:
    settings = await _prepared(tmp_path)
    spoil(settings)
    with pytest.raises(StartFailed):
        async with _served(create_app(settings)):
            pass


async def test_it_does_not_start_on_an_empty_database(tmp_path: Path) -> None:
    settings = await _prepared(tmp_path, is_migrated=False)
    with pytest.raises(StartFailed):
        async with _served(create_app(settings)):
            pass


async def test_a_dealt_key_is_refused_where_a_ceremony_is_expected(
    tmp_path: Path,
) -> None:
    settings = await _prepared(tmp_path)
    strict = settings.model_copy(update={"accepted_key_origin": "distributed"})
    with pytest.raises(StartFailed):
        async with _served(create_app(strict)):
            pass


async def test_a_trial_does_not_begin_again_with_a_new_last_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = await _prepared(tmp_path)
    began = clock.now() - LONGEST_TRIAL - timedelta(days=1)
    engine = create_async_engine(settings.database_url)
    async with engine.begin() as conn:
        await conn.execute(
            insert(ledger_entry).values(
                entry_id=UUID(int=1),
                year=began.year,
                kind="key",
                recorded_at=began,
                leaf=b"",
            )
        )
    await engine.dispose()
    with pytest.raises(StartFailed):
        async with _served(create_app(settings)):
            pass
    assert "92 days from the ledger's first entry" in capsys.readouterr().err


async def _hear(log: pytest.CaptureFixture[str], event: str) -> dict[str, object]:
    """Wait until the index has logged this, and give it."""
    heard = ""
    for _ in range(100):
        heard += log.readouterr().err
        for line in heard.splitlines():
            said: dict[str, object] = json.loads(line)
            if said["event"] == event:
                return said
        await asyncio.sleep(0.1)
    raise AssertionError(heard)


async def test_a_key_that_ends_is_told_while_there_is_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dealing = some_dealing(clock.now())
    ends = clock.now().replace(microsecond=0) + timedelta(days=20, hours=1)
    ending = dealing.config.model_copy(update={"valid_until": ends})
    keys = [holder.config_key for holder in dealing.holders]
    signed = replace(dealing, config=ending, document=sign_config(ending, keys))
    settings = await _prepared(tmp_path, signed)
    async with _served(create_app(settings)) as client:
        health = (await client.get("/v1/health")).json()
        told = await _hear(capsys, "key-config-ends")
    assert health["status"] == "warning"
    assert health["witness"]["state"] == "trial"
    assert health["keyConfig"] == {
        "serial": 1,
        "validUntil": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        "daysLeft": 20,
        "warning": "30-days",
    }
    assert (told["serial"], told["count"]) == (1, 20)


async def test_a_replaced_key_config_counts_while_it_serves_and_an_older_one_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dealing = some_dealing(clock.now())
    settings = await _prepared(tmp_path, dealing)
    newer = dealing.config.model_copy(update={"serial": 2})
    keys = [holder.config_key for holder in dealing.holders]
    async with _served(create_app(settings)) as client:
        settings.key_config.write_bytes(sign_config(newer, keys))
        taken_up = await _hear(capsys, "key-config-taken-up")
        health = (await client.get("/v1/health")).json()
        settings.key_config.write_bytes(dealing.document)
        refused = await _hear(capsys, "key-config-refused")
    assert (taken_up["serial"], taken_up["epoch"]) == (2, 1)
    assert health["keyVersion"] == 1
    assert refused["reason"] == "config-rolled-back"

"""Who waits until a client starts again brings it no older and no other key config.

Index and key holder: tests/contract/test_activations.py and test_holder_files.py; the
browser: desk/browser/test/known.test.ts.
"""

from pathlib import Path

import pytest

from keys.config import parse_pins
from sources.errors import EvaluationStopped
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.holders import HolderEvaluator, Trust
from sources.publisher.patience import Patience
from tests.dealing import sign_config
from tests.desk_builders import Town, csrf_of, log_in, some_town
from tests.holders_builders import Holders, some_holders
from tests.keys_builders import a_dealing, signing_keys
from tests.sick_holders import CONFIG, Saying
from tests.sources_builders import SECRET

pytestmark = pytest.mark.anyio


def serve(to: Holders, /, **changes: object) -> None:
    """Have all three holders serve a config that all of them signed."""
    config = to.config.model_copy(update=changes)
    document = sign_config(config, signing_keys(to.dealing)).decode()
    for holder in to.holders.values():
        holder.fault = Saying(200, document, CONFIG)


def other_shares(holders: Holders) -> dict[str, object]:
    other = a_dealing().config
    changed = (
        one.model_copy(update={"public_share": another.public_share})
        for one, another in zip(holders.config.holders, other.holders, strict=True)
    )
    return {
        "serial": 9,
        "holders": tuple(changed),
        "public_key": other.public_key,
    }


async def ask_desk(town: Town) -> int:
    """Start a desk on its own database, and ask for the key config as a page does."""
    async with town.serve() as desk, town.browser(desk) as browser:
        browser.headers["X-CSRF-Token"] = csrf_of(await log_in(browser))
        return (await browser.get("/relay/v1/key-config")).status_code


async def test_a_desk_that_starts_again_takes_nothing_older(tmp_path: Path) -> None:
    town = some_town(tmp_path)
    serve(town.holders, serial=2)
    assert await ask_desk(town) == 200
    serve(town.holders)
    assert await ask_desk(town) == 502
    serve(town.holders, **other_shares(town.holders))
    assert await ask_desk(town) == 502
    serve(town.holders, serial=2)
    assert await ask_desk(town) == 200


async def ask_as_agency(holders: Holders, folder: Path) -> int:
    async def sleep(_: float) -> None: ...

    trust = Trust(lambda: [parse_pins(holders.dealing.pins)], "dealt", holders.clock)
    transport = holders.transport(holders.source, holders.source.oin)
    with Outbox(folder / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        patience = Patience(holders.clock, sleep=sleep)
        return await HolderEvaluator(
            transport, outbox, trust, patience
        ).find_key_version()


async def test_an_agency_is_told_why_it_takes_nothing_older(tmp_path: Path) -> None:
    holders = some_holders()
    serve(holders, serial=2)
    assert await ask_as_agency(holders, tmp_path) == 1
    serve(holders)
    with pytest.raises(EvaluationStopped, match="ouder dan die van de vorige keer"):
        await ask_as_agency(holders, tmp_path)
    serve(holders, **other_shares(holders))
    with pytest.raises(EvaluationStopped, match="een andere sleutel"):
        await ask_as_agency(holders, tmp_path)
    serve(holders, serial=9, threshold=3)
    with pytest.raises(EvaluationStopped, match="een houder, of zijn deel"):
        await ask_as_agency(holders, tmp_path)

"""What a desk, or the page for citizens, keeps of its provider grows old by itself."""

from datetime import timedelta

import httpx
import pytest

from desk.key_files import read_client_key
from desk.provider import METADATA_SECONDS, PAUSE_SECONDS, Provider
from tests.desk_builders import Town

pytestmark = pytest.mark.anyio


async def test_keys_grow_old_whatever_the_clock_says(town: Town) -> None:
    asked: list[str] = []
    passed = [0.0]

    async def count(request: httpx.Request) -> None:
        asked.append(request.url.path)

    identity = town.settings.identity
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(town.provider.app),
        event_hooks={"request": [count]},
    ) as http:
        provider = Provider(
            identity,
            None,
            read_client_key(identity.client_key),
            http,
            town.clock,
            count_seconds=lambda: passed[0],
        )
        token = town.provider.access_token()
        for seconds in (0.0, METADATA_SECONDS - 1, METADATA_SECONDS):
            passed[0] = seconds
            town.clock.forward(-timedelta(days=1))  # set back again and again
            await provider.keys_for(token)
        assert asked.count("/jwks") == 2
        passed[0] += PAUSE_SECONDS - 1
        await provider.keys_for(token.replace(".", "x.", 1))
        assert asked.count("/jwks") == 2

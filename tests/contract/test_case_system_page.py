"""The lines of Python in docs/case-system.md do a complete lookup, as they stand."""

import re
import textwrap
from pathlib import Path
from typing import Any

import httpx
import pytest

from keys.bsn import parse_bsn
from keys.client import RelayTransport, fetch_config, pseudonymise
from keys.config import ConfigPins, parse_pins
from keys.request import Act, encode_b64u
from tests.desk_builders import BASE, OTHER_CLIENT, some_town
from tests.holders_builders import a_bsn

PAGE = Path(__file__).parents[2] / "docs" / "case-system.md"

pytestmark = pytest.mark.anyio


def read_example() -> str:
    """Give the example with this test's address, and its key that was dealt."""
    [block] = re.findall(
        r"\n((?:    .*\n)+)", PAGE.read_text().split("## In Python")[1]
    )
    code = textwrap.dedent(block)
    return code.replace("https://desk.example.nl", BASE).replace("distributed", "dealt")


async def test_the_example_does_a_complete_lookup(tmp_path: Path) -> None:
    town = some_town(tmp_path)
    names: dict[str, Any] = {
        each.__name__: each
        for each in (
            *(Act, ConfigPins, RelayTransport, Any),
            *(encode_b64u, fetch_config, parse_bsn, pseudonymise),
        )
    }
    names |= {"httpx": httpx, "now": town.clock}
    exec(read_example(), names)  # noqa: S102 - our own documentation
    pins = parse_pins((tmp_path / "pins.json").read_bytes())
    async with town.serve() as app, town.browser(app) as http:
        token = town.provider.access_token(OTHER_CLIENT)
        http.headers["Authorization"] = f"Bearer {token}"
        answers = await names["look_up"](http, pins, a_bsn(1).digits)
    assert answers[0]["flags"] == town.index.flags

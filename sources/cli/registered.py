"""How the index knows us, for who makes a profile: asked, or as it said it last."""

import asyncio
from contextlib import suppress
from typing import Final

import httpx

from sources.agency_keys import load_keys
from sources.cli.parties import make_parties
from sources.cli.settings_file import HERE
from sources.clock import now
from sources.errors import SourceError
from sources.foreseeing import open_copy
from sources.outbox.standing import find_registration, keep_registration
from sources.outbox.store import Outbox
from sources.refused_beforehand import Registered
from sources.settings import AgencySettings, load_settings

PATIENCE: Final = httpx.Timeout(5.0)


def find_registered() -> Registered | None:
    """Give how the index knows who stands in this folder; None where nobody can say.

    A dry look: nothing is sent, and nothing is kept.
    """
    if not HERE.is_file():
        return None
    try:
        settings = load_settings(HERE)
        key = load_keys(settings.keys).outbox
        with open_copy(settings.outbox, key) as outbox:
            with suppress(SourceError):
                asyncio.run(_ask(settings, outbox))
            found = find_registration(outbox)
    except SourceError:  # `doctor` says what is wrong here
        return None
    return Registered(found[0], settings.source) if found else None


async def _ask(settings: AgencySettings, outbox: Outbox) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        keys = load_keys(settings.keys)
        index = make_parties(client, settings, keys, outbox, attempts=1)[1]
        keep_registration(outbox, await index.fetch_registration(), now())

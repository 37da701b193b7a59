"""Whom to call at another organisation: held against its key, before somebody calls.

In matches, and in what came back: who looked, or has our signals now.

The index passes on what the other organisation signed, and whoever runs it can change a
number. So the keys come from the holders, who took them in themselves: what two of them
state counts (`keys.notice_keys`). Details that do not hold are not shown.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final, TypeVar

import httpx

from keys.client import HolderPlace, HolderTransport, Signer, fetch_config
from keys.errors import ConfigRefused, HolderUnavailable
from keys.jose import PublicKey
from keys.notice_keys import KeyName
from keys.pins import read_pins
from keys.quorum import fetch_agreed, send
from signal_index.notice import (
    NamedContact,
    find_contact_fault,
    find_contacts,
    without_contacts,
)
from sources.clock import day_of, now
from sources.errors import HoldersUnreachable
from sources.settings import AgencySettings

_SECONDS: Final = 5.0


_Said = TypeVar("_Said")
"""What the index said: a model, or a list of them."""


async def hold_contacts(
    client: httpx.AsyncClient, settings: AgencySettings, signer: Signer, said: _Said
) -> _Said:
    """Give what the index said, without the contact details that do not hold.

    Raises `HoldersUnreachable` where too few holders say whose key is whose.
    """
    named = list(find_contacts(said))
    known = await _fetch_keys(client, settings, signer) if named else {}
    false = {id(one.contact) for one in named if not _holds(one, known)}
    held: _Said = without_contacts(said, false) if false else said
    return held


def forget_contacts(said: _Said) -> _Said:
    """Give the same without any contact details: nobody could hold them."""
    told: _Said = without_contacts(
        said, {id(one.contact) for one in find_contacts(said)}
    )
    return told


def _holds(named: NamedContact, known: Mapping[KeyName, PublicKey]) -> bool:
    contact = named.contact
    signed = contact.signature
    key = (
        None
        if signed is None
        else known.get((str(contact.source), str(signed.by), str(signed.kid)))
    )
    jwk = None if key is None else key.jwk
    return find_contact_fault(named, jwk, today=day_of(now())) is None


async def _fetch_keys(
    client: httpx.AsyncClient, settings: AgencySettings, signer: Signer
) -> Mapping[KeyName, PublicKey]:
    holders = settings.holders
    places = {one.index: HolderPlace(one.id, one.url) for one in holders.places}
    transport = HolderTransport(client, places, signer)
    try:
        config = await fetch_config(
            transport,
            read_pins(holders.pins),
            accepted_origin=holders.accepted_origin,
            known=None,
            now=now(),
        )
    except (ConfigRefused, HolderUnavailable, OSError):
        raise HoldersUnreachable("Te weinig sleutelhouders antwoorden.") from None
    asking = {
        one.id: partial(ask_for_keys, client, f"{one.url}/v1/notice-keys")
        for one in places.values()
    }
    try:
        return await fetch_agreed(asking, config, now=now())
    except HolderUnavailable:
        raise HoldersUnreachable("Te weinig sleutelhouders antwoorden.") from None


async def ask_for_keys(client: httpx.AsyncClient, url: str) -> bytes:
    """Give what one holder states, or raise `HolderUnavailable`."""
    request = client.build_request("GET", url)
    answer = await send(client, request, seconds=_SECONDS)
    if answer.status_code != httpx.codes.OK:
        raise HolderUnavailable
    return answer.content

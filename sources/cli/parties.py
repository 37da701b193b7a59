"""The real parties of an agency, from its settings: holders, provider, index."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import httpx

from keys.client import HolderPlace, HolderTransport, Signer
from keys.config import ConfigPins
from keys.errors import ConfigRefused
from keys.pins import read_pins
from sources.agency_keys import AgencyKeys
from sources.brp.gateway import HttpGateway
from sources.brp.identifying import Identifier
from sources.clock import now
from sources.errors import InvalidAgencySettings
from sources.notices.hearing import Hearing
from sources.outbox.store import Outbox
from sources.partner_contacts import hold_contacts
from sources.publisher.holders import HolderEvaluator, Trust
from sources.publisher.http_index import HttpIndex
from sources.publisher.identity import ClientIdentity, Tokens
from sources.publisher.parties import Evaluator
from sources.publisher.patience import Patience
from sources.publisher.silence import Tell
from sources.settings import AgencySettings

TIMEOUT: Final = httpx.Timeout(120.0, connect=10.0)


def make_signer(settings: AgencySettings, keys: AgencyKeys) -> Signer:
    """Give what signs this agency's requests to key holders."""
    return Signer(settings.organisation, settings.source, keys.request, now)


def make_hearing(
    client: httpx.AsyncClient,
    settings: AgencySettings,
    keys: AgencyKeys,
    outbox: Outbox,
) -> Hearing:
    """Give what hears what came back, and holds whom to call."""
    signer = make_signer(settings, keys)
    hold = partial(hold_contacts, client, settings, signer)
    return Hearing(outbox, client, settings.notices, settings.source, hold, now)


def make_identifier(
    client: httpx.AsyncClient, settings: AgencySettings, outbox: Outbox
) -> Identifier | None:
    """Give what finds persons in the population register, where the settings say so."""
    if settings.brp is None:
        return None
    gateway = HttpGateway(client, settings.brp, Patience(now))
    return Identifier(outbox, gateway, settings.brp)


def _read_pins(settings: AgencySettings) -> Sequence[ConfigPins]:
    try:
        return read_pins(settings.holders.pins)
    except (OSError, ConfigRefused):
        raise InvalidAgencySettings(
            "Het bestand waaraan u de sleutelhouders herkent (holders.pins) is niet "
            "bruikbaar."
        ) from None


def make_parties(
    client: httpx.AsyncClient,
    settings: AgencySettings,
    keys: AgencyKeys,
    outbox: Outbox,
    *,
    attempts: int = 7,
    tell: Tell = lambda _: None,
) -> tuple[Evaluator, HttpIndex]:
    """Put the parties together; `tell` hears of key holders that are in trouble.

    Raises `InvalidAgencySettings` for unusable pins.
    """
    patience = Patience(now, attempts=attempts)
    places = {
        place.index: HolderPlace(place.id, place.url)
        for place in settings.holders.places
    }
    signer = make_signer(settings, keys)
    read = partial(_read_pins, settings)
    read()
    trust = Trust(read, settings.holders.accepted_origin, now)
    identity = ClientIdentity(
        settings.identity.issuer,
        settings.identity.client_id,
        settings.index.audience,
        keys.client,
    )
    evaluator = HolderEvaluator(
        HolderTransport(client, places, signer),
        outbox,
        trust,
        patience,
        names={index: place.id for index, place in places.items()},
        tell=tell,
    )
    tokens = Tokens(client, identity, patience)
    partner = None if settings.source == settings.organisation else settings.source
    index = HttpIndex(client, settings.index.url, tokens, patience, partner=partner)
    return evaluator, index

"""Start a key holder as a process: open, check, serve; refuse with a reason."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TextIO

import uvicorn
from starlette.applications import Starlette

from keys import clock
from keys.edge.errors import CannotListen
from keys.edge.server import make_server, serve_until_told
from keys.errors import KeysError
from keys.events import EventLog, take_over_logging, tell_refused
from keys.holder.app import HEADERS
from keys.holder.building import Housekeeping, build_app
from keys.holder.errors import HolderNotReady, HolderStartRefused
from keys.holder.evaluations import Holder
from keys.holder.events import Event
from keys.holder.former import Former, find_end_of, find_over
from keys.holder.opening import HolderKeys, open_former_keys, open_keys
from keys.holder.organisations import load_organisations
from keys.holder.renewing import Renewal
from keys.holder.settings import HolderSettings, load_settings
from keys.holder.store import HolderStore
from keys.security.events import SecurityEvent


def serve_holder(path: Path, stream: TextIO) -> None:
    """Serve until SIGTERM or SIGINT, or raise `HolderStartRefused`.

    The reason stands in the log too: an operator reads that, not a terminal.
    """
    log = EventLog(stream)
    take_over_logging(log)
    try:
        settings = load_settings(path)
        holder, housekeeping = open_holder(settings)
        server = _make_server(holder, log, housekeeping, settings)
    except HolderStartRefused as refusal:
        log.write(Event.START_REFUSED, reason=str(refusal))
        raise
    config = holder.keys.identity.config
    log.write(
        Event.STARTED,
        holder=holder.keys.identity.id,
        keyVersion=config.key_version,
        epoch=config.epoch,
        organisations=len(holder.organisations.by_kind),
    )
    if not serve_until_told(server):
        raise HolderStartRefused("it cannot listen at that address")


def _build(
    settings: HolderSettings, holder: Holder, log: EventLog, beside: Housekeeping
) -> Starlette:
    try:
        return build_app(holder, log, beside, settings.edge, settings.alarms)
    except KeysError as refusal:
        raise HolderStartRefused(f"alarms.token_file: {refusal}") from None


def _make_server(
    holder: Holder, log: EventLog, housekeeping: Housekeeping, settings: HolderSettings
) -> uvicorn.Server:
    try:
        return make_server(
            _build(settings, holder, log, housekeeping),
            (settings.host, settings.port),
            settings.edge,
            partial(tell_refused, log, SecurityEvent.LIMIT_REACHED),
            headers=HEADERS,
        )
    except CannotListen as refusal:
        raise HolderStartRefused(str(refusal)) from None


def open_holder(
    settings: HolderSettings, now: Callable[[], datetime] = clock.now
) -> tuple[Holder, Housekeeping]:
    """Open all that a holder needs, or raise `HolderStartRefused`."""
    renewal = Renewal(settings)
    organisations = load_organisations(settings.organisations)
    store = HolderStore.open(settings.database)
    keys, former = _open_known(settings, store, now())
    keep = timedelta(days=settings.keep_days)

    def erase() -> None:
        store.erase_older(keep, now=now())

    index_keys = renewal.read_index_keys()
    holder = Holder(
        keys, settings.audience, organisations, store, now, index_keys, former
    )
    return holder, Housekeeping(erase, renewal.renew, store.close)


def _open_known(
    settings: HolderSettings, store: HolderStore, now: datetime
) -> tuple[HolderKeys, tuple[Former, ...]]:
    """Open the keys, held against what this holder accepted before it stopped."""
    try:
        keys = open_keys(settings, known=store.find_config(), now=now)
        store.keep_config(keys.identity.config)
        former = _open_former(settings, store, now)
    except HolderStartRefused:
        store.close()
        raise
    except (KeysError, HolderNotReady) as error:
        store.close()
        name = settings.database.name
        raise HolderStartRefused(f"{name}: {error.why}") from None
    return keys, former


def _open_former(
    settings: HolderSettings, store: HolderStore, now: datetime
) -> tuple[Former, ...]:
    """Open what it answered with before, as far as that is not over; note what is."""
    kept = store.find_kept()
    over = find_over(kept, now)
    store.note_ended((one.config for one in over), now=now)
    opened = [
        (open_former_keys(settings, one.config), find_end_of(one.config, kept))
        for one in kept[1:]
        if one not in over
    ]
    return tuple(Former(keys, until) for keys, until in opened if keys is not None)

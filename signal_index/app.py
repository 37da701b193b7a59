"""Puts the index together: settings in, a served application out.

- Nothing is served before everything that is needed was read and holds: schema, keys,
  key config signed by its holders, policy.
- `build_app` takes an index that is already open: the same application in tests, in
  memory, without a single switch in it.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from time import monotonic

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from starlette.routing import Route, Router
from starlette.types import Lifespan

from keys.config import KeyConfig, parse_pins
from keys.edge.limits import EdgeLimits
from keys.errors import KeysError
from keys.events import EventLog
from keys.pseudonym import IndexScalar, KeyVersion
from keys.security_text import make_security_text
from keys.watching import Watched
from policy.bundle import shipped_bundle
from policy.decide import load_policy
from signal_index import clock
from signal_index.api import public
from signal_index.api.context import Index, Names
from signal_index.api.edge import Edge
from signal_index.api.gather import Gatherer, Limits, OnFailure
from signal_index.api.jwks import DiscoveredKeys
from signal_index.api.key_config_view import (
    PASSING,
    FormerConfig,
    KeyConfigView,
    following,
)
from signal_index.api.lookup_run import make_run
from signal_index.api.policy_view import AdoptionTrust, PolicyView
from signal_index.api.rates import make_rates
from signal_index.api.standing import StandingView
from signal_index.api.subjects import SUBJECTS
from signal_index.api.tokens import TokenVerifier
from signal_index.api.transactions import committing, looking
from signal_index.api.witnessing import WitnessRule
from signal_index.errors import (
    CommitUnknown,
    KeyConfigUnusable,
    KeyFilesRefused,
    RowKeyMissing,
    StartRefused,
)
from signal_index.events import Event
from signal_index.key_files import list_scalars, load_keys, load_scalars
from signal_index.keyring import IndexKeys
from signal_index.settings import Settings
from signal_index.signing_files import follow_receipt_keys
from signal_index.store.activations import (
    OfferedConfig,
    accept_key_config,
    find_first_uses,
    find_former_configs,
    find_newest,
    record_policy_activation,
)
from signal_index.store.acts import Recorder
from signal_index.store.connect import (
    DatabaseRole,
    is_sqlite,
    open_database,
    transaction,
)
from signal_index.store.logins import verify_login
from signal_index.store.row_keys import take_up
from signal_index.store.schema import verify_schema
from signal_index.store.standing import Standing, read_standing
from signal_index.store.witnessing import find_past
from signal_index.trial import verify_trial
from signal_index.upkeep.leader import running_upkeep
from signal_index.upkeep.watching import open_security

ACTOR = "index"


def create_app(settings: Settings) -> Edge:
    """Give the application that a server runs; it opens the index when it starts."""
    log = EventLog(sys.stderr, clock.now)

    @asynccontextmanager
    async def lifespan(app: Edge) -> AsyncIterator[None]:
        try:
            async with opened_index(settings, log) as index:
                app.state.index = index
                _say_started(settings, index)
                yield
        except StartRefused as refusal:
            log.write(Event.START_REFUSED, reason=str(refusal))
            raise

    return build_app(settings.problem_base, log, lifespan, settings.edge)


def build_app(
    problem_base: str,
    log: EventLog,
    lifespan: Lifespan[Edge] | None = None,
    limits: EdgeLimits = EdgeLimits(),  # noqa: B008 - frozen
) -> Edge:
    """Give the routes with their edge; `state.index` is to be set before the first."""
    router = Router(
        [
            *(route for subject in SUBJECTS for route in subject.served),
            Route("/.well-known/security.txt", public.show_security_text),
        ],
        redirect_slashes=False,
        lifespan=lifespan,
    )
    return Edge(router, limits, problem_base=problem_base, log=log)


def _say_started(settings: Settings, index: Index) -> None:
    index.events.write(
        Event.STARTED,
        host=settings.host,
        port=settings.port,
        database=index.engine.dialect.name,
        keyVersion=index.key_config.key_version,
        epoch=index.key_config.epoch,
    )


@asynccontextmanager
async def opened_index(settings: Settings, log: EventLog) -> AsyncIterator[Index]:
    """Open everything one index needs, or raise a `StartRefused` leaf."""
    keys, policy = load_keys(settings.keys), load_policy()
    watched = Watched(
        [settings.key_config, settings.key_pins],
        lambda: list_scalars(settings.keys),
        passing=PASSING,
    )
    offered = _read_offered(settings)
    engine = open_database(settings, DatabaseRole.WEB, pool_size=settings.pool_size)
    try:
        await verify_login(settings, engine, DatabaseRole.WEB)
        view_of_keys = await _accept(engine, settings, offered, keys, log)

        async def accept_again() -> KeyConfig:
            offered = _read_offered(settings)
            keys.take_up_scalars(_read_scalars(settings))
            async with committing(engine) as conn:
                return await _accept_config(conn, offered, keys)

        async with (
            httpx.AsyncClient(follow_redirects=False) as client,
            open_security(settings, keys, log, clock.now) as security,
            running_upkeep(settings, engine, log, clock=clock.now),
        ):
            receipts = follow_receipt_keys(
                settings.keys, security.tell_successor, clock.now, settings.own_folder
            )
            keys = replace(keys, receipts=receipts)
            trust = AdoptionTrust(receipts, settings.ledger_origin)
            view = PolicyView(policy, trust, log)
            index = Index(
                engine=engine,
                keys=keys,
                key_configs=view_of_keys,
                names=_names(settings),
                clock=clock.now,
                tokens=TokenVerifier(
                    settings.issuers,
                    settings.audience,
                    DiscoveredKeys(client),
                ),
                standing=make_standing(engine, view, keys, log),
                policy=view,
                lookups=Gatherer(
                    make_run(engine, keys, clock.now),
                    limits_for(engine),
                    failure_log(log),
                ),
                events=log,
                security=security,
                witnessing=WitnessRule(settings.unwitnessed_until),
                contact_holders=settings.contact_holders,
                rates=make_rates(
                    settings.requests_per_minute, settings.refusals_per_minute
                ),
            )
            async with following(
                view_of_keys, watched, accept_again, security, clock.now
            ):
                yield index
            await index.lookups.finish()
    finally:
        await engine.dispose()


def _names(settings: Settings) -> Names:
    text = make_security_text(settings.security_contact, settings.security_expires)
    return Names(
        settings.audience,
        settings.ledger_origin,
        settings.problem_base,
        text,
        tuple(one.key.partition("+")[0] for one in settings.witnesses),
    )


def make_standing(
    engine: AsyncEngine,
    policy: PolicyView,
    keys: IndexKeys,
    log: EventLog,
    count_seconds: Callable[[], float] = monotonic,
) -> StandingView:
    """Give the view of who takes part, read from this database.

    A policy that was adopted since is taken up with it, and another row key: no request
    derives a row from what was true more than ten seconds ago. Raises
    `RowKeyMissing` where this process cannot find what stands there.
    """

    async def read(now: datetime) -> Standing:
        async with looking(engine) as conn:
            try:
                await take_up(conn, keys.ring)
            except KeyFilesRefused as refusal:
                log.write(Event.ROW_KEY_REFUSED, reason=str(refusal))
                raise RowKeyMissing from refusal
            standing = await read_standing(conn, policy.catalogue, now=now)
            await policy.take_up(conn, standing.adoptions)
            return standing

    return StandingView(read, count_seconds)


def failure_log(log: EventLog) -> OnFailure:
    """Give what writes down that gathered lookups failed, and why, by its kind."""

    def write(error: Exception, count: int) -> None:
        is_unknown = isinstance(error, CommitUnknown)
        event = Event.COMMIT_UNKNOWN if is_unknown else Event.LOOKUPS_RETRIED
        log.write(event, kind=type(error.__cause__ or error).__name__, count=count)

    return write


def limits_for(engine: AsyncEngine) -> Limits:
    """Give how lookups are gathered: SQLite has one writer."""
    return Limits(runs=1) if is_sqlite(engine) else Limits()


def _read_offered(settings: Settings) -> OfferedConfig:
    try:
        document = settings.key_config.read_bytes()
        pins = parse_pins(settings.key_pins.read_bytes())
    except OSError as error:
        raise KeyConfigUnusable("key config or pins cannot be read") from error
    except KeysError as error:
        raise KeyConfigUnusable(f"pins refused: {type(error).__name__}") from error
    return OfferedConfig(document, pins, settings.accepted_key_origin)


def _read_scalars(settings: Settings) -> Mapping[KeyVersion, IndexScalar]:
    try:
        return load_scalars(settings.keys)
    except StartRefused as error:
        raise KeyConfigUnusable(f"key folder: {error}") from error


async def _accept_config(
    conn: AsyncConnection, offered: OfferedConfig, keys: IndexKeys
) -> KeyConfig:
    """Verify the key config and remember it, if this index holds its key version."""
    recorder = Recorder(keys, ACTOR, clock.now)
    known = await find_newest(conn)
    config = await accept_key_config(conn, offered, recorder)
    if config.key_version not in keys.scalars:
        raise KeyConfigUnusable("the key folder lacks this key version")
    if known is not None:
        keys.verify_same_rows(known, config)
    return config


async def _accept(
    engine: AsyncEngine,
    settings: Settings,
    offered: OfferedConfig,
    keys: IndexKeys,
    log: EventLog,
) -> KeyConfigView:
    """Check schema, trial and key config, and record what this index starts with."""
    recorder = Recorder(keys, ACTOR, clock.now)
    async with transaction(engine) as conn:
        await verify_schema(conn)
        await take_up(conn, keys.ring)
        if settings.unwitnessed_until is not None:
            past = await find_past(conn)
            verify_trial(settings.unwitnessed_until, past, clock.now())
        config = await _accept_config(conn, offered, keys)
        former = await find_former_configs(conn, config.place)
        asked = await find_first_uses(conn)
        shipped = shipped_bundle()
        is_new = await record_policy_activation(conn, shipped, recorder)
    if is_new:
        log.write(Event.POLICY_ACTIVATED, digest=shipped.digest.hex())
    return KeyConfigView(config, [FormerConfig(*one) for one in former], asked)

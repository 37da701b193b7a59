"""How the organisation that calls is registered here: a dry look before it publishes.

It publishes nothing and changes nothing; an agency's `signal-source doctor` holds its
own keys, source and categories against it, and its page shows what going live lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from keys.municipality import MunicipalityCode
from policy.publication import find_publishable
from signal_index.api.callers import OwnSource
from signal_index.api.contacts import find_words
from signal_index.api.context import Index, TheIndex
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.notice import parse_signer_key
from signal_index.store.own_signals import count_by_outbox
from signal_index.store.rehearsals import (
    find_key_version,
    find_last,
    find_signers,
)
from signal_index.store.replaced_outboxes import find_replaced
from signal_index.store.source_states import find_live_until, get_source_state
from signal_index.store.standing import SourceStanding, Standing
from signal_index.taking_part import find_lacks
from signal_index.wire import own_registration as wire
from signal_index.wire.rehearsals import REHEARSED_FUNCTION, Lack
from signal_index.wire.sources import SourceState

routes = Routes("aanleveren")


@routes.get("/own-registration", "Hoe de eigen organisatie is aangemeld")
async def show_own_registration(
    index: TheIndex, caller: OwnSource
) -> wire.OwnRegistration:
    """Show the caller how it is registered: its sources, and the keys it signs with."""
    standing = await index.standing.get(index.clock())
    own = caller.organisation
    mine = [one for one in standing.sources.values() if own in one.submitters]
    async with looking(index.engine) as conn:
        sources = [await _show(conn, index, one, standing) for one in mine]
        outboxes = await count_by_outbox(conn, [one.oin for one in mine])
        replaced = await find_replaced(conn, own)
        words = await find_words(conn, index, standing, own)
    return wire.OwnRegistration(
        organisation=own,
        name=standing.organisations[own].name,
        signers=list(_signers(own, standing)),
        sources=sources,
        contactFunctions=sorted({*words.functions, *words.own} - {REHEARSED_FUNCTION}),
        contactNames=sorted(words.own),
        outboxes=outboxes,
        replacedOutboxes=[
            wire.ReplacedOutbox(outbox=lost, replacedBy=by)
            for lost, by in replaced.items()
        ],
    )


def _signers(own: str, standing: Standing) -> Iterator[wire.OwnSigner]:
    for (organisation, kid), signer in standing.signers.items():
        if organisation == own:
            members = parse_signer_key(own, signer.jwk).jwk.as_dict(private=False)
            yield wire.OwnSigner(kid=kid, x=str(members["x"]))


async def _show(
    conn: AsyncConnection, index: Index, source: SourceStanding, standing: Standing
) -> wire.OwnSource:
    state = await get_source_state(conn, source.oin)
    last = await find_last(conn, source.oin)
    lacks: Sequence[Lack] = ()
    if state is SourceState.TRIAL:
        signers = await find_signers(conn, source.oin if last is None else last[2])
        version = await find_key_version(conn)
        lacks = find_lacks(last and last[0], signers, version, index.clock())
    return wire.OwnSource(
        source=source.oin,
        kind=source.kind,
        active=source.active,
        state=state,
        coverage=[
            _cover(index, standing, source.kind, place, one.rhythm_days)
            for place, covering in standing.coverage.items()
            for one in covering
            if one.source == source.oin
        ],
        liveUntil=await find_live_until(conn, source.oin),
        lastRehearsal=last and last[1],
        lacks=[one.value for one in lacks],
    )


def _cover(
    index: Index,
    standing: Standing,
    kind: str,
    place: tuple[str, str],
    rhythm_days: int,
) -> wire.OwnCoverage:
    municipality, named = place
    policy = index.policy.get(standing, municipality)
    catalogue = policy.catalogue
    category = catalogue.categories[catalogue.parse_category(named)]
    taken = find_publishable(
        policy,
        catalogue.parse_source_kind(kind),
        MunicipalityCode(municipality),
        now=index.clock(),
    )
    return wire.OwnCoverage(
        municipality=municipality,
        category=named,
        rhythmDays=rhythm_days,
        informedCodes=sorted(one.value for one in category.informed_codes),
        maximumLifeMonths=category.maximum_life_months,
        mayPublish=category in taken,
    )

"""How the organisation that calls is registered here: a dry look before it publishes.

It publishes nothing and changes nothing; an agency's `signal-source doctor` holds its
own keys, source and categories against it.
"""

from __future__ import annotations

from collections.abc import Iterator

from signal_index.api.callers import Source
from signal_index.api.context import TheIndex
from signal_index.api.routing import Routes
from signal_index.notice import parse_signer_key
from signal_index.store.standing import SourceStanding, Standing
from signal_index.wire import own_registration as wire

routes = Routes("aanleveren")


@routes.get("/own-registration", "Hoe de eigen organisatie is aangemeld")
async def show_own_registration(
    index: TheIndex, caller: Source
) -> wire.OwnRegistration:
    """Show the caller how it is registered: its sources, and the keys it signs with."""
    standing = await index.standing.get(index.clock())
    own = caller.organisation
    return wire.OwnRegistration(
        organisation=own,
        name=standing.organisations[own].name,
        signers=list(_signers(own, standing)),
        sources=[
            _show(source, standing)
            for source in standing.sources.values()
            if own in source.submitters
        ],
    )


def _signers(own: str, standing: Standing) -> Iterator[wire.OwnSigner]:
    for (organisation, kid), signer in standing.signers.items():
        if organisation == own:
            members = parse_signer_key(own, signer.jwk).jwk.as_dict(private=False)
            yield wire.OwnSigner(kid=kid, x=str(members["x"]))


def _show(source: SourceStanding, standing: Standing) -> wire.OwnSource:
    return wire.OwnSource(
        source=source.oin,
        kind=source.kind,
        active=source.active,
        state=source.state,
        coverage=[
            wire.OwnCoverage(
                municipality=municipality, category=category, rhythmDays=one.rhythm_days
            )
            for (municipality, category), covering in standing.coverage.items()
            for one in covering
            if one.source == source.oin
        ],
    )

"""Who takes part in the world in memory: one municipality and four agencies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from keys.municipality import MunicipalityCode
from policy.catalogue import Catalogue
from policy.vocabulary import Establishment
from signal_index.notice import (
    NoticeKey,
)
from signal_index.store.connect import DatabaseRole, open_engine, transaction
from signal_index.store.establishments import establish
from signal_index.store.registry import (
    ClientKind,
    ClientRecord,
    OrganisationRecord,
    SignerRecord,
    SourceRecord,
    add_client,
    add_organisation,
    add_signer,
    add_source,
)
from signal_index.wire.sources import SourceState
from tests.holders_builders import LOOKUP_OIN, SOURCE_OIN
from tests.tokens import SUPERVISOR_OIN

AGENCIES: Mapping[tuple[str, str], str] = {
    ("debt-help", "schuldhulpverlening"): SOURCE_OIN,
    ("income-support", "bijstand"): "00000001000000000012",
    ("veilig-thuis", "veilig-thuis"): "00000001000000000013",
    ("uwv", "ww-uitkering"): "00000001000000000014",
}
ESTABLISHED = ("schuldhulp-toegang", "wmo-onderzoek", "veiligheid")
MUNICIPALITY = "9901"
TEAM_OIN = "00000001000000000021"


class Signs(Protocol):
    """An agency that signs its notices."""

    @property
    def oin(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def key(self) -> NoticeKey: ...


def a_desk(oin: str, name: str | None = None) -> ClientRecord:
    """The client through which people of an organisation log in."""
    return ClientRecord(name or f"desk-{oin[-4:]}", oin, ClientKind.PERSON_FACING)


def a_machine(oin: str) -> ClientRecord:
    """The client of an organisation's own machine."""
    return ClientRecord(f"agent-{oin[-4:]}", oin, ClientKind.MACHINE)


async def register_town(
    database_url: str,
    agencies: Mapping[str, Signs],
    catalogue: Catalogue,
    now: datetime,
) -> None:
    """Register everybody, and establish three purposes, as the owner may."""
    engine = open_engine(database_url, DatabaseRole.OWNER, pool_size=1)
    try:
        await _register(engine, agencies, catalogue, now)
    finally:
        await engine.dispose()


async def _register(
    engine: AsyncEngine,
    agencies: Mapping[str, Signs],
    catalogue: Catalogue,
    now: datetime,
) -> None:
    async with transaction(engine) as conn:
        town = OrganisationRecord(
            LOOKUP_OIN, "Gemeente Voorbeeld", "municipality", MUNICIPALITY
        )
        await add_organisation(conn, town, now=now)
        await add_client(conn, a_desk(LOOKUP_OIN, "desk"), now=now)
        portal = ClientRecord("portal", LOOKUP_OIN, ClientKind.MACHINE)
        await add_client(conn, portal, now=now)
        team = OrganisationRecord(
            TEAM_OIN, "Wijkteam Voorbeeld", "neighbourhood-team", MUNICIPALITY
        )
        await add_organisation(conn, team, now=now)
        await add_client(conn, a_desk(TEAM_OIN, "desk-team"), now=now)
        supervisor = OrganisationRecord(
            SUPERVISOR_OIN, "Rekenkamer Voorbeeld", "supervisor", MUNICIPALITY
        )
        await add_organisation(conn, supervisor, now=now)
        await add_client(conn, a_desk(SUPERVISOR_OIN), now=now)
        for kind, agency in agencies.items():
            oin = agency.oin
            organisation = OrganisationRecord(
                oin, f"Bureau {kind}", "source-agency", MUNICIPALITY
            )
            await add_organisation(conn, organisation, now=now)
            for client in (a_machine(oin), a_desk(oin)):
                await add_client(conn, client, now=now)
            jwk = agency.key.encode_public().decode()
            await add_signer(conn, SignerRecord(oin, agency.key.kid, jwk), now=now)
            source = SourceRecord(
                oin,
                kind,
                frozenset({agency.category}),
                frozenset({MUNICIPALITY}),
                7,
                state=SourceState.LIVE,
            )
            await add_source(conn, source, now=now)
        for purpose in ESTABLISHED:
            given = Establishment(
                opens=catalogue.parse_purpose(purpose),
                municipality=MunicipalityCode(MUNICIPALITY),
                by_role="college",
                on=date(2026, 1, 1),
            )
            await establish(conn, given, now=now)

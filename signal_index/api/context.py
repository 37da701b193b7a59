"""Everything an endpoint needs of the running index, in one frozen value."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request

from keys.config import KeyConfig
from keys.events import EventLog
from keys.security.events import SecurityLog
from policy.catalogue import Catalogue
from signal_index.api.key_config_view import KeyConfigView
from signal_index.api.policy_view import PolicyView
from signal_index.api.rates import Rates, make_rates
from signal_index.api.standing import StandingView
from signal_index.api.tokens import TokenVerifier
from signal_index.api.witnessing import WitnessRule, WitnessState
from signal_index.keyring import IndexKeys
from signal_index.labels import Labels
from signal_index.ledger import ReceiptKey
from signal_index.store.standing import Standing

if TYPE_CHECKING:
    from signal_index.api.gather import Gatherer
    from signal_index.api.lookup_run import Draft, Granted


@dataclass(frozen=True, slots=True, repr=False)
class Names:
    """What this index is called by others."""

    audience: str
    ledger_origin: str
    problem_base: str
    security_text: str
    witnesses: tuple[str, ...] = ()


Figures = tuple[int | None, int | None, int | None]
"""Lookups, emergencies and refusals of a quarter; None is a number that is not told."""


@dataclass(slots=True, repr=False)
class QuarterFigures:
    """The figures of a quarter by municipality, as they were opened last, and when."""

    known: dict[str, tuple[datetime, date, Figures]] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True, repr=False)
class Index:
    """One running index, as its endpoints see it."""

    engine: AsyncEngine
    keys: IndexKeys
    key_configs: KeyConfigView
    names: Names
    clock: Callable[[], datetime]
    tokens: TokenVerifier
    standing: StandingView
    policy: PolicyView
    lookups: Gatherer[Granted, Draft | None]
    events: EventLog
    security: SecurityLog
    witnessing: WitnessRule = field(default_factory=WitnessRule)
    rates: Rates = field(default_factory=make_rates)
    contact_holders: int = 200
    quarters: QuarterFigures = field(default_factory=QuarterFigures)

    @property
    def receipt_key(self) -> ReceiptKey:
        """Give the key that signs what this index says now."""
        return self.keys.receipts.at(self.clock())

    @property
    def key_config(self) -> KeyConfig:
        """Give the key config that holds now."""
        return self.key_configs.current

    @property
    def catalogue(self) -> Catalogue:
        """Give the shipped catalogue: for what belongs to no municipality."""
        return self.policy.catalogue

    def catalogue_in(self, municipality: str) -> Catalogue:
        """Give the catalogue that holds in a municipality, for its words and codes."""
        return self.policy.find_catalogue(municipality)

    async def labels_in(self, municipality: str) -> Labels:
        """Give what ids are called in a municipality."""
        standing = await self.standing.get(self.clock())
        return Labels(self.catalogue_in(municipality), standing.organisations)

    def name_category(self, municipality: str, category: str) -> str:
        """Look up what a category is called in a municipality; its code where none."""
        return Labels(self.catalogue_in(municipality), {}).category(category)


def find_witness_state(index: Index, standing: Standing, now: datetime) -> WitnessState:
    """Give how it stands with the witnesses of this index."""
    since, is_refused = standing.unwitnessed_since, standing.is_refused
    return index.witnessing.judge(since, now, is_refused=is_refused)


def get_index(request: Request) -> Index:
    """Give the index that this application serves."""
    index = request.app.state.index
    if not isinstance(index, Index):
        raise TypeError("the application has no index")
    return index


async def _the_index(request: Request) -> Index:
    return get_index(request)


TheIndex = Annotated[Index, Depends(_the_index)]
"""The running index, as an endpoint names it in its signature."""

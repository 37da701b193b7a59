"""Everything an endpoint needs of the running index, in one frozen value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request

from keys.config import KeyConfig
from policy.catalogue import Catalogue
from policy.decide import Policy
from policy.vocabulary import Establishment
from signal_index.api.standing import StandingView
from signal_index.api.tokens import TokenVerifier
from signal_index.events import EventLog
from signal_index.keyring import IndexKeys
from signal_index.store.standing import Standing

if TYPE_CHECKING:
    from signal_index.api.gather import Gatherer
    from signal_index.api.lookup_run import Draft, Granted


class PolicyView:
    """The policy with the establishments of the present standing."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._establishments: tuple[Establishment, ...] | None = None

    @property
    def catalogue(self) -> Catalogue:
        """Give the shipped catalogue."""
        return self._policy.catalogue

    def get(self, standing: Standing) -> Policy:
        """Give the policy in force, made anew only when an establishment changed."""
        if standing.establishments != self._establishments:
            self._policy = self._policy.with_establishments(standing.establishments)
            self._establishments = standing.establishments
        return self._policy


@dataclass(frozen=True, slots=True, repr=False)
class Names:
    """What this index is called by others."""

    audience: str
    ledger_origin: str
    problem_base: str


@dataclass(frozen=True, slots=True, repr=False)
class Index:
    """One running index, as its endpoints see it."""

    engine: AsyncEngine
    keys: IndexKeys
    key_config: KeyConfig
    names: Names
    clock: Callable[[], datetime]
    tokens: TokenVerifier
    standing: StandingView
    policy: PolicyView
    lookups: Gatherer[Granted, Draft | None]
    events: EventLog

    @property
    def catalogue(self) -> Catalogue:
        """Give the shipped catalogue."""
        return self.policy.catalogue


def get_index(request: Request) -> Index:
    """Give the index that this application serves."""
    index = request.app.state.index
    if not isinstance(index, Index):
        raise TypeError("the application has no index")
    return index

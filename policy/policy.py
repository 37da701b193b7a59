"""The policy in force: rules, catalogue and establishments as one frozen value.

A policy without establishments refuses everything. `with_establishments` gives another
policy that shares the memory: the digest of a municipality's establishments is part of
every key, so that what was decided before can never answer for what holds now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date

import cedarpy

from keys.base64url import encode_b64u
from keys.municipality import MunicipalityCode
from policy.catalogue import Catalogue, load_catalogue
from policy.coherence import verify_coherence
from policy.establishments import Establishments, Opened
from policy.key import DecisionKey, spread_keys
from policy.memory import Memory, Verdicts
from policy.rules import RuleBook, ask, load_rules
from policy.vocabulary import CategoryId, Establishment, InformedCode
from policy.world import add_caller, build_entities, build_request

Worlds = dict[tuple[MunicipalityCode, date], cedarpy.Entities]
MOST_WORLDS = 512


class Policy:
    """Rules, catalogue and establishments. Make it with `load_policy`."""

    def __init__(
        self,
        catalogue: Catalogue,
        book: RuleBook,
        establishments: Iterable[Establishment] = (),
        *,
        memory: Memory | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.book = book
        self._memory = memory if memory is not None else Memory()
        self._establishments = Establishments(catalogue, establishments)
        self._digests: dict[MunicipalityCode, str] = {}
        self._worlds: Worlds = {}

    def __repr__(self) -> str:
        return f"<Policy {self.catalogue.version}>"

    def with_establishments(self, establishments: Iterable[Establishment]) -> Policy:
        """Give the policy with these establishments instead of its own."""
        return Policy(self.catalogue, self.book, establishments, memory=self._memory)

    def find_establishment(
        self, municipality: MunicipalityCode, opened: Opened, day: date
    ) -> Establishment | None:
        """Give what opens this purpose or act there: begun, or else still to begin."""
        return self._establishments.find(municipality, opened, day)

    def digest(self, municipality: MunicipalityCode) -> str:
        """Give the digest (base64url) of rules, catalogue and establishments there.

        It stands in every ledger entry: with it an auditor can tell which rules held.
        """
        known = self._digests.get(municipality)
        if known is None:
            rows = [
                [made.opens, made.by_role, made.on.isoformat(), made.staatsblad]
                for made in self._establishments.of(municipality)
            ]
            summed = hashlib.sha256(b"signal-policy/digest/1\n")
            summed.update(self.book.digest + self.catalogue.digest)
            summed.update(json.dumps([municipality, rows]).encode())
            known = encode_b64u(summed.digest())
            if len(self._digests) < MOST_WORLDS:
                self._digests[municipality] = known
        return known

    def verdicts(
        self,
        first: DecisionKey,
        informed: Sequence[InformedCode | None],
        categories: Sequence[CategoryId],
    ) -> Verdicts:
        """Give a verdict for each key that `spread_keys` makes of these, in that order.

        Raises `NoDecision`, after which nothing of this is remembered.
        """

        def asking() -> Verdicts:
            keys = spread_keys(first, informed, categories)
            entities = add_caller(self._world(first), first)
            requests = [build_request(key) for key in keys]
            return ask(self.book, self.book.lookups, entities, requests)

        return self.remembered((first, tuple(informed), tuple(categories)), asking)

    def remembered(self, key: Hashable, asking: Callable[[], Verdicts]) -> Verdicts:
        """Give what is remembered of a question, or ask.

        `key` is all that the keys of the question are made of. A `NoDecision` of
        `asking` is passed on and nothing is remembered.
        """
        found = self._memory.find(key)
        if found is None:
            found = asking()
            self._memory.remember(key, found)
        return found

    def _world(self, key: DecisionKey) -> cedarpy.Entities:
        place = (key.municipality, key.day)
        world = self._worlds.get(place)
        if world is None:
            established = {
                purpose: made
                for purpose in self.catalogue.purposes
                if (made := self._establishments.find(*place[:1], purpose, key.day))
            }
            world = build_entities(
                self.catalogue, established, self.book.lookups.schema
            )
            if len(self._worlds) >= MOST_WORLDS:
                self._worlds.clear()
            self._worlds[place] = world
        return world


def load_policy(establishments: Iterable[Establishment] = ()) -> Policy:
    """Load the shipped rules and catalogue, or raise `InvalidPolicy` with every fault.

    Without establishments every purpose is closed.
    """
    catalogue, book = load_catalogue(), load_rules()
    verify_coherence(catalogue, book)
    return Policy(catalogue, book, establishments)

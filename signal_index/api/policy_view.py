"""The policy that holds in a municipality: the one it adopted, else the shipped one.

- Adoptions are taken up with the standing, so every running process decides with them
  at most ten seconds after the approval.
- An adoption counts only with this index's own signature over municipality, serial and
  SHA-256, and only with a bundle that has that SHA-256 and is valid: rows written into
  the database open nothing.
- The ledger's newest activation of the municipality must name the same SHA-256, so that
  rows taken away bring no older policy back, in a running process nor at a start.
- What cannot be taken up closes the municipality (`PolicyUnusable`): the policy before
  it might show what the adopted one no longer does.

Proven by tests/attack/test_policy_written_by_sql_is_not_taken_up.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from keys.base64url import encode_b64u
from keys.events import EventLog
from policy.bundle import load_bundle, shipped_bundle
from policy.catalogue import Catalogue
from policy.decide import Policy
from policy.errors import InvalidPolicy
from policy.vocabulary import Establishment
from signal_index.errors import PolicyUnusable, UnknownPolicy
from signal_index.events import Event
from signal_index.ledger import ReceiptSigners
from signal_index.proof import Adoption, verify_adoption
from signal_index.proof.errors import ProofError
from signal_index.store.policies import (
    StoredAdoption,
    find_recorded_digest,
    find_recorded_places,
    get_bundle,
)
from signal_index.store.standing import Standing, establishments_of


@dataclass(frozen=True, slots=True)
class AdoptionTrust:
    """What makes an adoption ours: the receipt keys, and our ledger's name."""

    keys: ReceiptSigners
    origin: str


@dataclass(slots=True)
class _Held:
    """What a municipality holds to; `policy` is None where it cannot be used."""

    serial: int
    digest: bytes
    policy: Policy | None
    establishments: tuple[Establishment, ...] | None = field(default=None)
    seen: Standing | None = None
    """The copy of the standing with which `establishments` were last compared."""


class PolicyView:
    """Gives the policy of a municipality, with its present establishments."""

    def __init__(self, shipped: Policy, trust: AdoptionTrust, log: EventLog) -> None:
        self._shipped = _Held(0, shipped_bundle().digest, shipped)
        self._held: dict[str, _Held] = {}
        self._recorded: frozenset[str] | None = None
        self._trust = trust
        self._log = log

    @property
    def catalogue(self) -> Catalogue:
        """Give the shipped catalogue: what holds where nothing was adopted."""
        return _policy_of(self._shipped).catalogue

    def get(self, standing: Standing, municipality: str) -> Policy:
        """Give the policy in force there, or raise `PolicyUnusable`.

        Made anew only when an establishment changed.
        """
        held = self._held.get(municipality, self._shipped)
        policy = _policy_of(held)
        if held.seen is standing:
            return policy
        made = standing.establishments
        if held is not self._shipped:
            made = establishments_of(standing.recorded, policy.catalogue)
        if made != held.establishments:
            policy = held.policy = policy.with_establishments(made)
            held.establishments = made
        held.seen = standing
        return policy

    def establish(self, standing: Standing, policy: Policy) -> Policy:
        """Give a policy that is not in force, with what is established there."""
        made = establishments_of(standing.recorded, policy.catalogue)
        return policy.with_establishments(made)

    def find_catalogue(self, municipality: str) -> Catalogue:
        """Give the catalogue that holds there, for its words and codes.

        Where the adopted policy cannot be used, pages still need words: the shipped
        catalogue's. Nothing is decided by them.
        """
        policy = self._held.get(municipality, self._shipped).policy
        return self.catalogue if policy is None else policy.catalogue

    def digest_in_force(self, municipality: str) -> bytes:
        """Give the SHA-256 of the bundle that holds there."""
        return self._held.get(municipality, self._shipped).digest

    def serial_in_force(self, municipality: str) -> int:
        """Give how many adoptions came before what holds there; 0: the shipped one."""
        return self._held.get(municipality, self._shipped).serial

    async def take_up(
        self, conn: AsyncConnection, adoptions: Mapping[str, StoredAdoption]
    ) -> None:
        """Take up what was adopted since the last time; never raises for one of them.

        What does not hold closes its own municipality and no other.
        """
        if self._recorded is None:
            self._recorded = await find_recorded_places(conn)
        for municipality in {*adoptions, *self._held, *self._recorded}:
            await self._take_up_one(conn, municipality, adoptions.get(municipality))

    async def _take_up_one(
        self, conn: AsyncConnection, municipality: str, found: StoredAdoption | None
    ) -> None:
        held = self._held.get(municipality, self._shipped)
        is_known = found is not None and (held.serial, held.digest) == (
            found.serial,
            found.digest,
        )
        if is_known and held.policy is not None:
            return
        if found is None or found.serial < held.serial:
            self._close(municipality, held, PolicyUnusable())
            return
        newer = _Held(found.serial, found.digest, held.policy)
        try:
            self._verify(found)
            await _verify_recorded(conn, found)
            bundle = await get_bundle(conn, found.digest)
            policy = await asyncio.to_thread(load_bundle, bundle)
        except (PolicyUnusable, UnknownPolicy, ProofError, InvalidPolicy) as fault:
            self._close(municipality, newer, fault)
            return
        self._held[municipality] = _Held(found.serial, found.digest, policy)
        self._log.write(
            Event.POLICY_TAKEN_UP,
            municipality=municipality,
            serial=found.serial,
            digest=found.digest.hex(),
        )

    def _verify(self, found: StoredAdoption) -> None:
        """Raise unless this index signed exactly this row."""
        said = Adoption(
            origin=self._trust.origin,
            municipality=found.municipality,
            serial=found.serial,
            digest=found.digest,
            approval=found.approval,
            activated_at=found.activated_at.replace(microsecond=0),
        )
        key = self._trust.keys.at(found.activated_at)
        if verify_adoption(found.statement, key.verifying) != said:
            raise PolicyUnusable

    def _close(self, municipality: str, held: _Held, fault: Exception) -> None:
        """Answer nothing of this municipality; said once, not at every reading.

        Read again each time: what two persons adopt anew opens it.
        """
        if held.policy is not None:
            self._log.write(
                Event.POLICY_REFUSED,
                municipality=municipality,
                serial=held.serial,
                kind=type(fault).__name__,
            )
        self._held[municipality] = _Held(held.serial, held.digest, None)


async def _verify_recorded(conn: AsyncConnection, found: StoredAdoption) -> None:
    """Raise unless the ledger's newest activation there is this one.

    An older adoption, signed and true, comes back when the rows after it are deleted;
    the ledger still tells of them, and a ledger that does not is found by its verifier.
    """
    recorded = await find_recorded_digest(conn, found.municipality)
    if recorded != encode_b64u(found.digest):
        raise PolicyUnusable


def _policy_of(held: _Held) -> Policy:
    if held.policy is None:
        raise PolicyUnusable
    return held.policy

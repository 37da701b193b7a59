"""Whom a publisher talks to: the seams, behind which tests put parties in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from keys.bsn import Bsn
from keys.pseudonym import Pseudonym
from keys.validity import KeyValidity
from signal_index.wire.contact_holders import OwnContactHolder
from signal_index.wire.deliveries import ClosedDelivery, Delivery
from signal_index.wire.own_registration import OwnRegistration
from signal_index.wire.signals import BatchBody, OwnSignals
from signal_index.wire.signed_contacts import ContactBody
from sources.outbox.settling import BatchAnswer


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Pseudonyms in the order of the numbers, and the key version they belong to."""

    key_version: int
    pseudonyms: tuple[Pseudonym, ...] = field(repr=False)


class Evaluator(Protocol):
    """Turns BSNs into pseudonyms, with two of three key holders."""

    async def evaluate(self, numbers: Sequence[Bsn]) -> Evaluated:
        """Give the pseudonyms, or raise `EvaluationStopped`."""
        ...

    async def find_key_version(self) -> int:
        """Give the key version in use."""
        ...

    async def find_key_validity(self) -> KeyValidity:
        """Give how long the key config in use is valid."""
        ...


class Index(Protocol):
    """Takes contact holders, batches and the end of a delivery."""

    async def fetch_time(self) -> datetime:
        """Give what time it is at the index."""
        ...

    async def fetch_registration(self) -> OwnRegistration:
        """Give how the index knows us."""
        ...

    async def fetch_signals(self, cursor: UUID | None) -> OwnSignals:
        """Give a page of the source's own signals."""
        ...

    async def fetch_deliveries(self) -> Sequence[ClosedDelivery]:
        """Give the source's newest deliveries, the newest first."""
        ...

    async def fetch_contacts(self) -> Sequence[OwnContactHolder]:
        """Give our contact holders as the index has them."""
        ...

    async def put_contact(self, contact: UUID, said: ContactBody) -> None:
        """Store a contact holder; raises `IndexRefused` where it is not acceptable."""
        ...

    async def send_batch(self, batch: BatchBody) -> BatchAnswer:
        """Publish and withdraw; gives an outcome for each item, and the entry."""
        ...

    async def close_delivery(self, delivery: Delivery) -> None:
        """Tell the index that a delivery is complete; told twice, it is told once."""
        ...

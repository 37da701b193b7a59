"""What a client asks a holder, what it gets, and the seam between the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from keys.config import ConfigPins, KeyConfig, KeyOrigin, verify_config
from keys.pseudonym import Pseudonym
from keys.request import Act


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, the same for every holder of the pair."""

    act: Act
    pair: tuple[int, ...]
    key_version: int
    epoch: int
    points: Sequence[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class HolderAnswer:
    """What a holder answered; nothing in it is verified yet."""

    holder: int
    key_version: int
    epoch: int
    evaluations: tuple[bytes, ...] = field(repr=False)
    proof: bytes = field(repr=False)
    ticket: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pseudonymised:
    """Pseudonyms in the order of the numbers, and the tickets that open them.

    `passed_over` says of each holder that gave nothing why: a code.
    """

    pseudonyms: tuple[Pseudonym, ...]
    tickets: tuple[str, ...] = field(repr=False)
    pair: tuple[int, ...]
    passed_over: Mapping[int, str]


class EvaluationTransport(Protocol):
    """How points reach a holder: directly, or through a desk's relay."""

    async def evaluate(self, holder: int, asked: Asked) -> HolderAnswer:
        """Have points evaluated by one holder.

        Raises `HolderUnavailable`, `HolderBudgetSpent` or `HolderRefused`.
        """

    async def key_config(self) -> bytes:
        """Give the key config document; raises `HolderUnavailable`."""


async def fetch_config(
    transport: EvaluationTransport,
    pins: ConfigPins,
    *,
    accepted_origin: KeyOrigin,
    known: KeyConfig | None,
    now: datetime,
) -> KeyConfig:
    """Fetch the key config and verify it with the pins, or raise `ConfigRefused`.

    Keep what this gives and hand it in as `known` next time: that is what stops an
    older config from being served again.
    """
    document = await transport.key_config()
    return verify_config(
        document, pins, accepted_origin=accepted_origin, known=known, now=now
    )

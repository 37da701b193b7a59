"""What a client asks a holder, what it gets, and the seam between the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from keys.config import ConfigPins, KeyConfig, KeyOrigin
from keys.person_proof import PersonEvidence
from keys.pins import verify_by_one_of
from keys.pseudonym import KeyVersion, Pseudonym
from keys.quorum import Chosen, Watch, choose_config
from keys.request import Act


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, the same for every holder of the pair."""

    act: Act
    pair: tuple[int, ...]
    key_version: int
    epoch: int
    points: Sequence[bytes] = field(repr=False)
    ids: Mapping[int, str] = field(default_factory=dict)
    """What holders are called in the config: a request is signed for one by its id."""


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

    They hold under `key_version` alone, which a body names beside them: a config taken
    up since may be of another one. `passed_over` says of each holder that gave nothing
    why: a code.
    """

    key_version: KeyVersion
    pseudonyms: tuple[Pseudonym, ...]
    tickets: tuple[str, ...] = field(repr=False)
    pair: tuple[int, ...]
    passed_over: Mapping[int, str]
    evidence: PersonEvidence | None = None
    """How the number was blinded and what the pair answered, where it was one."""


class EvaluationTransport(Protocol):
    """How points reach a holder: directly, or through a desk's relay."""

    @property
    def watch(self) -> Watch:
        """Give what is remembered of the holders, for as long as the transport is."""

    @property
    def config_places(self) -> Sequence[int]:
        """Give who serves the key config: each holder, or 0 for a relay."""

    async def evaluate(self, holder: int, asked: Asked) -> HolderAnswer:
        """Have points evaluated by one holder.

        Raises `HolderUnavailable`, `HolderBudgetSpent` or `HolderRefused`.
        """

    async def key_config(self, place: int) -> bytes:
        """Give the key config document of one place; raises `HolderUnavailable`."""


async def fetch_config(
    transport: EvaluationTransport,
    pins: Sequence[ConfigPins],
    *,
    accepted_origin: KeyOrigin,
    known: KeyConfig | None,
    now: datetime,
) -> KeyConfig:
    """Give the same as `fetch_signed`, without the document."""
    chosen = await fetch_signed(
        transport, pins, accepted_origin=accepted_origin, known=known, now=now
    )
    return chosen.config


async def fetch_signed(
    transport: EvaluationTransport,
    pins: Sequence[ConfigPins],
    *,
    accepted_origin: KeyOrigin,
    known: KeyConfig | None,
    now: datetime,
) -> Chosen:
    """Fetch the newest key config that holds by one set of pins, or `ConfigRefused`.

    A holder whose config does not hold, or is older than another's, is remembered. Keep
    what this gives and hand it in as `known` next time: that is what stops an older
    config from being served again.
    """
    verify = partial(
        verify_by_one_of,
        pins=pins,
        accepted_origin=accepted_origin,
        known=known,
        now=now,
    )
    asking = {
        place: partial(transport.key_config, place) for place in transport.config_places
    }
    chosen = await choose_config(asking, verify, known=known)
    transport.watch.note_configs(transport.config_places, chosen.passed_over)
    return chosen

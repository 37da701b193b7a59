"""The key holders, asked directly: what `parties.Evaluator` asks.

- The key config is fetched once a run, of all holders: the newest that holds counts
  and is kept in the outbox, so that an older one is refused the next time. Holders that
  have gone on to another sharing meanwhile have it fetched once more, with the pins as
  they lie there then.
- Pairs take turns. A holder that is sick (`keys.quorum`) rests, and costs the others
  their budget once; it is told of by name, once.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from keys.bsn import Bsn
from keys.client import EvaluationTransport, fetch_config, pseudonymise_anew
from keys.config import ConfigPins, KeyConfig, KeyOrigin
from keys.errors import (
    ConfigForked,
    ConfigHoldersChanged,
    ConfigKeyChanged,
    ConfigNotActive,
    ConfigNotValidNow,
    ConfigOriginRefused,
    ConfigRefused,
    ConfigRolledBack,
    ConfigUncertified,
    ConfigUnsigned,
    HolderBudgetSpent,
    HolderRefused,
    HolderUnavailable,
)
from keys.request import Act
from keys.validity import KeyValidity, find_validity
from sources.errors import EvaluationStopped
from sources.events import Event, log_event
from sources.outbox.store import Outbox
from sources.publisher.holder_words import say_passed_over, say_too_few
from sources.publisher.known_config import find_known_config, keep_config
from sources.publisher.parties import Evaluated
from sources.publisher.patience import Patience
from sources.publisher.silence import Tell, ToldTransport

ATTEMPTS = 3  # each asks, and costs budget at, whichever holder is up

_DISTRUST: Final[tuple[tuple[type[ConfigRefused], str], ...]] = (
    (ConfigUnsigned, "niet elke sleutelhouder uit agency.toml heeft ze ondertekend"),
    (ConfigRolledBack, "zij zijn ouder dan die van de vorige keer"),
    (ConfigForked, "er zijn er twee met hetzelfde volgnummer"),
    (ConfigKeyChanged, "het is een andere sleutel dan de vorige keer"),
    (ConfigHoldersChanged, "een houder, of zijn deel van de sleutel, is veranderd"),
    (ConfigUncertified, "de sleutel is vernieuwd zonder dat alle houders erbij waren"),
    (
        ConfigNotValidNow,
        "zij gelden nu niet, of de klok van deze machine klopt niet",
    ),
    (ConfigNotActive, "deze sleutel is niet in gebruik"),
    (ConfigOriginRefused, "de sleutel is anders gemaakt dan agency.toml toelaat"),
)


def _say_distrust(error: ConfigRefused) -> str:
    why = next((says for kind, says in _DISTRUST if isinstance(error, kind)), "")
    because = f": {why}" if why else ""
    return (
        f"De sleutelgegevens van de sleutelhouders zijn niet te vertrouwen{because}. "
        "Er is niets verstuurd. Bel een sleutelhouder."
    )


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures a key config must bear, and how the key came about."""

    read_pins: Callable[[], Sequence[ConfigPins]]
    """Read anew with each config: a replaced holder brings other pins."""
    accepted_origin: KeyOrigin
    now: Callable[[], datetime]


class HolderEvaluator:
    """Evaluate through a quorum of key holders."""

    def __init__(
        self,
        transport: EvaluationTransport,
        outbox: Outbox,
        trust: Trust,
        patience: Patience,
        *,
        names: Mapping[int, str] = MappingProxyType({}),
        tell: Tell = lambda _: None,
    ) -> None:
        """`names` are the holders by their number; `tell` hears of those in trouble."""
        self._transport = ToldTransport(transport, names, tell)
        self._names = names
        self._tell = tell
        self._told: set[str] = set()
        self._outbox = outbox
        self._trust = trust
        self._patience = patience
        self._config: KeyConfig | None = None
        self._fetching = asyncio.Lock()

    async def find_key_version(self) -> int:
        """Give the key version of the verified config."""
        return int((await self._get_config()).key_version)

    async def find_key_validity(self) -> KeyValidity:
        """Give how long the verified config is valid."""
        return find_validity(await self._get_config(), self._trust.now())

    async def evaluate(self, numbers: Sequence[Bsn]) -> Evaluated:
        """Give pseudonyms, or raise `EvaluationStopped`."""
        config = await self._get_config()
        failures: Mapping[int, str] = {}
        for attempt in range(ATTEMPTS):
            try:
                config, found = await pseudonymise_anew(
                    self._transport, config, self._renew_config, numbers, Act.PUBLISH
                )
            except HolderUnavailable as error:
                failures = error.failures
                await self._patience.sleep(self._patience.compute_wait(attempt, None))
                continue
            except HolderBudgetSpent as error:
                raise EvaluationStopped(
                    "Het dagbudget bij de sleutelhouders is op; over "
                    f"{int(error.retry_after.total_seconds())} seconden is er weer."
                ) from None
            except HolderRefused as error:
                raise EvaluationStopped(
                    say_too_few(self._name(error.failures))
                ) from None
            self._note(found.passed_over)
            return Evaluated(int(found.key_version), found.pseudonyms)
        raise EvaluationStopped(say_too_few(self._name(failures)))

    def _note(self, passed_over: Mapping[int, str]) -> None:
        """Log who was passed over, and tell it once of each."""
        named = self._name(passed_over)
        if named:
            said = ", ".join(f"{name}: {reason}" for name, reason in named.items())
            log_event(Event.HOLDER_PASSED_OVER, holders=said)
        for name, reason in named.items():
            if name not in self._told:
                self._told.add(name)
                self._tell(say_passed_over(name, reason))

    def _name(self, failures: Mapping[int, str]) -> Mapping[str, str]:
        return {
            self._names.get(holder, f"holder {holder}"): reason
            for holder, reason in failures.items()
        }

    async def _get_config(self) -> KeyConfig:
        async with self._fetching:
            if self._config is None:
                self._config = await self._fetch_config()
            return self._config

    async def _renew_config(self) -> KeyConfig:
        async with self._fetching:
            self._config = await self._fetch_config()
            return self._config

    async def _fetch_config(self) -> KeyConfig:
        trust = self._trust
        try:
            config = await fetch_config(
                self._transport,
                trust.read_pins(),
                accepted_origin=trust.accepted_origin,
                known=find_known_config(self._outbox),
                now=trust.now(),
            )
        except HolderUnavailable:
            raise EvaluationStopped("Geen sleutelhouder antwoordt.") from None
        except ConfigRefused as error:
            raise EvaluationStopped(_say_distrust(error)) from None
        self._note(self._transport.watch.sick)
        keep_config(self._outbox, config)
        return config

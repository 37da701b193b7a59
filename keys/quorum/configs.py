"""The key config of several holders: the newest that holds counts, not the first.

Of the same sharing, that is. Another version or epoch counts when as many holders have
it as suffice to answer: until then it is to come, and the one before is answered for by
all (`keys.overlap`). So it does not matter in which order holders change over, nor how
long that takes; nobody needs a clock for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from keys.config import KeyConfig
from keys.errors import ConfigForked, ConfigRefused, HolderUnavailable
from keys.overlap import Place
from keys.quorum.watch import CONFIG_OLD, CONFIG_REFUSED, SLOW, UNAVAILABLE

GRACE: Final = 0.4
"""Seconds for the others after the first config that holds."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The newest config, the document that all holders signed, and who gave none."""

    config: KeyConfig
    document: bytes
    passed_over: Mapping[int, str]


async def choose_config(
    asking: Mapping[int, Callable[[], Awaitable[bytes]]],
    verify: Callable[[bytes], KeyConfig],
    *,
    known: KeyConfig | None,
    grace: float = GRACE,
) -> Chosen:
    """Ask all at once; give the newest config of those that hold.

    Who is later than `grace` after as many as suffice is not waited for. An older
    one that is given then still has all signatures, and is not older than the one
    `known` before: `verify` looks at that. Another sharing than the known one is never
    taken from fewer holders than suffice, unless there are no more places to ask.

    Raises `ConfigForked` for two of one serial, signed both; where none holds, the
    reason of the first that was refused, else `HolderUnavailable`, with `failures`.
    """
    tasks = {asyncio.ensure_future(ask()): place for place, ask in asking.items()}
    held: dict[int, tuple[KeyConfig, bytes]] = {}
    failures: dict[int, Exception] = {}
    pending = set(tasks)
    try:
        while pending:
            done, pending = await asyncio.wait(
                pending,
                timeout=grace if _suffice(held, len(asking)) else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                _judge(task, tasks[task], verify, held, failures)
            if not done:
                break
    finally:
        for task in tasks:
            task.cancel()
    if not held:
        raise _find_worst(failures)
    late = {tasks[task]: SLOW for task in pending}
    missing = late | _name(failures)
    if not _suffice(held, len(asking)) and _is_another(held, known):
        found = HolderUnavailable()
        found.failures = missing
        raise found
    return _choose(held, missing)


def _judge(
    task: "asyncio.Future[bytes]",
    place: int,
    verify: Callable[[bytes], KeyConfig],
    held: dict[int, tuple[KeyConfig, bytes]],
    failures: dict[int, Exception],
) -> None:
    try:
        document = task.result()
        held[place] = (verify(document), document)
    except (ConfigRefused, HolderUnavailable) as error:
        failures[place] = error


_Held = Mapping[int, tuple[KeyConfig, bytes]]


def _suffice(held: _Held, places: int) -> bool:
    """Tell whether as many gave a config that holds as are needed to answer."""
    needed = [min(config.threshold, places) for config, _ in held.values()]
    return bool(needed) and len(held) >= max(needed)


def _is_another(held: _Held, known: KeyConfig | None) -> bool:
    oldest = min(config.place for config, _ in held.values())
    return known is not None and oldest != known.place


def _find_place(held: _Held) -> Place:
    """Give the newest sharing that enough of them have; who has a newer one has it."""
    places = sorted((config.place for config, _ in held.values()), reverse=True)
    needed = max(config.threshold for config, _ in held.values())
    return places[min(needed, len(places)) - 1]


def _choose(held: _Held, passed_over: Mapping[int, str]) -> Chosen:
    place = _find_place(held)
    of_it = [one for one in held.values() if one[0].place == place]
    config, document = max(of_it, key=lambda one: one[0].serial)
    if any(one.serial == config.serial and one != config for one, _ in held.values()):
        raise ConfigForked
    old = {
        place: CONFIG_OLD
        for place, (one, _) in held.items()
        if (one.place, one.serial) < (config.place, config.serial)
    }
    return Chosen(config, document, {**passed_over, **old})


def _name(failures: Mapping[int, Exception]) -> dict[int, str]:
    return {
        place: CONFIG_REFUSED if isinstance(error, ConfigRefused) else UNAVAILABLE
        for place, error in failures.items()
    }


def _find_worst(failures: Mapping[int, Exception]) -> Exception:
    for _, error in sorted(failures.items()):
        if isinstance(error, ConfigRefused):
            return error
    found = HolderUnavailable()
    found.failures = _name(failures)
    return found

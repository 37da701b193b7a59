"""The key config of several holders: the newest that holds counts, not the first."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from keys.config import KeyConfig
from keys.errors import ConfigForked, ConfigRefused, HolderUnavailable
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
    grace: float = GRACE,
) -> Chosen:
    """Ask all at once; give the newest config of those that hold.

    Who is later than `grace` after the first that holds is not waited for. An older
    one that is given then still has all signatures, and is not older than the one
    known before: `verify` looks at that.

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
                timeout=grace if held else None,
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
    return _choose(held, late | _name(failures))


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


def _choose(
    held: Mapping[int, tuple[KeyConfig, bytes]], passed_over: Mapping[int, str]
) -> Chosen:
    config, document = max(held.values(), key=lambda one: one[0].serial)
    if any(one.serial == config.serial and one != config for one, _ in held.values()):
        raise ConfigForked
    old = {
        place: CONFIG_OLD
        for place, (one, _) in held.items()
        if one.serial < config.serial
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

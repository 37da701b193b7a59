"""`end`: what takes part no more, with a reason; effective everywhere in a minute.

Each ending and its entry commit together. What is unchanged is not recorded. Nobody is
ended unnoticed over flags that still stand: whoever ends the last that could speak for
them says what becomes of them, in the same act.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.cli.registry_commands import MunicipalityOption, OinArgument
from signal_index.errors import SignalsStand
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.settings import load_settings
from signal_index.store.acts import Act, Recorder
from signal_index.store.endings import (
    Because,
    count_left,
    end,
    find_left_behind,
    withdraw_all,
)
from signal_index.store.registry import Change, get_client, get_municipality
from signal_index.store.signals import lock_source
from signal_index.store.source_states import get_source_state
from signal_index.wire.sources import SourceState


class Signals(StrEnum):
    """What becomes of the signals that an ending leaves without anybody."""

    KEEP = "keep"
    END = "end"


BecauseOption = Annotated[
    Because, typer.Option(help="Why; it stands in registry and ledger.")
]
SignalsOption = Annotated[
    Signals | None,
    typer.Option(
        help="Where signals are left behind: end withdraws them all, keep leaves them."
    ),
]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to end, why, and what becomes of its signals."""

    what: str
    key: Mapping[str, str]
    because: Because
    signals: Signals | None = None


@dataclass(frozen=True, slots=True)
class _Done:
    """What ending did, and how many signals it left or withdrew, by municipality."""

    change: Change
    left: Mapping[str, int] = field(default_factory=dict)
    withdrawn: bool = False


def end_organisation(
    oin: OinArgument,
    because: BecauseOption,
    settings: SettingsFile,
    signals: SignalsOption = None,
) -> None:
    """Refuse an organisation for good: people, clients, keys, and its source."""
    _end(settings, _Asked("organisation", {"oin": oin}, because, signals))


def end_source(
    oin: OinArgument,
    because: BecauseOption,
    settings: SettingsFile,
    signals: SignalsOption = None,
) -> None:
    """Let a source take part no more, for good: no answer speaks of it."""
    _end(settings, _Asked("source", {"oin": oin}, because, signals))


def end_admission(
    oin: OinArgument,
    *,
    municipality: MunicipalityOption,
    because: BecauseOption,
    settings: SettingsFile,
) -> None:
    """End that another municipality lets an organisation ask for it."""
    key = {"organisation": oin, "municipality": municipality}
    _end(settings, _Asked("admission", key, because))


def end_client(
    client_id: Annotated[str, typer.Argument(help="`client_id` at the provider.")],
    because: BecauseOption,
    settings: SettingsFile,
    signals: SignalsOption = None,
) -> None:
    """Refuse a client for good: its tokens open nothing any more."""
    _end(settings, _Asked("client", {"client_id": client_id}, because, signals))


def end_signer(
    oin: OinArgument,
    kid: Annotated[
        str, typer.Argument(help="The key's `kid`; `source show` names it.")
    ],
    because: BecauseOption,
    settings: SettingsFile,
) -> None:
    """Take nothing any more that this key signs; what was taken stays."""
    _end(settings, _Asked("signer", {"organisation": oin, "kid": kid}, because))


def end_contact_label(
    oin: OinArgument,
    label: Annotated[str, typer.Argument(help="As it was approved.")],
    because: BecauseOption,
    settings: SettingsFile,
) -> None:
    """Let no contact holder be called so anew; who is called so stays."""
    key = {"organisation": oin, "label": label}
    _end(settings, _Asked("contact-label", key, because))


def _end(settings: Path, asked: _Asked) -> None:
    done = run(lambda: _ended(settings, asked))
    was = "had ended before" if done.change is Change.UNCHANGED else "ended"
    say(f"the {asked.what} {was}")
    if done.withdrawn:
        say(f"withdrawn: {_count(done.left)}")
    elif done.left and asked.what == "client":
        say(f"kept, shown as before: {_count(done.left)}")
    elif done.left:
        say(f"kept, shown to nobody until a transfer: {_count(done.left)}")


def _count(left: Mapping[str, int]) -> str:
    places = ", ".join(f"{place}: {count}" for place, count in left.items())
    return f"{sum(left.values())} signals ({places})"


async def _ended(file: Path, asked: _Asked) -> _Done:
    async with administering(load_settings(file)) as (conn, recorder):
        source = await find_left_behind(conn, asked.what, asked.key)
        left: Mapping[str, int] = {}
        said = asked.signals
        if source is not None:
            await lock_source(conn, source)
            left = await count_left(conn, source)
            if await get_source_state(conn, source) is SourceState.TRIAL:
                said = Signals.END if asked.what != "client" else said or Signals.KEEP
        now = recorder.clock()
        change = await end(conn, asked.what, asked.key, asked.because, now=now)
        if left and said is None and change is not Change.UNCHANGED:
            raise SignalsStand(_SAY.format(left=_count(left)))
        withdrawn = bool(left) and said is Signals.END
        if withdrawn and source is not None:
            await end(conn, "source", {"oin": source}, asked.because, now=now)
            await withdraw_all(conn, source, recorder.keys, now=now)
        if change is not Change.UNCHANGED or withdrawn:
            await _record(conn, recorder, asked, _Done(change, left, withdrawn))
    return _Done(change, left, withdrawn)


_SAY = (
    "{left} would be left without anybody to call. Say `--signals end` to withdraw "
    "them now, or `--signals keep`; the municipality can pass them on to another "
    "source (Overdrachten)"
)


async def _record(
    conn: AsyncConnection, recorder: Recorder, asked: _Asked, done: _Done
) -> None:
    """Record it where its organisation is, and in each municipality with signals."""
    key = asked.key
    owner = key.get("oin") or key.get("organisation")
    owner = owner or await get_client(conn, key["client_id"])
    home = key.get("municipality") or await get_municipality(conn, owner)
    named = {name: key[name] for name in ("client_id", "kid", "label") if name in key}
    said: JsonObject = {
        "act": f"{asked.what}-ended",
        "oin": owner,
        "because": asked.because.value,
        **named,
    }
    for place in sorted({home, *done.left}):
        count = done.left.get(place)
        became = "withdrawn" if done.withdrawn else "kept"
        signals: JsonObject = {became: count} if count else {}
        act = Act({**said, **signals}, Kind.ADMINISTRATION, owner, place)
        await recorder.record(conn, act)

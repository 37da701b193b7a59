"""The key of the register: which one is in use, by which ceremony, and every step.

Looking at it is no act in the ledger: it tells of keys, of no lookup and no citizen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from keys.config import KeyConfig
from keys.digits import write_digits
from keys.validity import find_validity
from signal_index.api.callers import Approver
from signal_index.api.context import TheIndex
from signal_index.api.rotating import read_rotating, tell_rotations
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.ledger import Group, Opened
from signal_index.rotations import find_rotations
from signal_index.store.activations import TakenUp, find_taken_up
from signal_index.store.ceremony_records import KeptRecord, find_kept
from signal_index.store.key_steps import find_key_steps
from signal_index.wire import keys as wire

STEPS_MAXIMUM: Final = 200
routes = Routes("sleutels")

_Kept = Mapping[bytes, KeptRecord]


@routes.get("/keys", "Welke sleutel in gebruik is, en wat ermee gebeurde")
async def show_key(index: TheIndex, caller: Approver) -> wire.KeyOfRegister:
    """Show the key in use and, newest first, what was done with the index's keys."""
    del caller
    config, keys = index.key_config, index.keys.disclosures
    async with looking(index.engine) as conn:
        taken_up = await find_taken_up(conn, config)
        kept = await find_kept(conn)
        steps = await find_key_steps(conn, keys, most=STEPS_MAXIMUM + 1)
        standing = await read_rotating(index, conn, steps)
    return wire.KeyOfRegister(
        inUse=_tell_in_use(config, taken_up, kept, index.clock()),
        rotations=tell_rotations(find_rotations(standing, index.clock())),
        acts=[_tell(one, kept) for one in steps[:STEPS_MAXIMUM]],
        complete=len(steps) <= STEPS_MAXIMUM,
    )


def _tell_in_use(
    config: KeyConfig, taken_up: TakenUp | None, kept: _Kept, now: datetime
) -> wire.KeyInUse:
    return wire.KeyInUse(
        serial=config.serial,
        keyVersion=int(config.key_version),
        epoch=config.epoch,
        threshold=config.threshold,
        holders=[holder.id for holder in config.holders],
        since=taken_up.since if taken_up else None,
        renewedAt=taken_up.renewed_at if taken_up else None,
        validity=find_validity(config, now),
        ceremony=_tell_ceremony(config.ceremony, kept),
    )


def _tell_ceremony(transcript: bytes | None, kept: _Kept) -> wire.KeyCeremony | None:
    if transcript is None:
        return None
    record = kept.get(transcript)
    return wire.KeyCeremony(
        transcript=transcript.hex(),
        digits=write_digits(transcript),
        record=None
        if record is None
        else wire.KeyRecord(kind=record.kind, keptAt=record.kept_at),
    )


def _tell(one: Opened, kept: _Kept) -> wire.KeyAct:
    transcript = one.text(Group.WHAT, "transcript")
    return wire.KeyAct(
        entryId=one.entry,
        at=one.recorded_at,
        content=one.content,
        act=one.text(Group.WHAT, "act"),
        by=one.text(Group.WHO, "sub"),
        serial=_number(one, "serial"),
        keyVersion=_number(one, "version"),
        epoch=_number(one, "epoch"),
        rowKey=_number(one, "rowKey"),
        rows=_number(one, "rows"),
        years=_years(one),
        ceremony=_tell_ceremony(
            None if transcript is None else bytes.fromhex(transcript), kept
        ),
    )


def _number(one: Opened, member: str) -> int | None:
    found = one.value(Group.WHAT, member)
    return found if isinstance(found, int) else None


def _years(one: Opened) -> list[int]:
    found = one.value(Group.WHAT, "years")
    years = found if isinstance(found, list) else [one.value(Group.WHAT, "year")]
    return [each for each in years if isinstance(each, int)]

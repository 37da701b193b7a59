"""What a process starts with, remembered and recorded: key config and policy.

- The newest key config ever accepted is known for good: a lower serial, another key
  under a known version or another content under a known serial is refused, also when
  the file on disk was put back.
- When somebody first asked under a sharing is kept once, whatever restarts: what it
  follows is over from then on (`keys.overlap`).
- The first process to start with a config or a policy records it; those that start at
  the same time see that it is there.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.base64url import encode_b64u
from keys.config import ConfigPins, KeyConfig, KeyOrigin, verify_config
from keys.errors import ConfigRefused
from keys.overlap import Place
from policy.bundle import Bundle
from signal_index.errors import KeyConfigUnusable
from signal_index.ledger import KeyStep, Kind
from signal_index.proof import JsonObject
from signal_index.store.acts import Act, Recorder
from signal_index.store.key_steps import record_key_step
from signal_index.tables.registry import key_config, policy_activation, sharing_use


@dataclass(frozen=True, slots=True)
class OfferedConfig:
    """A key config as it lies on disk, and what it must be to be accepted."""

    document: bytes
    pins: ConfigPins
    accepted_origin: KeyOrigin


async def accept_key_config(
    conn: AsyncConnection, offered: OfferedConfig, recorder: Recorder
) -> KeyConfig:
    """Give the verified key config and remember it, or raise `KeyConfigUnusable`."""
    now = recorder.clock()
    try:
        config = verify_config(
            offered.document,
            offered.pins,
            accepted_origin=offered.accepted_origin,
            known=await find_newest(conn),
            now=now,
        )
    except ConfigRefused as refusal:
        reason = f"{type(refusal).__name__}: {refusal.why}"
        raise KeyConfigUnusable(f"key config: {reason}") from refusal
    if await _insert_new(conn, key_config, _row_of(config, now)):
        await record_key_step(
            conn,
            recorder,
            KeyStep.CONFIG_ACTIVATED,
            serial=config.serial,
            version=int(config.key_version),
            epoch=config.epoch,
            origin=str(config.origin),
            config=hashlib.sha256(config.encode()).hexdigest(),
            transcript=None if config.ceremony is None else config.ceremony.hex(),
        )
    return config


@dataclass(frozen=True, slots=True)
class TakenUp:
    """When a version and epoch were first taken up, and when renewed since, if so."""

    since: datetime
    renewed_at: datetime | None


async def find_taken_up(conn: AsyncConnection, config: KeyConfig) -> TakenUp | None:
    """Find when this index took a config, and the epoch that it is of, up."""
    columns = key_config.c
    rows = await conn.execute(
        select(columns.serial, columns.accepted_at)
        .where(columns.key_version == int(config.key_version))
        .where(columns.epoch == config.epoch)
        .where(columns.serial <= config.serial)
        .order_by(columns.serial)
    )
    found = [row.accepted_at for row in rows]
    if not found:
        return None
    return TakenUp(found[0], found[-1] if len(found) > 1 else None)


async def find_of_ceremony(
    conn: AsyncConnection, transcript: bytes
) -> KeyConfig | None:
    """Find the newest config taken up that names the ceremony with this transcript."""
    documents = await conn.scalars(
        select(key_config.c.document).order_by(key_config.c.serial.desc())
    )
    configs = (_parse(document) for document in documents)
    return next((one for one in configs if one.ceremony == transcript), None)


async def find_former_configs(
    conn: AsyncConnection, place: tuple[int, int]
) -> list[tuple[KeyConfig, datetime]]:
    """Give the newest config of each sharing before this one, the newest first.

    With when this index accepted the first config of the sharing that followed it.
    """
    rows = await conn.execute(
        select(key_config.c.document, key_config.c.accepted_at).order_by(
            key_config.c.serial
        )
    )
    newest: dict[tuple[int, int], KeyConfig] = {}
    began: dict[tuple[int, int], datetime] = {}
    for document, accepted_at in rows:
        config = _parse(document)
        newest[config.place] = config
        began.setdefault(config.place, accepted_at)
    order = [one for one in sorted(newest, reverse=True) if one <= place]
    return [(newest[one], began[following]) for following, one in pairwise(order)]


async def record_policy_activation(
    conn: AsyncConnection, bundle: Bundle, recorder: Recorder
) -> bool:
    """Record the shipped policy the first time an index starts with it.

    It holds where a municipality adopted no other. Tells whether it was new.
    Establishments are recorded when they are made, adoptions when they are approved.
    """
    digest = encode_b64u(bundle.digest)
    row = {"digest": digest, "activated_at": recorder.clock()}
    if not await _insert_new(conn, policy_activation, row):
        return False
    what: JsonObject = {"act": "policy-shipped", "sha256": bundle.digest.hex()}
    act = Act(what, Kind.POLICY, policy=digest)
    await recorder.record(conn, act)
    return True


async def find_newest(conn: AsyncConnection) -> KeyConfig | None:
    """Give the newest key config that this index accepted; None before the first."""
    newest = await conn.scalar(
        select(key_config.c.document).order_by(key_config.c.serial.desc()).limit(1)
    )
    return None if newest is None else _parse(newest)


async def find_rotated(conn: AsyncConnection, version: int) -> bytes:
    """Give the transcript that made a key version, or raise `KeyConfigUnusable`."""
    columns = key_config.c
    document = await conn.scalar(
        select(columns.document)
        .where(columns.key_version == version, columns.epoch == 1)
        .order_by(columns.serial)
        .limit(1)
    )
    transcript = None if document is None else _parse(document).ceremony
    if transcript is None:
        raise KeyConfigUnusable(
            f"this index took no key config of version {version}, epoch 1 up"
        )
    return transcript


def _parse(document: str) -> KeyConfig:
    return KeyConfig.model_validate_json(document, by_alias=True, by_name=False)


async def note_first_use(conn: AsyncConnection, place: Place, now: datetime) -> None:
    """Keep when the first pair came under a sharing; whoever was first stays."""
    version, epoch = place
    row = {"key_version": version, "epoch": epoch, "asked_at": now}
    await _insert_new(conn, sharing_use, row)


async def find_first_uses(conn: AsyncConnection) -> Mapping[Place, datetime]:
    """Give of each sharing when the first pair came under it, at any process."""
    rows = await conn.execute(select(sharing_use))
    return {(row.key_version, row.epoch): row.asked_at for row in rows}


def _row_of(config: KeyConfig, now: datetime) -> Mapping[str, object]:
    document = config.encode()
    return {
        "serial": config.serial,
        "key_version": int(config.key_version),
        "epoch": config.epoch,
        "digest": hashlib.sha256(document).digest(),
        "document": document.decode(),
        "accepted_at": now,
    }


async def _insert_new(
    conn: AsyncConnection, table: Table, row: Mapping[str, object]
) -> bool:
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    done = await conn.execute(
        dialect.insert(table).values(row).on_conflict_do_nothing()
    )
    return bool(done.rowcount)

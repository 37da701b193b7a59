"""What sequencing, checking and signing the ledger share."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from signal_index.ledger import CheckpointSigners
from signal_index.upkeep.cosigning import Cosigners


@dataclass(frozen=True)
class Sequencer:
    """What sequencing takes: database, key, the ledger's name, the file outside.

    `witnesses` None: nobody cosigns, which the settings allow in a trial only.
    """

    engine: AsyncEngine
    key: CheckpointSigners
    origin_base: str
    checkpoint_file: Path
    witnesses: Cosigners | None = None

"""Writing the ledger entry of an act that is nobody's lookup.

Administration, establishments, keys and erasures: the act and its entry go through one
connection, so that one commit makes both durable or neither.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import new_uuid7
from signal_index.keyring import YearKeys
from signal_index.ledger import ENTROPY_BYTES, EntryFacts, Kind, Outcome, build_entry
from signal_index.proof import JsonObject
from signal_index.store.ledger import insert_entries


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, to which organisation's things, in which municipality.

    Its kind says for which processing activity (`signal_index.ledger.KINDS`); `policy`
    is a digest, where one counts.
    """

    what: JsonObject
    kind: Kind
    organisation: str | None = None
    municipality: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes entries in the name of one actor: an operator, or upkeep itself."""

    keys: YearKeys
    actor: str
    clock: Callable[[], datetime]

    async def record(self, conn: AsyncConnection, act: Act) -> UUID:
        """Write the entry of an act, and give its id.

        The caller's transaction makes it durable. Raises `KeyFilesRefused` where the
        year has no key: the act then fails too.
        """
        now = self.clock()
        facts = EntryFacts(
            entry=new_uuid7(now),
            kind=act.kind,
            recorded_at=now,
            outcome=Outcome.RECORDED,
            organisation=act.organisation,
            municipality=act.municipality,
            policy=act.policy,
            who=self.actor,
            what=act.what,
        )
        key = self.keys.get_disclosure_key(facts.year)
        entropy = secrets.token_bytes(ENTROPY_BYTES)
        await insert_entries(conn, [build_entry(facts, entropy=entropy, key=key)])
        return facts.entry

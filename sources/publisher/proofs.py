"""Fetch, a minute or more later, the proofs that what we sent is in the ledger."""

from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sources.outbox.evidence import drop_old_evidence, find_unproven, keep_proof
from sources.outbox.store import Outbox

SIGNED_WITHIN: Final = timedelta(seconds=70)  # the ledger promises a minute


class ProofGiver(Protocol):
    """The index, as far as proofs go."""

    async def fetch_proof(self, entry: UUID) -> str | None:
        """Give the proof of what we sent; None where its tree is not signed yet."""
        ...


async def fetch_proofs(outbox: Outbox, index: ProofGiver, *, now: datetime) -> int:
    """Fetch the proofs that are due, and give how many came; old evidence goes."""
    fetched = 0
    for batch, entry in find_unproven(outbox, before=now - SIGNED_WITHIN):
        proof = await index.fetch_proof(entry)
        if proof is not None:
            keep_proof(outbox, batch, proof)
            fetched += 1
    drop_old_evidence(outbox, now=now)
    return fetched

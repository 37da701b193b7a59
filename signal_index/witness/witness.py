"""One witness: judges, remembers, and only then cosigns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from signal_index.proof import Cosignature, open_note
from signal_index.witness.errors import CheckpointRefused
from signal_index.witness.judge import Logs, judge_checkpoint, read_request
from signal_index.witness.keys import Cosigner
from signal_index.witness.memory import Memory


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that was cosigned: its origin and size, the note and our line."""

    origin: str
    size: int
    note: str
    cosignature: Cosignature


@dataclass(frozen=True, slots=True)
class Witness:
    """What witnessing takes: key, memory, the ledgers it was told of, a clock."""

    cosigner: Cosigner
    memory: Memory
    logs: Logs
    clock: Callable[[], datetime]

    def add_checkpoint(self, text: str) -> Cosigned:
        """Cosign what a request offers, or raise a `CheckpointRefused` leaf.

        The checkpoint is durable in our memory before the cosignature leaves it, and
        one that is refused though the ledger signed it is kept beside it. Not for two
        threads at once: whoever serves takes turns.
        """
        request, origin = read_request(text)
        now = self.clock()
        keys = self.logs.find(origin, now)
        try:
            offered = judge_checkpoint(request, keys, self.memory.find(origin))
        except CheckpointRefused as refusal:
            if refusal.evidence is not None:
                self.memory.keep_refused(origin, text, now, kind=refusal.evidence)
            raise
        body, signed = open_note(request.checkpoint, keys)
        line = self.cosigner.cosign(body, at=now)
        self.memory.keep(origin, f"{body}\n{''.join(signed)}{line.encode()}")
        return Cosigned(origin, offered.size, request.checkpoint, line)

"""One witness: judges, remembers, and only then cosigns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from signal_index.proof import Cosignature, split_note
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

        The checkpoint is durable in our memory before the cosignature exists. Not for
        two threads at once: whoever serves takes turns.
        """
        request, origin = read_request(text)
        keys = self.logs.find(origin, self.clock())
        offered = judge_checkpoint(request, keys, self.memory.find(origin))
        self.memory.keep(origin, request.checkpoint)
        body, _ = split_note(request.checkpoint)
        line = self.cosigner.cosign(body, at=self.clock())
        return Cosigned(origin, offered.size, request.checkpoint, line)

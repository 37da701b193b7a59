"""Whatever it is sent, a witness never cosigns two trees that contradict each other."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from signal_index.proof import verify_checkpoint
from signal_index.witness.errors import CheckpointRefused
from tests.witness_builders import LOG, a_request, a_witness, leaves, root_of

SIZES = st.integers(0, 40)
BRANCHES = st.sampled_from(["", "forged "])


class WitnessMachine(RuleBasedStateMachine):
    """Honest and forged requests in any order, with restarts in between."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._cosigned: list[tuple[int, str]] = []
        self._start()

    def _start(self) -> None:
        self._life = ExitStack()
        self._witness = self._life.enter_context(a_witness(self._folder))

    @rule(old=SIZES, size=SIZES, branch=BRANCHES)
    def offer(self, old: int, size: int, branch: str) -> None:
        self._offer(old, size, branch)

    @rule(size=SIZES, branch=BRANCHES)
    def offer_with_the_right_old_size(self, size: int, branch: str) -> None:
        seen = self._witness.memory.find(LOG.name)
        self._offer(0 if seen is None else seen.size, size, branch)

    def _offer(self, old: int, size: int, branch: str) -> None:
        try:
            done = self._witness.add_checkpoint(a_request(old, size, branch).encode())
        except CheckpointRefused:
            return
        assert verify_checkpoint(done.note, [LOG]).size == size
        self._cosigned.append((size, branch))

    @rule()
    def restart(self) -> None:
        self._life.close()
        self._start()

    @invariant()
    def every_cosigned_tree_extends_the_one_before(self) -> None:
        for (size, branch), (later, other) in zip(
            self._cosigned, self._cosigned[1:], strict=False
        ):
            assert size <= later
            assert root_of(leaves(size, branch)) == root_of(leaves(later, other)[:size])

    def teardown(self) -> None:
        self._life.close()
        self._stack.close()


WitnessMachine.TestCase.settings = settings(stateful_step_count=15)
TestWitness = WitnessMachine.TestCase

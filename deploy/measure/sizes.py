"""How much is measured: once for figures, once small to try the benchmark itself."""

from dataclasses import dataclass

from keys.request import MAX_POINTS


@dataclass(frozen=True)
class Sizes:
    """The size of every part of one run."""

    signals: int
    published: int
    lookups: tuple[tuple[int, int], ...]
    """Connections and lookups of each block, in the order in which they run."""
    sqlite_lookups: int
    pairs: int
    screen_pairs: int
    evaluation_batches: int
    evaluation_requests: int
    limit_seconds: int
    users: int
    ledger_entries: int
    """Among how many an officer searches."""
    sequenced: int
    """How many entries are recorded and put into the tree."""
    verified: int
    """How many entries the verifier reads; the figure is for a million."""
    sourced: int
    """How many new records one agency delivers."""

    @property
    def citizens(self) -> int:
        """Give how many citizens the agencies know: two and a half signals each."""
        return self.signals * 2 // 5

    @property
    def caseload(self) -> int:
        """Give what each agency declares: enough for the largest of its parts."""
        return max(self.signals, self.evaluation_batches * MAX_POINTS)


FULL = Sizes(
    signals=100_000,
    published=20_000,
    lookups=((1, 400), (16, 2_000), (64, 4_000)),
    sqlite_lookups=2_000,
    pairs=400,
    screen_pairs=30,
    evaluation_batches=8,
    evaluation_requests=1_000,
    limit_seconds=8,
    users=64,
    ledger_entries=10_000_000,
    sequenced=60_000,
    verified=1_000_000,
    sourced=100_000,
)
QUICK = Sizes(
    signals=5_000,
    published=1_000,
    lookups=((1, 50), (16, 300), (64, 600)),
    sqlite_lookups=300,
    pairs=40,
    screen_pairs=5,
    evaluation_batches=2,
    evaluation_requests=100,
    limit_seconds=2,
    users=16,
    ledger_entries=100_000,
    sequenced=5_000,
    verified=50_000,
    sourced=2_000,
)
"""A tenth or less, to try the benchmark: its figures mean nothing."""

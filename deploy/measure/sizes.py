"""How much is measured: once for figures, once small to try the benchmark itself."""

from dataclasses import dataclass

WARM_UP = 64
FOUND_AGAIN = 40
"""How many of those delivered beside an act are looked up in the end: the last."""
OWN_LOOKUPS = 300
"""How often a citizen who reads their own page was looked up."""
SCREEN_WARM_UP_PAIRS = 3
"""What is asked before the clock starts: lookups of an index, pairs at the screen."""


@dataclass(frozen=True)
class Sizes:
    """The size of every part of one run."""

    forks: bool
    """Whether servers and most commands are forks, as in a town that is not measured:
    half of the CPU of the short form went to starting Python."""
    starts: int
    """How often each command shows its help."""
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
    ledger_entries: int
    """Among how many an officer searches."""
    search_rounds: int
    """How often each kind of search is asked."""
    sequenced: int
    """How many entries are recorded and put into the tree."""
    proofs: int
    verified: int
    """How many entries the verifier reads; the figure is for a million."""
    sourced: int
    """How many new records one agency delivers."""
    flooded: int
    """How many lookups a flood sends at the most."""
    flood_connections: int
    flood_seconds: float
    others: int
    """How many lookups others do during each attack."""
    moved: int
    """How many rows move to another row key."""
    moving_blocks: int
    """Blocks of lookups before rows move; while they do, one after each rest, until
    all have moved."""
    most_moving_blocks: int
    """After which the measurement ends without a figure."""
    moving_lookups: int
    """How many in each block."""
    moving_rest: float
    """Seconds between two blocks while rows move."""
    working_lookups: int
    working_delivered: int
    """How many people look up and how many persons are delivered, at the most, while
    one act with a key goes on."""
    working_pace: int
    """How many times as seldom as people at work they do so."""
    attack_seconds: float

    @property
    def citizens(self) -> int:
        """Give how many citizens the agencies know: two and a half signals each."""
        return self.signals * 2 // 5


FULL = Sizes(
    forks=False,
    starts=7,
    signals=100_000,
    published=20_000,
    lookups=((1, 400), (16, 2_000), (64, 4_000)),
    sqlite_lookups=2_000,
    pairs=400,
    screen_pairs=30,
    evaluation_batches=8,
    evaluation_requests=1_000,
    limit_seconds=8,
    ledger_entries=10_000_000,
    search_rounds=12,
    sequenced=60_000,
    proofs=300,
    verified=1_000_000,
    sourced=100_000,
    flooded=40_000,
    flood_connections=500,
    flood_seconds=60,
    others=300,
    attack_seconds=12,
    moved=1_000_000,
    moving_blocks=5,
    most_moving_blocks=160,
    moving_lookups=400,
    moving_rest=10,
    working_lookups=16_000,
    working_delivered=8_000,
    working_pace=1,
)
QUICK = Sizes(
    forks=True,
    starts=1,
    signals=2_500,
    published=1_000,
    lookups=((1, 10), (16, 32), (64, 64)),
    sqlite_lookups=32,
    pairs=20,
    screen_pairs=2,
    evaluation_batches=1,
    evaluation_requests=50,
    limit_seconds=1,
    ledger_entries=5_000,
    search_rounds=2,
    sequenced=500,
    proofs=20,
    verified=2_000,
    sourced=500,
    flooded=100,
    flood_connections=80,
    flood_seconds=1,
    others=6,
    attack_seconds=0.3,
    moved=3_000,
    moving_blocks=1,
    most_moving_blocks=40,
    moving_lookups=16,
    moving_rest=3,
    working_lookups=2_000,
    working_delivered=1_000,
    working_pace=3,
)
"""As little as shows that each part still works: its figures mean nothing."""

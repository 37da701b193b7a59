"""The parts that can be asked for by name, and the figures that each must give."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Part(StrEnum):
    """What can be asked for by name."""

    LIMIT = "limit"
    EVALUATE = "evaluate"
    PUBLISH = "publish"
    LOOKUP = "lookup"
    TIMING = "timing"
    SCREEN = "screen"
    OWN_PAGE = "own-page"
    SQLITE = "sqlite"
    SEARCH = "search"
    LEDGER = "ledger"
    SOURCES = "sources"
    START = "start"
    JOINING = "joining"
    HOSTILE = "hostile"
    KEYS = "keys"


KEY_ACTS = ("refresh", "replace", "rotate", "rowKey")
NOTHING = ("misses", "wrongAnswers", "failures", "lostNotices")
"""What no act with a key may cost anybody: each of these figures is 0."""

FIGURES = {
    Part.LIMIT: ("limit.pgbenchPerSecond", "limit.multiplicationsPerSecond"),
    Part.EVALUATE: ("evaluate.perSecond", "evaluate.requestsPerSecond"),
    Part.PUBLISH: ("publish.records", "publish.seconds"),
    Part.LOOKUP: (
        *("lookup.c1.perSecond", "lookup.c16.perSecond", "lookup.c64.perSecond"),
        *("lookup.c64.p50Ms", "lookup.c64.p99Ms", "memory.indexMiB"),
    ),
    Part.TIMING: ("timing.hitMissDifferenceMs", "timing.hitMissIntervalMs"),
    Part.SCREEN: ("screen.lookupToPaintMs",),
    Part.OWN_PAGE: ("ownPage.lookups", "ownPage.pageMs", "ownPage.proofsMs"),
    Part.SQLITE: ("sqlite.lookup.c16.perSecond",),
    Part.SEARCH: ("ledger.searchP50Ms", "ledger.searchP95Ms"),
    Part.LEDGER: (
        *("ledger.appendCpuMs", "ledger.integratedPerSecond", "ledger.proofMs"),
        *("ledger.verifyMillionSeconds", "ledger.bytesPerEntry"),
    ),
    Part.SOURCES: (
        *("sources.endToEndSeconds", "sources.unchangedSeconds"),
        *("sources.reconcileEqualSeconds", "sources.memoryMiB"),
        *("sources.indexAcceptsPerSecond", "sources.otherOrderSeconds"),
    ),
    Part.JOINING: (
        *("joining.firstDaySeconds", "joining.commandsCpuSeconds"),
        "joining.agencyCommands",
    ),
    Part.HOSTILE: (
        *("hostile.acceptedP99Ms", "hostile.memoryGrowthMiB"),
        *("hostile.normalAgainSeconds", "hostile.othersP99Ms.largeHeaders"),
    ),
    Part.KEYS: (
        *(f"keys.{act}.{name}" for act in KEY_ACTS for name in (*NOTHING, "delivered")),
        *(f"keys.{act}.longestPauseMs" for act in KEY_ACTS),
        *("keys.rotate.memoryMiB.index", "keys.rotate.memoryMiB.holder"),
        *("keys.rowKey.rowsPerSecond", "keys.rowKey.lookupsRatio"),
    ),
    Part.START: ("start.sourceHelpCpuSeconds", "start.indexHelpCpuSeconds"),
}


class FiguresMissing(Exception):
    """A part ran and gave no figure; names what is missing."""


class SomethingLost(Exception):
    """What went on cost somebody an answer or a notice; names the figures."""


def verify_figures(parts: Iterable[Part], given: Mapping[str, str]) -> None:
    """Check that each part gave all its figures, and that nothing was lost.

    Raises `FiguresMissing` or `SomethingLost`.
    """
    wanted = [name for part in parts for name in FIGURES[part]]
    missing = [name for name in wanted if name not in given]
    if missing:
        raise FiguresMissing(", ".join(missing))
    lost = [f"{name} {given[name]}" for name in wanted if _is_loss(name, given[name])]
    if lost:
        raise SomethingLost(", ".join(lost))


def _is_loss(name: str, figure: str) -> bool:
    return name.rpartition(".")[2] in NOTHING and figure != "0"

"""The parts that can be asked for by name, and the figures that each must give."""

from collections.abc import Collection, Iterable
from enum import StrEnum


class Part(StrEnum):
    """What can be asked for by name."""

    LIMIT = "limit"
    EVALUATE = "evaluate"
    PUBLISH = "publish"
    LOOKUP = "lookup"
    TIMING = "timing"
    SCREEN = "screen"
    SQLITE = "sqlite"
    SEARCH = "search"
    LEDGER = "ledger"
    SOURCES = "sources"
    START = "start"
    JOINING = "joining"
    HOSTILE = "hostile"
    ROW_KEY = "row-key"


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
    Part.ROW_KEY: (
        *("rowKey.rows", "rowKey.rowsPerSecond", "rowKey.lookupsRatio"),
        *("rowKey.lookupsBeforePerSecond", "rowKey.lookupsDuringPerSecond"),
    ),
    Part.START: ("start.sourceHelpCpuSeconds", "start.indexHelpCpuSeconds"),
}


class FiguresMissing(Exception):
    """A part ran and gave no figure; names what is missing."""


def verify_figures(parts: Iterable[Part], given: Collection[str]) -> None:
    """Check that each part gave all its figures, or raise `FiguresMissing`."""
    missing = [name for part in parts for name in FIGURES[part] if name not in given]
    if missing:
        raise FiguresMissing(", ".join(missing))

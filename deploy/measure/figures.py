"""What was measured, as a table for people and as JSON for machines."""

import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from rich.table import Table

from deploy.measure.evaluations import Evaluations
from deploy.measure.lookups import Rate
from deploy.measure.publishing import Publishing
from deploy.measure.statistics import Difference


@dataclass
class Figures:
    """Everything measured in one run; what was not asked for stays away."""

    measured_at: datetime
    quick: bool
    signals: int
    lookup: dict[int, Rate] = field(default_factory=dict)
    sqlite: dict[int, Rate] = field(default_factory=dict)
    evaluate: Evaluations | None = None
    publish: Publishing | None = None
    index_mib: float | None = None
    pgbench: float | None = None
    multiplications: float | None = None
    timing: Difference | None = None
    screen: list[float] = field(default_factory=list)
    own_page: dict[str, object] = field(default_factory=dict)
    ledger: dict[str, object] = field(default_factory=dict)
    sources: dict[str, object] = field(default_factory=dict)
    start: dict[str, object] = field(default_factory=dict)
    joining: dict[str, object] = field(default_factory=dict)
    hostile: dict[str, object] = field(default_factory=dict)
    keys: dict[str, object] = field(default_factory=dict)
    pairs: int = 0
    seconds: float = 0

    def encode(self) -> dict[str, Any]:
        """Give the JSON object; the names are those of the project's targets."""
        said: dict[str, Any] = {
            "measuredAt": self.measured_at.astimezone(UTC).isoformat(),
            "quick": self.quick,
            "signals": self.signals,
            "machine": describe_machine(),
            "seconds": round(self.seconds, 1),
        }
        if self.lookup:
            said["lookup"] = _encode_rates(self.lookup)
        if self.sqlite:
            said["sqlite"] = {"lookup": _encode_rates(self.sqlite)}
        if self.evaluate:
            said["evaluate"] = {
                "perSecond": round(self.evaluate.per_second, 1),
                "requestsPerSecond": round(self.evaluate.requests_per_second, 1),
            }
        if self.publish:
            seconds = round(self.publish.seconds, 1)
            said["publish"] = {"records": self.publish.records, "seconds": seconds}
        if self.index_mib is not None:
            said["memory"] = {"indexMiB": round(self.index_mib, 1)}
        if self.pgbench is not None and self.multiplications is not None:
            said["limit"] = {
                "pgbenchPerSecond": round(self.pgbench, 1),
                "multiplicationsPerSecond": round(self.multiplications, 1),
            }
        if self.timing:
            said["timing"] = _encode_timing(self.timing, self.pairs)
        parts = {
            "ownPage": self.own_page,
            "ledger": self.ledger,
            "sources": self.sources,
            "start": self.start,
            "joining": self.joining,
            "hostile": self.hostile,
            "keys": self.keys,
        }
        asked = {name: part for name, part in parts.items() if part}
        return said | asked | _encode_screen(self.screen)

    def flatten(self) -> dict[str, str]:
        """Name every figure with the path it has in the JSON object."""
        return dict(_flatten(self.encode()))

    def tabulate(self) -> Table:
        """Give a table of every figure."""
        table = Table("What", "Figure", title="Measured on this machine")
        for name, value in self.flatten().items():
            table.add_row(name, value)
        return table


def describe_machine() -> dict[str, object]:
    """Name what the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "processor": _read_processor(),
        "python": platform.python_version(),
        "kernel": platform.release(),
    }


def _encode_rates(rates: dict[int, Rate]) -> dict[str, dict[str, float]]:
    return {
        f"c{connections}": {
            "perSecond": round(rate.per_second, 1),
            "p50Ms": round(rate.p50_ms, 2),
            "p99Ms": round(rate.p99_ms, 2),
        }
        for connections, rate in rates.items()
    }


def _encode_timing(timing: Difference, pairs: int) -> dict[str, object]:
    return {
        "hitMissDifferenceMs": round(timing.value, 4),
        "hitMissIntervalMs": [round(timing.low, 4), round(timing.high, 4)],
        "pairs": pairs,
    }


def _encode_screen(milliseconds: list[float]) -> dict[str, Any]:
    if not milliseconds:
        return {}
    middle = round(median(milliseconds), 1)
    return {"screen": {"lookupToPaintMs": middle, "lookups": len(milliseconds)}}


def _flatten(value: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, part in value.items():
        if isinstance(part, dict):
            rows += _flatten(part, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, str(part)))
    return rows


def _read_processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()

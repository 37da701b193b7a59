"""The part of the ledger around a day: verified as a whole, then read for its leaves.

Every export given is verified from its first leaf to its last (`signal_index.verify`),
so that no entry of the day can be left out of it unseen; then the leaves of the day's
window, and later reports of requests that came to nothing, are kept.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from signal_index.proof import (
    FirstLeaf,
    Kind,
    Leaf,
    hash_leaf,
    list_bundles,
    parse_bundle,
    parse_leaf,
    year_of_origin,
)
from signal_index.reconcile.errors import EvidenceMissing
from signal_index.reconcile.evidence import DayWindow
from signal_index.verify.judge import Judgement, judge_ledger
from signal_index.verify.sources import LedgerSource, open_source
from signal_index.verify.trust import Trust

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class TreeLeaf:
    """A leaf that stands in a verified tree."""

    leaf: Leaf
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class LedgerPart:
    """The leaves around a day, by entry, and the name of the ledger."""

    origin_base: str
    leaves: Mapping[UUID, TreeLeaf]


def read_ledger(
    exports: Sequence[Path], trust: Trust, window: DayWindow, progress: Progress
) -> LedgerPart:
    """Verify exports of whole years and give the leaves around a day.

    Raises `ProofRefused` where one is false, `MalformedProof` or `CannotJudge` where it
    cannot be judged, `EvidenceMissing` where a year of the window lacks.
    """
    leaves: dict[UUID, TreeLeaf] = {}
    bases: dict[int, str] = {}
    for export in exports:
        with open_source(str(export)) as source:
            judged = judge_ledger(source, trust, progress=progress)
            year = year_of_origin(judged.origin)
            bases[year] = judged.origin.removesuffix(f"/{year:04d}")
            leaves.update(_read_window(source, judged, window))
    if window.start.year not in bases:
        raise EvidenceMissing(f"no export of the ledger of {window.start.year}")
    return LedgerPart(bases[window.start.year], leaves)


def _read_window(
    source: LedgerSource, judged: Judgement, window: DayWindow
) -> Iterator[tuple[UUID, TreeLeaf]]:
    for ref in list_bundles(judged.size):
        data = source.read(ref.path())
        if data is None:
            raise EvidenceMissing("a bundle of entries is missing")
        for leaf_bytes in parse_bundle(data, ref.width):
            leaf = _parse(leaf_bytes)
            if leaf is not None and _belongs(leaf, window):
                yield leaf.entry, TreeLeaf(leaf, hash_leaf(leaf_bytes))


def _parse(leaf_bytes: bytes) -> Leaf | None:
    leaf = parse_leaf(leaf_bytes)
    return None if isinstance(leaf, FirstLeaf) else leaf


def _belongs(leaf: Leaf, window: DayWindow) -> bool:
    if window.nears(leaf.minute):
        return True
    return leaf.kind is Kind.COMPLETENESS and leaf.minute >= window.start

"""Percentiles, medians and how sure we are of them. Pure, and without randomness."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, comb, sqrt
from statistics import NormalDist, median

SURE = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Difference:
    """The difference of two medians, with its 95 % interval."""

    value: float
    low: float
    high: float


def compute_percentile(values: Sequence[float], share: float) -> float:
    """Give the nearest-rank percentile: a value that was really measured.

    `share` lies above 0 and at most at 1; raises `ValueError` for no values.
    """
    if not values or not 0 < share <= 1:
        raise ValueError("a percentile needs values and a share in (0, 1]")
    return sorted(values)[ceil(share * len(values)) - 1]


def compare_medians(left: Sequence[float], right: Sequence[float]) -> Difference:
    """Give median(left) - median(right) with its 95 % interval.

    Distribution-free: the standard error of each median comes from its order
    statistics (Price and Bonett, J. Stat. Comput. Simul. 72:119, 2002), so that a few
    slow answers do not widen the interval and no random resampling is needed. Raises
    `ValueError` for fewer than ten values on a side.
    """
    value = median(left) - median(right)
    reach = SURE * sqrt(_error_of_median(left) ** 2 + _error_of_median(right) ** 2)
    return Difference(value, value - reach, value + reach)


def _error_of_median(values: Sequence[float]) -> float:
    count = len(values)
    if count < 10:
        raise ValueError("the interval of a median needs ten values")
    ordered = sorted(values)
    rank = max(1, round((count + 1) / 2 - sqrt(count)))
    # The exact chance that the true median lies outside the two order statistics.
    outside = sum(comb(count, below) for below in range(rank)) / 2 ** (count - 1)
    width = ordered[count - rank] - ordered[rank - 1]
    return width / (2 * NormalDist().inv_cdf(1 - outside / 2))

from collections import Counter
from dataclasses import replace

import pytest

from deploy.measure.budgets import (
    AGENCY_OF,
    BudgetOverdrawn,
    Spender,
    Users,
    count_persons,
    count_users,
    declare_caseloads,
)
from deploy.measure.citizens import STRANGERS_FROM, number_citizens
from deploy.measure.limits import read_rate
from deploy.measure.memory import find_memory_mib
from deploy.measure.parts import (
    FIGURES,
    NOTHING,
    FiguresMissing,
    Part,
    SomethingLost,
    verify_figures,
)
from deploy.measure.sizes import FULL, QUICK, Sizes
from deploy.measure.statistics import compare_medians, compute_percentile
from deploy.town.parties import ACCOUNTS
from keys.bsn import parse_bsn
from keys.holder.budgets import Bucket


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50), (0.99, 99), (0.991, 100), (1, 100), (0.001, 1)]
)
def test_a_percentile_is_a_value_that_was_measured(
    share: float, expected: float
) -> None:
    assert compute_percentile(range(100, 0, -1), share) == expected


@pytest.mark.parametrize("share", [0, 1.01])
def test_a_percentile_of_nothing_sensible_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        compute_percentile([1.0], share)
    with pytest.raises(ValueError, match="percentile"):
        compute_percentile([], 0.5)


def test_two_equal_sides_differ_by_nothing() -> None:
    side = [float(value) for value in range(400)]

    found = compare_medians(side, side)

    assert found.value == 0
    assert found.low < 0 < found.high
    assert found.low == -found.high


def test_a_shift_is_found_and_outlasts_outliers() -> None:
    left = [10 + value / 100 for value in range(400)]
    right = [8 + value / 100 for value in range(399)] + [10_000.0]

    found = compare_medians(left, right)

    assert found.value == pytest.approx(2, abs=0.02)
    assert found.low > 1
    assert found.high < 3


def test_the_interval_is_as_wide_as_theory_says() -> None:
    # A uniform sample on (0, 1): the median's standard error is 1 / (2 sqrt(n)).
    count = 400
    side = [(place + 0.5) / count for place in range(count)]
    error = 1 / (2 * count**0.5)

    found = compare_medians(side, side)

    assert found.high == pytest.approx(1.96 * 2**0.5 * error, rel=0.05)


def test_a_few_values_have_no_interval() -> None:
    with pytest.raises(ValueError, match="ten values"):
        compare_medians([1.0] * 9, [1.0] * 9)


def test_invented_numbers_pass_the_proof_and_never_repeat() -> None:
    known = number_citizens(500)
    strangers = number_citizens(500, start=STRANGERS_FROM)

    assert len({*known, *strangers}) == 1_000
    for number in (*known, *strangers):
        parse_bsn(number)
    assert number_citizens(500) == known


@pytest.mark.parametrize("sizes", [FULL, QUICK])
def test_the_sizes_of_a_run_fit_together(sizes: Sizes) -> None:
    rest = sizes.signals - 2 * sizes.citizens

    assert 0 < rest <= sizes.citizens
    assert sizes.published <= sizes.citizens
    assert sizes.published % 1_000 == 0


@pytest.mark.parametrize("sizes", [FULL, QUICK])
def test_no_agency_is_asked_for_more_than_its_part_needs(sizes: Sizes) -> None:
    declared = declare_caseloads(sizes)

    spent = {
        Spender.PUBLISH: sizes.published,
        Spender.FILL: sizes.citizens + 4 * sizes.working_delivered,
        Spender.SOURCES: sizes.sourced,
        Spender.EVALUATE: sizes.evaluation_batches * 4_096,
    }
    assert len(declared) == len(Spender), "two parts share an agency"
    for spender, persons in spent.items():
        bucket = Bucket(declared[AGENCY_OF[spender].organisation]).capacity
        assert persons <= bucket <= persons * 1.06


@pytest.mark.parametrize("sizes", [FULL, QUICK])
def test_users_are_enough_and_none_asks_more_than_a_holder_allows(
    sizes: Sizes,
) -> None:
    blocks = sum(count for _, count in sizes.lookups)
    lookups = blocks + sizes.sqlite_lookups + 2 * sizes.pairs + 2 * 64
    accounts = [
        replace(ACCOUNTS[0], username=f"user-{number}")
        for number in range(count_users(sizes))
    ]

    turns = Counter(Users(accounts).take(lookups))

    assert max(turns.values()) <= 200
    assert count_persons(sizes) > lookups


def test_a_part_that_was_not_reckoned_with_gets_no_user() -> None:
    users = Users(ACCOUNTS[:2])
    users.take(299)

    with pytest.raises(BudgetOverdrawn):
        users.take(2)


def test_a_part_without_all_its_figures_is_named() -> None:
    given = {name: "0" for part in Part for name in FIGURES[part]}
    verify_figures(Part, given)

    del given["sources.memoryMiB"]
    with pytest.raises(FiguresMissing, match=r"sources\.memoryMiB"):
        verify_figures(Part, given)


@pytest.mark.parametrize("name", NOTHING)
def test_an_act_with_a_key_that_costs_somebody_something_is_named(name: str) -> None:
    given = dict.fromkeys(FIGURES[Part.KEYS], "0")
    given |= {"keys.rotate.delivered": "70", f"keys.rotate.{name}": "1"}
    with pytest.raises(SomethingLost, match=f"^keys.rotate.{name} 1$"):
        verify_figures([Part.KEYS], given)


def test_the_rate_is_read_from_what_pgbench_says() -> None:
    said = "latency average = 3.3 ms\ntps = 4812.25 (without initial connection time)\n"

    assert read_rate(said) == 4812.25
    with pytest.raises(ValueError, match="no rate"):
        read_rate("pgbench: error")


def test_memory_is_read_from_what_the_kernel_says() -> None:
    status = "Name:\tx\nVmHWM:\t  204800 kB\nVmRSS:\t 1024 kB\n"
    assert find_memory_mib(status, "VmHWM") == 200
    assert find_memory_mib(status, "VmRSS") == 1
    with pytest.raises(ValueError, match="memory"):
        find_memory_mib("Name:\tx\n", "VmHWM")

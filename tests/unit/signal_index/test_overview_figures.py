"""What an officer reads: totals, follow-up, users beside their peers, days open."""

from datetime import date

import pytest

from signal_index.overview.figures import (
    follow_up,
    follow_up_of_flags,
    heaviest_users,
    sum_by,
    total,
)
from signal_index.overview.stock import Stock, median_days_open
from tests.overview_builders import a_cell, a_flag, a_user, some_counts

OIN = "00000001234567890000"
TODAY = date(2026, 11, 22)
ORDER = ("contact-made", "not-reachable")


def test_totals_count_each_lookup_under_every_heading_that_fits() -> None:
    counts = some_counts(
        {
            a_cell(): 5,
            a_cell(is_hit=False, off_hours=True): 3,
            a_cell(outcome="refused", is_hit=False, break_glass=True): 2,
            a_cell(outcome="failed", is_hit=False): 1,
            a_cell(repeated=True): 4,
        }
    )
    found = total(counts)
    assert (found.lookups, found.hits, found.misses) == (15, 9, 3)
    assert (found.refused, found.failed) == (2, 1)
    assert (found.off_hours, found.break_glass, found.repeated) == (3, 2, 4)


def test_sums_by_any_name_add_up_to_the_whole() -> None:
    counts = some_counts({a_cell(): 5, a_cell(team="oost"): 3, a_cell(team=None): 1})
    assert sum_by(counts, lambda cell: cell.team) == {"west": 5, "oost": 3, None: 1}


def test_what_came_of_it_is_asked_of_lookups_that_showed_something() -> None:
    counts = some_counts(
        {
            a_cell(follow_up=("contact-made",)): 5,
            a_cell(): 3,
            a_cell(is_hit=False): 100,
        }
    )
    found = follow_up(counts, ORDER)
    assert (found.asked, found.missing) == (8, 3)
    assert found.said == {"contact-made": 5}


def test_a_lookup_counts_once_under_what_the_catalogue_names_first() -> None:
    mixed = ("contact-made", "letter-sent", "not-reachable")
    counts = some_counts(
        {
            a_cell(follow_up=mixed): 2,
            a_cell(follow_up=("letter-sent", "not-reachable")): 1,
            a_cell(follow_up=("letter-sent",)): 1,
        }
    )
    assert follow_up(counts, ORDER).said == {
        "contact-made": 2,
        "not-reachable": 1,
        "letter-sent": 1,  # left the catalogue: after all that it has
    }


def test_each_flag_counts_for_itself() -> None:
    flags = {a_flag("contact-made"): 3, a_flag("not-reachable"): 2, a_flag(): 4}
    found = follow_up_of_flags(some_counts({a_cell(): 5}, flags=flags))
    assert (found.asked, found.missing) == (9, 4)
    assert found.said == {"contact-made": 3, "not-reachable": 2}


def test_somebody_who_asks_far_more_than_the_team_stands_out() -> None:
    users = {a_user(f"user-{n}"): 10 for n in range(6)} | {a_user("busy"): 60}
    (first, *others) = heaviest_users({OIN: some_counts(users=users)})
    assert (first.sub, first.lookups, first.peers_median) == ("busy", 60, 10.0)
    assert first.stands_out
    assert not any(one.stands_out for one in others)


def test_a_small_team_is_compared_with_the_whole_organisation() -> None:
    users = {a_user(f"user-{n}", team="oost"): 10 for n in range(8)}
    alone = {a_user("alone", team="west"): 12}
    found = heaviest_users({OIN: some_counts(users=users | alone)})
    assert {one.peers_median for one in found if one.sub == "alone"} == {10.0}


def test_a_few_lookups_never_stand_out() -> None:
    users = {a_user(f"user-{n}"): 1 for n in range(6)} | {a_user("some"): 19}
    assert not any(
        one.stands_out for one in heaviest_users({OIN: some_counts(users=users)})
    )


def test_one_user_alone_has_no_peers() -> None:
    (only,) = heaviest_users({OIN: some_counts(users={a_user(): 5})})
    assert only.peers_median == 0.0


def test_peers_are_of_the_same_organisation() -> None:
    other = "00000001234567890001"
    found = heaviest_users(
        {
            OIN: some_counts(users={a_user("a"): 5, a_user("b"): 7}),
            other: some_counts(users={a_user("a"): 900}),
        }
    )
    assert [(one.organisation, one.peers_median) for one in found] == [
        (other, 0.0),
        (OIN, 5.0),
        (OIN, 7.0),
    ]


def test_at_most_ten_users_are_shown() -> None:
    users = {a_user(f"user-{n}"): n for n in range(1, 30)}
    found = heaviest_users({OIN: some_counts(users=users)})
    assert [one.lookups for one in found] == list(range(29, 19, -1))


def _stock(**began: int) -> Stock:
    days = {date(2026, 11, int(day[1:])): n for day, n in began.items()}
    return Stock(OIN, "bijstand", days)


@pytest.mark.parametrize(
    ("stocks", "median"),
    [
        ([], None),
        ([_stock(d12=1)], 10),
        ([_stock(d12=1, d20=1)], 2),
        ([_stock(d12=3, d20=2)], 10),
        ([_stock(d12=1), _stock(d20=1, d21=1)], 2),
        ([_stock(d23=1)], 0),
    ],
)
def test_the_median_is_of_the_signals_together(
    stocks: list[Stock], median: int | None
) -> None:
    assert median_days_open(stocks, TODAY) == median

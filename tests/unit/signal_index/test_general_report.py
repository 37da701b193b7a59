"""The monthly report: what is shown is true, and nothing small is shown or follows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from signal_index.overview.counts import Counts, add_all
from signal_index.overview.protection import SMALL
from signal_index.overview.report import GeneralReport, Month, make_general_report
from signal_index.overview.stock import Stock
from tests.overview_builders import a_cell, a_user, some_counts

OIN, OTHER = "00000001234567890000", "00000001234567890001"
FIRST = date(2026, 10, 1)
DOMAINS = {
    "bijstand": ("financien", "werk-opleiding"),
    "schuldhulpverlening": ("financien",),
    "leerplicht": ("werk-opleiding",),
}


def a_month(
    by_organisation: Mapping[str, Counts],
    *,
    stocks: Sequence[Stock] = (),
    is_settled: bool = True,
) -> Month:
    """All on the first day of the month."""
    everything = add_all(by_organisation.values())
    return Month(
        {FIRST: everything},
        by_organisation,
        everything if is_settled else None,
        FIRST if stocks else None,
        stocks,
    )


def report(month: Month) -> GeneralReport:
    def domains_of(category: str) -> Sequence[str]:
        return DOMAINS.get(category, ())

    return make_general_report(month, domains_of, ("contact-made",))


def a_stock(category: str, number: int, source: str = OIN) -> Stock:
    return Stock(source, category, {FIRST - timedelta(days=30): number})


def test_a_month_with_enough_lookups_is_told_exactly() -> None:
    counts = some_counts(
        {
            a_cell(follow_up=("contact-made",)): 40,
            a_cell(): 20,
            a_cell(is_hit=False, off_hours=True): 30,
            a_cell(outcome="refused", is_hit=False): 12,
        },
        {a_user(f"user-{n}"): 10 for n in range(10)},
    )
    found = report(a_month({OIN: counts})).lookups
    assert found is not None
    assert (found.total, found.users) == (102, 10)
    assert found.outcomes == {"hits": 60, "misses": 30, "refused": 12, "failed": 0}
    assert (found.off_hours, found.break_glass) == (30, 0)
    assert found.follow_up == {"contact-made": 40, None: 20}
    assert found.teams == {(OIN, "west"): 102}


def test_one_to_nine_lookups_are_not_told() -> None:
    assert report(a_month({OIN: some_counts({a_cell(): 9})})).lookups is None


def test_no_lookups_at_all_may_be_told() -> None:
    found = report(a_month({})).lookups
    assert found is not None
    assert found.total == 0


def test_a_small_share_is_hidden_and_so_is_a_small_remainder() -> None:
    most = some_counts({a_cell(off_hours=True): 95, a_cell(break_glass=True): 5})
    found = report(a_month({OIN: most})).lookups
    assert found is not None
    assert (found.off_hours, found.break_glass) == (None, None)


def test_a_small_team_hides_a_colleague_team_of_the_same_organisation() -> None:
    ours = some_counts({a_cell(): 50, a_cell(team="oost"): 20, a_cell(team="noord"): 3})
    theirs = some_counts({a_cell(team="schuldhulp"): 15})
    found = report(a_month({OIN: ours, OTHER: theirs})).lookups
    assert found is not None
    assert found.organisations == {OIN: 73, OTHER: 15}
    assert found.teams == {
        (OIN, "west"): 50,
        (OIN, "oost"): None,
        (OIN, "noord"): None,
        (OTHER, "schuldhulp"): 15,
    }


def test_a_hidden_organisation_has_no_teams_in_the_report() -> None:
    ours = some_counts({a_cell(): 50, a_cell(team="oost"): 60})
    theirs = some_counts({a_cell(team="schuldhulp"): 4})
    found = report(a_month({OIN: ours, OTHER: theirs})).lookups
    assert found is not None
    assert set(found.teams.values()) == {None}


def test_what_came_of_it_waits_until_everybody_could_say_so() -> None:
    counts = some_counts({a_cell(): 50})
    found = report(a_month({OIN: counts}, is_settled=False)).lookups
    assert found is not None
    assert found.follow_up is None


def test_what_came_of_it_is_not_told_where_the_hits_are_hidden() -> None:
    counts = some_counts({a_cell(): 5, a_cell(is_hit=False): 50})
    found = report(a_month({OIN: counts})).lookups
    assert found is not None
    assert found.outcomes["hits"] is None
    assert found.follow_up is None


def test_signals_stand_by_source_category_and_domain_with_days_open() -> None:
    stocks = [a_stock("bijstand", 40), a_stock("schuldhulpverlening", 20, OTHER)]
    found = report(a_month({}, stocks=stocks)).stock
    assert found is not None
    assert found.active == 60
    assert found.sources[OIN, "bijstand"].active == 40
    assert found.domains["financien"].active == 60
    assert found.domains["werk-opleiding"].active == 40
    assert found.domains["financien"].median_days_open == 30


def test_a_domain_with_a_hidden_category_is_hidden_with_its_median() -> None:
    stocks = [
        a_stock("bijstand", 4),
        a_stock("schuldhulpverlening", 20),
        a_stock("leerplicht", 30),
    ]
    found = report(a_month({}, stocks=stocks)).stock
    assert found is not None
    assert found.sources[OIN, "leerplicht"].active == 30
    assert found.domains["financien"].active is None
    assert found.domains["financien"].median_days_open is None
    assert found.domains["werk-opleiding"].active is None


def test_one_to_nine_signals_are_not_told() -> None:
    assert report(a_month({}, stocks=[a_stock("bijstand", 9)])).stock is None


CELLS = st.builds(
    a_cell,
    team=st.sampled_from(["west", "oost", "noord", None]),
    purpose=st.sampled_from(["wmo-onderzoek", "veiligheid", None]),
    outcome=st.sampled_from(["answered", "refused"]),
    is_hit=st.booleans(),
    off_hours=st.booleans(),
    follow_up=st.sampled_from([("contact-made",), ()]),
)
MONTHS = st.dictionaries(
    st.sampled_from([OIN, OTHER]),
    st.builds(some_counts, st.dictionaries(CELLS, st.integers(1, 30))),
)


def _numbers(found: object) -> Counter[int]:
    if isinstance(found, int):
        return Counter([found])
    if isinstance(found, Mapping):
        return sum((_numbers(one) for one in found.values()), Counter())
    return Counter()


@given(MONTHS)
def test_no_number_of_a_report_is_small(counts: Mapping[str, Counts]) -> None:
    found = report(a_month(counts)).lookups
    if found is None:
        return
    for name in found.__slots__:
        for number in _numbers(getattr(found, name)):
            assert number == 0 or number >= SMALL

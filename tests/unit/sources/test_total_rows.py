"""A total row is asked about where it plainly counts rows, and others were read."""

import pytest

from sources.values import Aside, Case, Entry
from tests.dialect_builders import GOOD, HEAD, OTHER, ROW, SMALL, read_all
from tests.sources_builders import a_number

WIDE = f"{HEAD};Bedrag;Naam"


def a_total(text: str) -> tuple[int, int]:
    """Give what a total row says and what was read, where these differ."""
    (aside,) = [one for one in read_all(text.encode()) if isinstance(one, Aside)]
    return aside.total, aside.counted


@pytest.mark.parametrize(
    "row",
    [
        "Totaal;{};;;",
        "Totaal: {};;;;",
        "Totaal {} records;;;;",
        "{} regels;;;;",
        "Aantal records;;;;{}",
        ";;;Totaal aantal;{}",
        "Totaal;;{};;",
        "Totaal;{0};{0};;",
        "TOTAAL: {} cliënten;;;;",
    ],
)
def test_more_than_was_read_is_asked_about(row: str) -> None:
    assert a_total(f"{GOOD}{row.format(2)}\n") == (0, 0)
    assert a_total(f"{GOOD}{row.format('1.200')}\n") == (1200, 2)
    assert a_total(f"{GOOD}{row.format(20)}\n") == (20, 2)


@pytest.mark.parametrize("row", ["Totaal;1;;;", "Totaal: 1;;;;", "1 regel;;;;"])
def test_fewer_than_were_read_are_asked_about(row: str) -> None:
    assert a_total(f"{GOOD}{row}\n") == (1, 2)


def test_persons_or_cases_may_be_fewer_than_rows() -> None:
    assert a_total(f"{GOOD}1 cliënten;;;;\n") == (0, 0)
    assert a_total(f"{GOOD}Aantal zaken: 1;;;;\n") == (0, 0)


@pytest.mark.parametrize(
    "row",
    [
        "Totaal;;;;;4500;",
        "Totaal;;;;;4.500;",
        "Totaal;;;;;4500,00;",
        "Totaal: € 4500;;;;;;",
        "Totaal 30-11-2026;;;;;;",
        "Totaal 2026;;;;;;",
        "Totaal;0;;;;;",
        "Totaal;;;;;;",
        "Totaal;;;;;4500;3",
        "Subtotaal;20;;;;;",
        "Totaal;;;20;;;",
    ],
)
def test_a_sum_a_year_and_a_subtotal_count_nothing(row: str) -> None:
    """Nor does what stands alone under a column with empty cells: it counts those."""
    text = f"{WIDE}\n{ROW};250;Wit\n{OTHER};1.250;Zwart\n{row}\n"
    assert a_total(text) == (0, 0)


def test_a_count_stands_beside_a_sum() -> None:
    text = f"{WIDE}\n{ROW};250;Wit\n{OTHER};1.250;Zwart\nTotaal;3;;;;1500;\n"
    assert a_total(text) == (3, 2)


def test_totals_of_parts_and_of_all_are_each_held_against_their_rows() -> None:
    third = f"Z-3;{a_number(3)};2026-01-05;;open"
    parts = f"{HEAD}\n{ROW}\n{OTHER}\nTotaal;2;;;\n{third}\nTotaal;1;;;\n"
    assert a_total(f"{parts}Totaal;3;;;\n") == (0, 0)
    assert a_total(f"{parts}Totaal;9;;;\n") == (9, 3)
    assert a_total(f"{HEAD}\nTotaal;3;;;\n{ROW}\n{OTHER}\n{third}\n") == (0, 0)


def test_rejected_rows_were_read() -> None:
    text = f"{GOOD}Z-3;12345;2026-01-05;;open\nTotaal;3;;;\n"
    assert a_total(text) == (0, 0)
    found: list[Entry] = read_all(text.encode(), SMALL)
    assert sum(isinstance(one, Case) for one in found) == 2

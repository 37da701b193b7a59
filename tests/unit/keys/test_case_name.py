"""How a case is called: found by what is typed, and told apart from its likes."""

from datetime import date
from uuid import UUID

import pytest

from keys.case_name import find_called, find_day, find_unclear, lacks_year, shorten
from keys.case_seal import NAME_BYTES, CaseKey

NAMES = (
    "sinds 3 maart 2026, bij Team Schuldhulp",
    "sinds 23 maart 2026, bij Team Schuldhulp Noord-West",
    "KB-1",
    "KB-12",
    "sinds 11 oktober 2024, bij Team 1",
    "sinds 1 oktober 2024, bij Wijk-Noor…",
    "",
)
NAMED = {UUID(int=16**7 + place): name for place, name in enumerate(NAMES)}


@pytest.mark.parametrize(
    "typed",
    [
        *("3 Maart 2026", "03-03-2026", "3-3-26", "3/3/2026", "3.3.2026", "2026-03-03"),
        *("3 mrt 2026", "3 mrt. 2026", "3 mrt", "3 maart", "sinds 3 maart 2026"),
        "Zaak sinds 3 maart 2026, bij Team Schuldhulp",
    ],
)
def test_a_day_is_found_however_it_is_written_and_is_no_part_of_another(
    typed: str,
) -> None:
    assert [*find_called(NAMED, typed).values()] == [NAMES[0]]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("1 oktober 2024", [5]),
        ("01/10/2024", [5]),
        ("4 maart 2026", []),
        ("31-02-2026", []),
        ("maart 2026", [0, 1]),
        ("2", []),
        ("team s", [0, 1]),
        ("noord", [1, 5]),
        (" kb-1 ", [2]),
        ("KB-", [2, 3]),
        ("B-1", []),
        (" ", []),
        ("", []),
    ],
)
def test_a_number_is_typed_whole_or_its_beginning_and_words_as_they_begin(
    typed: str, found: list[int]
) -> None:
    assert [*find_called(NAMED, typed).values()] == [NAMES[place] for place in found]


def test_a_name_that_was_cut_says_so_and_is_found_by_the_whole_of_it() -> None:
    whole = f"sinds 24 september 2024, bij Wijkteam Schuldhulpverlening {'Noord-Oost'}"
    reference, key = UUID(int=5), CaseKey(bytes(32))
    cut = key.open(reference, key.seal(reference, whole))
    assert len(cut.encode()) <= NAME_BYTES
    assert cut.endswith("…")
    named = {reference: cut}
    assert find_called(named, whole) == named
    assert find_unclear(named) == {reference}
    number = f"KB-{'1' * 80}"
    cut = key.open(reference, key.seal(reference, number))
    assert find_called({reference: cut}, number)
    assert find_unclear({reference: cut})


def test_a_case_is_found_by_its_reference_or_the_end_of_it() -> None:
    reference = UUID(int=16**7 + 6)
    for typed in (
        str(reference),
        shorten(reference),
        f"kenmerk {shorten(reference)}",
        f"Zaak sinds 3 maart 2026 Kenmerk {shorten(reference)}",
        shorten(reference).removeprefix("…").upper(),
    ):
        assert find_called(NAMED, typed) == {reference: ""}


def test_a_name_that_may_be_of_several_is_not_enough() -> None:
    """Without a number another case may be called so, also one that is not here."""
    named = {**NAMED, UUID(int=1): "Z-9", UUID(int=2): "z-9"}
    clear = named.keys() - find_unclear(named)
    assert {named[one] for one in clear} == {"KB-1", "KB-12"}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("Zaak sinds 24 december 2024, bij Team", date(2024, 12, 24)),
        ("24 dec 2024", date(2024, 12, 24)),
        ("KB-31-02-2026", None),
        ("KB-12", None),
    ],
)
def test_the_day_in_what_is_typed_is_known(typed: str, day: date | None) -> None:
    assert find_day(typed) == day


@pytest.mark.parametrize(
    ("typed", "lacks"),
    [
        *(("1 november", True), ("1 nov.", True), ("1-11", True), ("3 mrt", True)),
        *(("1 november 2026", False), ("KB-1", False), ("45 november", False)),
        ("12-34", False),
    ],
)
def test_a_day_without_a_year_is_known_as_such(typed: str, *, lacks: bool) -> None:
    assert lacks_year(typed) is lacks

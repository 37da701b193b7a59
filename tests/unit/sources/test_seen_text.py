"""Two texts that nobody can tell apart are one, and one text is not two numbers."""

from pathlib import Path

import pytest

from sources.phones import find_phone_fault, parse_phone
from sources.profile import parse_profile
from sources.reasons import Reason
from sources.seen_text import compose
from tests.held_builders import publish, rows
from tests.sources_builders import PROFILE, Agency, a_number, an_agency, shows

UNSEEN = ["\u200b", "\u200c", "\u2060", "\ufeff", "\u00ad", "\u200e", "\0", "\x01"]
BLANKS = ["\u00a0", "\u2009", "\u202f", "\t"]


@pytest.mark.parametrize("sign", UNSEEN)
def test_what_has_no_width_is_no_part_of_a_text(sign: str) -> None:
    assert compose(f"{sign}2026-{sign}0017{sign}") == "2026-0017"


@pytest.mark.parametrize("sign", BLANKS)
def test_every_blank_is_the_same_one(sign: str) -> None:
    assert compose(f"2026{sign}0017") == "2026 0017"


@pytest.mark.anyio
@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\0"])
async def test_a_case_number_with_an_invisible_sign_is_the_same_case(
    tmp_path: Path, sign: str
) -> None:
    """Otherwise the case would be gone and new, and its person have two flags."""
    agency: Agency = an_agency(tmp_path)
    await publish(agency, *rows(3))
    told = dict(agency.index.state["signals"])
    await publish(agency, *(row | {"Zaak": f"{row['Zaak']}{sign}"} for row in rows(3)))
    assert agency.index.state["signals"] == told
    numbers = [(a_number(n), "bijstand") for n in (1, 2, 3)]
    assert agency.index.shown() == shows(*numbers)


def test_a_profile_is_read_as_its_file_is() -> None:
    """A code that was copied out of a file keeps its blank, which the file loses."""
    text = PROFILE.replace('"aanvraag"', '"in\u00a0aanvraag\u200b"')
    status = parse_profile(text).codes.status
    assert status is not None
    assert status.ignores == frozenset({"in aanvraag"})


@pytest.mark.parametrize(
    "text",
    ["0800 1234/56", "0800-1234/1235", "0182 555 101/102", "06-12345678 / 9"],
)
def test_a_whole_number_with_an_end_behind_a_stroke_is_two(text: str) -> None:
    """As `0800 123456` it would be somebody else's."""
    with pytest.raises(ValueError, match="telefoonnummer"):
        parse_phone(text)
    assert find_phone_fault(text) is Reason.PHONE_SEVERAL


@pytest.mark.parametrize(
    ("text", "number"),
    [("030/2861000", "+31302861000"), ("0182/555101", "+31182555101")],
)
def test_a_stroke_behind_an_area_is_one_number(text: str, number: str) -> None:
    assert parse_phone(text) == number

"""Receipts: an answer is shown only with the receipt that tells of it."""

import json
import sqlite3

import pytest

from desk.receipts import read_jti
from signal_index.proof import decode_b64u
from tests.desk_builders import Browser, Town
from tests.desk_index import a_flag
from tests.unit.desk.test_relay import log_in_with_csrf, look_up

pytestmark = pytest.mark.anyio


async def test_receipts_of_a_household_are_kept(town: Town, browser: Browser) -> None:
    await log_in_with_csrf(browser)
    answer = await look_up(town, browser, people=3)
    entries = {part["entryId"] for part in answer.json()["answers"]}
    rows = sqlite3.connect(town.folder / "desk.sqlite3").execute(
        "SELECT entry_id, state FROM receipts"
    )
    assert set(rows) == {(entry, "promised") for entry in entries}


@pytest.mark.parametrize(
    "spoil",
    [
        {"sub": "user-2"},
        {"organisation": "00000001000000000099"},
        {"asked": {"purpose": "veiligheid"}},
        {"asked": {"legalBasis": "meldcode"}},
        {"asked": {"caseReference": None}},
        {"asked": {"breakGlass": {"reason": "danger-to-life"}}},
        {"part": {"flags": []}},
        {"part": {"entryId": "019ab000-0000-7000-8000-000000000000"}},
        {"part": {"receipt": {}}},
        {"part": {"receipt": None}},
    ],
)
async def test_an_answer_whose_receipt_tells_otherwise_is_not_shown(
    town: Town, browser: Browser, spoil: dict[str, object]
) -> None:
    await log_in_with_csrf(browser)
    town.index.spoil = spoil
    answer = await look_up(town, browser)
    assert answer.status_code == 502
    assert answer.json()["type"] == "/problems/receipt-invalid"
    assert "Yilmaz" not in answer.text


async def test_flags_in_another_order_than_was_recorded_are_not_shown(
    town: Town, browser: Browser
) -> None:
    """By its place a flag is known: what is said of one would be kept of another."""
    await log_in_with_csrf(browser)
    town.index.flags = [a_flag("bijstand"), a_flag("schuldhulpverlening")]
    town.index.spoil = {"part": {"flags": town.index.flags[::-1]}}
    assert (await look_up(town, browser)).status_code == 502


async def test_no_pseudonym_and_no_flag_is_written_down(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    town.index.flags = [a_flag("zeldzame-soort")]
    await look_up(town, browser)
    pseudonym = town.index.asked[0]["subjects"][0]["pseudonym"]
    stored = b"".join(path.read_bytes() for path in town.folder.glob("desk.sqlite3*"))
    texts = json.dumps(
        [
            list(row)
            for row in sqlite3.connect(town.folder / "desk.sqlite3").execute(
                "SELECT disclosures, promise FROM receipts"
            )
        ]
    )
    assert pseudonym.encode() not in stored
    assert b"zeldzame-soort" not in stored
    assert _opened(texts).count("zeldzame-soort") == 0


@pytest.mark.parametrize("ticket", ["a", "a.b", "a.!.c", "a.b.c.d", "a.W10.c"])
def test_what_is_no_ticket_breaks_no_receipt(ticket: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_jti(ticket)


def _opened(texts: str) -> str:
    found = ""
    for disclosures, _promise in json.loads(texts):
        for text in json.loads(disclosures):
            found += decode_b64u(text).decode()
    return found

"""Receipts: an answer is shown only with the receipt that tells of it."""

import json
import sqlite3
from datetime import timedelta

import pytest

from desk.receipts import read_jti
from keys import watching
from keys.pinned_keys import take_successors
from keys.successor import Successor, sign_successor
from signal_index.ledger import ReceiptKey
from signal_index.proof import decode_b64u
from tests import desk_index
from tests.desk_builders import Browser, Town
from tests.desk_index import a_flag
from tests.ledger_builders import private_of
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
        {"pseudonym": "B" * 42 + "A"},
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


@pytest.mark.parametrize(("ahead", "status"), [(2, 200), (31, 502)])
async def test_a_key_that_begins_counts_for_a_clock_that_is_behind(
    town: Town,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    ahead: int,
    status: int,
) -> None:
    """By the index's clock the key has begun, by the desk's it does so in a moment."""
    await log_in_with_csrf(browser)
    first, second = private_of(b"\x02" * 32), private_of(b"\x09" * 32)
    begins = town.clock() + timedelta(seconds=ahead)
    said = Successor(
        use="receipt",
        number=2,
        former=first.public,
        key=second.public,
        made=begins - timedelta(days=14),
        begins=begins,
        ends=begins + timedelta(days=28),
    )
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0)
    pinned = town.folder / "receipt.public.jwk"
    take_successors(pinned, [sign_successor(said, first, second)])
    following = ReceiptKey(b"\x09" * 32, second.kid)
    monkeypatch.setattr(desk_index, "RECEIPT_KEY", following)
    assert (await look_up(town, browser)).status_code == status


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
    assert _opened(texts).count('"about"') == 0


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

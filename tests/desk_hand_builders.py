"""What whoever signals by hand does at a desk."""

import secrets
import sqlite3
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from keys.base64url import encode_b64u
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.desk_hand_index import CONTACT

CASE = "Z-2026-001234"


async def log_in_anew(browser: Browser) -> None:
    page = await log_in(browser, "/involved")
    browser.headers["X-CSRF-Token"] = csrf_of(page)


def a_signal(town: Town, **changed: object) -> dict[str, Any]:
    today = town.clock().date()
    body: dict[str, Any] = {
        "reference": str(uuid4()),
        "keyVersion": 1,
        "pseudonym": encode_b64u(secrets.token_bytes(32)),  # somebody else each time
        "category": "leerplicht",
        "municipality": "9901",
        "contactHolder": CONTACT,
        "informed": {"code": "discussed", "on": today.isoformat()},
        "validUntil": (today + timedelta(days=90)).isoformat(),
        "caseReference": CASE,
    }
    return body | changed


async def give(browser: Browser, body: dict[str, Any]) -> httpx.Response:
    return await browser.post("/relay/v1/hand-signals", json=body)


async def read_page(browser: Browser, path: str = "/involved") -> str:
    return (await browser.get(path)).text


def forget_notes(town: Town, statement: str) -> None:
    with sqlite3.connect(town.folder / "desk.sqlite3") as database:
        database.execute(statement)

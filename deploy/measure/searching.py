"""Measure an officer's searches in a ledger of millions, over HTTP and one at a time.

A page that does not show what SQL of another making finds ends the measurement. Each
search is recorded, as always: what is timed includes its entry, on disk.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from uuid import UUID

import httpx

from deploy.measure.asking import holder_places
from deploy.measure.citizens import number_citizens
from deploy.measure.ledger_rows import (
    Filling,
    Rows,
    fill_ledger,
    make_id,
    write_what_they_say,
)
from deploy.measure.search_plans import PAGE, Plan, Planner, find_expected
from deploy.measure.sizes import Sizes
from deploy.measure.statistics import compute_percentile
from deploy.measure.town import MeasuredTown
from deploy.town.login import fetch_access_token
from deploy.town.parties import HALL_DESK, TOWN_HALL, find_account
from deploy.town.provider import desk_client
from keys import clock
from keys.base64url import encode_b64u
from keys.bsn import parse_bsn
from keys.client import HolderTransport, Pseudonymised, Signer, pseudonymise
from keys.pseudonym import derive_ledger_name, derive_stored_point
from keys.request import Act, load_request_key
from signal_index.key_files import load_keys
from signal_index.ledger import Kind, person_find_key

CITIZENS = 15
"""Fewer than an officer may ask the holders about in a day."""
WARM_UP = 11


class SearchFailed(Exception):
    """A search gave another page than it must; says which kind."""


@dataclass(frozen=True)
class Searches:
    """How long searches took, among how many entries."""

    entries: int
    p50_ms: float
    p95_ms: float
    slowest: str

    def encode(self) -> dict[str, object]:
        """Give the figures under the names of the project's targets."""
        return {
            "searchP50Ms": round(self.p50_ms, 1),
            "searchP95Ms": round(self.p95_ms, 1),
            "searchSlowest": self.slowest,
            "searchedEntries": self.entries,
        }


async def measure_searches(town: MeasuredTown, sizes: Sizes) -> Searches:
    """Fill the ledger with so many entries and search it as an officer does."""
    count = sizes.ledger_entries
    keys = load_keys(town.places.index / "keys")
    until = clock.now() - timedelta(minutes=5)
    citizens = await _fetch_citizens(town, by="bram")
    scalar = keys.get_scalar(town.config.key_version)
    name_key = keys.ledger_names[until.year]
    points = [derive_stored_point(scalar, one.pseudonyms[0]) for one in citizens]
    names = tuple(derive_ledger_name(name_key, point) for point in points)
    filling = Filling(keys, count, until, names, every=max(count // 40, CITIZENS + 1))
    rows, url = Rows(filling), town.index.database_url.replace("+asyncpg", "")
    await fill_ledger(url, rows)
    key = keys.get_disclosure_key(until.year)
    planner = Planner(filling, key)
    plans = [plan for _ in range(sizes.search_rounds) for plan in planner.draw()]
    finds = [person_find_key(key, name, Kind.LOOKUP) for name in names]
    plans += [planner.plan_citizen(find) for find in finds]
    expected = await find_expected(url, plans)
    await write_what_they_say(url, rows, _numbers(filling, expected))
    # Tickets live for a quarter of an hour, and each officer has a budget.
    citizens = await _fetch_citizens(town, by="anke")
    for plan, citizen in zip(plans[-CITIZENS:], citizens, strict=True):
        plan.asked |= {"why": "complaint", "citizen": _encode(citizen)}
    return await _search_all(town, plans, expected, count)


async def _fetch_citizens(town: MeasuredTown, by: str) -> list[Pseudonymised]:
    folder = town.places.desk_folder(HALL_DESK)
    key = load_request_key(folder / "keys" / "request-key.jwk")
    signer = Signer(TOWN_HALL, f"employee-{by}", key)
    async with httpx.AsyncClient(timeout=30) as client:
        transport = HolderTransport(client, holder_places(town.places), signer)
        return [
            await pseudonymise(
                transport, town.config, [parse_bsn(bsn)], Act.OFFICER_SEARCH
            )
            for bsn in number_citizens(CITIZENS)
        ]


def _numbers(filling: Filling, expected: Sequence[Sequence[UUID]]) -> set[int]:
    """Give which of our own rows will be shown."""
    mask = (1 << 62) - 1
    found = {(entry, entry.int & mask) for entries in expected for entry in entries}
    return {
        number
        for entry, number in found
        if number < filling.count
        and make_id(filling.milliseconds(number), number) == entry
    }


def _encode(citizen: Pseudonymised) -> dict[str, object]:
    return {
        "keyVersion": citizen.key_version,
        "tickets": list(citizen.tickets),
        "pseudonym": encode_b64u(citizen.pseudonyms[0].encoded),
    }


async def _search_all(
    town: MeasuredTown,
    plans: Sequence[Plan],
    expected: Sequence[Sequence[UUID]],
    count: int,
) -> Searches:
    client = desk_client(town.places, HALL_DESK)
    token = await fetch_access_token(
        town.places.issuer, client, find_account("anke"), "openid lookup ledger"
    )
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{town.index.url}/v1/searches"
    took: list[tuple[float, str]] = []
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        for plan in plans[:WARM_UP]:
            await http.post(url, json=plan.body)
        for plan, entries in zip(plans, expected, strict=True):
            started = time.perf_counter()
            answer = await http.post(url, json=plan.body)
            took.append(((time.perf_counter() - started) * 1000, plan.kind))
            _verify(plan, answer, entries)
    milliseconds = [each for each, _ in took]
    slowest = max(took)
    return Searches(
        entries=count,
        p50_ms=median(milliseconds),
        p95_ms=compute_percentile(milliseconds, 0.95),
        slowest=f"{slowest[1]}: {slowest[0]:.0f} ms",
    )


def _verify(plan: Plan, answer: httpx.Response, entries: Sequence[UUID]) -> None:
    if answer.status_code != 200:
        raise SearchFailed(f"{plan.kind} gave {answer.status_code}")
    said = answer.json()
    shown = [item["entryId"] for item in said["items"]]
    if shown != [str(entry) for entry in entries[: len(shown)]]:
        raise SearchFailed(f"{plan.kind} shows other entries than there are")
    if len(shown) < min(PAGE, len(entries)) and said["next"] is None:
        raise SearchFailed(f"{plan.kind} leaves entries out")

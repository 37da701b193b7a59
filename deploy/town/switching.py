"""Switch a kind of signal on, as a municipality does, and see it appear.

WW benefit ships switched off. Anke (privacy officer) proposes it for one purpose, Bram
approves, the index signs and takes it up, and only then UWV's signals are accepted.
"""

import csv
import json
from pathlib import Path
from typing import Any

import httpx

from deploy.town.commands import attempt
from deploy.town.officers import OfficerRefused, fetch_officer_token, post, send
from deploy.town.parties import MUNICIPALITY, UWV
from deploy.town.people import People
from deploy.town.places import Places
from deploy.town.processes import raise_if_failed
from deploy.town.publishing import Published
from deploy.town.settings_files import write_toml

CATEGORY = "ww-uitkering"
PURPOSE, LEGAL_BASIS = "schuldhulp-toegang", "wgs-4"
STATUTE = "Wet structuur uitvoeringsorganisatie werk en inkomen"
ARTICLE = "62"
HEADER = ("BSN", "Uitkeringsnummer", "Begin", "Team")


def find_ww_citizen(people: People) -> str:
    """Give who gets the WW signal: somebody in debt help and nothing else."""
    return people.find_with("schuldhulpverlening")


def deliver_ww(places: Places, people: People) -> Published:
    """Have UWV deliver its file, by its own `signal-source`.

    While the category is off nothing is sent: its index does not take it of UWV. Raises
    `PartyFailed` for anything else that stops it.
    """
    folder = places.agency(UWV.slug)
    write_toml(folder / UWV.profile, _profile())
    _write_file(folder / UWV.file, find_ww_citizen(people))
    command = ["signal-source", "publish", "--settings", "agency.toml"]
    given = [*command, "--profile", UWV.profile, "--json", UWV.file]
    code, said, complained = attempt(given, folder)
    summary = json.loads((said.splitlines() or ["{}"])[-1])
    if summary.get("error") == "NotRegistered":
        return Published(0, 0, 0)
    raise_if_failed(given, code, said + complained)
    return Published(summary["accepted"], summary["rejected"], summary["unchanged"])


async def switch_ww_on(places: Places) -> str:
    """Propose and approve it, and give the SHA-256 of the policy that holds now.

    Raises `OfficerRefused` where the first person's own approval is not refused, or
    anything else is.
    """
    anke = await fetch_officer_token(places, "anke")
    bram = await fetch_officer_token(places, "bram")
    category = {
        "id": CATEGORY,
        "active": True,
        "purposes": [PURPOSE],
        "statute": STATUTE,
        "article": ARTICLE,
        "checked": True,
    }
    async with httpx.AsyncClient(base_url=places.index_url, timeout=30) as index:
        asked = await send(index, anke, "/v1/policy/proposals", {"category": category})
        decide = f"/v1/approvals/{asked['id']}/decision"
        said = {"decision": "approved", "shown": asked["digest"]}
        alone = await post(index, anke, decide, said)
        if alone.status_code != 403:
            raise OfficerRefused("one person switched a category on alone")
        given = await send(index, bram, decide, said)
    return str(given["digest"])


def count_taken_up(places: Places) -> int:
    """Give how often this town's index said that it took a policy up."""
    log = places.log / "index.log"
    if not log.exists():
        return 0
    return log.read_text("utf-8", "replace").count('"event": "policy-taken-up"')


def _profile() -> dict[str, Any]:
    return {
        "name": "ww-9901",
        "format": "csv",
        "category": CATEGORY,
        "municipalities": [MUNICIPALITY],
        "valid_months": 12,
        "informed": "informed-by-letter",
        "csv": {
            "delimiter": ";",
            "encoding": "utf-8",
            "dates": ["%Y-%m-%d"],
            "columns": {
                "bsn": "BSN",
                "case_number": "Uitkeringsnummer",
                "start": "Begin",
                "contact": "Team",
            },
        },
        "contacts": {
            "WW": {
                "function": "Adviseur WW",
                "phone": "0182 555 250",
                "last_verified": "2026-10-01",
                "office_hours": [
                    {
                        "days": ["mon", "tue", "wed", "thu", "fri"],
                        "from": "09:00",
                        "to": "17:00",
                    }
                ],
            }
        },
    }


def _write_file(path: Path, number: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        writer.writerow((number, "WW-2026-000001", "2026-03-01", "WW"))

"""A small bank beside the Kredietbank, of the same kind: with it agencies can merge.

It helps only people who live alone and are known to nobody else, delivers by its own
`signal-source publish`, and passes its signals to the Kredietbank when two persons of
the municipality agree: Mila asks on the page Overdrachten, Anke approves.
"""

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from deploy.town.commands import run
from deploy.town.officers import fetch_officer_token, send
from deploy.town.parties import AGENCIES, MUNICIPALITY, REGIONAL_BANK
from deploy.town.people import People
from deploy.town.places import Places
from deploy.town.publishing import Published
from deploy.town.settings_files import write_toml
from keys import clock

CATEGORY: Final = "schuldhulpverlening"
CONTACT: Final = "Consulent schuldhulp"
SUCCESSOR: Final = next(one for one in AGENCIES if one.slug == "debt-help")
CASES: Final = "SB-2026-"
_HEADER: Final = ("BSN", "Dossier", "Begin", "Team")


def find_clients(people: People) -> tuple[str, ...]:
    """Give whom the small bank helps: no one else in town signals them."""
    housed = {bsn for members in people.households for bsn in members}
    return tuple(bsn for bsn in people.unknown if bsn not in housed)


def publish_clients(places: Places, people: People) -> Published:
    """Have the small bank deliver its file; raises `PartyFailed`."""
    folder = places.agency(REGIONAL_BANK.slug)
    write_toml(folder / REGIONAL_BANK.profile, _profile())
    _write_file(folder / REGIONAL_BANK.file, find_clients(people))
    command = ["signal-source", "publish", "--settings", "agency.toml"]
    given = ["--profile", REGIONAL_BANK.profile, "--json", REGIONAL_BANK.file]
    said = json.loads(run([*command, *given], folder).splitlines()[-1])
    return Published(said["accepted"], said["rejected"], said["unchanged"])


async def merge_into_successor(places: Places) -> None:
    """Ask for it as one person and approve it as another; raises `OfficerRefused`."""
    mila = await fetch_officer_token(places, "mila")
    anke = await fetch_officer_token(places, "anke")
    body = {
        "source": REGIONAL_BANK.organisation,
        "successor": SUCCESSOR.organisation,
        "categories": [CATEGORY],
        "reason": "merger",
    }
    async with httpx.AsyncClient(base_url=places.index_url, timeout=30) as index:
        asked = await send(index, mila, "/v1/transfers", body)
        decide = f"/v1/approvals/{asked['approvalId']}/decision"
        await send(
            index, anke, decide, {"decision": "approved", "shown": asked["shown"]}
        )


def _profile() -> dict[str, Any]:
    verified = clock.now().date() - timedelta(days=30)
    days = ["mon", "tue", "wed", "thu", "fri"]
    return {
        "name": "debt-help-region-9901",
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
                "case_number": "Dossier",
                "start": "Begin",
                "contact": "Team",
            },
        },
        "contacts": {
            "REGIO": {
                "function": CONTACT,
                "phone": "0182 555 221",
                "last_verified": verified.isoformat(),
                "office_hours": [{"days": days, "from": "09:00", "to": "17:00"}],
            }
        },
    }


def _write_file(path: Path, numbers: tuple[str, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(_HEADER)
        for place, number in enumerate(numbers, start=1):
            writer.writerow((number, f"{CASES}{place:04d}", "2026-03-01", "REGIO"))

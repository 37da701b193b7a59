"""What an officer of the municipality does at the index, logged in, act by act."""

from typing import Any

import httpx

from deploy.town.login import fetch_access_token
from deploy.town.parties import HALL_DESK, find_account
from deploy.town.places import Places
from deploy.town.provider import desk_client


class OfficerRefused(Exception):
    """Somebody was refused who should not be, or not refused who should be."""


async def fetch_officer_token(places: Places, username: str) -> str:
    """Log in as an officer, through the town hall's own client."""
    client = desk_client(places, HALL_DESK)
    scope = " ".join(HALL_DESK.scopes)
    return await fetch_access_token(
        places.issuer, client, find_account(username), scope
    )


async def send(
    index: httpx.AsyncClient, token: str, path: str, body: object
) -> dict[str, Any]:
    """Do one act and give the answer, or raise `OfficerRefused`."""
    answer = await post(index, token, path, body)
    if answer.is_error:
        raise OfficerRefused(f"{path} gave {answer.status_code}")
    found: dict[str, Any] = answer.json()
    return found


async def post(
    index: httpx.AsyncClient, token: str, path: str, body: object
) -> httpx.Response:
    """Send one act, whatever the answer is."""
    headers = {"Authorization": f"Bearer {token}"}
    return await index.post(path, json=body, headers=headers)

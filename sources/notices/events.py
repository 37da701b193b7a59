"""What is new as CloudEvents (NL GOV profile 1.0), posted to the agency's own system.

The agency's own case number is in it: it goes from its own machine to its own system.
An event that comes again has the same `source` and `id`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import httpx

from signal_index.wire.notice_order import find_moment_of
from sources.errors import EventsRefused
from sources.key_files import read_agency_secret
from sources.notice_settings import EventsRow
from sources.outbox.notices import KeptNotice

_BATCH: Final = "application/cloudevents-batch+json"
_TYPE: Final = "nl.signaalindex.bericht."


def write_events(found: Sequence[KeptNotice], source: str) -> list[dict[str, Any]]:
    """Write notices as events of this source (its OIN)."""
    return [_event(one, source) for one in found]


async def post_events(
    client: httpx.AsyncClient, row: EventsRow, events: Sequence[dict[str, Any]]
) -> None:
    """Post a batch, or raise `EventsRefused`: it is then posted again, as it is."""
    headers = {"Content-Type": _BATCH}
    if row.token_file is not None:
        token = read_agency_secret(row.token_file).decode().strip()
        headers["Authorization"] = f"Bearer {token}"
    try:
        answer = await client.post(
            row.url, content=json.dumps(list(events)).encode(), headers=headers
        )
    except httpx.HTTPError:
        raise EventsRefused("Uw systeem voor berichten antwoordt niet.") from None
    if not answer.is_success:
        raise EventsRefused(f"Uw systeem weigert berichten ({answer.status_code}).")


def _event(one: KeptNotice, source: str) -> dict[str, Any]:
    said = one.said.model_dump(mode="json", exclude={"signals", "acknowledged"})
    moment = find_moment_of(one.said) or one.said.madeIn
    return {
        "specversion": "1.0",
        "id": str(one.id),
        "source": f"urn:nld:oin:{source}:systeem:signal-source",
        "type": f"{_TYPE}{one.kind}",
        "time": moment.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {
            **said,
            "replaces": [str(each.id) for each in one.former],
            "signals": [
                {"reference": str(reference), "case": case or None}
                for reference, case in zip(one.references, one.cases, strict=True)
            ],
        },
    }

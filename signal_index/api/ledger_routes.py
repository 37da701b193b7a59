"""The ledger's routes: checkpoint and hash tiles for all, proofs for one's own entries.

Formats byte for byte as C2SP has them. Entry bundles hold the leaves themselves and are
for auditors only; a leaf names nobody, but says how often who asked. The trees shown
are those of the ledger that goes on; one that was succeeded is exported.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.callers import Anyone, Auditor, LedgerReader
from signal_index.api.context import Index, TheIndex, get_index
from signal_index.api.errors import RouteUnknown
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.errors import ProofNotReady, UnknownEntry
from signal_index.proof import (
    HOURS_PATH,
    MalformedProof,
    TileRef,
    parse_tile_path,
    write_hours,
)
from signal_index.store.ceremony_records import find_record
from signal_index.store.key_steps import disclose_key_steps
from signal_index.store.ledger_proofs import prove_entry
from signal_index.store.ledger_tiles import find_tile
from signal_index.store.witnessing import find_hours, find_key, find_shown
from signal_index.wire.values import Id

TEXT: Final = "text/plain"
BYTES: Final = "application/octet-stream"
_CEREMONY = re.compile(r"([0-9a-f]{64})\.json", re.ASCII)
_FOREVER = {"cache-control": "public, max-age=31536000, immutable"}
_PUBLIC = {"access-control-allow-origin": "*"}

routes = Routes("inzagelogboek")


@routes.get(
    "/ledger/checkpoint",
    "Het nieuwste controlepunt",
    is_plain=True,
    media_type=TEXT,
    raises=(RouteUnknown,),
)
async def show_newest_checkpoint(request: Request, caller: Anyone) -> Response:
    """Give the newest signed checkpoint."""
    del caller
    return await _checkpoint(request, None)


@routes.get(
    "/ledger/{year}/checkpoint",
    "Het nieuwste controlepunt van een jaar",
    is_plain=True,
    media_type=TEXT,
    raises=(RouteUnknown,),
)
async def show_checkpoint(request: Request, caller: Anyone, year: str) -> Response:
    """Give the newest signed checkpoint of one year's tree."""
    del caller
    return await _checkpoint(request, _year(year))


@routes.get(
    "/ledger/{year}/key-steps",
    "Wat met sleutels is gedaan, geopend, voor auditors",
    is_plain=True,
    raises=(RouteUnknown,),
    answer=dict,
)
async def show_key_steps(request: Request, caller: Auditor, year: str) -> Response:
    """Give what each step with a key of a year says, as it was recorded."""
    del caller
    index = get_index(request)
    async with looking(index.engine) as conn:
        found = await disclose_key_steps(conn, _year(year), index.keys.disclosures)
    return Response(found.file, media_type="application/json")


@routes.get(
    f"/ledger/{{year}}/{HOURS_PATH}",
    "Eén medeondertekend controlepunt per uur, voor auditors",
    is_plain=True,
    raises=(RouteUnknown,),
    answer=dict,
)
async def show_hours(request: Request, caller: Auditor, year: str) -> Response:
    """Give the checkpoints that witnesses cosigned in a year, one an hour."""
    del caller
    async with looking(get_index(request).engine) as conn:
        notes = await find_hours(conn, await find_key(conn, _year(year)))
    return Response(write_hours(notes), media_type="application/json")


@routes.get(
    "/ledger/{year}/ceremonies/{name}",
    "Het verslag van een ceremonie, voor auditors",
    is_plain=True,
    raises=(RouteUnknown,),
    answer=dict,
)
async def show_ceremony(
    request: Request, caller: Auditor, year: str, name: str
) -> Response:
    """Give the record of a ceremony, by SHA-256 of its transcript: `HEX.json`."""
    del caller
    _year(year)
    named = _CEREMONY.fullmatch(name)
    if named is None:
        raise RouteUnknown
    async with looking(get_index(request).engine) as conn:
        record = await find_record(conn, bytes.fromhex(named[1]))
    if record is None:
        raise RouteUnknown
    return Response(record, media_type="application/json")


@routes.get(
    "/ledger/{year}/tile/entries/{path:path}",
    "Een bundel bladeren, voor auditors",
    is_plain=True,
    media_type=BYTES,
    raises=(RouteUnknown,),
)
async def show_entries(
    request: Request, caller: Auditor, year: str, path: str
) -> Response:
    """Give a bundle of leaves, to an auditor."""
    del caller
    ref = _ref(f"tile/entries/{path}")
    return await _tile(get_index(request), _year(year), ref)


@routes.get(
    "/ledger/{year}/tile/{path:path}",
    "Een tegel met hashes (C2SP tlog-tiles)",
    is_plain=True,
    media_type=BYTES,
    raises=(RouteUnknown,),
)
async def show_tile(request: Request, caller: Anyone, year: str, path: str) -> Response:
    """Give a tile of hashes; it never changes."""
    del caller
    ref = _ref(f"tile/{path}")
    if ref.level is None:
        raise RouteUnknown
    answer = await _tile(get_index(request), _year(year), ref)
    answer.headers.update({**_PUBLIC, **_FOREVER})
    return answer


@routes.get(
    "/ledger/proofs/{entry_id}",
    "Bewijs dat een regel van de eigen organisatie in de boom staat",
    media_type=TEXT,
    raises=(UnknownEntry, ProofNotReady),
)
async def show_proof(entry_id: Id, index: TheIndex, caller: LedgerReader) -> Response:
    """Prove that an entry of the caller's own organisation is in the tree."""
    async with looking(index.engine) as conn:
        proof = await prove_entry(conn, entry_id, caller.caller.organisation)
    return Response(proof, media_type="text/plain; charset=utf-8")


async def _checkpoint(request: Request, year: int | None) -> Response:
    async with looking(get_index(request).engine) as conn:
        key = None if year is None else await find_key(conn, year)
        note = await find_shown(conn, key)
    if note is None:
        raise RouteUnknown
    return Response(note, media_type="text/plain; charset=utf-8", headers=_PUBLIC)


async def _tile(index: Index, year: int, ref: TileRef) -> Response:
    async with looking(index.engine) as conn:
        data = await find_tile(conn, await find_key(conn, year), ref)
    if data is None:
        raise RouteUnknown
    return Response(data, media_type="application/octet-stream")


def _ref(path: str) -> TileRef:
    try:
        return parse_tile_path(path)
    except MalformedProof as error:
        raise RouteUnknown from error


def _year(text: str) -> int:
    if len(text) != 4 or not (text.isascii() and text.isdigit()):
        raise RouteUnknown
    return int(text)

"""The witness over HTTP (c2sp.org/tlog-witness): `POST /add-checkpoint`.

- No caller is known and none is needed: the ledger's signature on the checkpoint is all
  that counts. Put a proxy with TLS in front.
- Beside it stand two things to read: `/health`, and by the SHA-256 of an origin the
  checkpoint cosigned last (`/HASH/checkpoint`). Who compares that with what the ledger
  shows to others finds a forked one. `forks` of health counts the evidence that is
  kept of another tree of one size.
"""

import asyncio

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from keys.edge.gate import Gate, Gated, refuse
from keys.edge.limits import EdgeLimits
from keys.events import EventLog
from signal_index.events import Event
from signal_index.proof import MAX_REQUEST_BYTES, SIZE_TYPE
from signal_index.witness.errors import (
    CheckpointRefused,
    GrowthNotProven,
    NotARequest,
    NotSigned,
    OldSizeDiffers,
    RootDiffers,
    UnknownOrigin,
)
from signal_index.witness.witness import Witness

_STATUS: dict[type[CheckpointRefused], int] = {
    UnknownOrigin: 404,
    NotSigned: 403,
    NotARequest: 400,
    OldSizeDiffers: 409,
    RootDiffers: 422,
    GrowthNotProven: 422,
}


def make_witness_app(
    witness: Witness,
    log: EventLog,
    limits: EdgeLimits = EdgeLimits(),  # noqa: B008 - frozen
) -> Starlette:
    """Give the application that serves one witness."""
    turns = asyncio.Lock()
    gate = Gate(limits, lambda _: MAX_REQUEST_BYTES)

    async def add_checkpoint(request: Request) -> Response:
        try:
            text = await _read(request)
            async with turns:
                done = await asyncio.to_thread(witness.add_checkpoint, text)
        except CheckpointRefused as refusal:
            log.write(Event.COSIGNATURE_REFUSED, kind=type(refusal).__name__)
            return _refuse(refusal)
        log.write(Event.COSIGNED, size=done.size)
        return PlainTextResponse(done.cosignature.encode())

    async def show_health(_request: Request) -> Response:
        forks = await asyncio.to_thread(witness.memory.count_refused, "fork")
        status = "warning" if forks else "ok"
        name = witness.cosigner.public.name
        return JSONResponse({"status": status, "name": name, "forks": forks})

    async def show_last(request: Request) -> Response:
        note = witness.memory.find_by_hash(request.path_params["origin_hash"])
        return Response(status_code=404) if note is None else PlainTextResponse(note)

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/health", show_health),
            Route("/{origin_hash}/checkpoint", show_last),
        ],
        middleware=[
            Middleware(Gated, gate=gate, refuse=refuse),
        ],
    )


async def _read(request: Request) -> str:
    try:
        return (await request.body()).decode()
    except UnicodeDecodeError as cause:
        raise NotARequest("the request is not text") from cause


def _refuse(refusal: CheckpointRefused) -> Response:
    status = _STATUS[type(refusal)]
    if isinstance(refusal, OldSizeDiffers):
        # as a header: Starlette would add a charset to a media type of text
        return Response(f"{refusal.size}\n", status, {"content-type": SIZE_TYPE})
    return PlainTextResponse(f"{refusal}\n", status)

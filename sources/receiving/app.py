"""The edge of the receiver: one route, one signature, one answer.

    OPTIONS /events/{feed}   the handshake of CloudEvents web hooks
    POST    /events/{feed}   an event, or a batch; 202 when every one is kept durably
    GET     /health          that it runs

- An event that was received before is answered as the first time: senders repeat.
- Attributes in headers (binary mode) are refused: the signature does not cover them.
- Nothing of a request is logged but the feed and how many events it held.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from keys.edge.allowing import answer_wrong_method
from keys.edge.gate import Gate, Gated, refuse
from keys.edge.limits import EdgeLimits
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_json
from sources.connectors.cloud_events import find_fault
from sources.errors import OutboxUnwritable
from sources.events import Event, log_event
from sources.receiving.errors import (
    EventFormatUnknown,
    EventMalformed,
    EventRefused,
    EventSourceForeign,
    FeedUnknown,
)
from sources.receiving.problems import PROBLEM_JSON, PROBLEMS, find_problem
from sources.receiving.signatures import EventSender, verify_request

LARGEST: Final = 1 << 20
MOST_EVENTS: Final = 1_000
ONE: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
RATE: Final = 600  # requests a minute that a sender may count on
_DEEPEST: Final = 32
Keep = Callable[[str, Mapping[str, object]], bool]
"""Keeps one verified event of a feed durably; False where it was kept before."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who may send, and where events go."""

    senders: Mapping[str, EventSender]
    keep: Keep

    def has(self, feed: str) -> bool:
        """Tell whether anybody may send events of this feed."""
        return any(sender.feed == feed for sender in self.senders.values())


def make_app(
    receiver: Receiver,
    limits: EdgeLimits = EdgeLimits(),  # noqa: B008 - frozen
) -> Starlette:
    """Make the application; it decides nothing that `signatures` does not."""
    gate = Gate(limits, lambda _path: LARGEST)

    async def post(request: Request) -> Response:
        try:
            count = await _receive(receiver, request)
        except (EventRefused, OutboxUnwritable) as error:
            return _refuse(error)
        log_event(Event.RECEIVED, feed=request.path_params["feed"], count=count)
        return Response(status_code=202)

    async def greet(request: Request) -> Response:
        if not receiver.has(request.path_params["feed"]):
            return _refuse(FeedUnknown())
        headers = {"Allow": "POST, OPTIONS", "WebHook-Allowed-Rate": str(RATE)}
        origin = request.headers.get("WebHook-Request-Origin")
        if origin:
            # Who calls is settled by a signature; any origin may try.
            headers["WebHook-Allowed-Origin"] = "*"
        return Response(status_code=200, headers=headers)

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/events/{feed:str}", post, methods=["POST"]),
            Route("/events/{feed:str}", greet, methods=["OPTIONS"]),
            Route("/health", health, methods=["GET"]),
        ],
        exception_handlers={405: answer_wrong_method},
        middleware=[Middleware(Gated, gate=gate, refuse=refuse)],
    )


async def _receive(receiver: Receiver, request: Request) -> int:
    feed = request.path_params["feed"]
    if not receiver.has(feed):
        raise FeedUnknown
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in {ONE, BATCH}:
        raise EventFormatUnknown
    body = await request.body()
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name.lower(), []).append(value)
    sender = verify_request(headers, body, receiver.senders)
    events = _parse(body, is_batch=kind == BATCH)
    for event in events:
        if sender.feed != feed or event["source"] not in sender.sources:
            raise EventSourceForeign
    for event in events:
        receiver.keep(feed, event)
    return len(events)


def _parse(body: bytes, *, is_batch: bool) -> Sequence[Mapping[str, object]]:
    try:
        found = parse_json(body)
    except InvalidField:
        raise EventMalformed("json") from None
    events = found if is_batch else [found]
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise EventMalformed("batch")
    for event in events:
        if not isinstance(event, dict) or _is_deeper(event, _DEEPEST):
            raise EventMalformed("event")
        fault = find_fault(event)
        if fault:
            raise EventMalformed(fault)
    return events


def _is_deeper(value: object, most: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return most == 0 or any(_is_deeper(each, most - 1) for each in inside)


def _refuse(error: EventRefused | OutboxUnwritable) -> Response:
    status = PROBLEMS[type(error)].status
    headers = {"Retry-After": "60"} if status == 503 else {}
    return JSONResponse(
        find_problem(error), status, headers=headers, media_type=PROBLEM_JSON
    )

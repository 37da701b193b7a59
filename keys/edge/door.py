"""Connections: how many, how large what they send is, and how fast it must come.

On uvicorn's own protocol of httptools, which bounds none of it: a head grows until
memory ends, and what is half sent stays. Here

- all of a request that is not its body (line, headers, sizes of chunks, trailers) is
  counted together, whatever it is called; headers are counted too;
- a request comes in within `wait_seconds` and the time that its bytes are allowed;
- an address has so many connections; a proxy that is trusted has no such bound. When
  all are taken, one makes room: first one that is only to hear a refusal, which it then
  hears at once; else the one that waits longest. First of whoever has most;
- for whom there is no room hears so after a while (`patience`), and takes no place
  meanwhile: a flood begins again no sooner. Of these as many are kept as may be inside;
- an answer that nobody takes, and a connection that does not close, is cut off.

What is refused is told, and then no more than `LINGER_BYTES` are read until it is
closed, within a second: who is still sending gets the answer, and a flood waits.
Requests that follow each other unread are all told when nobody is there any more
(uvicorn tells the last one only, and the others write to a connection that is gone).
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Any, Final

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from keys.edge.errors import (
    Busy,
    EdgeRefused,
    HeadTooLarge,
    NotHttp,
    TooManyAtOnce,
    TooSlow,
)
from keys.edge.limits import (
    LARGEST_HEADS,
    LINGER_BYTES,
    PENDING,
    EdgeLimits,
    Seen,
    count_up,
    share_of,
)

SLICE_BYTES: Final = 16_384
MOST_PIPELINED: Final = 8
SWEEP_SECONDS: Final = 1.0


class Door:
    """All connections of one server."""

    def __init__(
        self,
        limits: EdgeLimits,
        headers: Mapping[str, str],
        tell: Callable[[Seen], None],
        patience: float,
    ) -> None:
        self.limits = limits
        self.patience = patience
        self.headers = headers
        self._tell = tell
        self._connections: set[GuardedConnection] = set()
        self._put_off: set[GuardedConnection] = set()
        self._of: dict[str, int] = {}
        self._refused: Counter[str] = Counter()
        self._sweep: asyncio.TimerHandle | None = None

    def enter(self, one: "GuardedConnection") -> EdgeRefused | None:
        """Take in a connection; give why not, where there is no room for it."""
        refusal = self._find_refusal(one)
        if refusal is None:
            self._connections.add(one)
            count_up(self._of, one.address, 1)
        else:
            self.count(refusal)
        if self._sweep is None:
            self._sweep_again(one.loop)
        return refusal

    def put_off(self, one: "GuardedConnection") -> bool:
        """Keep one that was refused until it is told; False: there are too many."""
        if len(self._put_off) >= self.limits.connections:
            return False
        self._put_off.add(one)
        return True

    def leave(self, one: "GuardedConnection") -> None:
        """Forget a connection that is gone."""
        self._put_off.discard(one)
        if one in self._connections:
            self._connections.remove(one)
            count_up(self._of, one.address, -1)

    def count(self, refusal: EdgeRefused) -> None:
        """Remember a refusal, for the line of this second in the log."""
        self._refused[type(refusal).__name__] += 1

    def _find_refusal(self, one: "GuardedConnection") -> EdgeRefused | None:
        most = self.limits.connections_per_address
        if not one.is_proxy and self._of.get(one.address, 0) >= most:
            return TooManyAtOnce()
        if len(self._connections) < self.limits.connections:
            return None
        waiting = [each for each in self._connections if each.spare_since is not None]
        if not waiting:
            return Busy()
        max(waiting, key=self._spareable).make_room()
        return None

    def _spareable(self, one: "GuardedConnection") -> tuple[bool, bool, int, float]:
        """Rank whom to part with: refused, no proxy, of whoever has most, longest."""
        is_refused = one.pending is not None
        waits = -(one.spare_since or 0)
        return is_refused, not one.is_proxy, self._of[one.address], waits

    def _sweep_again(self, loop: asyncio.AbstractEventLoop) -> None:
        self._sweep = loop.call_later(SWEEP_SECONDS, self._look_round, loop)

    def _look_round(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for one in [*self._connections, *self._put_off]:
            one.look(now)
        if self._refused:
            self._tell(dict(self._refused))
            self._refused.clear()
        self._sweep = None
        if self._connections or self._put_off:
            self._sweep_again(loop)


class GuardedConnection(HttpToolsProtocol):
    """One connection, within the limits of its door."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        door: Door,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._door = door
        self.address = ""
        self.is_proxy = False
        self._since = self.loop.time()  # of what it waits for now, or of its last act
        self._is_coming_in = False
        self._received = self._beside = self._slice = self._discarded = 0
        self._stuck_since: float | None = None
        self._unanswered: deque[RequestResponseCycle] = deque()
        self._refusal: EdgeRefused | None = None
        self._is_over = False

    @property
    def waits_since(self) -> float | None:
        """Since when it waits for a request or the rest of one; None while answered."""
        is_answered = self._answering is not None and not self._is_coming_in
        return None if is_answered or self.transport.is_closing() else self._since

    @property
    def pending(self) -> type[EdgeRefused] | None:
        """What is all that is to come of the request in hand: a refusal, or None."""
        if self._answering is None:
            return None
        said: Any = self._answering.scope["extensions"][PENDING]
        told: type[EdgeRefused] | None = said.get("refusal")
        return told

    @property
    def spare_since(self) -> float | None:
        """Since when it may make room for another; None while it may not."""
        if self.pending is None or self.transport.is_closing():
            return self.waits_since
        return self._since

    @property
    def _answering(self) -> RequestResponseCycle | None:
        """What is being answered."""
        return self._unanswered[0] if self._unanswered else None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own
        """Take its place, or hear why there is none."""
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        self.address = share_of(peer)
        self.is_proxy = self._door.limits.is_proxy(peer)
        self._refusal = self._door.enter(self)
        if self._refusal is None:
            return
        if self._door.put_off(self):
            self.loop.call_later(self._door.patience, self._part, self._refusal)
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its place back, and let every request know that nobody is there."""
        self._door.leave(self)
        self._give_up()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Close when what is answered was answered; at once where nothing is."""
        if self._refusal is None:
            super().shutdown()
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Read what came, a slice at a time: a head is never larger than one too many.

        Raises nothing: what is no HTTP is told so.
        """
        self._unset_keepalive_if_required()
        for start in range(0, len(data), SLICE_BYTES):
            if self._refusal is not None:
                self._discard(len(data) - start)
                return
            if self.transport.is_closing():
                return
            self._read_slice(data[start : start + SLICE_BYTES])

    def _read_slice(self, part: bytes) -> None:
        self._slice = len(part)
        self._received += len(part)
        self._beside += len(part)
        try:
            self.parser.feed_data(part)
        except httptools.HttpParserUpgrade:
            pass  # no other protocol is spoken here: the request is answered as it is
        except httptools.HttpParserError as error:
            told = error.__context__
            self._refuse(told if isinstance(told, EdgeRefused) else NotHttp())
            return
        if self._beside > self._door.limits.header_bytes:
            self._refuse(HeadTooLarge())

    def on_message_begin(self) -> None:
        """Begin to count a request; so many may follow each other unanswered."""
        if len(self.pipeline) >= MOST_PIPELINED:
            raise NotHttp
        super().on_message_begin()
        self.scope["extensions"] = {PENDING: {}}
        self._is_coming_in = True
        self._since = self.loop.time()
        self._received = self._beside = self._slice

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; each costs more memory than its bytes."""
        if len(self.headers) >= LARGEST_HEADS:
            raise HeadTooLarge
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer a request, or keep it until its turn."""
        super().on_headers_complete()
        self._unanswered.append(self.cycle)

    def on_body(self, body: bytes) -> None:
        """Keep a part of a body, unless the request was answered already."""
        self._beside -= len(body)
        if self.cycle.response_complete:
            self._discard(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Know that the request is whole."""
        self._is_coming_in = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request from now on."""
        self._unanswered.popleft()
        if not self._is_coming_in:
            self._since, self._received = self.loop.time(), 0
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Remember since when the answer is not taken."""
        self._stuck_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Know that it is taken again."""
        self._stuck_since = None
        super().resume_writing()

    def look(self, now: float) -> None:
        """Part with whoever is too slow: in asking, in reading, in going."""
        if self.transport.is_closing() and self._stuck_since is None:
            self._stuck_since = now
        if self._stuck_since is not None:
            if now - self._stuck_since > 2 * self._door.limits.wait_seconds:
                self.transport.abort()
        elif self._is_over:
            self.transport.close()
        elif self.waits_since is not None and not self.flow.read_paused:
            limits = self._door.limits
            allowed = limits.wait_seconds + self._received / limits.bytes_per_second
            if now - self._since > allowed:
                self.make_room()

    def make_room(self) -> None:
        """Part with a connection that waits; say so where a request is under way."""
        told = self.pending or (TooSlow if self._is_coming_in else None)
        if told is not None and self._refusal is None:
            self._refuse(told())
        self.transport.close()

    def _discard(self, count: int) -> None:
        self._discarded += count
        if self._discarded > LINGER_BYTES:
            self._is_over = True
            self.flow.pause_reading()

    def _refuse(self, refusal: EdgeRefused) -> None:
        """Tell why, unless an answer is on its way; whatever else comes is not read."""
        self._refusal = refusal
        self._door.count(refusal)
        answering = self._answering
        if answering is not None and answering.response_started:
            self.transport.close()
            return
        self._give_up()
        self._tell(refusal)

    def _give_up(self) -> None:
        """Let the application know that it has nobody to answer any more."""
        self.pipeline.clear()
        for cycle in self._unanswered:
            cycle.disconnected = True
            cycle.message_event.set()

    def _tell(self, refusal: EdgeRefused) -> None:
        self._is_over = True
        self.transport.write(self._write_answer(refusal))

    def _part(self, refusal: EdgeRefused) -> None:
        """Tell who was put off, and close; a flood begins again no sooner."""
        if not self.transport.is_closing():
            self._tell(refusal)
            self.transport.close()

    def _write_answer(self, refusal: EdgeRefused) -> bytes:
        body = refusal.body
        headers = {
            **self._door.headers,
            **refusal.headers,
            "content-type": "application/problem+json",
            "content-length": str(len(body)),
            "connection": "close",
        }
        lines = [f"{name}: {value}\r\n".encode() for name, value in headers.items()]
        return b"".join([STATUS_LINE[refusal.status], *lines, b"\r\n", body])

"""Asks witnesses to cosign what the sequencer signed (c2sp.org/tlog-witness).

- All witnesses are asked at once, each for at most two seconds; who does not answer is
  left alone for a while, so that a silent witness never holds up the ledger.
- What a witness says about the size it saw last is believed against us: a larger one
  than our tree means that this database is older than what was signed
  (`LedgerRolledBack`); a proof of ours that it refuses, that our tree is another one
  (`LedgerForked`). Either way nothing more is signed until a person has looked.
- A cosignature counts only when it verifies under the key in the settings, and was
  made now: one that is five minutes older or younger is a replay, or a wrong clock.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import httpx

from keys.events import EventLog
from signal_index.errors import LedgerForked, LedgerRolledBack, StartRefused
from signal_index.events import Event
from signal_index.proof import (
    MAX_NOTE_BYTES,
    SIZE_TYPE,
    AddCheckpoint,
    Checkpoint,
    Cosignature,
    MalformedProof,
    ProofError,
    WitnessKey,
    parse_cosignatures,
    parse_size,
    parse_witness_key,
)
from signal_index.settings import Settings

PATIENCE_SECONDS = 2.0
LEFT_ALONE = timedelta(seconds=15)
CLOCKS_DIFFER = timedelta(minutes=5)
_ATTEMPTS = 3

Prove = Callable[[int], Awaitable[Sequence[bytes]]]
"""Gives the consistency proof from a size to the checkpoint in question."""


@dataclass(frozen=True)
class Signed:
    """A checkpoint that we signed, its note, and how its growth is proven."""

    checkpoint: Checkpoint
    note: str
    prove: Prove


class Cosigners(Protocol):
    """Those who must see the ledger grow."""

    @property
    def keys(self) -> Sequence[WitnessKey]:
        """Their public keys."""

    @property
    def quorum(self) -> int:
        """How many of them must cosign."""

    async def cosign(self, signed: Signed, *, now: datetime) -> Sequence[Cosignature]:
        """Give the cosignatures that could be had, or raise a `StartRefused` leaf."""

    async def find_seen(self, signed: Signed) -> int:
        """Give the largest tree of this origin that any of them says it saw."""


@dataclass
class _Asked:
    """One witness, and what we know of it."""

    key: WitnessKey
    url: str
    sizes: dict[str, int] = field(default_factory=dict)
    left_alone_until: datetime | None = None
    is_silent: bool = False


class HttpWitnesses:
    """The witnesses of the settings, over HTTP."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        places: Sequence[tuple[WitnessKey, str]],
        quorum: int,
        log: EventLog,
    ) -> None:
        self._client = client
        self._asked = [_Asked(key, url.rstrip("/")) for key, url in places]
        self._log = log
        self.keys = [key for key, _ in places]
        self.quorum = quorum

    async def cosign(self, signed: Signed, *, now: datetime) -> Sequence[Cosignature]:
        """Ask every witness that is not left alone, all at once."""
        ready = [one for one in self._asked if _is_ready(one, now)]
        answers = await asyncio.gather(
            *(self._ask(one, signed, now) for one in ready), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return [found for found in answers if isinstance(found, Cosignature)]

    async def find_seen(self, signed: Signed) -> int:
        """Ask each how large a tree it saw, by offering one without any leaf.

        The empty tree is the beginning of every tree, so that signing it promises
        nothing; a witness that saw more says so.
        """
        sizes = await asyncio.gather(*(self._probe(one, signed) for one in self._asked))
        return max(sizes, default=0)

    async def _ask(
        self, one: _Asked, signed: Signed, now: datetime
    ) -> Cosignature | None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                found = await self._exchange(one, signed)
            _verify_time(found, now)
        except StartRefused:
            raise
        except (httpx.HTTPError, TimeoutError, ProofError, _Unusable) as fault:
            self._leave_alone(one, fault, now)
            return None
        if one.is_silent:
            one.is_silent = False
            self._log.write(Event.WITNESS_BACK, witness=one.key.name)
        one.sizes[signed.checkpoint.origin] = signed.checkpoint.size
        return found

    def _leave_alone(self, one: _Asked, fault: Exception, now: datetime) -> None:
        one.left_alone_until = now + LEFT_ALONE
        if not one.is_silent:
            one.is_silent = True
            kind = type(fault).__name__.strip("_")
            self._log.write(Event.WITNESS_SILENT, witness=one.key.name, kind=kind)

    async def _exchange(self, one: _Asked, signed: Signed) -> Cosignature:
        size = signed.checkpoint.size
        old = one.sizes.get(signed.checkpoint.origin, 0)
        for _ in range(_ATTEMPTS):
            if old > size:
                raise LedgerRolledBack(
                    f"the witness {one.key.name} saw {old} entries, and the database "
                    f"holds {size}"
                )
            path = [] if old in {0, size} else await signed.prove(old)
            answer = await self._post(one, AddCheckpoint(old, path, signed.note))
            if answer.status_code == httpx.codes.OK:
                return _read_cosignature(answer.text, one.key, signed)
            told = _read_size(answer)
            if told is None:
                _refuse_fork(answer, one)
                raise _Unusable(answer.status_code)
            if told == old:
                raise _forked(one)
            old = told
        raise _Unusable(httpx.codes.CONFLICT)

    async def _probe(self, one: _Asked, empty: Signed) -> int:
        request = AddCheckpoint(0, (), empty.note)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self._post(one, request)
            told = _read_size(answer)
        except (httpx.HTTPError, TimeoutError, MalformedProof):
            return 0
        if told is not None:
            one.sizes[empty.checkpoint.origin] = told
        return told or 0

    async def _post(self, one: _Asked, request: AddCheckpoint) -> httpx.Response:
        url = f"{one.url}/add-checkpoint"
        answer = await self._client.post(url, content=request.encode().encode())
        if len(answer.content) > MAX_NOTE_BYTES:
            raise _Unusable(answer.status_code)
        return answer


@asynccontextmanager
async def open_witnesses(
    settings: Settings, log: EventLog
) -> AsyncIterator[Cosigners | None]:
    """Give the witnesses of the settings; None only in a trial that says so."""
    if not settings.witnesses or settings.witness_quorum is None:
        yield None
        return
    places = [(parse_witness_key(one.key), one.url) for one in settings.witnesses]
    async with httpx.AsyncClient(follow_redirects=False) as client:
        yield HttpWitnesses(client, places, settings.witness_quorum, log)


class _Unusable(Exception):
    """A witness answered something that is no cosignature."""


class _ClocksDiffer(_Unusable):
    """A cosignature was made at another time than now."""


def _verify_time(found: Cosignature, now: datetime) -> None:
    if abs(found.at - now) > CLOCKS_DIFFER:
        raise _ClocksDiffer


def _is_ready(one: _Asked, now: datetime) -> bool:
    until = one.left_alone_until
    # A clock that jumped back must not leave a witness alone for hours.
    return until is None or not until - LEFT_ALONE <= now < until


def _read_cosignature(text: str, key: WitnessKey, signed: Signed) -> Cosignature:
    found = parse_cosignatures(text, signed.checkpoint.encode(), [key])
    if not found:
        raise MalformedProof("the witness answered without its own cosignature")
    return found[0]


def _read_size(answer: httpx.Response) -> int | None:
    if answer.status_code != httpx.codes.CONFLICT:
        return None
    if answer.headers.get("content-type", "").partition(";")[0] != SIZE_TYPE:
        return None
    return parse_size(answer.text.removesuffix("\n"))


def _refuse_fork(answer: httpx.Response, one: _Asked) -> None:
    if answer.status_code in {
        httpx.codes.CONFLICT,
        httpx.codes.UNPROCESSABLE_ENTITY,
    }:
        raise _forked(one)


def _forked(one: _Asked) -> LedgerForked:
    return LedgerForked(f"the witness {one.key.name} cosigned another tree than this")

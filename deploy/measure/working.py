"""People who look up and an agency that delivers, while something else goes on.

Each lookup is complete, as a case system does it: the key config (half of them fetch
it each time, half keep what they had until holders say that it is stale), two holders,
the index. A delivery is ten new persons, evaluated, signed and sent; in the end each is
looked up. All is judged when it is over: nothing stops at the first fault, so that
faults can be counted.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from statistics import median

import httpx

from deploy.measure.asking import (
    TIMEOUT_SECONDS,
    Asked,
    Crowd,
    Lookup,
    holder_places,
    log_in,
    prepare_lookups,
    write_lookup,
)
from deploy.measure.filling import EVALUATED_BY, INCOME, FillingFailed, Sending
from deploy.measure.judging import count_faults
from deploy.measure.load import Answer, LoadFailed, open_stream, send_block, send_one
from deploy.measure.sizes import FOUND_AGAIN, Sizes
from deploy.measure.statistics import compute_percentile
from deploy.measure.town import MeasuredTown, subject_of
from deploy.town.ceremony import KEY_ORIGIN
from deploy.town.login import KeptToken
from deploy.town.parties import TEAM, Account
from keys import clock
from keys.bsn import parse_bsn
from keys.client import (
    HolderTransport,
    Pseudonymised,
    Signer,
    fetch_config,
    pseudonymise_anew,
)
from keys.config import KeyConfig
from keys.errors import KeysError
from keys.pins import read_pins
from keys.request import Act, load_request_key

ASKERS = 4
LOOKUP_EACH_SECONDS = 0.4
"""How often each of them begins a lookup, unless the one before took longer."""
DELIVERY_EACH_SECONDS = 2.0
DELIVERED_AT_ONCE = 10
FAULTS = (KeysError, LoadFailed, FillingFailed, OSError, EOFError, httpx.HTTPError)
"""What somebody at work meets instead of an answer."""

_Queue = Iterator[tuple[Asked, Account]]


class WorkRanOut(Exception):
    """What went on took longer than the people and persons reckoned for it."""


@dataclass
class Work:
    """What was asked and delivered, and what came of it."""

    asked: list[tuple[Lookup, Answer]] = field(default_factory=list)
    under: Counter[tuple[int, int]] = field(default_factory=Counter)
    """How many lookups under each version and epoch."""
    delivered: list[str] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    """What ended without an answer, by its kind."""
    misses: int = 0
    wrong: int = 0
    lost: int = 0

    def encode(self) -> dict[str, object]:
        """Give the figures under the names of the project's targets."""
        seconds = [answer.seconds for _, answer in self.asked]
        return {
            "lookups": len(seconds),
            "sharings": len(self.under),
            "misses": self.misses,
            "wrongAnswers": self.wrong,
            "failures": self.failed.total(),
            "failedBy": " ".join(sorted(self.failed)) or "none",
            "delivered": len(self.delivered),
            "lostNotices": self.lost,
            "lookupP50Ms": round(median(seconds) * 1000, 1),
            "lookupP99Ms": round(compute_percentile(seconds, 0.99) * 1000, 1),
            "longestPauseMs": round(max(seconds) * 1000, 1),
        }


@dataclass(frozen=True)
class _Asking:
    """Who asks holders with which key, and what it knows of their key config."""

    town: MeasuredTown
    client: httpx.AsyncClient
    act: Act

    def transport(self, subject: str) -> HolderTransport:
        places = self.town.places
        if self.act is Act.LOOKUP:
            path, organisation = places.desk, TEAM
        else:
            path, organisation = (
                places.agency(EVALUATED_BY.slug),
                EVALUATED_BY.organisation,
            )
        key = load_request_key(path / "keys" / "request-key.jwk")
        signer = Signer(organisation, subject, key)
        return HolderTransport(self.client, holder_places(places), signer)

    async def ask(
        self,
        subject: str,
        bsns: list[str],
        known: KeyConfig | None,
        *,
        keeps: bool = True,
    ) -> tuple[KeyConfig, Pseudonymised]:
        """Have two holders evaluate these, under the config as it is then."""
        transport = self.transport(subject)

        async def fetch() -> KeyConfig:
            return await fetch_config(
                transport,
                read_pins(self.town.places.keys / "pins.json"),
                accepted_origin=KEY_ORIGIN,
                known=known,
                now=clock.now(),
            )

        config = known if keeps and known is not None else await fetch()
        numbers = [parse_bsn(bsn) for bsn in bsns]
        return await pseudonymise_anew(transport, config, fetch, numbers, self.act)


class _Tokens:
    """The users' logins."""

    def __init__(self, town: MeasuredTown) -> None:
        self._places = town.places
        self._kept: dict[str, KeptToken] = {}

    async def get(self, user: Account) -> str:
        async def fetch() -> str:
            return (await log_in(self._places, [user]))[user.username]

        return await self._kept.setdefault(user.username, KeptToken(fetch)).get()


@asynccontextmanager
async def working(
    town: MeasuredTown, crowd: Crowd, sizes: Sizes
) -> AsyncIterator[Work]:
    """Have people look up and an agency deliver until the block ends; judge it all."""
    work, is_over = Work(), asyncio.Event()
    stored = _count_signals(town)
    asked = crowd.take_pairs(sizes.working_lookups // 2)
    users = town.users.take(len(asked))
    tokens = _Tokens(town)
    queue = iter(list(zip(asked, users, strict=True)))
    persons = crowd.take_newcomers(sizes.working_delivered)
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
        looking = _Asking(town, client, Act.LOOKUP)
        async with asyncio.TaskGroup() as group:
            for at in range(ASKERS):
                asker = _look_up(
                    looking,
                    work,
                    queue,
                    tokens,
                    is_over,
                    keeps=bool(at % 2),
                    pace=sizes.working_pace,
                )
                group.create_task(asker)
            agency = _Asking(town, client, Act.PUBLISH)
            delivering = _deliver(
                agency, work, persons, is_over, pace=sizes.working_pace
            )
            group.create_task(delivering)
            try:
                yield work
            finally:
                is_over.set()
    work.lost = stored + len(work.delivered) - _count_signals(town)
    await _find_delivered(town, work)
    lookups, answers = zip(*work.asked, strict=True)
    work.misses, work.wrong = count_faults(town, lookups, answers)


async def _look_up(
    asking: _Asking,
    work: Work,
    queue: _Queue,
    tokens: "_Tokens",
    is_over: asyncio.Event,
    *,
    keeps: bool,
    pace: int,
) -> None:
    """Look people up, one after the other, each over a connection of its own.

    The index closes one that was idle for long; how long a busy machine takes between
    two lookups is nobody's fault.
    """
    known = None
    while not is_over.is_set():
        one, user = _take(queue)
        token = await tokens.get(user)
        began = time.perf_counter()
        try:
            known, found = await asking.ask(
                subject_of(user), [one.bsn], known, keeps=keeps
            )
            lookup = write_lookup(found, one, user, token)
            reader, writer = await open_stream(asking.town.index.address)
            with closing(writer):
                answer = await send_one(reader, writer, lookup.request)
        except FAULTS as fault:
            work.failed[type(fault).__name__] += 1
        else:
            took = time.perf_counter() - began
            work.asked.append((lookup, Answer(answer.status, answer.body, took)))
            work.under[known.place] += 1
        await _rest(began, LOOKUP_EACH_SECONDS * pace)


async def _deliver(
    asking: _Asking,
    work: Work,
    persons: list[str],
    is_over: asyncio.Event,
    *,
    pace: int,
) -> None:
    """Deliver new persons as long as the rest goes on, under the key of the moment."""
    known, own = None, EVALUATED_BY.organisation
    sending = await Sending.begin(asking.town, asking.town.index, asking.client, INCOME)
    while not is_over.is_set():
        began = time.perf_counter()
        if len(persons) < DELIVERED_AT_ONCE:
            raise WorkRanOut("count more persons to deliver in sizes.py")
        batch = [persons.pop() for _ in range(DELIVERED_AT_ONCE)]
        try:
            known, found = await asking.ask(own, batch, known)
            await sending.send(found.key_version, found.pseudonyms)
        except FAULTS as fault:
            work.failed[type(fault).__name__] += 1
        else:
            work.delivered += batch
        await _rest(began, DELIVERY_EACH_SECONDS * pace)


async def _find_delivered(town: MeasuredTown, work: Work) -> None:
    """Look up those delivered last: under the key of now, whichever it was then."""
    asked = [Asked(bsn, known=True) for bsn in work.delivered[-FOUND_AGAIN:]]
    lookups = await prepare_lookups(town, asked)
    requests = [lookup.request for lookup in lookups]
    block = await send_block(town.index.address, requests, connections=ASKERS)
    work.asked += zip(lookups, block.answers, strict=True)


def _take(queue: _Queue) -> tuple[Asked, Account]:
    try:
        return next(queue)
    except StopIteration:
        raise WorkRanOut("count more lookups beside it in sizes.py") from None


async def _rest(began: float, each: float) -> None:
    await asyncio.sleep(max(0.0, began + each - time.perf_counter()))


def _count_signals(town: MeasuredTown) -> int:
    return int(town.server.run_sql("SELECT count(*) FROM signal", "measured"))

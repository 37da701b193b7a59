"""Measure the page for citizens: how long one waits who was often looked up.

What is timed is what the page's own process takes, from a request to its answer: two
holders, the index, the page; each answer leaves at a whole quarter of a second. The
broker of DigiD is no part of it. A page that says fewer lookups, or a file that proves
fewer, ends the measurement.
"""

import asyncio
import io
import re
import time
import zipfile
from collections.abc import Sequence
from statistics import median

import httpx

from deploy.measure.asking import Asked, prepare_lookups
from deploy.measure.citizens import number_citizens
from deploy.measure.judging import verify_answers
from deploy.measure.load import send_block
from deploy.measure.sizes import OWN_LOOKUPS
from deploy.measure.town import MeasuredTown
from deploy.town.citizens import OwnPage, open_own
from deploy.town.provider import Citizen, write_citizens
from deploy.town.run import broker_party, portal_party

CONNECTIONS = 8
VIEWS = 5
SIGNED_WITHIN = 60.0


class PageDiffers(Exception):
    """The page says or proves fewer lookups than there were."""


class _Timed(httpx.AsyncHTTPTransport):
    """The network, and how long each path took to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.took: list[tuple[str, float]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        started = time.perf_counter()
        answer = await super().handle_async_request(request)
        passed = (time.perf_counter() - started) * 1000
        self.took.append((request.url.path, passed))
        return answer

    def find(self, path: str) -> Sequence[float]:
        return [passed for name, passed in self.took if name == path]


async def measure_own_page(town: MeasuredTown) -> dict[str, object]:
    """Look one citizen up so often, and have them read and keep their own page."""
    (number,) = number_citizens(1)
    asked = [Asked(number, known=True)] * OWN_LOOKUPS
    lookups = await prepare_lookups(town, asked)
    requests = [one.request for one in lookups]
    block = await send_block(town.index.address, requests, connections=CONNECTIONS)
    verify_answers(town, lookups, block.answers)
    places, citizen = town.places, Citizen("measured", number)
    write_citizens(places, (citizen,))
    town.processes.start_together([broker_party(places), portal_party(places)])
    timed = _Timed()
    async with httpx.AsyncClient(transport=timed, timeout=60) as http:
        pages = [await open_own(places, http, citizen) for _ in range(VIEWS)]
        for page in pages:
            _verify_page(page)
        await _keep_proofs(places.portal_url, http, pages[-1])
    parts = zip(timed.find("/terug"), timed.find("/mijn"), strict=True)
    waits = [sum(both) for both in parts]
    return {
        "lookups": OWN_LOOKUPS,
        "pageMs": round(median(waits), 1),
        "proofsMs": round(timed.find("/bewijzen.zip")[-1], 1),
    }


def _verify_page(page: OwnPage) -> None:
    if page.status_code != 200:
        raise PageDiffers(f"the page gave {page.status_code}")
    told = re.search(r"Er is (\d+) keer gekeken", page.text)
    if told is None or int(told[1]) < OWN_LOOKUPS:  # others may have looked too
        raise PageDiffers(f"the page does not say {OWN_LOOKUPS} lookups")


async def _keep_proofs(url: str, http: httpx.AsyncClient, page: OwnPage) -> None:
    """Keep the proofs, once the tree that holds every lookup is signed."""
    until, proofs = time.monotonic() + SIGNED_WITHIN, 0
    while proofs < OWN_LOOKUPS:
        packed = await http.get(f"{url}/bewijzen.zip", headers=page.sent)
        proofs = _count_proofs(packed)
        if time.monotonic() > until:
            raise PageDiffers(f"{proofs} lookups are proven ({packed.status_code})")
        await asyncio.sleep(0.5)


def _count_proofs(packed: httpx.Response) -> int:
    if packed.status_code != 200:
        return 0
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        return sum(name.endswith(".tlog-proof") for name in archive.namelist())

"""What a thief of a holder's disk and log gets: who asked how many, nothing else."""

import io
from base64 import b64encode, urlsafe_b64encode
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from keys.client import Asked, HolderAnswer, HolderTransport, Signer, pseudonymise
from keys.errors import HolderUnavailable
from keys.events import EventLog
from keys.holder.building import build_app
from keys.holder.errors import RequestReplayed
from keys.holder.evaluations import Holder, answer_evaluation
from keys.holder.organisations import collect_organisations
from keys.holder.store import HolderStore
from keys.quorum import Watch
from keys.request import Act
from tests.holder_fakes import INDEX_KEYS
from tests.holders_builders import AUDIENCE, FakeHolder, Holders, a_bsn, some_holders

NUMBERS = [a_bsn(1), a_bsn(2), a_bsn(3)]


class Listening(HolderTransport):
    """A transport that remembers every point that passed."""

    def __init__(
        self, client: httpx.AsyncClient, holders: Holders, signer: Signer
    ) -> None:
        super().__init__(client, holders.places, signer, Watch(turn=0))
        self.points: set[bytes] = set()

    async def evaluate(self, holder: int, asked: Asked) -> HolderAnswer:
        answer = await super().evaluate(holder, asked)
        self.points |= {*asked.points, *answer.evaluations}
        return answer


def on_disk(holders: Holders, folder: Path) -> list[HolderStore]:
    """Give every holder a real memory on disk."""
    known = collect_organisations([holders.lookup.entry, holders.source.entry])
    stores = []
    for index, one in holders.holders.items():
        store = HolderStore.open(folder / f"holder-{index}.db")
        holder = Holder(one.keys, AUDIENCE, known, store, holders.clock, INDEX_KEYS)
        log = io.StringIO()
        app = build_app(holder, EventLog(log))
        holders.holders[index] = FakeHolder(one.keys, store, log, app)
        stores.append(store)
    return stores


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def spellings(secret: bytes) -> set[bytes]:
    """The ways in which bytes are usually written down."""
    return {
        secret,
        secret.hex().encode(),
        urlsafe_b64encode(secret).rstrip(b"="),
        b64encode(secret).rstrip(b"="),
    }


@pytest.mark.anyio
async def test_holder_log_and_database_hold_no_point(tmp_path: Path) -> None:
    holders = some_holders()
    stores = on_disk(holders, tmp_path)
    points: set[bytes] = set()
    for organisation, act in (
        (holders.lookup, Act.LOOKUP),
        (holders.source, Act.PUBLISH),
    ):
        signer = Signer(organisation.oin, "user-1", organisation.key, holders.clock)
        async with holders.client() as client:
            transport = Listening(client, holders, signer)
            result = await pseudonymise(transport, holders.config, NUMBERS, act)
        points |= transport.points | {each.encoded for each in result.pseudonyms}
    kept = everything_in(tmp_path)
    for store in stores:
        store.close()
    kept += everything_in(tmp_path)
    kept += "".join(one.log.getvalue() for one in holders.holders.values()).encode()
    assert b"user-1" in kept
    assert len(points) == 2 * (3 + 6) + 3
    for secret in points:
        assert not any(spelling in kept for spelling in spellings(secret))
    for number in NUMBERS:
        assert number.digits.encode() not in kept


@pytest.mark.anyio
async def test_no_log_line_of_a_holder_names_a_user_or_holds_a_token() -> None:
    holders = some_holders()
    result = await holders.look_up(NUMBERS, "jansen@gemeente.test")
    log = holders.holders[1].log.getvalue()
    assert '"event": "evaluated"' in log
    assert "jansen" not in log
    assert not any(ticket in log for ticket in result.tickets)
    assert "eyJ" not in log


@pytest.mark.anyio
async def test_crash_between_spending_and_answering_leaves_the_budget_spent(
    tmp_path: Path,
) -> None:
    """Killing a holder at the right moment buys nobody an unmetered evaluation."""
    holders = some_holders()
    (store, *others) = on_disk(holders, tmp_path)
    one = holders.holders[1]
    known = collect_organisations([holders.lookup.entry])
    broken = replace(one.keys, share=None)  # type: ignore[arg-type]  # dies evaluating
    holder = Holder(broken, AUDIENCE, known, store, holders.clock, INDEX_KEYS)
    sent: list[bytes] = []

    def keep(request: httpx.Request) -> httpx.Response:
        sent.append(request.content)
        return httpx.Response(503)

    signer = Signer(holders.lookup.oin, "user-1", holders.lookup.key, holders.clock)
    async with httpx.AsyncClient(transport=httpx.MockTransport(keep)) as client:
        transport = HolderTransport(client, holders.places, signer, Watch(turn=0))
        with pytest.raises(HolderUnavailable):
            await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
    with pytest.raises(AttributeError):
        answer_evaluation(holder, sent[0])
    with pytest.raises(RequestReplayed):
        answer_evaluation(replace(holder, keys=one.keys), sent[0])
    (ticket,) = store.find_tickets(holders.clock().date())
    assert ticket.count == 3
    for each in (store, *others):
        each.close()

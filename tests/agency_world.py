"""An agency that publishes with our own publisher into the real index, in memory.

The index, the holders and the publisher are real; only the network is not.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from keys.bsn import parse_bsn
from keys.case_seal import CaseKey
from keys.config import parse_pins
from keys.municipality import MunicipalityCode
from signal_index.store.contact_labels import LabelRecord, approve_label
from signal_index.store.registry import SourceRecord, add_source
from signal_index.wire.deliveries import DeliveryKind
from signal_index.wire.reconciling import ReconcilingScope
from signal_index.wire.rehearsals import CaseResult
from signal_index.wire.values import Oin, Slug
from sources.errors import DeliveryHeld
from sources.intake.files import FileIntake
from sources.notices.fetching import fetch
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import Profile
from sources.publisher.holders import HolderEvaluator, Trust
from sources.publisher.http_index import HttpIndex
from sources.publisher.patience import Patience
from sources.publisher.pipeline import Sender
from sources.publisher.run import Run
from sources.publisher.task import Task
from sources.reconciling import Reconciled, reconcile
from sources.rehearsing.running import Rehearsed, rehearse
from sources.restarting import take_over
from tests.contact_builders import as_it_is
from tests.sources_builders import SECRET, Heard, approve_held
from tests.store_builders import owning
from tests.world import World, open_world

HOME = "9901"
CATEGORIES = frozenset({"schuldhulpverlening", "vroegsignalering"})
LABELS = (
    "Klantmanager Inkomen",
    "Klantmanager Zuid",
    "Beleidsmedewerker schuldhulpverlening",  # of an example of the standard
)
SALT = bytes(range(16))


@dataclass
class Giver:
    """The town's issuer, as an agency's software sees it."""

    world: World

    async def get(self) -> str:
        return self.world.a_source_token(self.world.debt_help)

    def forget(self) -> None: ...


@dataclass
class Town:
    """A world in which the debt-help agency publishes with our own publisher."""

    world: World
    folder: Path
    ahead: timedelta = timedelta()
    outbox_name: str = "outbox.sqlite"

    @property
    def sender(self) -> Sender:
        oin = Oin(self.world.debt_help.oin)
        return Sender(oin, oin, self.world.debt_help.key, self.now)

    def now(self) -> datetime:
        """What time it is on the agency's machine."""
        return self.world.clock() + self.ahead

    @contextmanager
    def outbox(self) -> Iterator[Outbox]:
        with Outbox(self.folder / self.outbox_name, OutboxKey(SECRET)) as outbox:
            yield outbox

    async def take_over(self, *lost: UUID) -> int:
        """Begin the outbox anew, from the index's own list."""
        async with self.world.http() as client:
            with self.outbox() as outbox:
                index = self._parties(client, outbox)[1]
                return await take_over(outbox, index, self.sender, lost)

    async def publish(
        self, file: Path, profile: Profile, *, approve: bool = True
    ) -> OpenDelivery:
        """Publish a file; what is held is let through, unless `approve` says not."""
        async with self.world.http() as client:
            with self.outbox() as outbox:
                parties = self._parties(client, outbox)
                run = Run(outbox, parties, self.sender, Heard(), lambda _: None)
                intake = FileIntake(file, profile)
                task = Task(intake, profile, DeliveryKind.FULL)
                try:
                    return (await run.publish(task))[-1]
                except DeliveryHeld:
                    if not approve:
                        raise
                    approve_held(outbox)
                    return (await run.finish_unfinished())[-1]

    async def reconcile(self, *, confirmed: bool = False) -> Reconciled:
        scope = ReconcilingScope(
            source=Oin(self.world.debt_help.oin),
            categories=[Slug("schuldhulpverlening")],
            municipalities=[MunicipalityCode(HOME)],
            on=self.world.clock().date(),
            salt=SALT,
        )
        async with self.world.http() as client:
            with self.outbox() as outbox:
                index = self._parties(client, outbox)[1]
                return await reconcile(
                    outbox, index, self.sender, scope, confirmed=confirmed
                )

    async def hear(self, case_key: CaseKey | None = None) -> int:
        """Fetch what came back, as the agency's agent does."""
        async with self.at_index() as (outbox, index):
            oin = self.world.debt_help.oin
            return await fetch(
                outbox, index, oin, case_key, hold=as_it_is, now=self.now
            )

    @asynccontextmanager
    async def at_index(self) -> AsyncIterator[tuple[Outbox, HttpIndex]]:
        """The agency's outbox, and the index as its software asks it."""
        async with self.world.http() as client:
            with self.outbox() as outbox:
                yield outbox, self._parties(client, outbox)[1]

    async def rehearse(self, told: Callable[[CaseResult], None]) -> Rehearsed:
        """Rehearse with our own software, against this index."""
        async with self.world.http() as client:
            with self.outbox() as outbox:
                parties = self._parties(client, outbox)
                return await rehearse(parties, self.sender, told)

    def _parties(
        self, client: httpx.AsyncClient, outbox: Outbox
    ) -> tuple[HolderEvaluator, HttpIndex]:
        world, oin = self.world, Oin(self.world.debt_help.oin)
        patience = Patience(world.clock)
        trust = Trust(
            lambda: [parse_pins(world.holders.dealing.pins)], "dealt", world.clock
        )
        transport = world.holders.transport(world.holders.source, oin)
        index = HttpIndex(client, "http://index.test", Giver(world), patience)
        return HolderEvaluator(transport, outbox, trust, patience), index

    async def find(self, bsn: str) -> list[dict[str, Any]]:
        """The flags that a generalist of the town gets to see."""
        (answer,) = await self.world.look_up([parse_bsn(bsn)])
        flags: list[dict[str, Any]] = answer["flags"]
        return flags


@asynccontextmanager
async def open_agency(tmp_path: Path) -> AsyncIterator[Town]:
    """A world whose debt-help agency covers the categories of these tests."""
    async with open_world(tmp_path) as world:
        oin = world.debt_help.oin
        record = SourceRecord(oin, "debt-help", CATEGORIES, frozenset({HOME}), 7)
        async with owning(world.engine) as conn:
            now = world.clock()
            await add_source(conn, record, now=now)
            for label in LABELS:
                own = LabelRecord(oin, label, "college", now.date())
                await approve_label(conn, own, now=now)
        world.clock.forward(timedelta(minutes=1))  # who is registered is read anew
        yield Town(world, tmp_path)

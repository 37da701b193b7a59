"""Registering items: each change and its ledger entry through one connection.

What is unchanged is not recorded: nothing happened.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from policy.catalogue import Catalogue
from policy.establishments import (
    parse_staatsblad,
    verify_established_by,
    verify_establishment,
)
from policy.vocabulary import Establishment, parse_municipality
from signal_index.cli.items import (
    AdmissionItem,
    ClientItem,
    ContactLabelItem,
    Item,
    LoadFile,
    LoopItem,
    OrganisationItem,
    PurposeItem,
    SignerItem,
    SourceItem,
)
from signal_index.errors import CoverageRefused
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.store.acts import Act, Recorder
from signal_index.store.admissions import admit
from signal_index.store.contact_labels import approve_label
from signal_index.store.establishments import establish
from signal_index.store.policies import read_catalogues
from signal_index.store.registry import (
    REGISTER,
    Change,
    SignerRecord,
    add_client,
    add_organisation,
    add_signer,
    add_source,
    get_municipality,
)
from signal_index.store.source_states import get_source_state


@dataclass(frozen=True, slots=True)
class Registrar:
    """Registers items on one connection, and records what that changed."""

    conn: AsyncConnection
    recorder: Recorder
    catalogue: Catalogue

    async def register(self, item: Item) -> Change:
        """Register one item, whatever kind it is."""
        match item:
            case OrganisationItem():
                change = self._organisation(item)
            case AdmissionItem():
                change = self._admission(item)
            case ClientItem():
                change = self._client(item)
            case SignerItem():
                change = self._signer(item)
            case SourceItem():
                change = self._source(item)
            case ContactLabelItem():
                change = self._contact_labels(item)
            case PurposeItem() | LoopItem():
                change = self._establish(item)
            case _:
                raise TypeError(type(item).__name__)
        return await change

    async def _organisation(self, item: OrganisationItem) -> Change:
        change = await add_organisation(
            self.conn, item.record(), now=self.recorder.clock()
        )
        facts: JsonObject = {
            "name": item.name,
            "kind": item.kind.value,
        }
        return await self._recorded(change, "organisation", item.oin, facts)

    async def _admission(self, item: AdmissionItem) -> Change:
        """Let an organisation ask for a municipality, in that municipality's name."""
        verify_established_by(self.catalogue, item.by)
        change = await admit(self.conn, item.record(), now=self.recorder.clock())
        if change is not Change.UNCHANGED:
            what: JsonObject = {
                "act": "organisation-admitted",
                "oin": item.organisation,
                "byRole": item.by,
                "on": item.on.isoformat(),
            }
            act = Act(what, Kind.ADMINISTRATION, item.organisation, item.municipality)
            await self.recorder.record(self.conn, act)
        return change

    async def _client(self, item: ClientItem) -> Change:
        change = await add_client(self.conn, item.record(), now=self.recorder.clock())
        facts: JsonObject = {"client_id": item.id, "kind": item.kind.value}
        return await self._recorded(change, "client", item.organisation, facts)

    async def _signer(self, item: SignerItem) -> Change:
        return await self.register_signer(item.record())

    async def register_signer(self, record: SignerRecord) -> Change:
        """Register a key that an organisation signs with."""
        change = await add_signer(self.conn, record, now=self.recorder.clock())
        facts: JsonObject = {"kid": record.kid, "jwk": record.jwk}
        return await self._recorded(change, "signer", record.organisation, facts)

    async def _source(self, item: SourceItem) -> Change:
        home = await get_municipality(self.conn, item.oin)
        await self.verify_source(item, home)
        change = await add_source(self.conn, item.record(), now=self.recorder.clock())
        facts: JsonObject = {
            "kind": item.kind,
            "categories": sorted(item.categories),
            "municipalities": sorted(item.municipalities),
            "rhythmDays": item.rhythm_days,
            "submitters": sorted(item.submitters),
            "byHand": item.by_hand,
            "state": (await get_source_state(self.conn, item.oin)).value,
        }
        return await self._recorded(change, "source", item.oin, facts)

    async def _contact_labels(self, item: ContactLabelItem) -> Change:
        """Approve labels, each an entry of its own; tell of the last that was new."""
        verify_established_by(self.catalogue, item.by)
        said = Change.UNCHANGED
        for record in item.records():
            change = await approve_label(self.conn, record, now=self.recorder.clock())
            facts: JsonObject = {
                "label": record.label,
                "byRole": record.by_role,
                "on": record.on.isoformat(),
            }
            oin = item.organisation
            await self._recorded(change, "contact-label", oin, facts)
            said = said if change is Change.UNCHANGED else change
        return said

    async def verify_source(self, item: SourceItem, home: str) -> None:
        """Hold that such a source may exist, or raise `CoverageRefused`."""
        if self.catalogue.parse_source_kind(item.kind).value == REGISTER:
            _verify_register(item, home)
        else:
            await self._verify_publisher(item)

    async def _verify_publisher(self, item: SourceItem) -> None:
        if not item.categories:
            raise CoverageRefused("a source of this kind needs at least one category")
        adopted = await self._catalogues()
        for place in item.municipalities:
            _verify_coverage(item, adopted.get(place, self.catalogue))

    async def _establish(self, item: PurposeItem | LoopItem) -> Change:
        """Open a purpose or an act of the loop, and record who did."""
        catalogue = (await self._catalogues()).get(item.municipality, self.catalogue)
        made = Establishment(
            opens=(
                catalogue.parse_purpose(item.id)
                if isinstance(item, PurposeItem)
                else catalogue.parse_loop_act(item.id)
            ),
            municipality=parse_municipality(item.municipality),
            by_role=item.by,
            on=item.on,
            staatsblad=item.staatsblad and parse_staatsblad(item.staatsblad),
        )
        verify_establishment(catalogue, made)
        change = await establish(self.conn, made, now=self.recorder.clock())
        if change is not Change.UNCHANGED:
            is_purpose = isinstance(item, PurposeItem)
            what: JsonObject = {
                "act": f"{'purpose' if is_purpose else 'loop-act'}-established",
                "purpose" if is_purpose else "loopAct": made.opens.value,
                "byRole": made.by_role,
                "on": made.on.isoformat(),
                "staatsblad": made.staatsblad,
            }
            act = Act(what, Kind.ESTABLISHMENT, None, made.municipality)
            await self.recorder.record(self.conn, act)
        return change

    async def _catalogues(self) -> Mapping[str, Catalogue]:
        """Give the catalogues that municipalities adopted instead of the shipped."""
        return await read_catalogues(self.conn)

    async def _recorded(
        self, change: Change, subject: str, oin: str, facts: JsonObject
    ) -> Change:
        if change is not Change.UNCHANGED:
            home = await get_municipality(self.conn, oin)
            what: JsonObject = {"act": f"{subject}-{change.value}", "oin": oin, **facts}
            act = Act(what, Kind.ADMINISTRATION, oin, home)
            await self.recorder.record(self.conn, act)
        return change


def _verify_register(item: SourceItem, home: str) -> None:
    """Refuse a register that would publish, or tell of another municipality."""
    if item.categories:
        raise CoverageRefused("a population register has no categories: leave them out")
    if item.municipalities != {home}:
        raise CoverageRefused(
            "a population register tells of the municipality of its organisation only"
        )


def _verify_coverage(item: SourceItem, catalogue: Catalogue) -> None:
    kind = catalogue.parse_source_kind(item.kind)
    for name in sorted(item.categories):
        category = catalogue.categories[catalogue.parse_category(name)]
        if kind not in category.publishers:
            raise CoverageRefused(
                f"a source of this kind does not publish {category.id.value}"
            )


def in_order(loaded: LoadFile) -> Iterator[Item]:
    """Give the items of a load file so that what one needs comes before it."""
    yield from loaded.organisation
    yield from loaded.admission
    yield from loaded.client
    yield from loaded.signer
    yield from loaded.source
    yield from loaded.contact_label
    yield from loaded.purpose
    yield from loaded.loop

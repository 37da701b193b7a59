"""Succession: a source takes over another's signals, in one act by two persons.

An organisation merges, loses a tender, or a team splits off. One officer or
administrator of the municipality asks, another approves (`/approvals`); at that moment
the signals pass on, with their contact holders or to one that is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from policy.vocabulary import Role
from signal_index.api.acting import Acting, acting
from signal_index.api.approvals import record_approval
from signal_index.api.callers import MunicipalApprover
from signal_index.api.context import TheIndex
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.api.transfer_run import MATTER, digest_transfer, may_take_over
from signal_index.api.transfer_view import Contacts, name_contact, show_transfer
from signal_index.errors import (
    ApprovalAlreadyOpen,
    AssuranceTooLow,
    TransferCollides,
)
from signal_index.identifiers import floor_minute, new_uuid7
from signal_index.labels import Labels
from signal_index.ledger import Kind
from signal_index.store import transfers as store
from signal_index.store.approvals import Matter, State, request_approval
from signal_index.store.standing import Standing
from signal_index.store.transfers import Asked, Recorded, Stock
from signal_index.wire import transfers as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.sources import SourceState

routes = Routes("goedkeuren")


@routes.get("/transfers", "Overdrachten van signalen, en tussen welke bronnen het kan")
async def list_transfers(index: TheIndex, caller: MunicipalApprover) -> wire.Transfers:
    """List the municipality's transfers, and the sources between which there can be.

    Left out is what says something else than its approval is about: nobody reads one
    transfer, and approves another.
    """
    place = caller.scope.municipality
    now = index.clock()
    labels = await index.labels_in(place)
    standing = await index.standing.get(now)
    async with looking(index.engine) as conn:
        listed, left_off = await store.list_transfers(conn, place, now=now)
        found = [one for one in listed if digest_transfer(one.asked) == one.agreed]
        stock = await store.count_stock(conn, place)
        undone = await store.count_corrections(conn, place)
        passing = {
            one.id: await store.count_passing(conn, one.asked)
            for one in found
            if one.state is State.OPEN
        }
        sources = _find_sources(standing, place, stock)
        named = {one.asked.source for one in found}
        named |= {one.asked.successor for one in found}
        contacts = await store.find_contacts(conn, {*sources, *named}, passing.values())
    return wire.Transfers(
        items=[
            show_transfer(one, labels, contacts, passing.get(one.id)) for one in found
        ],
        sources=[
            _source(oin, codes, stock, labels, contacts, undone=undone.get(oin, 0))
            for oin, codes in sources.items()
        ],
        leftOff=left_off,
    )


@routes.post(
    "/transfers",
    "Signalen aan een andere bron overdragen; een tweede persoon keurt goed",
    status=201,
    raises=(AssuranceTooLow, ApprovalAlreadyOpen, TransferCollides),
)
async def ask_transfer(
    body: wire.NewTransfer, index: TheIndex, caller: MunicipalApprover
) -> wire.Transfer:
    """Ask that a source takes over another's signals: the first of two persons."""
    who = caller.caller
    labels = await index.labels_in(who.municipality)
    standing = await index.standing.get(index.clock())
    asked = _read(body, str(who.municipality))
    async with acting(index, who, Kind.APPROVAL) as act:
        passing = await store.count_passing(act.conn, asked)
        both = (asked.source, asked.successor)
        contacts = await store.find_contacts(act.conn, both, [passing])
        _verify(act, standing, asked, contacts)
        await store.verify_new_to_successor(act.conn, asked)
        matter = Matter(
            MATTER,
            asked.municipality,
            digest_transfer(asked),
            MATTER,
            Role.PRIVACY_OFFICER,
        )
        waiting = await request_approval(
            act.conn, matter, who, index.receipt_key, now=act.now
        )
        id_ = new_uuid7(act.now)
        await store.insert_transfer(act.conn, id_, asked, waiting.id, now=act.now)
        await record_approval(act, "requested", waiting)
        at = floor_minute(act.now)  # as it is kept: who approves says what was shown
        made = Recorded(
            id_, waiting.id, matter.digest, asked, at, waiting.state, None, None
        )
    return show_transfer(made, labels, contacts, passing)


def _read(body: wire.NewTransfer, municipality: str) -> Asked:
    contacts = None if body.contacts is None else tuple(sorted(set(body.contacts)))
    return Asked(
        municipality=municipality,
        source=str(body.source),
        successor=str(body.successor),
        categories=tuple(sorted({str(one) for one in body.categories})),
        contacts=contacts,
        contact_holder=body.contactHolder,
        reason=body.reason,
    )


def _verify(act: Acting, standing: Standing, asked: Asked, contacts: Contacts) -> None:
    """Raise `InvalidField` for what cannot pass on, or is not theirs to give.

    Of a source that ended no more is asked than that its successor publishes it.
    """
    source = standing.sources.get(asked.source)
    if source is None or source.state not in store.PASSING:
        raise InvalidField("source", "not-registered")
    taker = standing.sources.get(asked.successor)
    if taker is None or not taker.active or taker.state is not SourceState.LIVE:
        raise InvalidField("successor", "not-registered")
    given = {code for at, code in standing.find_places(asked.source)}
    if source.active and not given.issuperset(asked.categories):
        raise InvalidField("categories", "not-registered")
    if not may_take_over(act, standing, asked):
        raise InvalidField("categories", "not-for-successor")
    _verify_contacts(asked, contacts)


def _verify_contacts(asked: Asked, contacts: Contacts) -> None:
    own = {id_ for id_, (owner, _) in contacts.items() if owner == asked.source}
    if asked.contacts is not None and not own.issuperset(asked.contacts):
        raise InvalidField("contacts", "unknown-code")
    taken = asked.contact_holder
    if taken is not None and contacts.get(taken, ("",))[0] != asked.successor:
        raise InvalidField("contactHolder", "unknown-code")


def _find_sources(
    standing: Standing, place: str, stock: Sequence[Stock]
) -> Mapping[str, Sequence[str]]:
    """Find the live sources there and what each publishes, and who left signals."""
    found: dict[str, list[str]] = defaultdict(list)
    for (municipality, category), covered in sorted(standing.coverage.items()):
        for one in covered if municipality == place else ():
            if standing.sources[one.source].state is SourceState.LIVE:
                found[one.source].append(category)
    for left in stock:
        if left.category not in found[left.source]:
            found[left.source].append(left.category)
    return found


def _source(
    oin: str,
    categories: Sequence[str],
    stock: Sequence[Stock],
    labels: Labels,
    contacts: Contacts,
    *,
    undone: int,
) -> wire.TransferSource:
    own = [one for one in stock if one.source == oin]
    return wire.TransferSource(
        oin=oin,
        name=labels.organisation(oin),
        categories=[
            wire.TransferCategory(
                code=code,
                label=labels.category(code),
                signals=sum(one.signals for one in own if one.category == code),
            )
            for code in categories
        ],
        contacts=[
            wire.TransferContact(
                **name_contact(id_, contacts),
                signals=sum(one.signals for one in own if one.contact == id_),
            )
            for id_, (owner, _) in contacts.items()
            if owner == oin
        ],
        corrections=undone,
    )

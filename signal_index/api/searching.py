"""An officer searches the ledger and opens entries; each search is an entry itself.

- `POST /searches`: by user, team, period, purpose, outcome, case, and by citizen, whose
  number was blinded in the officer's browser (two tickets of act `officer-search`).
- `GET /entries/{id}`: one entry with what it showed. `…/proof`: its proof file, for
  whoever must be able to check it without us; group `person` never is in it.
- What is outside the officer's scope does not exist for this officer (404).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from signal_index.api.acting import acting
from signal_index.api.callers import Officer
from signal_index.api.context import Index, TheIndex
from signal_index.api.person_asked import (
    PERSON_FACTS,
    PersonAct,
    arrive,
    find_keys_by_year,
    record_about_person,
    spending,
)
from signal_index.api.recording import SpecialAct
from signal_index.api.routing import Routes
from signal_index.api.search_questions import DAYS_MAXIMUM, make_search
from signal_index.api.told_entries import tell_entry, tell_line
from signal_index.errors import PolicyUnusable, ProofNotReady, UnknownEntry
from signal_index.identifiers import read_uuid7_minute
from signal_index.labels import Labels
from signal_index.ledger import Group, Kind, Outcome, WhyGroup
from signal_index.proof import JsonObject
from signal_index.store.ledger_proofs import prove_entry_for
from signal_index.store.ledger_reading import Page
from signal_index.store.opened_entries import find_place, get_entry
from signal_index.store.outcomes import find_outcomes
from signal_index.store.search import LedgerSearch, find_first_readable, search_entries
from signal_index.wire import searching as wire
from signal_index.wire.choices import OrganisationName
from signal_index.wire.ledger_entries import LedgerEntry
from signal_index.wire.values import Id

OFFICER_BASIS: Final = "officer"
"""Where a lookup names its legal basis; an officer's stands with the purpose."""

_PROVEN: Final = frozenset(Group) - {Group.PERSON, Group.ABOUT}

routes = Routes("inzagelogboek")


@routes.get("/search-options", "Waarop een officer kan zoeken")
async def show_search_options(index: TheIndex, caller: Officer) -> wire.SearchOptions:
    """List what can be searched by: the closed lists, and whose entries there are."""
    standing = await index.standing.get(index.clock())
    labels = await index.labels_in(caller.scope.municipality)
    own = [
        OrganisationName(oin=one.oin, name=one.name)
        for one in standing.organisations.values()
        if caller.scope.covers(one.municipality, one.oin)
    ]
    return wire.SearchOptions(
        why=[
            wire.SearchReason(code=one.id, label=one.label, citizen=one.citizen)
            for one in labels.catalogue.officer_purposes.values()
        ],
        organisations=sorted(own, key=lambda one: one.name),
        isWholeMunicipality=caller.scope.organisation is None,
        purposes=labels.choices(labels.catalogue.purposes),
        outcomes=list(wire.OUTCOMES),
        kinds=list(wire.KINDS),
        daysMaximum=DAYS_MAXIMUM,
    )


@routes.post("/searches", "Zoeken in het inzagelogboek", raises=PERSON_FACTS)
async def search_ledger(
    body: wire.Search, index: TheIndex, caller: Officer
) -> wire.SearchPage:
    """Find a page of entries; the search is recorded with the page that it gave."""
    labels = await index.labels_in(caller.scope.municipality)
    search = make_search(body, caller.scope, labels.catalogue)
    page = Page(body.limit, body.cursor)
    why = WhyGroup(purpose=body.why, legal_basis=OFFICER_BASIS)
    if body.citizen is None:
        async with acting(index, caller.caller, Kind.SEARCH) as act:
            found = await _find(act.conn, index, search, page, labels)
            what = _what(body, found)
            await act.record_special(SpecialAct(Kind.SEARCH, what, why=why))
        return found
    asked = await arrive(index, body.citizen, caller.caller)
    search = replace(
        search, persons=find_keys_by_year(index.keys, asked.point, search.kinds)
    )
    async with spending(index, asked, Kind.SEARCH) as act:
        found = await _find(act.conn, index, search, page, labels)
        done = PersonAct(_what(body, found), Outcome.RECORDED, why=why)
        await record_about_person(act, asked, done)
    return found


@routes.get(
    "/entries/{entry_id}",
    "Een regel van het inzagelogboek",
    raises=(UnknownEntry, PolicyUnusable),
)
async def open_entry(entry_id: Id, index: TheIndex, caller: Officer) -> LedgerEntry:
    """Open one entry with all that an officer may see of it; looking is recorded."""
    standing = await index.standing.get(index.clock())
    policy = index.policy.get(standing, caller.scope.municipality)
    keys = index.keys.disclosures
    async with acting(index, caller.caller, Kind.SEARCH) as act:
        found = await get_entry(act.conn, caller.scope, entry_id, keys)
        place = await find_place(act.conn, entry_id)
        said = await find_outcomes(act.conn, [found], keys)
        await act.record({"act": "open-entry", "entry": str(entry_id)})
    return tell_entry(
        found,
        Labels(policy.catalogue, standing.organisations),
        policy,
        outcomes=said.get(entry_id, {}),
        place=place,
    )


@routes.get(
    "/entries/{entry_id}/proof",
    "Het bewijsbestand van een regel",
    raises=(UnknownEntry, ProofNotReady),
    media_type="text/plain",
)
async def download_entry_proof(
    entry_id: Id, index: TheIndex, caller: Officer
) -> Response:
    """Make an entry's proof file, with every group open but the person's."""
    async with acting(index, caller.caller, Kind.SEARCH) as act:
        await get_entry(act.conn, caller.scope, entry_id, index.keys.disclosures)
        proof = await prove_entry_for(act.conn, entry_id, _PROVEN, index.keys)
        await act.record({"act": "proof", "entry": str(entry_id)})
    return Response(proof, media_type="text/plain; charset=utf-8")


async def _find(
    conn: AsyncConnection,
    index: Index,
    search: LedgerSearch,
    page: Page,
    labels: Labels,
) -> wire.SearchPage:
    found, following = await search_entries(conn, search, index.keys, page)
    said = await find_outcomes(conn, found, index.keys.disclosures)
    return wire.SearchPage(
        items=[tell_line(one, labels, said.get(one.entry, {})) for one in found],
        next=following,
        searchedBackTo=find_first_readable(search, index.keys)
        if following is None
        else read_uuid7_minute(following),
    )


def _what(body: wire.Search, found: wire.SearchPage) -> JsonObject:
    """Keep the fields as they were asked, and of a citizen only that it was one."""
    asked = body.model_dump(
        mode="json", exclude_unset=True, exclude_none=True, exclude={"why", "citizen"}
    )
    if body.citizen is not None:
        asked["byCitizen"] = True
    shown = {"shown": len(found.items), "more": found.next is not None}
    return {"act": "search", **asked, **shown}

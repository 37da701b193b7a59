"""An officer searches the ledger and opens entries; each search is an entry itself.

- `POST /searches`: by user, team, period, purpose, outcome, case, and by citizen, whose
  number was blinded in the officer's browser (two tickets of act `officer-search`).
- `GET /entries/{id}`: one entry with what it showed. `…/proof`: its proof file, for
  whoever must be able to check it without us; group `person` never is in it.
- What is outside the officer's scope does not exist for this officer (404).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from signal_index.api.callers import Officer, OfficerCaller
from signal_index.api.context import Index, get_index
from signal_index.api.person_asked import (
    PersonAct,
    arrive,
    find_keys_by_year,
    record_about_person,
    spending,
)
from signal_index.api.reading import give_json, read_json, read_query
from signal_index.api.recording import SpecialAct, record_act, record_special
from signal_index.api.routing import Routes
from signal_index.api.search_answers import describe_details, describe_entry
from signal_index.api.search_questions import (
    DAYS_MAXIMUM,
    KINDS,
    OUTCOMES,
    SearchQuestion,
    parse_entry_id,
    parse_search,
)
from signal_index.api.transactions import committing
from signal_index.errors import UnknownEntry
from signal_index.identifiers import read_uuid7_instant
from signal_index.ledger import Group, Kind, Outcome, WhyGroup
from signal_index.notice.fields import encode_instant
from signal_index.proof import JsonObject
from signal_index.store.ledger import insert_entries
from signal_index.store.ledger_places import LeafPlace, find_place
from signal_index.store.ledger_proofs import prove_entry_for
from signal_index.store.outcomes import find_outcomes
from signal_index.store.scope import OfficerScope
from signal_index.store.search import FoundEntry, SearchPage, find_entry, search_entries
from signal_index.store.standing import Standing

OFFICER_BASIS: Final = "officer"
"""Where a lookup names its legal basis; an officer's stands with the purpose."""

_PROVEN: Final = frozenset(Group) - {Group.PERSON}

routes = Routes()


@routes.get("/search-options")
async def show_search_options(request: Request, caller: Officer) -> Response:
    """Give what can be searched by: the closed lists, and whose entries there are."""
    read_query(request)
    index = get_index(request)
    standing = await index.standing.get(index.clock())
    catalogue = index.catalogue_in(caller.scope.municipality)
    return give_json(
        {
            "why": [
                {"code": one.id, "label": one.label, "citizen": one.citizen}
                for one in catalogue.officer_purposes.values()
            ],
            "organisations": _organisations(standing, caller),
            "isWholeMunicipality": caller.scope.organisation is None,
            "purposes": [
                {"code": str(code), "label": row.label}
                for code, row in catalogue.purposes.items()
            ],
            "outcomes": list(OUTCOMES),
            "kinds": [kind.value for kind in KINDS],
            "daysMaximum": DAYS_MAXIMUM,
        }
    )


@routes.post("/searches")
async def search_ledger(request: Request, caller: Officer) -> Response:
    """Give a page of entries; the search is recorded with the page it gave."""
    index = get_index(request)
    body = await read_json(request)
    catalogue = index.catalogue_in(caller.scope.municipality)
    question = parse_search(body, caller.scope, catalogue)
    if question.citizen is not None:
        return await _search_by_citizen(index, caller, question)
    async with committing(index.engine) as conn:
        page = await search_entries(conn, question.search, index.keys, question.page)
        why = WhyGroup(purpose=question.why, legal_basis=OFFICER_BASIS)
        what = _what(question, page)
        now = index.clock()
        act = record_special(
            SpecialAct(Kind.SEARCH, what, why=why), caller.caller, index.keys, now
        )
        await insert_entries(conn, [act])
        said = await _outcomes(conn, page.entries)
    return await _give_page(index, caller.scope, page, said)


@routes.get("/entries/{entry_id}")
async def open_entry(request: Request, caller: Officer, entry_id: str) -> Response:
    """Give one entry with all that an officer may see of it; looking is recorded."""
    read_query(request)
    entry, index = parse_entry_id(entry_id), get_index(request)
    async with committing(index.engine) as conn:
        found = await find_entry(conn, caller.scope, entry, index.keys)
        if found is None:
            raise UnknownEntry
        place = await find_place(conn, entry)
        said = await _outcomes(conn, [found])
        what: JsonObject = {"act": "open-entry", "entry": str(entry)}
        act = record_act(Kind.SEARCH, caller.caller, what, index.keys, index.clock())
        await insert_entries(conn, [act])
    standing = await index.standing.get(index.clock())
    policy = index.policy.get(standing, caller.scope.municipality)
    told = said.get(str(entry))
    return give_json(
        {
            **describe_entry(found, policy.catalogue, standing, told),
            **describe_details(found, policy, standing),
            "place": _describe_place(place),
        }
    )


@routes.get("/entries/{entry_id}/proof")
async def download_proof(request: Request, caller: Officer, entry_id: str) -> Response:
    """Give an entry's proof file, with every group open but the person's."""
    read_query(request)
    entry, index = parse_entry_id(entry_id), get_index(request)
    async with committing(index.engine) as conn:
        if await find_entry(conn, caller.scope, entry, index.keys) is None:
            raise UnknownEntry
        proof = await prove_entry_for(conn, entry, _PROVEN, index.keys)
        what: JsonObject = {"act": "proof", "entry": str(entry)}
        act = record_act(Kind.SEARCH, caller.caller, what, index.keys, index.clock())
        await insert_entries(conn, [act])
    return Response(proof, media_type="text/plain; charset=utf-8")


async def _search_by_citizen(
    index: Index, caller: OfficerCaller, question: SearchQuestion
) -> Response:
    assert question.citizen is not None  # noqa: S101 - by whoever calls
    asked = await arrive(index, question.citizen, caller.caller)
    persons = find_keys_by_year(index.keys, asked.point)
    search = replace(question.search, persons=persons)
    async with spending(index, asked, Kind.SEARCH) as act:
        page = await search_entries(act.conn, search, index.keys, question.page)
        await record_about_person(
            act,
            asked,
            PersonAct(
                _what(question, page),
                Outcome.RECORDED,
                why=WhyGroup(question.why, OFFICER_BASIS),
            ),
        )
        said = await _outcomes(act.conn, page.entries)
    return await _give_page(index, caller.scope, page, said)


def _what(question: SearchQuestion, page: SearchPage) -> JsonObject:
    return {
        "act": "search",
        **question.recorded,
        "shown": len(page.entries),
        "more": page.next is not None,
    }


async def _outcomes(
    conn: AsyncConnection, entries: Sequence[FoundEntry]
) -> Mapping[str, str]:
    found = await find_outcomes(conn, [one.entry for one in entries])
    return {str(entry): outcome for entry, outcome in found.items()}


async def _give_page(
    index: Index, scope: OfficerScope, page: SearchPage, said: Mapping[str, str]
) -> Response:
    standing = await index.standing.get(index.clock())
    catalogue = index.catalogue_in(scope.municipality)
    return give_json(
        {
            "items": [
                describe_entry(one, catalogue, standing, said.get(str(one.entry)))
                for one in page.entries
            ],
            "next": None if page.next is None else str(page.next),
            "searchedBackTo": None
            if page.next is None
            else encode_instant(read_uuid7_instant(page.next)),
        }
    )


def _organisations(
    standing: Standing, caller: OfficerCaller
) -> list[Mapping[str, str]]:
    """Give the organisations in scope that look up or act, by name."""
    own = [
        {"oin": one.oin, "name": one.name}
        for one in standing.organisations.values()
        if caller.scope.covers(one.municipality, one.oin)
    ]
    return sorted(own, key=lambda one: one["name"])


def _describe_place(place: LeafPlace | None) -> Mapping[str, object] | None:
    if place is None:
        return None
    return {
        "year": place.year,
        "position": place.position,
        "isSigned": place.is_signed,
    }

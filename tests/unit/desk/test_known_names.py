"""A page of an officer names whom this desk knows, and others by their account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from desk.tables import known_names
from desk.tokens import Person
from tests.desk_builders import Town
from tests.desk_search_builders import OWN
from tests.policy_answers import an_approval

pytestmark = pytest.mark.anyio
ANKE = Person("employee-7f3a", "Anke Visser", "0" * 20, "9901", ())


async def test_who_logged_in_here_is_named_and_others_are_shown_by_account(
    town: Town, desk: FastAPI
) -> None:
    town.provider.person |= {"roles": ["privacy-officer"], "name": "Bram Hendriks"}
    await desk.state.desk.known_names.note(ANKE)
    namesake = replace(ANKE, organisation="00000001999999999999")
    asked = [
        an_approval(requestedBy={"organisation": OWN, "user": user})
        for user in (ANKE.sub, "employee-0000")
    ]
    by = {"organisation": namesake.organisation, "user": namesake.sub}
    decided = {"state": "approved", "decidedBy": by, "decidedAt": asked[0]["expiresAt"]}
    pages = {"open": asked, "decided": [asked[1] | decided], "unreadable": 0}
    town.index.pages["/v1/approvals"] = (200, pages)
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        page = (await browser.get("/officer/approvals")).text
    assert page.count("Anke Visser") == 1
    assert page.count(ANKE.sub) == 1  # of elsewhere: by account alone
    assert "employee-0000" in page
    named = (await desk.state.desk.known_names.list_all()).values()
    assert sorted(named) == ["Anke Visser", "Bram Hendriks"]


async def test_two_of_one_name_are_told_apart_and_a_name_may_change(
    desk: FastAPI,
) -> None:
    names = desk.state.desk.known_names
    await names.note(ANKE)
    await names.note(replace(ANKE, sub="employee-2"))
    assert await names.list_all() == {
        (OWN, ANKE.sub): f"Anke Visser ({ANKE.sub})",
        (OWN, "employee-2"): "Anke Visser (employee-2)",
    }
    await names.note(replace(ANKE, name="Anke de Wit"))
    assert (await names.list_all())[OWN, ANKE.sub] == "Anke de Wit"


async def test_a_copy_of_the_desk_names_nobody_and_a_year_later_it_is_gone(
    town: Town, desk: FastAPI
) -> None:
    names = desk.state.desk.known_names
    await names.note(ANKE)
    await names.note(Person("employee-2", "Bo", "0" * 20, "9901", ()))
    async with desk.state.desk.database.transaction() as connection:
        rows = (await connection.execute(select(known_names))).all()
    assert len({len(row.sealed) for row in rows}) == 1
    assert not any(b"Anke" in row.sealed + row.owner for row in rows)
    town.clock.forward(timedelta(days=368))
    await names.note(replace(ANKE, sub="employee-3"))
    assert list(await names.list_all()) == [(OWN, "employee-3")]

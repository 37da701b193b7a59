"""The doctor names what is wrong, and how to mend it; one fault never hides another."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from signal_index.wire.contact_holders import ContactHolders, OwnContactHolder
from sources.cli.status import summarise
from sources.doctor import Finding, Patient, State, look_over
from sources.errors import EvaluationStopped
from sources.outbox.standing import record_reconciled
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import Profile
from sources.publisher.http_index import HttpIndex
from sources.publisher.patience import Patience
from sources.settings import AgencySettings
from tests.builders import a_contact_holder, anew
from tests.sources_builders import (
    NOW,
    SECRET,
    a_number,
    a_profile,
    a_row,
    an_agency,
)
from tests.sources_parties import OIN, FakeEvaluator

pytestmark = pytest.mark.anyio
CONTACT = OwnContactHolder(
    **dict(a_contact_holder()),
    id=uuid4(),
    staleFrom=NOW.date(),
    stale=False,
    remind=False,
    signals=0,
)


def a_list(*items: OwnContactHolder) -> str:
    return ContactHolders(items=list(items)).model_dump_json()


class Tokens:
    """Gives a token that every index takes."""

    async def get(self) -> str:
        return "t"

    def forget(self) -> None: ...


class Locked(FakeEvaluator):
    """Holders whose config does not verify."""

    async def find_key_version(self) -> int:
        raise EvaluationStopped("De sleutelgegevens kloppen niet.")


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/v1/contact-holders":
        return httpx.Response(200, content=a_list(CONTACT))
    return httpx.Response(200, json={}, headers={"date": format_datetime(NOW)})


def some_settings(folder: Path) -> AgencySettings:
    place = {"url": "https://holder-1.test", "id": "holder-1", "index": 1}
    other = {"url": "https://holder-2.test", "id": "holder-2", "index": 2}
    keys = dict.fromkeys(("request", "notice", "client", "outbox"), folder / "key")
    return AgencySettings.model_validate(
        {
            "organisation": OIN,
            "source": OIN,
            "outbox": folder / "outbox.db",
            "rejects": folder / "rejects",
            "keys": keys,
            "index": {"url": "https://index.test", "audience": "index"},
            "identity": {"issuer": "https://login.test", "client_id": "agency"},
            "holders": {
                "pins": folder / "pins.json",
                "accepted_origin": "dealt",
                "places": [place, other],
            },
        }
    )


@asynccontextmanager
async def a_patient(
    folder: Path,
    route: Callable[[httpx.Request], httpx.Response] = answer,
    evaluator: FakeEvaluator | None = None,
    profiles: Sequence[Profile] = (),
) -> AsyncIterator[Patient]:
    client = httpx.AsyncClient(transport=httpx.MockTransport(route))
    patience = Patience(lambda: NOW, attempts=1)
    index = HttpIndex(client, "https://index.test", Tokens(), patience)
    with Outbox(folder / "outbox.db", OutboxKey(SECRET)) as outbox:
        yield Patient(
            some_settings(folder),
            profiles,
            outbox,
            client,
            (evaluator or FakeEvaluator(), index),
            lambda: NOW,
        )


async def find(patient: Patient, about: str) -> Finding:
    return next(one for one in await look_over(patient) if one.about == about)


async def test_a_sound_installation_has_nothing_wrong(tmp_path: Path) -> None:
    async with a_patient(tmp_path, profiles=[a_profile()]) as patient:
        record_reconciled(patient.outbox, NOW - timedelta(days=1))
        states = {one.about: one.state for one in await look_over(patient)}
    assert set(states.values()) == {State.GOOD}, states


async def test_a_clock_that_is_off_is_named(tmp_path: Path) -> None:
    def behind(request: httpx.Request) -> httpx.Response:
        later = format_datetime(NOW + timedelta(days=1))
        return httpx.Response(answer(request).status_code, headers={"date": later})

    async with a_patient(tmp_path, behind) as patient:
        found = await find(patient, "klok")
    assert found.state is State.WRONG
    assert "NTP" in found.remedy


async def test_one_holder_down_is_a_warning_and_two_are_wrong(tmp_path: Path) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        if request.url.host == "holder-2.test":
            raise httpx.ConnectError("down")
        return answer(request)

    async with a_patient(tmp_path, silent) as patient:
        found = await find(patient, "sleutelhouders")
    assert found.state is State.WRONG  # of two known holders one is not enough
    assert "holder-2" in found.says


async def test_a_config_that_does_not_verify_does_not_hide_the_rest(
    tmp_path: Path,
) -> None:
    async with a_patient(tmp_path, evaluator=Locked()) as patient:
        findings = {one.about: one for one in await look_over(patient)}
    assert findings["sleutelhouders"].state is State.WRONG
    assert findings["index"].state is State.GOOD
    assert findings["postvak"].state is State.GOOD


async def test_an_index_that_is_away_says_so(tmp_path: Path) -> None:
    def gone(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down")

    async with a_patient(tmp_path, gone) as patient:
        findings = {one.about: one.state for one in await look_over(patient)}
    assert findings["index"] is findings["toegang"] is State.WRONG


@pytest.mark.parametrize(("days", "state"), [(7, State.GOOD), (9, State.WARNING)])
async def test_a_comparison_that_is_overdue_is_a_warning(
    tmp_path: Path, days: int, state: State
) -> None:
    async with a_patient(tmp_path) as patient:
        record_reconciled(patient.outbox, NOW - timedelta(days=days))
        assert (await find(patient, "vergelijking")).state is state


async def test_contacts_to_be_confirmed_are_counted(tmp_path: Path) -> None:
    def due(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/contact-holders":
            items = [CONTACT, anew(CONTACT, remind=True)]
            return httpx.Response(200, content=a_list(*items))
        return answer(request)

    async with a_patient(tmp_path, due) as patient:
        assert "1 contactpersonen" in (await find(patient, "contactpersonen")).says


async def test_the_status_tells_what_was_delivered_and_why_not(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    agency.write(a_row(BSN=a_number(1)), a_row(Zaak="Z-2", BSN="123456789"))
    await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        found = summarise(outbox)
    (delivery,) = json.loads(json.dumps(found["deliveries"]))
    assert (found["signals"], found["backlog"], found["underWay"]) == (1, 0, False)
    assert delivery["rejects"] == {"bsn-invalid": 1}

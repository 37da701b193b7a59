"""The doctor names what is wrong, and how to mend it; one fault never hides another."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from keys.client import Signer
from keys.request import new_request_key
from signal_index.wire.contact_holders import ContactHolders, OwnContactHolder
from signal_index.wire.own_registration import (
    OwnCoverage,
    OwnRegistration,
    OwnSigner,
    OwnSource,
)
from signal_index.wire.sources import SourceState
from sources.agency_keys import find_faults
from sources.brp.settings import RegisterPlace
from sources.cli.status import summarise
from sources.doctor import look_over, look_without
from sources.errors import (
    DeliveryHeld,
    EvaluationStopped,
    ProviderUnreachable,
    TokenRefused,
)
from sources.feed_settings import FeedRow
from sources.findings import Bare, Finding, Patient, State
from sources.outbox.standing import record_reconciled
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import Profile
from sources.publisher.http_index import HttpIndex, TokenGiver
from sources.publisher.patience import Patience
from sources.settings import AgencySettings, KeyFiles
from tests.builders import a_contact_holder, anew
from tests.sources_builders import (
    NOW,
    SECRET,
    a_number,
    a_profile,
    a_row,
    a_wrong_number,
    an_agency,
)
from tests.sources_parties import NOTICE_KEY, OIN, FakeEvaluator

pytestmark = pytest.mark.anyio
Route = Callable[[httpx.Request], Any]
REQUEST_KEY = new_request_key()
REGISTERED = OwnRegistration(
    organisation=OIN,
    name="Bureau Voorbeeld",
    signers=[OwnSigner(kid=NOTICE_KEY.kid, x=NOTICE_KEY.public_value)],
    sources=[
        OwnSource(
            source=OIN,
            kind="income-support",
            active=True,
            state=SourceState.LIVE,
            coverage=[
                OwnCoverage(
                    municipality=place,
                    category=category,
                    rhythmDays=7,
                    informedCodes=["discussed", "informed-by-letter"],
                )
                for place in a_profile().municipalities
                for category in a_profile().categories
            ],
            liveUntil=None,
            lastRehearsal=None,
            lacks=[],
        )
    ],
)
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


def registered(
    request: httpx.Request, known: OwnRegistration = REGISTERED
) -> httpx.Response:
    """As the index and a holder say how they know the agency."""
    if request.url.host == "index.test":
        return httpx.Response(200, content=known.model_dump_json())
    holder = request.url.host.removesuffix(".test")
    said = {"holder": holder, "organisation": OIN, "name": "Bureau Voorbeeld"}
    return httpx.Response(200, json={**said, "declaredCaseload": 1_000})


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/v1/contact-holders":
        return httpx.Response(200, content=a_list(CONTACT))
    if request.url.path == "/v1/own-registration":
        return registered(request)
    if request.url.path == "/v1/signals":
        return httpx.Response(200, json={"items": [], "next": None})
    if request.url.path == "/v1/deliveries":
        return httpx.Response(200, json={"items": []})
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
    route: Route = answer,
    evaluator: FakeEvaluator | None = None,
    profiles: Sequence[Profile] = (),
    tokens: TokenGiver | None = None,
) -> AsyncIterator[Patient]:
    client = httpx.AsyncClient(transport=httpx.MockTransport(route))
    patience = Patience(lambda: NOW, attempts=1)
    index = HttpIndex(client, "https://index.test", tokens or Tokens(), patience)
    with Outbox(folder / "outbox.db", OutboxKey(SECRET)) as outbox:
        yield Patient(
            settings=some_settings(folder),
            profiles=profiles,
            outbox=outbox,
            client=client,
            evaluator=evaluator or FakeEvaluator(),
            index=index,
            signer=Signer(OIN, OIN, REQUEST_KEY, lambda: NOW),
            notice=NOTICE_KEY,
            now=lambda: NOW,
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
        findings = await look_over(patient)
    (found,) = [one for one in findings if one.about == "klok"]
    assert (found.state, "NTP" in found.remedy) == (State.WRONG, True)
    assert "24 uur achter op die van de index" in found.says
    wrong = [one.about for one in findings if one.state is State.WRONG]
    assert wrong == ["klok"], "nothing that hangs on the clock is called wrong"
    unseen = next(one for one in findings if one.about == "overige")
    assert "inlogdienst" in unseen.says


async def test_before_the_first_delivery_nothing_is_praised(tmp_path: Path) -> None:
    async with a_patient(tmp_path) as patient:
        findings = {one.about: one for one in await look_over(patient)}
    assert findings["leveringen"].says == "Er is nog niets geleverd."
    assert findings["bewijzen"].says == "Er is nog niets verstuurd."


async def test_signals_of_a_lost_outbox_wait_for_a_delivery(tmp_path: Path) -> None:
    async with a_patient(tmp_path) as patient:
        patient.outbox.connection.execute(
            "INSERT INTO stray VALUES (?, 1, 'bijstand', '9901', '2026-01-05')",
            (str(uuid4()),),
        )
        found = await find(patient, "postvak")
    assert (found.state, "nog 1 signalen" in found.says) == (State.WARNING, True)


async def test_files_that_could_not_be_delivered_are_counted(tmp_path: Path) -> None:
    place = tmp_path / "in" / "failed"
    place.mkdir(parents=True)
    for name in ("20261122-1.csv", "20261122-1.csv.reden.txt"):
        (place / name).write_text("x")
    feed = FeedRow(name="bijstand", profile=tmp_path / "p", folder=tmp_path / "in")
    async with a_patient(tmp_path) as patient:
        settings = patient.settings.model_copy(update={"feeds": (feed,)})
        found = await find(replace(patient, settings=settings), "leveringen")
    assert (found.state, "bijstand (1)" in found.says) == (State.WRONG, True)
    assert "20261122" not in f"{found.says} {found.remedy}"


async def test_holders_are_asked_side_by_side(tmp_path: Path) -> None:
    """The one waits until the other was asked: one after another would not end."""
    met = asyncio.Barrier(2)

    async def route(request: httpx.Request) -> httpx.Response:
        if request.url.host.startswith("holder"):
            await asyncio.wait_for(met.wait(), 5)
        return answer(request)

    async with a_patient(tmp_path, route) as patient:
        findings = {one.about: one.state for one in await look_over(patient)}
    assert findings["sleutelhouders"] is findings["aanmelding holder-2"] is State.GOOD


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
        findings = {one.about: one for one in await look_over(patient)}
    states = {findings[one].state for one in ("index", "aanmelding index")}
    assert states == {State.WRONG}
    assert "antwoordt" in findings["contactpersonen"].says
    assert "aanmelding" not in findings["contactpersonen"].remedy


async def test_a_key_that_is_missing_ends_no_list(tmp_path: Path) -> None:
    """It is named, and so is what cannot be looked at without it."""
    async with a_patient(tmp_path, answer) as patient:
        keys = KeyFiles(**dict.fromkeys(KeyFiles.model_fields, tmp_path / "weg.jwk"))
        assert set(find_faults(keys)) == {"request", "notice", "client", "outbox"}
        fault = Finding("sleutels", State.WRONG, "weg")
        bare = Bare(patient.settings, patient.profiles, patient.client, patient.now)
        found = await look_without(bare, [fault])
    about = [one.about for one in found]
    assert about == ["sleutels", "schijf", "index", "overige"]


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
            items = [CONTACT, anew(CONTACT, remind=True, signals=3)]
            return httpx.Response(200, content=a_list(*items))
        return answer(request)

    async with a_patient(tmp_path, due) as patient:
        assert "1 contactpersonen" in (await find(patient, "contactpersonen")).says


async def test_a_contact_that_no_signal_names_is_not_reminded_of(
    tmp_path: Path,
) -> None:
    """As those that a rehearsal leaves."""

    def due(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/contact-holders":
            return httpx.Response(200, content=a_list(anew(CONTACT, remind=True)))
        return answer(request)

    async with a_patient(tmp_path, due) as patient:
        assert (await find(patient, "contactpersonen")).state is State.GOOD


async def test_the_status_tells_what_was_delivered_and_why_not(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    agency.write(a_row(BSN=a_number(1)), a_row(Zaak="Z-2", BSN="123456789"))
    await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        found = summarise(outbox)
    (delivery,) = json.loads(json.dumps(found["deliveries"]))
    assert (found["signals"], found["backlog"], found["underWay"]) == (1, 0, False)
    assert found["state"] is None, "nobody asked the index how the source stands"
    assert delivery["rejects"] == {"bsn-invalid": 1}


def refusing(host: str, slug: str, status: int = 403) -> Route:
    """A world in which one party refuses to say how it knows the agency."""

    def route(request: httpx.Request) -> httpx.Response:
        asked = (request.url.host, request.url.path)
        if asked == (host, "/v1/own-registration"):
            return httpx.Response(status, json={"type": f"/problems/{slug}"})
        return answer(request)

    return route


def known_as(**changed: object) -> Route:
    """A world in which the index knows the agency otherwise."""

    def route(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/own-registration":
            return registered(request, anew(REGISTERED, **changed))
        return answer(request)

    return route


@pytest.mark.parametrize(
    ("slug", "word"),
    [
        ("organisation-unknown", "kent uw organisatie niet"),
        ("request-signature", "andere sleutel (keys.request)"),
        ("act-not-allowed", "niet als bron"),
        ("request-expired", "klok"),
        ("something-newer", "something-newer"),
    ],
)
async def test_the_one_holder_that_refuses_is_named_with_its_reason(
    tmp_path: Path, slug: str, word: str
) -> None:
    async with a_patient(tmp_path, refusing("holder-2.test", slug)) as patient:
        findings = {one.about: one for one in await look_over(patient)}
    assert findings["aanmelding holder-1"].state is State.GOOD
    refused = findings["aanmelding holder-2"]
    assert refused.state is State.WRONG
    assert word in refused.says
    assert "holder-2" in refused.remedy


@pytest.mark.parametrize(
    ("slug", "word"),
    [
        ("caller-not-registered", "kent deze organisatie of deze client_id niet"),
        ("caller-not-allowed", "geen recht"),
        ("caller-suspended", "geblokkeerd"),
    ],
)
async def test_an_index_that_does_not_know_us_says_what_it_lacks(
    tmp_path: Path, slug: str, word: str
) -> None:
    async with a_patient(tmp_path, refusing("index.test", slug)) as patient:
        found = await find(patient, "aanmelding index")
    assert (found.state, word in found.says) == (State.WRONG, True)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"signers": []}, "ondertekensleutel"),
        (
            {"signers": [OwnSigner(kid=NOTICE_KEY.kid, x="A" * 43)]},
            "andere ondertekensleutel",
        ),
        ({"sources": []}, "U mag niet leveren voor bron"),
        ({"organisation": "00000001000000000099"}, "in agency.toml"),
        ({"sources": [anew(REGISTERED.sources[0], active=False)]}, "staat"),
        (
            {"sources": [anew(REGISTERED.sources[0], coverage=[])]},
            "soort signaal bijstand",
        ),
    ],
)
async def test_what_is_registered_otherwise_is_named(
    tmp_path: Path, changed: dict[str, object], word: str
) -> None:
    route = known_as(**changed)
    async with a_patient(tmp_path, route, profiles=[a_profile()]) as patient:
        found = await find(patient, "aanmelding index")
    assert found.state is State.WRONG
    assert word in found.says


class Refused(Tokens):
    """A provider that does not know the client."""

    async def get(self) -> str:
        raise TokenRefused("De inlogdienst kent client_id agency niet.")


async def test_a_source_that_nobody_sees_yet_says_so(tmp_path: Path) -> None:
    tried = anew(
        REGISTERED.sources[0], state=SourceState.TRIAL, lacks=["rehearsal-old"]
    )
    route = known_as(sources=[tried])
    async with a_patient(tmp_path, route) as patient:
        found = await find(patient, "aanmelding index")
        status = summarise(patient.outbox)
    assert (found.state, "in proef" in found.says) == (State.GOOD, True)
    assert "langer dan 30 dagen geleden" in found.says
    assert (status["state"], status["stateAsked"]) == ("trial", NOW.isoformat())


async def test_a_code_of_informing_that_is_not_taken_is_named_with_the_good(
    tmp_path: Path,
) -> None:
    profile = a_profile(informed='"brief"')
    async with a_patient(tmp_path, profiles=[profile]) as patient:
        found = await find(patient, "aanmelding index")
    assert found.state is State.WRONG
    assert "Goed zijn: discussed, informed-by-letter." in found.says


async def test_a_provider_that_refuses_is_named_and_not_the_index(
    tmp_path: Path,
) -> None:
    async with a_patient(tmp_path, tokens=Refused()) as patient:
        findings = {one.about: one for one in await look_over(patient)}
    assert findings["inlogdienst"].state is State.WRONG
    assert "oidc-client.public.jwks.json" in findings["inlogdienst"].remedy
    assert findings["aanmelding index"].says.startswith("Niet gevraagd")
    contacts = findings["contactpersonen"]
    assert contacts.state is not State.WRONG
    assert "inlogdienst" not in contacts.remedy


async def test_a_delivery_that_waits_is_named(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 21)]
    agency.write(*rows)
    await agency.publish()
    agency.write(*rows[:4])
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    agency.outbox_path.rename(tmp_path / "outbox.db")
    async with a_patient(tmp_path, profiles=[agency.profile]) as patient:
        found = await find(patient, "leveringen")
    assert found.state is State.WARNING
    assert "deliveries show" in found.remedy


async def test_a_delivery_that_made_no_sense_is_wrong(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    agency.write(*(a_row(Zaak=f"Z-{n}", BSN=a_wrong_number()) for n in range(3)))
    await agency.publish()
    agency.outbox_path.rename(tmp_path / "outbox.db")
    async with a_patient(tmp_path) as patient:  # a planner names no profile
        found = await find(patient, "leveringen")
    assert (found.state, "test" in found.says) == (State.WRONG, True)


async def test_a_profile_that_another_took_the_place_of_is_not_wrong(
    tmp_path: Path,
) -> None:
    """Nothing would ever make the last delivery of a mistyped name a good one."""
    mistyped = an_agency(tmp_path, a_profile(name='"tset"'))
    mistyped.write(*(a_row(Zaak=f"Z-{n}", BSN=a_wrong_number()) for n in range(3)))
    await mistyped.publish()
    agency = an_agency(tmp_path)
    agency.now += timedelta(days=1)
    agency.write(a_row())
    await agency.publish()
    agency.outbox_path.rename(tmp_path / "outbox.db")
    async with a_patient(tmp_path) as patient:
        found = await find(patient, "leveringen")
    assert found.state is State.GOOD


class Silent(Tokens):
    """A provider that does not answer."""

    async def get(self) -> str:
        raise ProviderUnreachable("De inlogdienst antwoordt niet.")


async def test_a_provider_that_is_silent_is_no_client_to_register(
    tmp_path: Path,
) -> None:
    async with a_patient(tmp_path, tokens=Silent()) as patient:
        found = await find(patient, "inlogdienst")
    assert found.state is State.WRONG
    assert "verbinding" in found.remedy
    assert "aan te melden" not in found.remedy


async def test_a_source_that_is_seen_says_that_it_is_live(tmp_path: Path) -> None:
    async with a_patient(tmp_path) as patient:
        found = await find(patient, "aanmelding index")
    assert (found.state, "De bron is live." in found.says) == (State.GOOD, True)


async def test_holders_that_are_all_silent_are_never_enough(tmp_path: Path) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        if request.url.host.startswith("holder"):
            raise httpx.ConnectError("down")
        return answer(request)

    async with a_patient(tmp_path, silent) as patient:
        findings = {one.about: one for one in await look_over(patient)}
    for name in ("aanmelding holder-1", "aanmelding holder-2"):
        assert findings[name].state is State.WRONG
        assert "nu bruikbaar: 0" in findings[name].remedy


GATEWAY = {"url": "https://brp.test", "key_file": "brp.key", "per_minute": 60}
REGISTER = RegisterPlace.model_validate(
    GATEWAY | {"subscriber": "signaalindex", "municipality": "9901"}
)


async def look_at_register(folder: Path, route: Route = answer) -> Finding:
    place = REGISTER.model_copy(update={"key_file": folder / "brp.key"})
    async with a_patient(folder, route) as patient:
        settings = patient.settings.model_copy(update={"brp_events": place})
        return await find(replace(patient, settings=settings), "brp_events")


def write_gateway_key(folder: Path) -> None:
    (folder / "brp.key").write_text("geheim")
    (folder / "brp.key").chmod(0o600)


async def test_a_gateway_without_its_key_is_wrong(tmp_path: Path) -> None:
    found = await look_at_register(tmp_path)
    assert (found.state, "key_file" in found.remedy) == (State.WRONG, True)


async def test_a_gateway_that_is_silent_is_wrong(tmp_path: Path) -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        if request.url.host == "brp.test":
            raise httpx.ConnectError("down")
        return answer(request)

    write_gateway_key(tmp_path)
    found = await look_at_register(tmp_path, gone)
    assert (found.state, "antwoordt niet" in found.says) == (State.WRONG, True)


async def test_a_gateway_that_answers_is_good_and_is_told_no_key(
    tmp_path: Path,
) -> None:
    asked = []

    def note(request: httpx.Request) -> httpx.Response:
        if request.url.host == "brp.test":
            asked.append((request.method, request.url.path))
            assert "x-api-key" not in request.headers
        return answer(request)

    write_gateway_key(tmp_path)
    assert (await look_at_register(tmp_path, note)).state is State.GOOD
    assert asked == [("GET", "/")]

"""The doctor names what is wrong, and how to mend it; one fault never hides another."""

import json
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from signal_index.wire.sources import SourceState
from sources.agency_keys import find_faults
from sources.brp.settings import RegisterPlace
from sources.cli.delivery_words import say_questions, say_state
from sources.cli.status import summarise
from sources.doctor import look_over, look_without
from sources.errors import (
    DeliveryHeld,
)
from sources.feed_settings import FeedRow
from sources.findings import Bare, Finding, State
from sources.outbox.standing import record_reconciled
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.settings import KeyFiles
from tests.builders import anew
from tests.doctor_builders import (
    CONTACT,
    Route,
    a_list,
    a_patient,
    answer,
    find,
    registered,
)
from tests.held_builders import answer as answer_held
from tests.held_builders import hold, publish, rows
from tests.sources_builders import (
    NOW,
    SECRET,
    a_number,
    a_profile,
    a_row,
    a_wrong_number,
    an_agency,
)
from tests.sources_parties import OIN, REGISTERED

pytestmark = pytest.mark.anyio


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
    assert (found.state, "nog 1 signaal" in found.says) == (State.WARNING, True)


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
        found = summarise(outbox, OIN)
    (delivery,) = json.loads(json.dumps(found["deliveries"]))
    assert (found["signals"], found["backlog"], found["underWay"]) == (1, 0, False)
    assert found["state"] == "live", "as publishing heard it"
    assert delivery["rejects"] == {"bsn-invalid": 1}


async def test_a_delivery_that_waits_is_named_first(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 21)]
    agency.write(*rows)
    await agency.publish()
    agency.write(*rows[:4])
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    agency.outbox_path.rename(tmp_path / "outbox.db")
    async with a_patient(tmp_path, profiles=[agency.profile]) as patient:
        found = (await look_over(patient))[0]
    assert (found.about, found.state) == ("uw antwoord", State.WARNING)
    assert "wacht op u, tot en met" in found.says
    assert "deliveries show" in found.says


async def test_whoever_took_everything_back_hears_how_that_reads(
    tmp_path: Path,
) -> None:
    agency = an_agency(tmp_path)
    await publish(agency, *rows(2))
    held = await hold(agency)
    assert "Wilt u alles intrekken?" in say_questions(held.findings, {})[1]
    answer_held(agency, held, "approved")
    await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        told = summarise(outbox, OIN)["deliveries"]
    assert say_state(told[0]) == "afgesloten, alles ingetrokken"  # type: ignore[index]  # JSON
    agency.outbox_path.rename(tmp_path / "outbox.db")
    async with a_patient(tmp_path, profiles=[agency.profile]) as patient:
        found = await find(patient, "signalen")
    assert found.state is State.WARNING
    assert "geen contact hebt gemeld" in found.says
    assert "uw bron te beëindigen" in found.remedy


@pytest.mark.parametrize(
    ("state", "word"),
    [(SourceState.TRIAL, "in proef"), (SourceState.ENDED, "beëindigd")],
)
async def test_whoever_nobody_reads_is_not_told_that_everybody_reads_it(
    tmp_path: Path, state: SourceState, word: str
) -> None:
    agency = an_agency(tmp_path)
    await publish(agency, *rows(2))
    answer_held(agency, await hold(agency), "approved")
    await agency.publish()
    agency.outbox_path.rename(tmp_path / "outbox.db")
    source = anew(REGISTERED.sources[0], state=state)

    def stands_so(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/own-registration":
            return registered(request, anew(REGISTERED, sources=[source]))
        return answer(request)

    async with a_patient(tmp_path, stands_so, profiles=[agency.profile]) as patient:
        found = await find(patient, "signalen")
    assert (found.state, found.remedy) == (State.GOOD, "")
    assert f"De bron is {word}" in found.says
    assert "geen contact hebt gemeld" not in found.says


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

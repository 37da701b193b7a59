"""The doctor asks index, holders and provider, and names the one that refuses."""

import asyncio
from pathlib import Path
from shutil import copyfile

import httpx
import pytest

from signal_index.wire.own_registration import (
    OwnSigner,
)
from signal_index.wire.sources import SourceState
from sources.cli.status import summarise
from sources.doctor import look_over
from sources.errors import (
    EvaluationStopped,
    ProviderUnreachable,
    TokenRefused,
)
from sources.findings import State
from sources.guide import Part, see
from tests.builders import anew
from tests.doctor_builders import (
    Route,
    Tokens,
    a_patient,
    answer,
    find,
    registered,
)
from tests.sources_builders import (
    NOW,
    a_profile,
    a_row,
    an_agency,
)
from tests.sources_parties import (
    FAR_FROM_OVER,
    NOTICE_KEY,
    OIN,
    REGISTERED,
    FakeEvaluator,
)

pytestmark = pytest.mark.anyio


class Locked(FakeEvaluator):
    """Holders whose config does not verify."""

    async def find_key_version(self) -> int:
        raise EvaluationStopped("De sleutelgegevens kloppen niet.")


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


@pytest.mark.parametrize(("days", "said"), [(29, "over 29 dagen"), (1, "over 1 dag,")])
async def test_a_key_that_ends_is_a_warning_with_the_day(
    tmp_path: Path, days: int, said: str
) -> None:
    ending = {"daysLeft": days, "warning": "30-days"}
    evaluator = FakeEvaluator(validity=FAR_FROM_OVER.model_copy(update=ending))
    async with a_patient(tmp_path, evaluator=evaluator) as patient:
        found = await find(patient, "sleutel")
    assert found.state is State.WARNING
    assert said in found.says
    assert "1 januari 2028" in found.says


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


async def test_who_was_ended_by_a_holder_is_shown_the_way_back(
    tmp_path: Path,
) -> None:
    route = refusing("holder-2.test", "organisation-ended")
    async with a_patient(tmp_path, route) as patient:
        refused = await find(patient, "aanmelding holder-2")
    assert "is beëindigd" in refused.says
    assert "nieuwe uitnodiging" in refused.remedy
    assert see(Part.LOST) in refused.remedy


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
        ({"sources": [anew(REGISTERED.sources[0], active=False)]}, "niet meer mee"),
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


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        (
            {"sources": [anew(REGISTERED.sources[0], coverage=[])]},
            "soort signaal bijstand",
        ),
        ({"contactFunctions": ["Balie"]}, "staat niet op uw lijst"),
    ],
)
async def test_a_profile_that_is_refused_is_nowhere_called_good(
    tmp_path: Path, changed: dict[str, object], word: str
) -> None:
    route = known_as(**changed)
    async with a_patient(tmp_path, route, profiles=[a_profile()]) as patient:
        findings = await look_over(patient)
    told = [one for one in findings if one.about == "profiel"]
    assert {one.state for one in told} == {State.WRONG}
    assert word in told[0].says
    named = "functies" in {one.about for one in findings}
    assert not (named and "lijst" in word), "a remedy says the words already"
    known = next(one for one in findings if one.about == "aanmelding index")
    assert known.state is State.GOOD, "what the index knows of us is another thing"


async def test_the_words_for_contact_persons_are_said_until_something_was_told(
    tmp_path: Path,
) -> None:
    agency = an_agency(tmp_path)
    route = known_as(contactFunctions=["Balie", "Klantmanager Inkomen"])
    async with a_patient(tmp_path, route) as patient:
        (said,) = [one for one in await look_over(patient) if one.about == "functies"]
        assert "Balie, Klantmanager Inkomen." in said.says
    agency.write(a_row())
    await agency.publish()
    (tmp_path / "outbox.db").unlink()
    copyfile(agency.outbox_path, tmp_path / "outbox.db")
    async with a_patient(tmp_path, route) as patient:
        assert "functies" not in {one.about for one in await look_over(patient)}


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
        status = summarise(patient.outbox, OIN)
    assert (found.state, "in proef" in found.says) == (State.GOOD, True)
    assert "langer dan 30 dagen geleden" in found.says
    assert (status["state"], status["stateAsked"]) == ("trial", NOW.isoformat())


async def test_a_code_of_informing_that_is_not_taken_is_named_with_the_good(
    tmp_path: Path,
) -> None:
    profile = a_profile(informed='"brief"')
    async with a_patient(tmp_path, profiles=[profile]) as patient:
        found = await find(patient, "profiel")
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

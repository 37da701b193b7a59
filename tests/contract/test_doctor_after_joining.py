"""What an agency's doctor says while its request travels from party to party.

The holders are real and know only what their own command took in; the index is played.
"""

import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from anyio.to_thread import run_sync

from keys import clock
from keys.events import EventLog
from keys.holder.building import build_app
from keys.holder.registering import add_organisation
from keys.holder.serve import open_holder
from keys.holder.settings import load_settings as load_holder
from sources.acceptances import look_at_acceptances
from sources.agency_keys import create_keys, load_keys
from sources.cli.parties import make_parties, make_signer
from sources.findings import Finding, Patient, State
from sources.outbox.store import Outbox
from sources.registrations import look_at_registrations
from sources.settings import load_settings
from tests.holders_builders import an_auditor
from tests.joining_builders import HOLDERS, Parties, found_parties

pytestmark = pytest.mark.anyio
OTHER = an_auditor().entry


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    found = found_parties(tmp_path)
    for index in HOLDERS:
        add_organisation(found.holder(index) / "organisations.toml", OTHER)
    found.invite()
    found.join()
    return found


def played(request: httpx.Request) -> httpx.Response:
    """A provider that does not know the client yet."""
    if request.url.path.startswith("/.well-known"):
        issuer = "https://login.example"
        endpoint = f"{issuer}/token"
        return httpx.Response(200, json={"issuer": issuer, "token_endpoint": endpoint})
    return httpx.Response(401, json={"error": "invalid_client"})


@asynccontextmanager
async def a_patient(parties: Parties) -> AsyncIterator[Patient]:
    settings = load_settings(parties.agency / "agency.toml")
    keys = load_keys(settings.keys)
    async with AsyncExitStack() as stack:
        mounts: dict[str, httpx.AsyncBaseTransport] = {}
        for index in HOLDERS:
            holder, housekeeping = open_holder(
                load_holder(parties.holder(index) / "holder.toml")
            )
            stack.callback(housekeeping.close)
            app = build_app(holder, EventLog(io.StringIO()))
            mounts[f"http://localhost:810{index}"] = httpx.ASGITransport(app)
        client = httpx.AsyncClient(mounts=mounts, transport=httpx.MockTransport(played))
        await stack.enter_async_context(client)
        outbox = stack.enter_context(Outbox(settings.outbox, keys.outbox))
        evaluator, index_ = make_parties(client, settings, keys, outbox, attempts=1)
        yield Patient(
            settings=settings,
            profiles=[],
            outbox=outbox,
            client=client,
            evaluator=evaluator,
            index=index_,
            signer=make_signer(settings, keys),
            notice=keys.notice,
            now=clock.now,
        )


def states(findings: Sequence[Finding]) -> dict[str, State]:
    return {one.about: one.state for one in findings}


async def test_each_party_that_did_not_take_the_request_in_is_named(
    parties: Parties,
) -> None:
    parties.accept_at(1)
    parties.accept_at(2)
    async with a_patient(parties) as patient:
        registered = await look_at_registrations(patient)
        (confirmed,) = await look_at_acceptances(patient)
    assert states(registered) == {
        "inlogdienst": State.WRONG,
        "aanmelding index": State.WARNING,
        "aanmelding holder-1": State.GOOD,
        "aanmelding holder-2": State.GOOD,
        "aanmelding holder-3": State.WRONG,
    }
    assert "kent client_id source-kredietbank niet" in registered[0].says
    assert "kent uw organisatie niet" in registered[-1].says
    assert confirmed.state is State.WARNING
    assert confirmed.says == ("Nog geen bevestiging van: de index, holder-3.")


async def test_all_confirmed_is_good(parties: Parties) -> None:
    await run_sync(parties.accept)
    for index in HOLDERS:
        parties.accept_at(index)
    async with a_patient(parties) as patient:
        (confirmed,) = await look_at_acceptances(patient)
    assert confirmed.state is State.GOOD


async def test_a_confirmation_of_another_request_counts_for_nothing(
    parties: Parties, tmp_path: Path
) -> None:
    """Nor one that was changed, nor a holder's in the place of the index's."""
    parties.accept_at(1)
    other = Parties(parties.folder, parties.dealing, parties.told)
    other.invitation.unlink()
    await run_sync(
        partial(other.invite, "--client-id", "other", oin="00000001000000000043")
    )
    other.join(into="other")
    other_request = tmp_path / "other" / "joining" / "request.json"
    (parties.acceptances / "holder-2.json").write_bytes(b"")
    done = other.accept_at(2, request=other_request)
    assert done.exit_code == 0, done.output
    changed = json.loads((parties.acceptances / "holder-1.json").read_text())
    changed["payload"] = changed["payload"][:-4] + "AAAA"
    (parties.acceptances / "index.json").write_text(json.dumps(changed))
    async with a_patient(parties) as patient:
        findings = await look_at_acceptances(patient)
    assert [one.state for one in findings] == [
        State.WRONG,
        State.WRONG,
        State.WARNING,
    ]
    assert "holder-2.json" in findings[0].says
    assert findings[1].says == "index.json is geen bevestiging van uw aanvraag."
    assert "holder-1" not in findings[2].says


async def test_a_request_that_names_other_keys_is_never_offered(
    parties: Parties,
) -> None:
    """As after a laptop was lost: `joining/` came back, and `keys/` was made anew."""
    keys = parties.agency / "keys"
    keys.rename(parties.agency / "old")
    create_keys(keys, name="new", algorithm="Ed25519")
    parties.accept_at(1)
    async with a_patient(parties) as patient:
        (confirmed,) = await look_at_acceptances(patient)
        registered = await look_at_registrations(patient)
    assert confirmed.state is State.WRONG
    assert "nieuwe uitnodiging" in confirmed.remedy
    told = " ".join(one.remedy for one in registered)
    assert "organisation end" in told
    assert "Stuur joining/request.json" not in told


@pytest.mark.parametrize("kept", [0, 40, 200])
async def test_a_confirmation_that_was_cut_off_is_called_incomplete(
    parties: Parties, kept: int
) -> None:
    parties.accept_at(1)
    path = parties.acceptances / "holder-1.json"
    path.write_bytes(path.read_bytes()[:kept])
    async with a_patient(parties) as patient:
        found, _ = await look_at_acceptances(patient)
    says = "holder-1.json is niet volledig, of niet te lezen."
    assert (found.state, found.says) == (State.WRONG, says)

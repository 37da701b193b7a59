"""Attacks by request: replay, publisher, another holder's request, closed purpose."""

import httpx

from deploy.town.attacks import Scene, demand
from deploy.town.case_system import LookupQuestion, Reply, build_body
from deploy.town.login import fetch_client_token
from deploy.town.parties import AGENCIES
from deploy.town.provider import agency_client
from keys import clock
from keys.base64url import encode_b64u
from keys.bsn import parse_bsn
from keys.oprf import blind_batch
from keys.request import Act, RequestKey, RequestTerms, load_request_key, sign_request

CLOSED_PURPOSE = LookupQuestion("meervoudige-problematiek", "wams")
"""Established nowhere: its law is not in force yet."""


async def replay_tickets(scene: Scene) -> None:
    """Spend a pair of tickets once, then ask with them about somebody else."""
    case_system = scene.case_system
    found = await case_system.pseudonymise([scene.hit])
    body = build_body(found, LookupQuestion(case_reference=None))
    body["caseReference"] = encode_b64u(b"\x01" * 32)
    first = await case_system.ask_index(body)
    demand(first.status == 200, f"the honest lookup failed: {first.status}")
    other = await case_system.pseudonymise([scene.bsns[0]])
    body["subjects"][0]["pseudonym"] = encode_b64u(other.pseudonyms[0].encoded)
    second = await case_system.ask_index(body)
    _demand_refusal(second, 403, "ticket-invalid", "spent tickets opened a person")


async def look_up_as_publisher(scene: Scene) -> None:
    """Ask as a source agency: at a holder for act lookup, and at the index."""
    agency = AGENCIES[0]
    terms = await _terms_of(scene, Act.LOOKUP)
    key = load_request_key(scene.places.agency(agency.slug) / "keys/request-key.jwk")
    asked = await _ask_holder(scene, 1, key, terms)
    _demand_refusal(asked, 403, "act-not-allowed", "a holder gave a source a ticket")
    client = agency_client(scene.places, agency.slug)
    token = await fetch_client_token(scene.places.issuer, client, "publish")
    found = await scene.case_system.pseudonymise([scene.hit])
    body = build_body(found, LookupQuestion(case_reference=None))
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"{scene.places.index_url}/v1/lookups",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
        )
    demand(answer.status_code == 403, f"a publisher got {answer.status_code}")
    demand("answers" not in answer.json(), "a publisher looked up")


async def carry_request_to_another_holder(scene: Scene) -> None:
    """Hand holder 2 a request that a source signed for holder 1."""
    agency = AGENCIES[0]
    terms = await _terms_of(scene, Act.PUBLISH)
    key = load_request_key(scene.places.agency(agency.slug) / "keys/request-key.jwk")
    honest = await _ask_holder(scene, 1, key, terms)
    demand(honest.status == 200, f"the honest request failed: {honest.status}")
    carried = await _ask_holder(scene, 2, key, terms)
    _demand_refusal(carried, 403, "wrong-holder", "a holder took another's request")


async def ask_for_closed_purpose(scene: Scene) -> None:
    """Ask for a purpose that nobody established in this municipality."""
    open_answer = await scene.case_system.look_up([scene.hit])
    demand(open_answer.status == 200, f"the open purpose gave {open_answer.status}")
    refused = await scene.case_system.look_up([scene.hit], CLOSED_PURPOSE)
    _demand_refusal(refused, 403, "lookup-denied", "a closed purpose was answered")
    demand(refused.body.get("grounds"), "the refusal gives no ground")


def _demand_refusal(reply: Reply, status: int, slug: str, otherwise: str) -> None:
    demand("answers" not in reply.body, otherwise)
    said = str(reply.body.get("type", ""))
    demand(reply.status == status, f"{otherwise}: status {reply.status}, {said}")
    demand(said.endswith(f"/{slug}"), f"refused for another reason: {said}")


async def _ask_holder(
    scene: Scene, holder: int, key: RequestKey, terms: RequestTerms
) -> Reply:
    body = {
        "request": sign_request(key, terms, now=clock.now()),
        "points": [encode_b64u(point) for point in terms.points],
    }
    url = f"{scene.places.holder_url(holder)}/v1/evaluations"
    async with httpx.AsyncClient() as http:
        answer = await http.post(url, json=body)
    return Reply(answer.status_code, answer.json())


async def _terms_of(scene: Scene, act: Act) -> RequestTerms:
    config = await scene.case_system.fetch_key()
    agency = AGENCIES[0]
    points = blind_batch([parse_bsn(scene.hit).registered]).points
    return RequestTerms(
        issuer=agency.organisation,
        audience="holder-1",
        subject=agency.organisation,
        act=act,
        key_version=config.key_version,
        epoch=config.epoch,
        pair=(1, 2),
        points=[point.encoded for point in points],
    )

"""Citizens of the town who look at their own page, logged in as with DigiD.

Three of them: one with two flags, one whom nobody signals, one whose login is too low.
"""

import io
import re
import zipfile
from dataclasses import dataclass

import httpx

from deploy.town.demanding import demand
from deploy.town.login import fetch_access_token, find_form_action
from deploy.town.parties import AGENCY_DESK, ORIGIN, PASSWORD, find_account
from deploy.town.people import People
from deploy.town.places import Places
from deploy.town.provider import Citizen, desk_client, write_citizens
from keys import clock
from signal_index.proof import (
    origin_of,
    parse_note_key,
    parse_tlog_proof,
    verify_proof_file,
)

KNOWN = ("bijstand", "schuldhulpverlening")
MOST_STEPS = 12
DISPUTED = 2
"""Which signal on the page: the one of debt help, whose source kees administers."""


@dataclass
class Seen:
    """What a citizen saw of themselves, and how much of it proves itself."""

    flags: int = 0
    lookups: int = 0
    proofsVerified: int = 0  # noqa: N815 - the name on the line
    objectionsAnswered: int = 0  # noqa: N815 - the name on the line


def settle_citizens(places: Places, people: People) -> tuple[Citizen, Citizen, Citizen]:
    """Give three inhabitants an account at the broker."""
    citizens = (
        Citizen("noor", people.find_with(*KNOWN)),
        Citizen("bas", people.unknown[0]),
        Citizen("lies", people.find_with("bijstand"), "low"),
    )
    write_citizens(places, citizens)
    return citizens


async def look_at_own(places: Places, people: People) -> Seen:
    """Log in as each, and demand that each sees their own and nobody another's."""
    known, unknown, low = settle_citizens(places, people)
    async with httpx.AsyncClient(timeout=30) as http:
        page = await open_own(places, http, known)
        demand(page.status_code == 200, f"a citizen's page gave {page.status_code}")
        names = ("Werkplein Voorbeeldstad", "Kredietbank Voorbeeldstad")
        demand(all(name in page.text for name in names), "a flag is not on the page")
        packed = await http.get(f"{places.portal_url}/bewijzen.zip", headers=page.sent)
        proofs = _verify_proofs(places, packed.content)
        demand(proofs > 0, "no lookup on the page proves itself")
        looked = re.search(r"Er is (één|\d+) keer gekeken", page.text)
        demand(looked is not None, "who looked is not on the page")
    for one, status in ((unknown, 200), (low, 403)):
        async with httpx.AsyncClient(timeout=30) as http:
            other = await open_own(places, http, one)
            demand(other.status_code == status, f"a page gave {other.status_code}")
            demand(
                not any(name in other.text for name in names),
                "a citizen saw another's flags",
            )
    answered = await _dispute(places, known)
    said = looked[1] if looked else "0"
    lookups = 1 if said == "één" else int(said)
    return Seen(len(names), lookups, proofs, answered)


async def _dispute(places: Places, who: Citizen) -> int:
    """Object to a signal as its citizen, answer as its source, read it as the citizen.

    Gives how many answers the citizen reads.
    """
    said = f"{places.portal_url}/laat-weten"
    async with httpx.AsyncClient(timeout=30) as http:
        page = await open_own(places, http, who)
        form = await http.get(f"{said}?signaal={DISPUTED}", headers=page.sent)
        demand("Kredietbank Voorbeeldstad" in form.text, "another signal is disputed")
        mark = re.search(r'name="teken" value="([^"]+)"', form.text)
        demand(mark is not None, "the form names no line")
        data = {"teken": mark[1] if mark else "", "reden": "own-situation"}
        sent = await http.post(said, data=data, headers=page.sent)
        demand(sent.status_code == 303, f"an objection gave {sent.status_code}")
    client, scope = desk_client(places, AGENCY_DESK), " ".join(AGENCY_DESK.scopes)
    kees = find_account("kees")
    token = await fetch_access_token(places.issuer, client, kees, scope)
    async with httpx.AsyncClient(base_url=places.index_url, timeout=30) as index:
        headers = {"Authorization": f"Bearer {token}"}
        found = await index.get("/v1/own-corrections", headers=headers)
        (own,) = found.json()["items"]
        path, body = f"/v1/own-corrections/{own['id']}/answer", {"step": own["step"]}
        answer = {**body, "answer": "compelling-grounds"}
        done = await index.post(path, json=answer, headers=headers)
        demand(done.status_code == 204, f"an answer gave {done.status_code}")
    async with httpx.AsyncClient(timeout=30) as http:
        page = await open_own(places, http, who)
    return page.text.count("De organisatie vindt dat delen nodig blijft")


@dataclass(frozen=True)
class OwnPage:
    """A page, and what the browser sends to see it again."""

    status_code: int
    text: str
    sent: dict[str, str]


async def open_own(places: Places, http: httpx.AsyncClient, who: Citizen) -> OwnPage:
    """Log in at the broker as a browser would, and give where that leads.

    Cookies of the page travel by hand: over http a client keeps none that is `Secure`.
    """
    jar: dict[str, str] = {}
    url = httpx.URL(f"{places.portal_url}/inloggen")
    form: dict[str, str] | None = None
    for _ in range(MOST_STEPS):
        is_own = url.host == httpx.URL(places.portal_url).host
        pairs = "; ".join(f"{name}={value}" for name, value in jar.items())
        sent = {"Cookie": pairs} if is_own and pairs else {}
        method = "GET" if form is None else "POST"
        answer = await http.request(method, url, data=form, headers=sent)
        form = None
        if is_own:
            _remember(jar, answer)
        if answer.is_redirect:
            url = url.join(answer.headers["location"])
        elif "/interaction/" in url.path and answer.status_code == 200:
            url = url.join(find_form_action(answer.text))
            form = {"username": who.username, "password": PASSWORD}
        else:
            return OwnPage(answer.status_code, answer.text, sent)
    return OwnPage(0, "", {})


def _remember(jar: dict[str, str], answer: httpx.Response) -> None:
    for line in answer.headers.get_list("set-cookie"):
        name, _, rest = line.partition("=")
        value = rest.partition(";")[0].strip('"')
        if value and "max-age=0" not in line.lower():
            jar[name] = value
        else:
            jar.pop(name, None)


def _verify_proofs(places: Places, packed: bytes) -> int:
    """Verify each proof of a citizen's file under the index's published key."""
    origin = origin_of(ORIGIN, clock.now().year)
    vkey = (places.index / "keys" / "checkpoint.vkey").read_text("ascii")
    keys = [parse_note_key(vkey)]
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = [one for one in archive.namelist() if one.endswith(".tlog-proof")]
        for name in names:
            proof = parse_tlog_proof(archive.read(name).decode())
            verify_proof_file(proof, keys, origin=origin)
    return len(names)

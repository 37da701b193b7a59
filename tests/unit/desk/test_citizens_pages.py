"""Citizens' rights at the desk: pages, the report in three forms, and nothing kept."""

import base64
import io
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from desk.citizen_report import explain_purposes
from desk.numbers import link_phone, write_phone
from keys.pinned_keys import read_chain, take_successors
from keys.successor import KeyUse, Successor, sign_successor
from signal_index.wire.access_requests import AccessRequest, AccessRequestPage
from signal_index.wire.choices import Choice
from signal_index.wire.citizen_options import CitizenOptions, DisputeChoice
from signal_index.wire.citizen_reports import (
    CitizenReport,
    ReportedCheck,
    ReportedFollow,
    ReportedLookup,
    ReportedMatch,
    ReportedSignal,
    ShownSignal,
)
from signal_index.wire.corrections import CorrectionPage
from signal_index.wire.embargoes import EmbargoPage
from signal_index.wire.values import Oin
from tests.contact_builders import a_flag_contact
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.ledger_builders import private_of
from tests.pdf_reading import find_tags
from tests.policy_answers import NONE_DECIDED

pytestmark = pytest.mark.anyio
ID = "01900000-0000-7000-8000-000000000001"
PERSON = {"keyVersion": 1, "tickets": ["a.b.c", "d.e.f"], "pseudonym": "A" * 43}
CHOICES = [Choice(code="digid", label="Ingelogd met DigiD")]
TODAY = date(2026, 11, 22)
OPTIONS = CitizenOptions(
    identityChecks=CHOICES,
    extensionReasons=CHOICES,
    closings=CHOICES,
    embargoReasons=CHOICES,
    embargoLiftings=CHOICES,
    embargoCategories=[Choice(code="veilig-thuis", label="Veilig Thuis")],
    correctionReasons=[
        DisputeChoice(code="no-contact", label="Geen contact", kind="correction")
    ],
    today=TODAY,
    earliestReceipt=date(2025, 11, 22),
    lastEmbargoEnd=date(2027, 5, 22),
)
REQUEST = AccessRequest(
    id=UUID(ID),
    reference="7KQ-4TM",
    identityCheck="digid",
    identityLabel="Ingelogd met DigiD",
    receivedOn=date(2026, 11, 1),
    dueOn=date(2026, 12, 1),
    daysLeft=9,
    extension=None,
    extensionLabel=None,
    mayExtend=True,
    reportedAt=None,
    closing=None,
    closingLabel=None,
    closedAt=None,
)
LOOKUP = ReportedLookup(
    entryId=UUID(ID),
    at=datetime(2026, 11, 20, 10, tzinfo=UTC),
    organisation="Wijkteam Voorbeeld",
    purpose="wmo-onderzoek",
    purposeLabel="Onderzoek na een melding (Wmo)",
    purposeText="U heeft de gemeente om hulp gevraagd.",
    legalBasis="Wmo 2015, artikel 2.3.2",
    roles=["generalist"],
    team=None,
    review=None,
    informed="Besproken met de inwoner",
    breakGlass=None,
    outcome="answered",
    repeat=False,
    shown=[
        ShownSignal(
            category="bijstand",
            categoryLabel="Bijstandsuitkering",
            organisation="Werkplein <b>Voorbeeld</b>",
        )
    ],
    proof="c2sp.org/tlog-proof@v1\n",
)
REFUSED = LOOKUP.model_copy(update={"outcome": "refused", "shown": [], "proof": None})
MATCH = ReportedMatch(
    entryId=UUID(ID),
    at=datetime(2026, 11, 19, 5, tzinfo=UTC),
    organisation="Kredietbank en Werkplein",
    purpose="match",
    purposeLabel="Van elkaar horen",
    purposeText="Twee organisaties helpen u.",
    legalBasis="Wgs, artikel 8",
    outcome="answered",
    shown=LOOKUP.shown,
    proof=None,
)
CHECK = ReportedCheck(
    entryId=UUID(ID),
    at=datetime(2026, 11, 21, 10, tzinfo=UTC),
    organisation="Gemeente Voorbeeld",
    kind="search",
    proof="c2sp.org/tlog-proof@v1\n",
)
SIGNAL = ReportedSignal(
    source=Oin("00000001000000000011"),
    reference=UUID(ID),
    category="bijstand",
    categoryLabel="Bijstandsuitkering",
    categoryText="U krijgt bijstand.",
    organisation="Werkplein Voorbeeld",
    state="active",
    since=date(2025, 1, 1),
    expires=date(2027, 1, 1),
    endedOn=None,
    informed="Besproken met de inwoner",
    informedOn=date(2025, 1, 1),
    contact=a_flag_contact(),
    isDisputed=False,
)
REPORT = CitizenReport(
    reportId=UUID(ID),
    reference="7KQ-4TM",
    receivedOn=date(2026, 11, 1),
    madeAt=datetime(2026, 11, 22, 12, tzinfo=UTC),
    organisation="Gemeente Voorbeeld",
    firstYear=2022,
    ledgerOrigin="index.test/ledger",
    lookups=[LOOKUP, REFUSED],
    matches=[MATCH],
    checks=[CHECK],
    follows=[ReportedFollow(organisation="Wijkteam", until=date(2027, 2, 20))],
    hasMore=False,
    missing=2,
    signals=[SIGNAL],
    corrections=[],
)


@pytest.fixture
async def officer(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    """A privacy officer who is logged in."""
    town.provider.person["roles"] = ["privacy-officer"]
    town.index.pages |= {
        "/v1/citizen-options": (200, OPTIONS),
        "/v1/access-requests": (200, AccessRequestPage(items=[REQUEST], next=None)),
        f"/v1/access-requests/{ID}": (200, REQUEST),
        f"/v1/access-requests/{ID}/report": (200, REPORT),
        "/v1/corrections": (200, CorrectionPage(items=[], next=None)),
        "/v1/embargoes": (200, EmbargoPage(items=[], next=None, unreadable=0)),
        "/v1/approvals": (200, {"open": [], **NONE_DECIDED}),
    }
    async with town.browser(desk) as opened:
        await log_in(opened, to="/officer/citizens")
        yield opened


async def make_report(officer: Browser, report_id: str = ID) -> dict[str, Any]:
    page = await officer.get("/officer/citizens")
    headers = {"X-CSRF-Token": csrf_of(page)}
    path = f"/relay/v1/citizen-reports/{report_id}"
    answer = await officer.post(path, json=PERSON, headers=headers)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def open_file(made: dict[str, Any], place: int) -> bytes:
    return base64.b64decode(made["files"][place]["data"])


@pytest.mark.parametrize("page", ["", f"/requests/{ID}", "/corrections", "/embargoes"])
async def test_each_page_is_there_for_who_handles_and_for_who_watches(
    town: Town, officer: Browser, page: str
) -> None:
    assert (await officer.get("/officer/citizens" + page)).status_code == 200
    town.provider.person["roles"] = ["data-protection-officer"]
    officer.kept.clear()
    watching = await log_in(officer, to="/officer/citizens" + page)
    assert watching.status_code == 200
    assert "make-report" not in watching.text
    assert "place-embargo" not in watching.text


async def test_the_number_on_these_pages_has_no_name_and_no_form(
    officer: Browser,
) -> None:
    page = (await officer.get(f"/officer/citizens/requests/{ID}")).text
    before, _, after = page.partition('id="person-number"')
    assert before.rfind("<form") <= before.rfind("</form") or "<form" not in before
    assert "name=" not in after.partition(">")[0]


async def test_a_report_comes_as_a_piece_of_the_page_a_paper_and_proofs(
    officer: Browser,
) -> None:
    made = await make_report(officer)
    assert "Wat er over u in de signaalindex staat" in made["html"]
    assert (
        "De wet laat toe dat de gemeente iets tijdelijk niet laat zien" in made["html"]
    )
    assert "&lt;b&gt;" in made["html"]
    assert "<b>" not in made["html"]
    assert [one["name"] for one in made["files"]] == [
        "inzage-7KQ-4TM.pdf",
        "inzage-7KQ-4TM-bewijzen.zip",
    ]


async def test_the_paper_is_a_tagged_pdf_with_headings_and_tables(
    officer: Browser,
) -> None:
    tags = find_tags(open_file(await make_report(officer), 0))
    assert {"H1", "H2", "Table", "TH", "TD"} <= set(tags)


async def test_the_proofs_carry_the_numbers_of_the_lines_and_the_key(
    officer: Browser,
) -> None:
    made = await make_report(officer)
    with zipfile.ZipFile(io.BytesIO(open_file(made, 1))) as archive:
        assert archive.namelist() == [
            "bewijs-0001.tlog-proof",
            "bewijs-0004.tlog-proof",
            "checkpoint.vkey",
            "getuigen.policy",
            "LEES-MIJ.txt",
        ]
        assert archive.read("bewijs-0001.tlog-proof").startswith(b"c2sp.org/")
        assert b"signal-verify inzage-7KQ-4TM" in archive.read("LEES-MIJ.txt")


async def test_with_the_key_comes_what_follows_on_it(
    officer: Browser, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who unpacks the proofs next year reads them by the key of then."""
    monkeypatch.setattr("keys.watching.LOOK_SECONDS", 0.0)
    former, key = private_of(b"\x01" * 32), private_of(b"\x02" * 32)
    now = town.clock().replace(microsecond=0)
    said = Successor(
        use="checkpoint",
        number=2,
        former=former.public,
        key=key.public,
        made=now,
        begins=now,
        ends=now + timedelta(days=1),
    )
    pinned = town.settings.ledger.checkpoint_key
    take_successors(pinned, [sign_successor(said, former, key)])
    made = await make_report(officer)
    with zipfile.ZipFile(io.BytesIO(open_file(made, 1))) as archive:
        archive.extractall(town.folder / "home")
    home = town.folder / "home" / "checkpoint.vkey"
    assert read_chain(home, KeyUse.CHECKPOINT) == read_chain(pinned, KeyUse.CHECKPOINT)
    assert len(read_chain(home, KeyUse.CHECKPOINT).keys) == 2


async def test_a_match_is_not_counted_as_somebody_who_looked(officer: Browser) -> None:
    html = (await make_report(officer))["html"]
    assert "Er is 2 keer gekeken" in html
    assert "Wijkteam volgt uw zaak nu, tot en met 20 februari 2027." in html
    assert "meldde dat zij contact met u heeft: Werkplein Voorbeeld." in html
    assert "Eén keer hoorden twee organisaties van elkaar" in html


async def test_lines_are_numbered_on_through_lookups_and_checks(
    officer: Browser,
) -> None:
    html = (await make_report(officer))["html"]
    cell = re.compile(r'<th scope="row" data-label="Nr\."><span>(\d+)</span>')
    assert cell.findall(html) == ["1", "2", "3", "4"]


async def test_equal_reports_give_equal_proof_files(officer: Browser) -> None:
    first, second = await make_report(officer), await make_report(officer)
    assert open_file(first, 1) == open_file(second, 1)


async def test_what_the_index_refuses_reaches_the_page_as_it_is(
    town: Town, officer: Browser
) -> None:
    problem = {"type": "/problems/access-request-closed", "title": "Afgesloten."}
    town.index.pages[f"/v1/access-requests/{ID}/report"] = (409, problem)
    page = await officer.get("/officer/citizens")
    headers = {"X-CSRF-Token": csrf_of(page)}
    path = f"/relay/v1/citizen-reports/{ID}"
    answer = await officer.post(path, json=PERSON, headers=headers)
    assert (answer.status_code, answer.json()) == (409, problem)


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("010 123 45 67", "+31101234567"),
        ("06 12 34 56 78", "+31612345678"),
        ("0182 555 102", "+31182555102"),
        ("0800 2000", "+318002000"),
        ("14 0182", "+31140182"),
        ("+3221234567", "+3221234567"),
    ],
)
def test_a_number_is_written_as_people_dial_it(written: str, phone: str) -> None:
    assert write_phone(phone) == written


@pytest.mark.parametrize(
    ("dialled", "phone"),
    [
        ("08002000", "+318002000"),
        ("09001234567", "+319001234567"),
        ("140182", "+31140182"),
        ("+31182555102", "+31182555102"),
        ("+3221234567", "+3221234567"),
    ],
)
def test_what_only_the_netherlands_dials_is_linked_without_a_country(
    dialled: str, phone: str
) -> None:
    assert link_phone(phone) == dialled


def test_each_purpose_is_explained_once_with_every_law_it_rested_on() -> None:
    other = LOOKUP.model_copy(update={"legalBasis": "Meldcode"})
    (purpose,) = explain_purposes([LOOKUP, other, LOOKUP])
    assert purpose.bases == ["Wmo 2015, artikel 2.3.2", "Meldcode"]

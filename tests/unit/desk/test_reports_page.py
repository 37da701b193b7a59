"""Reports at the desk: files that hold what the index gave, and nothing that acts."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date

import pytest
from fastapi import FastAPI

from desk.csv_files import encode_rows
from desk.officer.report_files import PDF_ROWS, general_csv, row_cells
from desk.officer.report_view import make_report
from desk.texts import load_texts
from signal_index.wire import reports
from tests.desk_builders import Browser, Town, csrf_of
from tests.overview_answers import (
    SEARCH_OPTIONS,
    a_general_report,
    a_report_row,
    a_request,
)
from tests.pdf_reading import count_pages, find_tags

pytestmark = pytest.mark.anyio
TEXTS = load_texts("nl")
PAGE = "/officer/reports"
UNTIL = date(2027, 1, 1)
ID = str(a_request().id)


@pytest.fixture
async def officer(town: Town, desk: FastAPI) -> AsyncIterator[Browser]:
    town.provider.person["roles"] = ["privacy-officer"]
    town.index.pages |= {
        "/v1/specific-reports": (
            200,
            reports.SpecificReports(mandateUntil=UNTIL, items=[a_request()]),
        ),
        "/v1/search-options": (200, SEARCH_OPTIONS),
        "/v1/general-reports": (200, a_general_report()),
        f"/v1/specific-reports/{ID}/pages": (200, a_page()),
    }
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        yield browser


def a_page(rows: int = 1) -> reports.SpecificReportPage:
    items = [a_report_row() for _ in range(rows)]
    return reports.SpecificReportPage(request=a_request(), items=items, next=None)


def read_csv(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))


async def _send(officer: Browser, path: str, **fields: str) -> tuple[int, bytes, str]:
    page = await officer.get(PAGE)
    data = {"csrf": csrf_of(page), **fields}
    answer = await officer.post(f"{PAGE}/{path}", data=data, follow_redirects=True)
    return answer.status_code, answer.content, answer.headers.get("content-type", "")


def test_a_hidden_number_is_a_word_everywhere() -> None:
    report = make_report(a_general_report(), TEXTS)
    rows = read_csv(general_csv(report, TEXTS))
    assert ["In het kort", "", "Bij spoed", "Aantal", "afgeschermd"] in rows
    hidden = [row for row in rows if row[4] == "afgeschermd"]
    assert [row[2] for row in hidden] == ["Bij spoed", "Geen team bekend"]


def test_a_spreadsheet_gets_plain_numbers() -> None:
    report = make_report(a_general_report(), TEXTS)
    rows = read_csv(general_csv(report, TEXTS))
    assert ["In het kort", "", "Keer opgezocht", "Aantal", "1234"] in rows


def test_a_month_with_few_lookups_says_only_that() -> None:
    report = make_report(a_general_report(lookups=None), TEXTS)
    assert [len(section.lines) for section in report.sections] == [0, 0]
    assert "1 tot 9 keer" in report.sections[0].text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula_to_a_spreadsheet(text: str) -> None:
    ((cell,),) = read_csv(encode_rows([[text]]))
    assert cell.startswith("'")


async def test_the_page_offers_whole_months_that_are_over(
    town: Town, officer: Browser
) -> None:
    page = (await officer.get(PAGE)).text
    today = town.clock().date()
    assert f'value="{today.isoformat()[:7]}"' not in page
    assert page.count('<option value="20') == 24


async def test_a_month_is_shown_on_a_page(officer: Browser) -> None:
    status, body, _ = await _send(officer, "general", month="2026-10", form="page")
    assert status == 200
    text = body.decode()
    assert "Maandrapport oktober 2026" in text
    assert "1.234" in text
    assert "afgeschermd" in text


async def test_a_month_is_a_tagged_pdf(officer: Browser) -> None:
    status, body, kind = await _send(officer, "general", month="2026-10", form="pdf")
    assert (status, kind) == (200, "application/pdf")
    assert {"H1", "H2", "Table", "TH", "TD"} <= set(find_tags(body))


async def test_each_form_is_told_to_the_index_which_records_it(
    town: Town, officer: Browser
) -> None:
    for form in ("page", "csv", "pdf"):
        await _send(officer, "general", month="2026-10", form=form)
    told = [asked for asked in town.index.asked if "month" in asked]
    assert told == [
        {"month": "2026-10", "form": form} for form in ("page", "csv", "pdf")
    ]


async def test_a_month_that_is_not_ready_is_said_on_the_page(
    town: Town, officer: Browser
) -> None:
    problem = {
        "type": "/problems/report-not-ready",
        "title": "Dit rapport kan nog niet worden gemaakt.",
        "status": 409,
    }
    town.index.pages["/v1/general-reports"] = (409, problem)
    status, body, _ = await _send(officer, "general", month="2026-10", form="pdf")
    assert status == 400
    assert "kan nog niet worden gemaakt" in body.decode()


async def test_a_report_with_persons_is_asked_with_what_was_filled_in(
    town: Town, officer: Browser
) -> None:
    town.index.pages["POST /v1/specific-reports"] = (201, a_request())
    status, _, _ = await _send(
        officer,
        "specific",
        first="2026-11-01",
        last="2026-11-15",
        reason="complaint",
        user=" employee-7 ",
        team="",
    )
    assert status == 200
    assert town.index.asked[-1] == {
        "from": "2026-11-01",
        "until": "2026-11-15",
        "reason": "complaint",
        "organisation": None,
        "team": None,
        "user": "employee-7",
        "purpose": None,
    }


async def test_what_was_filled_in_wrongly_is_said_and_not_sent(
    town: Town, officer: Browser
) -> None:
    asked = len(town.index.asked)
    status, body, _ = await _send(
        officer, "specific", first="1 november", last="2026-11-15", reason="complaint"
    )
    assert status == 400
    assert "Vul bij Vanaf een dag in." in body.decode()
    assert len(town.index.asked) == asked


def test_what_an_erased_entry_does_not_say_is_an_empty_cell() -> None:
    erased = a_report_row(sub=None, team=None, person=None, outcome=None)
    cells = row_cells(erased, TEXTS, ("sub", "team", "person", "outcome"))
    assert cells == ["", "", "", ""]


async def test_without_a_mandate_there_is_no_form(town: Town, officer: Browser) -> None:
    answer = reports.SpecificReports(mandateUntil=None, items=[])
    town.index.pages["/v1/specific-reports"] = (200, answer)
    page = (await officer.get(PAGE)).text
    assert "U hebt geen mandaat" in page
    assert 'action="/officer/reports/specific"' not in page


async def test_what_the_index_has_against_it_is_said_in_dutch(
    town: Town, officer: Browser
) -> None:
    path = f"/v1/specific-reports/{ID}/pages"
    problem = {"type": "/problems/not-approved", "title": "Nog niet goedgekeurd."}
    town.index.pages[path] = (403, problem)
    status, body, _ = await _send(officer, f"specific/{ID}", form="csv")
    assert status == 400
    assert "Nog niet goedgekeurd." in body.decode()


async def test_a_report_with_persons_streams_all_its_rows(officer: Browser) -> None:
    status, body, kind = await _send(officer, f"specific/{ID}", form="csv")
    assert status == 200
    assert kind.startswith("text/csv")
    heads, row = read_csv(body)
    assert heads[:3] == ["Wanneer", "Medewerker", "Team"]
    assert row[:2] == ["2026-11-02 10:48", "employee-7"]
    assert row[4] == "36AE7-5F3AD"


async def test_a_report_with_persons_on_paper_says_for_whom_it_is(
    officer: Browser,
) -> None:
    status, body, kind = await _send(officer, f"specific/{ID}", form="pdf")
    assert (status, kind) == (200, "application/pdf")
    assert count_pages(body) == 2


async def test_a_report_too_long_for_paper_says_so(
    town: Town, officer: Browser
) -> None:
    path = f"/v1/specific-reports/{ID}/pages"
    town.index.pages[path] = (200, a_page(PDF_ROWS + 1))
    status, body, _ = await _send(officer, f"specific/{ID}", form="pdf")
    assert status == 400
    assert "te lang voor een PDF" in body.decode()

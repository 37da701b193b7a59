"""Who was looked up 75 times reads it on three pages, whom to ask on the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from desk.citizen_report import describe, gather_runs, merge_alike
from desk.pdf import render_pdf
from desk.settings import WhomSettings
from desk.templating import TEMPLATES
from desk.texts import load_texts
from signal_index.wire.citizen_reports import (
    CitizenReport,
    ReportedCheck,
    ReportedCorrection,
    ReportedLookup,
    ReportedReview,
    ReportedSignal,
    ShownSignal,
)
from tests.pdf_reading import count_pages, find_page
from tests.unit.desk.test_citizens_pages import CHECK, LOOKUP, REPORT, SIGNAL

LOOKUPS = 75
WHOM = WhomSettings(
    phone="+31182555900",
    address="Raadhuisplein 1, 1234 AB Voorbeeldstad",
    officer="fg@voorbeeldstad.example, 0182 55 59 01",
)
MEANT = "U heeft de gemeente om hulp gevraagd. De gemeente zoekt uit welke hulp past. "
WHO = (
    ("Wijkteam Voorbeeldstad-Oost", "wmo-onderzoek", "Onderzoek na een melding (Wmo)"),
    ("Gemeente Voorbeeldstad", "schuldhulp", "Toegang tot schuldhulpverlening (Wgs)"),
    ("Wijkteam Voorbeeldstad-Oost", "jeugd", "Toegang tot jeugdhulp (Jeugdwet)"),
    ("Leerplicht Voorbeeldstad", "leerplicht", "Uitvoering van de Leerplichtwet"),
)
SEEN = (
    ("Bijstandsuitkering", "Werkplein Voorbeeldstad"),
    ("Schuldhulpverlening", "Kredietbank Voorbeeldstad"),
    ("Wmo-maatwerkvoorziening", "Gemeente Voorbeeldstad"),
)


def a_lookup(number: int, *, day: int | None = None) -> ReportedLookup:
    """A lookup of a year, the newest first: three visits by the same people in a row.

    `day`: the visit that it belongs to; else one of its own.
    """
    visit = number if day is None else day
    who, purpose, label = WHO[visit // 3 % len(WHO)]
    shown = [
        ShownSignal(category=kind, categoryLabel=kind, organisation=by)
        for kind, by in SEEN[: 1 + visit % 3]
    ]
    verdict = ReportedReview(
        verdict="not-in-order" if visit % 2 else "in-order",
        judgedOn=date(2026, 11, 3),
        askedOn=None,
        dueOn=None,
    )
    return LOOKUP.model_copy(
        update={
            "entryId": UUID(int=number),
            "at": datetime(2026, 11, 20, 15, tzinfo=UTC)
            - timedelta(days=7 * visit, minutes=number),
            "organisation": who,
            "purpose": purpose,
            "purposeLabel": label,
            "purposeText": MEANT * 2,
            "shown": shown,
            "breakGlass": "Iemand was in gevaar" if visit == 40 else None,
            "review": verdict if visit % 20 == 0 else None,
        }
    )


def a_signal(number: int) -> ReportedSignal:
    kind, by = SEEN[number]
    return SIGNAL.model_copy(
        update={
            "categoryLabel": kind,
            "organisation": by,
            "reference": UUID(int=number),
        }
    )


def a_long_report(lookups: Sequence[ReportedLookup]) -> CitizenReport:
    said = ReportedCorrection(
        reference="7KQ-4TM",
        category="bijstand",
        categoryLabel="Bijstandsuitkering",
        organisation="Werkplein Voorbeeldstad",
        kind="correction",
        reasonText="U zei dat u geen contact met deze organisatie heeft.",
        receivedOn=date(2026, 11, 1),
        dueOn=date(2026, 12, 1),
        isRestricted=False,
        answerText=None,
        answeredOn=None,
    )
    checks: list[ReportedCheck] = [
        CHECK.model_copy(update={"at": CHECK.at - timedelta(days=9 * n)})
        for n in range(4)
    ]
    return REPORT.model_copy(
        update={
            "lookups": list(lookups),
            "signals": [a_signal(number) for number in range(len(SEEN))],
            "corrections": [said],
            "checks": checks,
            "missing": 0,
        }
    )


def print_report(report: CitizenReport, whom: WhomSettings | None = WHOM) -> bytes:
    said = describe(report, whom)
    return render_pdf("citizen.html", **said, title="Wat er over u staat")


@pytest.fixture(scope="module")
def paper() -> bytes:
    """The real PDF: of each second visit two lookups, which say the same."""
    visits = [visit for visit in range(50) for _ in range(1 + visit % 2)]
    lookups = [a_lookup(n, day=visit) for n, visit in enumerate(visits)]
    assert len(lookups) == LOOKUPS
    return print_report(a_long_report(lookups))


def test_75_lookups_are_at_most_three_pages(paper: bytes) -> None:
    assert count_pages(paper) <= 3


def test_75_lookups_that_all_say_another_thing_are_at_most_four() -> None:
    apart = [a_lookup(number) for number in range(LOOKUPS)]
    assert count_pages(print_report(a_long_report(apart))) <= 4


def test_whom_to_ask_stands_before_who_looked(paper: bytes) -> None:
    assert find_page(paper, "Wat u kunt doen") == 1
    assert find_page(paper, "Welke organisaties gaven een signaal") == 1
    assert find_page(paper, "Wat niet in dit inzageverslag staat") > 1


def test_a_desk_without_addresses_prints_that_of_the_authority_alone() -> None:
    said = describe(a_long_report([a_lookup(0)]), None)
    page = TEMPLATES.get_template("paper/citizen.html").render(
        t=load_texts("nl").get, **said, title=""
    )
    assert "Autoriteit Persoonsgegevens" in page
    assert "Functionaris gegevensbescherming" not in page


def test_lines_by_the_same_people_for_the_same_reason_stand_under_one_heading() -> None:
    lines = [a_lookup(n) for n in range(7)]
    runs = gather_runs(merge_alike(lines))
    assert [[row.numbers for row in run.rows] for run in runs] == [
        ["1", "2", "3"],
        ["4", "5", "6"],
        ["7"],
    ]
    other = lines[1].model_copy(update={"roles": ["generalist-safety"]})
    team = lines[2].model_copy(update={"team": "Team Noord"})
    assert len(gather_runs(merge_alike([lines[0], other, team]))) == 3

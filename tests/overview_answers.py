"""What the index answers about counts and reports, as small as the desk needs it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from signal_index.wire import overview, reports

OIN = "00000001800000009901"


def a_row(lookups: int = 40, **changed: int) -> dict[str, Any]:
    """Counts of one purpose, team or day."""
    row = {
        "lookups": lookups,
        "hits": lookups // 2,
        "misses": lookups // 4,
        "refused": 3,
        "offHours": 5,
        "breakGlass": 1,
    }
    return row | changed


def an_overview(days: int = 3, **changed: Any) -> overview.Overview:  # noqa: ANN401 - JSON
    """The counts of so many days up to 22 November 2026."""
    last = date(2026, 11, 22)
    first = last - timedelta(days=days - 1)
    team = {"organisation": OIN, "organisationName": "Gemeente Voorbeeldstad"}
    answer: dict[str, Any] = {
        "from": first.isoformat(),
        "until": last.isoformat(),
        "countedUntil": "2026-11-22T12:00:00Z",
        "daysCounted": days,
        "daysSettled": 0,
        "days": [
            {"day": (first + timedelta(days=n)).isoformat(), **a_row(10)}
            for n in range(days)
        ],
        "totals": {**a_row(), "failed": 0, "repeated": 6, "retries": 1, "users": 2},
        "purposes": [{"purpose": "wmo-onderzoek", "label": "Wmo", **a_row()}],
        "teams": [{**team, "team": None, **a_row()}],
        "followUp": {
            "asked": 12,
            "missing": 4,
            "flags": 20,
            "flagsMissing": 9,
            "said": [
                {
                    "code": "contact-made",
                    "label": "Contact gelegd",
                    "lookups": 8,
                    "flags": 11,
                }
            ],
        },
        "users": [a_user()],
        "stock": None,
        "openFollows": [],
        "matches": [],
        "matchesUnreadable": 0,
        "choices": {
            "organisations": [{"oin": OIN, "name": "Gemeente Voorbeeldstad"}],
            "teams": ["west", "oost"],
            "purposes": [{"id": "wmo-onderzoek", "label": "Wmo"}],
        },
    }
    return overview.Overview.model_validate(answer | changed)


def a_user(**changed: object) -> overview.UserCounts:
    """Somebody who looks more than the peers do."""
    user: dict[str, Any] = {
        "organisation": OIN,
        "organisationName": "Gemeente Voorbeeldstad",
        "sub": "employee-7",
        "team": "west",
        "lookups": 30,
        "peersMedian": 4.5,
        "offHours": 5,
        "refused": 1,
        "breakGlass": 0,
        "repeated": 2,
        "standsOut": True,
    }
    return overview.UserCounts.model_validate(user | changed)


def a_general_report(**changed: object) -> reports.GeneralReport:
    """October, with a small team and a few emergencies."""
    lookups: dict[str, Any] = {
        "total": 1234,
        "users": 12,
        "hits": 800,
        "misses": 400,
        "refused": 34,
        "failed": 0,
        "offHours": 100,
        "breakGlass": None,
        "repeated": 300,
        "days": [{"day": "2026-10-01", "lookups": 1234}],
        "purposes": [{"purpose": None, "label": None, "lookups": 1234}],
        "organisations": [
            {
                "organisation": OIN,
                "organisationName": "Gemeente Voorbeeldstad",
                "lookups": 1234,
                "teams": [
                    {"team": "west", "lookups": 1200},
                    {"team": None, "lookups": None},
                ],
            }
        ],
        "followUp": None,
    }
    answer: dict[str, Any] = {
        "month": "2026-10",
        "countedUntil": "2026-11-22T12:00:00Z",
        "hiddenBelow": 10,
        "lookups": lookups,
        "stock": None,
    }
    return reports.GeneralReport.model_validate(answer | changed)


def a_request(**changed: object) -> reports.SpecificReport:
    """A report with persons that may be downloaded."""
    request: dict[str, Any] = {
        "id": "01a20428-5392-79ee-b074-3f3ced64266d",
        "from": "2026-11-01",
        "until": "2026-11-15",
        "reason": "complaint",
        "reasonLabel": "Een klacht",
        "organisation": None,
        "organisationName": None,
        "team": None,
        "user": "employee-7",
        "purpose": None,
        "purposeLabel": None,
        "digest": "ab" * 32,
        "requestedBy": {"organisation": OIN, "user": "employee-anke"},
        "requestedAt": "2026-11-22T12:00:00Z",
        "own": True,
        "state": "approved",
        "decidedBy": {"organisation": OIN, "user": "employee-dora"},
        "decidedAt": "2026-11-22T13:00:00Z",
        "availableUntil": "2026-12-06T13:00:00Z",
        "available": True,
    }
    return reports.SpecificReport.model_validate(request | changed)


def a_report_row(**changed: object) -> reports.SpecificReportLookup:
    """One lookup in a report with persons."""
    row: dict[str, Any] = {
        "entryId": "01a19ba8-d9af-756e-ac70-6875ff8b71d3",
        "at": "2026-11-02T09:48:00Z",
        "offHours": False,
        "organisation": OIN,
        "organisationName": "Gemeente Voorbeeldstad",
        "sub": "employee-7",
        "team": "west",
        "person": "36AE7-5F3AD",
        "repeated": True,
        "purpose": "wmo-onderzoek",
        "purposeLabel": "Wmo",
        "informed": "discussed",
        "breakGlass": None,
        "outcome": "answered",
        "flags": 2,
        "followUp": [],
    }
    return reports.SpecificReportLookup.model_validate(row | changed)


SEARCH_OPTIONS: Mapping[str, Any] = {
    "why": [{"code": "complaint", "label": "Een klacht", "citizen": True}],
    "organisations": [{"oin": OIN, "name": "Gemeente Voorbeeldstad"}],
    "isWholeMunicipality": True,
    "purposes": [{"code": "wmo-onderzoek", "label": "Wmo"}],
    "outcomes": [],
    "kinds": [],
    "daysMaximum": 366,
}

"""What the index says to an officer's search pages, and what a form sends."""

from typing import Any

ENTRY = "01a1fe4f-76d0-7cea-ad52-6375c107318f"

OWN = "00000001800000009901"

OPTIONS: dict[str, Any] = {
    "why": [
        {"code": "supervision", "label": "Toezicht", "citizen": False},
        {"code": "complaint", "label": "Klacht", "citizen": True},
    ],
    "organisations": [{"oin": OWN, "name": "Gemeente Voorbeeldstad"}],
    "isWholeMunicipality": True,
    "purposes": [{"code": "wmo-onderzoek", "label": "Wmo-onderzoek"}],
    "outcomes": ["answered", "refused", "failed", "break-glass"],
    "kinds": ["lookup", "print"],
    "daysMaximum": 366,
}

NOTHING: dict[str, Any] = {"items": [], "next": None, "searchedBackTo": None}


def an_item(**changed: object) -> dict[str, Any]:
    item: dict[str, Any] = {
        "entryId": ENTRY,
        "at": "2026-11-22T12:00:00Z",
        "kind": "lookup",
        "organisation": OWN,
        "organisationName": "Gemeente Voorbeeldstad",
        "user": "employee-fatima",
        "team": "noord",
        "purpose": "wmo-onderzoek",
        "purposeLabel": "Wmo-onderzoek",
        "outcome": "answered",
        "grounds": [],
        "repeat": False,
        "breakGlass": None,
        "flagCount": 2,
        "contactOutcomes": [],
        "content": "readable",
    }
    return item | changed


def an_entry(**changed: object) -> dict[str, Any]:
    more: dict[str, Any] = {
        "roles": ["generalist"],
        "legalBasis": "wmo-2015-2.3.2",
        "legalBasisLabel": "Wmo 2015, artikel 2.3.2",
        "hasCaseReference": True,
        "informed": "discussed",
        "informedLabel": "Besproken met de inwoner",
        "breakGlassLabel": None,
        "groundTexts": [],
        "activity": "lookup",
        "policy": "digest",
        "permitted": [{"code": "bijstand", "label": "Bijstand"}],
        "shown": [],
        "said": {},
        "place": {"year": 2026, "position": 41, "isSigned": True},
    }
    return an_item() | more | changed


def a_form(page_token: str, **changed: str) -> dict[str, str]:
    form = {"csrf": page_token, "why": "supervision"}
    days = {"first": "2026-11-01", "last": "2026-11-22"}
    return form | days | changed

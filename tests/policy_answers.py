"""What the index answers to the pages of rules and approvals, by default."""

from __future__ import annotations

import hashlib
from typing import Any

DIGEST = hashlib.sha256(b"bundle").hexdigest()
ID = "0193f1c2-0000-7000-8000-000000000001"


def a_policy(**changed: object) -> dict[str, Any]:
    """The rules of a municipality: one purpose, two kinds of signals, two rules."""
    return {
        "municipality": "9901",
        "inForce": {
            "serial": 0,
            "digest": DIGEST,
            "version": "2026.1",
            "isShipped": True,
            "isUsable": True,
        },
        "mayPropose": True,
        "roles": [
            {"id": "generalist", "label": "Generalist"},
            {"id": "generalist-safety", "label": "Generalist veiligheid"},
        ],
        "categories": [
            {"id": "bijstand", "label": "Bijstand", "short": "b", "active": True},
            {"id": "ww-uitkering", "label": "WW", "short": "WW", "active": False},
        ],
        "purposes": [
            {
                "id": "wmo-onderzoek",
                "label": "Wmo",
                "sentence": "Een generalist ziet met dit doel bijstand.",
                "needs": ["een zaaknummer"],
                "breakGlass": True,
                "legalBases": [{"label": "Wmo 2015", "checked": False}],
                "established": None,
                "sees": [{"category": "bijstand", "roles": ["generalist-safety"]}],
            }
        ],
        "loopActs": [
            {
                "id": "notice-of-lookup",
                "label": "Een bericht",
                "citizenText": "De organisatie hoort dat er is gekeken.",
                "categories": ["Bijstand"],
                "basis": {"label": "Wmo 2015, artikel 5.1.1", "checked": False},
                "established": None,
            }
        ],
        "rules": [
            a_rule("permit-look-up", "permit", "", "Een bevraging mag."),
            a_rule("case", "forbid", "question", "Een zaaknummer hoort erbij."),
        ],
        "history": [],
        "proposals": [],
        **changed,
    }


def a_rule(name: str, effect: str, about: str, text: str) -> dict[str, Any]:
    """One rule, as the page gets it."""
    return {
        "id": name,
        "effect": effect,
        "about": about,
        "text": text,
        "remedy": "",
        "lifted": False,
        "chapter": "lookup",
    }


NONE_DECIDED = {"decided": [], "unreadable": 0}
"""What a list of approvals says beside what waits."""


def an_approval(**changed: object) -> dict[str, Any]:
    """A proposal of a colleague that waits."""
    return {
        "id": ID,
        "kind": "policy-activation",
        "titleCode": "policy-wider",
        "digest": DIGEST,
        "needsRole": "privacy-officer",
        "state": "open",
        "requestedBy": {"organisation": "00000001800000009901", "user": "anke"},
        "own": False,
        "requestedAt": "2026-11-22T12:00:00Z",
        "expiresAt": "2026-12-06T12:00:00Z",
        "decidedBy": None,
        "decidedAt": None,
        "reason": None,
        **changed,
    }


def a_simulation(**changed: object) -> dict[str, Any]:
    """What a proposal changes: one kind of signal more."""
    return {
        "digest": DIGEST,
        "base": "0" * 64,
        "version": "2026.2",
        "widens": True,
        "differences": [
            {"direction": "wider", "about": "category", "text": "WW: doet mee."}
        ],
        "matrix": {
            "wider": [{"purpose": "Wmo", "category": "WW", "role": "Generalist"}],
            "narrower": [],
        },
        "days": 90,
        "questions": {
            "total": 20_000,
            "isAll": False,
            "wider": 7,
            "narrower": 0,
            "newlyAnswered": 0,
            "newlyRefused": 0,
            "kinds": [{"purpose": "Wmo", "category": "WW", "gained": 7, "lost": 0}],
        },
        **changed,
    }

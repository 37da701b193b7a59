"""Debt help as a DDAS SHV v1.0 delivery of VNG Realisatie, dirt included."""

import json
from datetime import timedelta
from typing import Final

from sources.population.draw import Draw
from sources.population.people import DEBTS, Citizen
from sources.population.setting import MUNICIPALITY, Setting, Written
from sources.reasons import Reason

DEBTS_FILE: Final = "debt-help.json"


def write_debts(setting: Setting, citizens: list[Citizen]) -> Written:
    """Write debt help as a DDAS SHV v1.0 delivery."""
    draw, written = Draw(setting.seed, "debts"), Written()
    known = [each for each in citizens if DEBTS in each.categories]
    couples: dict[int, list[Citizen]] = {}
    for citizen in known:
        couples.setdefault(citizen.household, []).append(citizen)
    trajectories = [
        _trajectory(draw, setting, [each.bsn for each in couple])
        for couple in couples.values()
    ]
    written.records = written.accepted = len(known)
    for _ in setting.dirty_rounds(len(known)):
        trajectories.append(_trajectory(draw, setting, [setting.town.make_mistyped()]))
        written.expect(Reason.BSN_INVALID)
        nowhere = _trajectory(draw, setting, [setting.town.make_stray().bsn])
        nowhere["gemeentecode"] = "GM001"
        written.expect(Reason.MUNICIPALITY_UNKNOWN)
        early = _trajectory(draw, setting, [setting.town.make_stray().bsn])
        early["startdatum"] = (setting.on + timedelta(days=30)).isoformat()
        written.expect(Reason.DATE_IN_FUTURE)
        trajectories += [nowhere, early]
    unreachable = [_trajectory(draw, setting, [setting.town.make_stray().bsn])]
    written.expect(Reason.PHONE_INVALID)
    deliveries = [
        _delivery(1, trajectories, "0182-555123"),
        _delivery(2, unreachable, "niet bekend"),
    ]
    _write_ddas(setting, deliveries)
    return written


def _trajectory(draw: Draw, setting: Setting, numbers: list[str]) -> dict[str, object]:
    start = draw.day_before(setting.on, least=5, most=900)
    return {
        "omschrijving": "Traject om schulden af te lossen",
        "startdatum": start.isoformat(),
        "toekenningsdatum": start.isoformat(),
        "totaalSchuldbedragBijAanvangSchuld": 1_000 + draw.below(60_000),
        "gemeentecode": f"GM{MUNICIPALITY}",
        "client": [
            {
                "Burgerservicenummer": number,
                "Geslachtsaanduiding": draw.choose(("Man", "Vrouw", "Onbekend")),
                "Postcode": f"{1_000 + draw.below(9_000)}XX",
                "Huisnummer": str(1 + draw.below(200)),
            }
            for number in numbers
        ],
    }


def _delivery(
    counter: int, trajectories: list[dict[str, object]], phone: str
) -> dict[str, object]:
    return {
        "teller": counter,
        "aanleverende_organisatie": {
            "(Statutaire) Naam": "Schuldhulp Voorbeeldstad",
            "KvK-nummer": "90000001",
            "gemeentecode": f"GM{MUNICIPALITY}",
            "contactpersonen": [
                {
                    "email": "schuldhulp@voorbeeldstad.example",
                    "functietitel": "Aanmeldteam schuldhulp",
                    "naam": "A. Voorbeeld",
                    "telefoonnummer": phone,
                }
            ],
        },
        "schuldhulptrajecten": trajectories,
    }


def _write_ddas(setting: Setting, deliveries: list[dict[str, object]]) -> None:
    on = setting.on.isoformat()
    whole = {
        "startdatumLevering": setting.on.replace(month=1, day=1).isoformat(),
        "einddatumLevering": on,
        "aanleverdatumEnTijd": f"{on}T06:00:00Z",
        "codeGegevensleverancier": "VB-0001",
        "leveringen": deliveries,
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    (setting.folder / DEBTS_FILE).write_text(text, encoding="utf-8")

"""The key to a population: what must be found about whom, and what must be rejected."""

import json
from datetime import date
from pathlib import Path
from typing import Final

from sources.population.csv_files import (
    INCOME_FILE,
    SAFETY_FILE,
    SCHOOLS_FILE,
    write_income,
    write_safety,
    write_schools,
)
from sources.population.ddas_file import DEBTS_FILE, write_debts
from sources.population.people import Citizen, Town
from sources.population.setting import MUNICIPALITY, Setting, Written

ANSWERS_FILE: Final = "answers.json"
SMALLEST: Final = 20


def write_population(folder: Path, *, seed: int, size: int, on: date) -> Path:
    """Write four agencies' files and the key to them; gives the key's path.

    The same seed, size and day give the same bytes. `size` counts citizens; most have
    one or two signals, every tenth household none.
    """
    if size < SMALLEST:
        raise ValueError(f"a town has at least {SMALLEST} citizens")
    folder.mkdir(parents=True, exist_ok=True)
    town = Town(seed, on)
    citizens = town.settle(size)
    setting = Setting(folder, seed, on, town)
    files = {
        INCOME_FILE: write_income(setting, citizens),
        DEBTS_FILE: write_debts(setting, citizens),
        SCHOOLS_FILE: write_schools(setting, citizens),
        SAFETY_FILE: write_safety(setting, citizens),
    }
    key = {
        "seed": seed,
        "size": size,
        "on": on.isoformat(),
        "municipality": MUNICIPALITY,
        "people": {each.bsn: each.sorted_categories for each in citizens},
        "none": _find_unknown(citizens),
        "withoutOptIn": [each.bsn for each in citizens if each.without_opt_in],
        "households": _find_households(citizens),
        "files": {name: _describe(written) for name, written in files.items()},
        "bsns": sorted(town.used),
        "mistyped": sorted(town.mistyped),
    }
    path = folder / ANSWERS_FILE
    path.write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
    return path


def _find_unknown(citizens: list[Citizen]) -> list[str]:
    """Give who is in no file at all: a lookup must miss."""
    return [
        each.bsn for each in citizens if not each.categories and not each.without_opt_in
    ]


def _find_households(citizens: list[Citizen]) -> list[list[str]]:
    households: dict[int, list[str]] = {}
    for citizen in citizens:
        households.setdefault(citizen.household, []).append(citizen.bsn)
    return [members for members in households.values() if len(members) > 1]


def _describe(written: Written) -> dict[str, object]:
    return {
        "records": written.records,
        "accepted": written.accepted,
        "rejected": sum(written.rejected.values()),
        "reasons": dict(sorted(written.rejected.items())),
    }

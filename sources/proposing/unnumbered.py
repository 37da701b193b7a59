"""A file without a BSN, of a partner who may not use it: what its persons are found by.

Only the names of columns are looked at, and nothing is chosen: whether a municipality
may look its citizens up is a question of law, which a person answers.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from sources.proposing.judging import Judgement
from sources.proposing.words import fold

_FOUND_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "surname": ("achternaam", "geslachtsnaam", "naam"),
    "birth": ("geboortedatum", "gebdatum", "gebdat", "geboren"),
    "postcode": ("postcode",),
    "house_number": ("huisnummer", "huisnr"),
}
_NEEDED: Final = ("surname", "birth", "postcode")
WITHOUT_BSN: Final = (
    'Staat er geen BSN in dit bestand? Dan kan identify = "brp" een weg zijn: de '
    "gemeente zoekt de personen dan op. Lees docs/connectors/brp.md."
)


def find_by_name(judgement: Judgement) -> Mapping[str, str]:
    """Give the columns that find a person, where no column may be a BSN; else none."""
    if judgement.find("bsn") or judgement.asked.get("bsn"):
        return {}
    names = [each.column.name for each in judgement.verdicts]
    found = dict(_match(names))
    return found if all(role in found for role in _NEEDED) else {}


def _match(names: list[str]) -> Iterator[tuple[str, str]]:
    for role, words in _FOUND_BY.items():
        for word in words:
            name = next((each for each in names if fold(each) == word), None)
            if name is not None:
                yield role, name
                break

"""What a reference of a signal looks like, and where one is found; Dutch, B1.

A reference is a UUID. The pages of the desk show it whole, and `find --case` gives it.
"""

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from keys.case_name import find_unclear
from sources.values import Place

EXAMPLE: Final = "0199e0a4-5d1c-7b3a-9f20-6c1d2e3f4a5b"
WHERE: Final = (
    "op de pagina Signalen of Berichten van de balie, of met "
    "`signal-source find --case ZAAK`, met uw zaaknummer of de begindag"
)
REFERENCE_HELP: Final = f"Het kenmerk van het signaal, zoals {EXAMPLE}."
UNNAMED: Final = "zaaknummer hier niet bekend"
NO_REFERENCE: Final = (
    f"Dit is geen kenmerk. Een kenmerk heeft 36 tekens, zoals {EXAMPLE}. U vindt het "
    f"{WHERE}. Hebt u alleen de laatste acht tekens? Zoek daarmee: `signal-source find "
    "--case TEKENS`. Een zaaknummer of BSN is geen kenmerk."
)


def say_cases(named: Mapping[UUID, str]) -> Mapping[UUID, str]:
    """Say which case each is; where its name does not tell, also how to find it.

    Two may have begun on one day with the same team, or be of one number.
    """
    unclear = find_unclear(named)
    return {
        reference: f"{name or UNNAMED}; zoek de regel met `signal-source "
        f"find {reference} --file UW-BESTAND --profile UW-PROFIEL.toml`"
        if reference in unclear
        else name
        for reference, name in named.items()
    }


def say_place(place: Place) -> str:
    """Say where a record stands as people count: from one."""
    counted = re.sub(
        r"\.?(\w+)\[(\d+)\]",
        lambda found: f", {found[1]} nummer {int(found[2]) + 1}",
        place.record,
    ).removeprefix(", ")
    if place.column is not None:
        return f"regel {place.line}, teken {place.column} ({counted})"
    return counted if place.line is None else f"regel {place.line}"

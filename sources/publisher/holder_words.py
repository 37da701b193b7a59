"""What is told of key holders: by name, what each does, and how to mend it; Dutch."""

from collections.abc import Mapping
from typing import Final

from keys.client import PROOF_REFUSED
from keys.quorum import (
    BUDGET_SPENT,
    CONFIG_OLD,
    CONFIG_REFUSED,
    SLOW,
    TICKET_REFUSED,
    UNAVAILABLE,
)
from sources.guide import Part, see
from sources.handing_over import Party, name_file

_ASK: Final = "Bel de beheerder van {name}."
_FROM_ONE: Final = f"{see(Part.LOST)} Begin bij stap 1."
REFUSALS: Final = {
    "organisation-unknown": (
        "kent uw organisatie niet",
        "Vraag de beheerder van {name} om uw aanvraag op te nemen. {file}",
    ),
    "request-signature": (
        "kent een andere sleutel (keys.request)",
        "Zet de sleutel terug die u aanmeldde. Is die weg of gestolen? Vraag de "
        "beheerder van {name} om uw oude aanmelding te beëindigen (`organisation end` "
        "met `--kind source`) en daarna uw nieuwe aanvraag op te nemen. {file} "
        f"{see(Part.LOST)}",
    ),
    "act-not-allowed": ("kent uw organisatie niet als bron", _ASK),
    "request-expired": (
        "heeft een andere klok dan deze machine",
        "Is de tijd hier gelijk (NTP)? Bel dan de beheerder van {name}.",
    ),
    "wrong-holder": (
        "heet anders dan in agency.toml staat",
        "Kijk `holders.places` na in agency.toml, of bel de beheerder van {name}.",
    ),
    "organisation-ended": (
        "zegt dat uw aanmelding is beëindigd",
        "Klopt dat niet? Bel de beheerder van {name}. Met de sleutels van nu kan het "
        f"daar niet meer: sluit opnieuw aan, met een nieuwe uitnodiging. {_FROM_ONE}",
    ),
    "account-refused": (
        "zegt dat uw organisatie of dit account is geblokkeerd",
        "Bel de gemeente. Die zegt waarom, en kan het weer openzetten.",
    ),
    "request-replayed": ("zegt dat dit verzoek al gebruikt is", _ASK),
    "stale-key-version": (
        "gebruikt een andere versie van de sleutel",
        "Geef de opdracht opnieuw. Blijft het zo? Bel dan de beheerder van {name}.",
    ),
}
"""By the code of a holder's refusal: what it does, and how to mend that."""
_OTHER: Final = {
    UNAVAILABLE: ("antwoordt niet", "Meld het de beheerder van {name}."),
    BUDGET_SPENT: ("heeft geen budget meer voor u", "Morgen is er weer."),
    SLOW: ("antwoordt niet op tijd", "Meld het de beheerder van {name}."),
    CONFIG_REFUSED: ("gaf sleutelgegevens die niet te vertrouwen zijn", _ASK),
    CONFIG_OLD: ("gebruikt oudere sleutelgegevens dan de anderen", _ASK),
    TICKET_REFUSED: ("gaf een bewijs dat niet klopt", _ASK),
    PROOF_REFUSED: ("gaf een antwoord dat niet klopt", _ASK),
}


def explain(name: str, reason: str, file: str = "") -> tuple[str, str]:
    """Give what a holder does, as `… kent uw organisatie niet`, and how to mend it.

    `file` says what to send. A code that is new here is named.
    """
    known = _OTHER.get(reason) or REFUSALS.get(reason)
    does, remedy = known or (f"weigert het verzoek (code: {reason})", _ASK)
    return does, remedy.format(name=name, file=file or name_file(Party.HOLDER))


def say_passed_over(name: str, reason: str) -> str:
    """Say that a holder was passed over, by name and why."""
    does, remedy = explain(name, reason)
    return (
        f"Sleutelhouder {name} is overgeslagen: hij {does}. Twee van de drie zijn "
        f"genoeg. {remedy}"
    )


def say_too_few(failures: Mapping[str, str]) -> str:
    """Say that too few holders are left, and of each what it does; empty for none."""
    if not failures:
        return ""
    said = [
        f"{name} {does}. {remedy}"
        for name, reason in sorted(failures.items())
        for does, remedy in [explain(name, reason)]
    ]
    return " ".join(["Er zijn twee sleutelhouders nodig, en die zijn er niet.", *said])


def say_waiting(name: str, seconds: int) -> str:
    """Say that a holder is silent so far, and how long that may last."""
    return (
        f"Sleutelhouder {name} antwoordt nog niet. Wij wachten hooguit {seconds} "
        "seconden en vragen dan een ander."
    )

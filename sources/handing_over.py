"""Which file goes to whom: one place for `join`, `keys create`, `doctor` and the page.

Who joined by an invitation has one file for everybody. Who did without has a public
half of a key for each party. A test holds `docs/connect-a-source.md` to these names.
"""

from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from keys.errors import ConfigRefused, JoiningRefused
from keys.joining import OpenedRequest, open_own_request, tell_fingerprint

REQUEST: Final = "request.json"
REQUEST_FILE: Final = f"joining/{REQUEST}"


class Party(StrEnum):
    """Who takes us in, and the public half that is for them."""

    public: str

    def __new__(cls, name: str, public: str) -> Self:
        """Keep the file beside the name."""
        party = str.__new__(cls, name)
        party._value_ = name
        party.public = public
        return party

    INDEX = "de beheerder van de index", "notice-key.public.jwk"
    HOLDER = "elke sleutelhouder", "request-key.public.jwk"
    PROVIDER = "de beheerder van de inlogdienst", "oidc-client.public.jwks.json"


OTHER_KEYS: Final = (
    f"In {REQUEST_FILE} staan andere sleutels dan in keys/. Stuur haar niet: wie haar "
    "opneemt, kent u niet. Vraag de beheerder van de index om een nieuwe uitnodiging "
    "en sluit daarmee opnieuw aan, in een nieuwe map."
)

LOST_REQUEST: Final = (
    f"{REQUEST_FILE} is weg of veranderd. Stuurde u haar al? Neem haar dan uit die "
    "mail en zet haar terug: een andere bij dezelfde uitnodiging weigeren zij. "
    "Stuurde u haar nog niet? Haal de hele map weg en sluit opnieuw aan, met dezelfde "
    "uitnodiging. Kan geen van beide? Vraag de beheerder van de index om een nieuwe "
    "uitnodiging."
)


def say_joined(joining: Path | None) -> str:
    """Say what stands of an earlier joining: its request and code, or how to go on."""
    opened = find_request(joining)
    if opened is None:
        return LOST_REQUEST
    return (
        f"Uw aanvraag is {REQUEST_FILE}, met controlecode "
        f"{tell_fingerprint(opened.payload)}. Hebt u een nieuwe uitnodiging? Sluit dan "
        "aan in een nieuwe map."
    )


def name_file(
    party: Party, joining: Path | None = None, own: tuple[str, str] | None = None
) -> str:
    """Say what to send to a party that does not know us; never what names other keys.

    Where we joined, the code to tell by telephone stands with it, for whoever lost it.
    `own`: the public halves that we sign with now, where the caller has them.
    """
    opened = find_request(joining)
    if opened is None and joining is not None and joining.is_dir():
        return (
            "Uw aanvraag is weg of veranderd: lees eerst wat bij bevestigingen staat."
        )
    if opened is None:
        return f"Stuur {REQUEST_FILE}; sloot u aan zonder uitnodiging: {party.public}."
    if own is not None and not names_keys(opened, own):
        return OTHER_KEYS
    code = tell_fingerprint(opened.payload)
    return f"Stuur {REQUEST_FILE}, en noem aan de telefoon uw controlecode {code}."


def find_request(joining: Path | None) -> OpenedRequest | None:
    """Give our own request, if we joined by one and it is whole."""
    try:
        return open_own_request((joining / REQUEST).read_bytes()) if joining else None
    except (OSError, JoiningRefused, ConfigRefused):
        return None


def names_keys(opened: OpenedRequest, own: tuple[str, str]) -> bool:
    """Tell whether a request is for these keys: of requests, and of notices."""
    said = opened.said
    return (said.request_key.jwk["x"], said.notice_key.jwk["x"]) == own

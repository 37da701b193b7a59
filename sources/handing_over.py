"""Which file goes to whom: one place for `join`, `keys create`, `doctor` and the page.

Who joined by an invitation has one file for everybody. Who did without has a public
half of a key for each party. A test holds `docs/connect-a-source.md` to these names.
"""

from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from keys.base64url import decode_b64u
from keys.errors import ConfigRefused, JoiningRefused
from keys.joining import read_document, tell_fingerprint

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


def name_file(party: Party, joining: Path | None = None) -> str:
    """Say what to send to a party that does not know us.

    Where we joined, the code to tell by telephone stands with it, for whoever lost it.
    """
    if code := find_code(joining):
        return f"Stuur {REQUEST_FILE}, en noem aan de telefoon uw controlecode {code}."
    return f"Stuur {REQUEST_FILE}; sloot u aan zonder uitnodiging: {party.public}."


def find_code(joining: Path | None) -> str | None:
    """Give the code that belongs to our own request, if we joined by one."""
    try:
        data = (joining / REQUEST).read_bytes() if joining else b""
        return tell_fingerprint(decode_b64u(read_document(data).payload))
    except (OSError, JoiningRefused, ConfigRefused):
        return None

"""What a reference of a signal looks like, and where one is found; Dutch, B1.

A reference is a UUID. The pages of the desk show it whole, and `find --case` gives it.
"""

from typing import Final

EXAMPLE: Final = "0199e0a4-5d1c-7b3a-9f20-6c1d2e3f4a5b"
WHERE: Final = (
    "op de pagina Signalen of Berichten van de balie, of met "
    "`signal-source find --case ZAAKNUMMER`"
)
REFERENCE_HELP: Final = f"Het kenmerk van het signaal, zoals {EXAMPLE}."
NO_REFERENCE: Final = (
    f"Dit is geen kenmerk. Een kenmerk heeft 36 tekens, zoals {EXAMPLE}. U vindt het "
    f"{WHERE}. Een zaaknummer of BSN is geen kenmerk."
)

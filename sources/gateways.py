"""Whether the municipality's own gateways can be asked: `[brp]` and `[brp_events]`.

Nobody is asked about: the key file is read, and the address must answer something.
"""

from collections.abc import Sequence

import httpx

from sources.brp.asking import Asker
from sources.brp.settings import GatewayPlace
from sources.errors import SourceError
from sources.findings import Finding, Patient, State
from sources.publisher.patience import Patience


async def look_at_gateways(patient: Patient) -> Sequence[Finding]:
    """Give a finding for each gateway that stands in the settings."""
    settings = patient.settings
    places = {"brp": settings.brp, "brp_events": settings.brp_events}
    return [
        await _look(patient, about, place)
        for about, place in places.items()
        if place is not None
    ]


async def _look(patient: Patient, about: str, place: GatewayPlace) -> Finding:
    try:
        Asker(patient.client, place, Patience(patient.now, attempts=1))
    except SourceError as error:
        remedy = f"Controleer `key_file` bij [{about}] in agency.toml."
        return Finding(about, State.WRONG, str(error), remedy)
    try:
        await patient.client.get(place.url)
    except httpx.HTTPError:
        says = "De koppeling met de BRP antwoordt niet."
        remedy = (
            f"Controleer `url` bij [{about}] in agency.toml, en of de dienst werkt."
        )
        return Finding(about, State.WRONG, says, remedy)
    says = "De sleutel is te lezen en de koppeling met de BRP antwoordt."
    return Finding(about, State.GOOD, says)

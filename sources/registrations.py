"""Whether each party knows this agency: provider, index, and every key holder by name.

Each is asked in a way that publishes nothing and costs no budget. What refuses is named
with what is missing there, so that the right administrator can be called.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from keys.client import HolderPlace, fetch_registration
from keys.errors import HolderBudgetSpent, HolderRefused, HolderUnavailable
from signal_index.wire.own_registration import OwnRegistration
from signal_index.wire.sources import SourceState
from sources.errors import (
    IndexRefused,
    ProviderUnreachable,
    PublishingStopped,
    TokenRefused,
)
from sources.findings import Finding, Patient, State
from sources.handing_over import Party, name_file
from sources.outbox.deliveries import was_told
from sources.outbox.standing import keep_registration
from sources.publisher.holder_words import explain
from sources.refused_beforehand import (
    ASK_INDEX,
    Fault,
    Registered,
    find_source_faults,
)
from sources.settings import HolderRow
from sources.trial import say_trial

_PROVIDER: Final = "inlogdienst"
_INDEX: Final = "aanmelding index"
_HOLDER: Final = "aanmelding"
ACCESS: Final = frozenset({_PROVIDER, _INDEX})
"""What must be in order before the index answers anything else."""
_UNASKED: Final = Finding(
    _INDEX,
    State.WARNING,
    "Niet gevraagd: de index antwoordt pas als de inlogdienst u kent.",
)
_HOLDERS_NEEDED: Final = 2
_LIVE: Final = "De bron is live."
_SILENT: Final = "Deze sleutelhouder antwoordt niet."


async def look_at_registrations(patient: Patient) -> Sequence[Finding]:
    """Tell of each party whether it knows us, and whom to call where one does not."""
    places = patient.settings.holders.places
    looks = asyncio.gather(*(_look_at_holder(patient, one) for one in places))
    index, holders = await asyncio.gather(_look_at_index(patient), looks)
    return [*index, *_weigh_silence(holders)]


def _weigh_silence(found: Sequence[Finding]) -> Sequence[Finding]:
    """Make silence wrong where too few are left to publish with."""
    usable = sum(one.state is State.GOOD for one in found)
    if usable >= _HOLDERS_NEEDED:
        return found
    remedy = (
        f"Er zijn er {_HOLDERS_NEEDED} nodig, en nu bruikbaar: {usable}. Zo gaat er "
        "niets weg. Controleer de verbinding naar buiten en bel de sleutelhouders."
    )
    return [
        replace(one, state=State.WRONG, remedy=remedy) if one.says == _SILENT else one
        for one in found
    ]


async def _look_at_index(patient: Patient) -> Sequence[Finding]:
    try:
        await patient.index.verify_access()
    except ProviderUnreachable as error:
        remedy = "Controleer `issuer` in agency.toml en de verbinding naar buiten."
        says = "Niet gevraagd: daarvoor moet eerst de inlogdienst antwoorden."
        unasked = replace(_UNASKED, says=says)
        return [Finding(_PROVIDER, State.WRONG, str(error), remedy), unasked]
    except TokenRefused as error:
        remedy = (
            f"Vraag {Party.PROVIDER} om client_id "
            f"{patient.settings.identity.client_id} aan te melden. "
            f"{name_file(Party.PROVIDER, patient.settings.joining, patient.own_keys)}"
        )
        return [Finding(_PROVIDER, State.WRONG, str(error), remedy), _UNASKED]
    given = Finding(_PROVIDER, State.GOOD, "De inlogdienst gaf toegang.")
    try:
        known = await patient.index.fetch_registration()
    except IndexRefused as error:
        says = _AT_INDEX.get(error.slug, str(error))
        return [given, Finding(_INDEX, State.WRONG, says, ASK_INDEX)]
    except PublishingStopped as error:
        return [given, Finding(_INDEX, State.WRONG, str(error), "")]
    keep_registration(patient.outbox, known, patient.now())
    wrong = [
        Finding(_INDEX, State.WRONG, says, remedy)
        for says, remedy in _find_missing(patient, known)
    ]
    good = f"De index kent u als {known.name}, met bron en ondertekensleutel."
    for one in known.sources:
        if one.source == patient.settings.source:
            is_trial = one.state is SourceState.TRIAL
            told = was_told(patient.outbox)
            good = f"{good} {say_trial(one, is_told=told) if is_trial else _LIVE}"
    return [given, *(wrong or [Finding(_INDEX, State.GOOD, good)])]


def _find_missing(patient: Patient, known: OwnRegistration) -> Iterator[Fault]:
    settings = patient.settings
    if known.organisation != settings.organisation:
        yield (
            f"De index kent u als organisatie {known.organisation}; in agency.toml "
            f"staat {settings.organisation}.",
            "Zet bij `organisation` het juiste OIN, of vraag een andere client_id.",
        )
    yield from _find_key_faults(patient, known)
    registered = Registered(known, settings.source)
    yield from find_source_faults(registered)


def _find_key_faults(patient: Patient, known: OwnRegistration) -> Iterator[Fault]:
    own, settings = patient.notice.public_value, patient.settings
    registered = {signer.kid: signer.x for signer in known.signers}
    kid = patient.notice.kid
    if kid not in registered:
        yield (
            f"De ondertekensleutel {kid} (keys.notice) is niet aangemeld.",
            f"{ASK_INDEX} {name_file(Party.INDEX, settings.joining, patient.own_keys)}",
        )
    elif registered[kid] != own:
        yield (
            f"Onder de naam {kid} kent de index een andere ondertekensleutel.",
            "Zet de sleutel terug die u hebt aangemeld, of meld een nieuwe aan.",
        )


async def _look_at_holder(patient: Patient, place: HolderRow) -> Finding:
    about = f"{_HOLDER} {place.id}"
    where = HolderPlace(place.id, place.url)
    try:
        known = await fetch_registration(patient.client, where, patient.signer)
    except HolderUnavailable:
        return Finding(about, State.WARNING, _SILENT, "Twee zijn genoeg.")
    except HolderBudgetSpent as error:
        minutes = -(-int(error.retry_after.total_seconds()) // 60)
        says = f"U vroeg dit te vaak; over {minutes} minuten antwoordt hij weer."
        return Finding(about, State.WARNING, says, "")
    except HolderRefused as error:
        joining = patient.settings.joining
        file = name_file(Party.HOLDER, joining, patient.own_keys)
        does, remedy = explain(place.id, str(error), file)
        return Finding(about, State.WRONG, f"Deze sleutelhouder {does}.", remedy)
    says = f"Kent u als {known.name}, met {known.declaredCaseload} cliënten."
    return Finding(about, State.GOOD, says)


_AT_INDEX: Final = {
    "caller-not-registered": "De index kent deze organisatie of deze client_id niet.",
    "caller-not-allowed": "De index geeft deze client_id geen recht om te leveren.",
    "caller-suspended": "De index heeft deze organisatie of client_id geblokkeerd.",
    "caller-unknown": "De index neemt de toegang van de inlogdienst niet aan.",
}

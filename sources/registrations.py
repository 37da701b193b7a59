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
from signal_index.wire.own_registration import OwnRegistration, OwnSource
from signal_index.wire.sources import SourceState
from sources.errors import (
    IndexRefused,
    ProviderUnreachable,
    PublishingStopped,
    TokenRefused,
)
from sources.findings import Finding, Patient, State
from sources.handing_over import Party, name_file
from sources.informing import find_unfit, list_allowed
from sources.outbox.standing import keep_allowed, record_state
from sources.profile import Profile
from sources.publisher.holder_words import explain
from sources.rehearsing.cases import FUNCTION, LACKS
from sources.settings import HolderRow

Fault = tuple[str, str]
"""What is wrong, and how to mend it."""

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
_OTHER_CODE: Final = "Kies in het profiel een code die klopt met wat u deed."
_LISTED: Final = (
    "Vraag de gemeente om dit woord vast te stellen, of kies bij `function` een van:"
)
_ENDED: Final = "Klopt dat niet? Bel de beheerder van de index."
_ASK_INDEX: Final = "Vraag de beheerder van de index om dit aan te melden."


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
        return [given, Finding(_INDEX, State.WRONG, says, _ASK_INDEX)]
    except PublishingStopped as error:
        return [given, Finding(_INDEX, State.WRONG, str(error), "")]
    wrong = [
        Finding(_INDEX, State.WRONG, says, remedy)
        for says, remedy in _find_missing(patient, known)
    ]
    good = f"De index kent u als {known.name}, met bron en ondertekensleutel."
    for one in known.sources:
        if one.source == patient.settings.source:
            record_state(patient.outbox, one.state, patient.now())
            is_trial = one.state is SourceState.TRIAL
            good = f"{good} {_say_trial(one) if is_trial else _LIVE}"
    return [given, *(wrong or [Finding(_INDEX, State.GOOD, good)])]


def _say_trial(source: OwnSource) -> str:
    """Say that nobody sees this source yet, and what going live still lacks."""
    lacks = [LACKS.get(one, one) for one in source.lacks] or [
        "Lever aan met publish en vergelijk met reconcile. Vraag daarna de beheerder "
        "van de index om haar live te zetten."
    ]
    first = "De bron is in proef: niemand ziet haar vlaggetjes."
    return " ".join([first, *lacks])


def _find_missing(patient: Patient, known: OwnRegistration) -> Iterator[Fault]:
    settings = patient.settings
    if known.organisation != settings.organisation:
        yield (
            f"De index kent u als organisatie {known.organisation}; in agency.toml "
            f"staat {settings.organisation}.",
            "Zet bij `organisation` het juiste OIN, of vraag een andere client_id.",
        )
    yield from _find_key_faults(patient, known)
    found = [one for one in known.sources if one.source == settings.source]
    if not found:
        yield f"U mag niet leveren voor bron {settings.source}.", _ASK_INDEX
    for source in found:
        if not source.active:
            yield f"Bron {source.source} doet bij de index niet meer mee.", _ENDED
        for profile in patient.profiles:
            yield from find_uncovered(profile, source)
    allowed = list_allowed(known, settings.source)
    keep_allowed(patient.outbox, allowed)
    for profile in patient.profiles:
        yield from find_unlisted(profile, known)
        for one in find_unfit(profile, allowed):
            yield f"Profiel {profile.name}: {one.say()}", _OTHER_CODE


def find_unlisted(profile: Profile, known: OwnRegistration) -> Iterator[Fault]:
    """Give what a contact holder of a profile is called that stands on no list."""
    functions, names = set(known.contactFunctions), set(known.contactNames)
    choice = ", ".join(one for one in known.contactFunctions if one != FUNCTION)
    for key, row in profile.contacts.items() if functions else ():
        for of, at in ((row, key), (row.deputy, f"{key}.deputy")):
            said = [] if of is None else [("function", of.function, functions)]
            said += [] if of is None or not of.name else [("name", of.name, names)]
            for field, word, listed in said:
                if word not in listed:
                    yield (
                        f"Profiel {profile.name}: contacts.{at}.{field} staat niet op "
                        "uw lijst. De index neemt deze contactpersoon niet aan.",
                        f"{_LISTED} {choice}.",
                    )


def _find_key_faults(patient: Patient, known: OwnRegistration) -> Iterator[Fault]:
    own, settings = patient.notice.public_value, patient.settings
    registered = {signer.kid: signer.x for signer in known.signers}
    kid = patient.notice.kid
    if kid not in registered:
        yield (
            f"De ondertekensleutel {kid} (keys.notice) is niet aangemeld.",
            f"{_ASK_INDEX} "
            f"{name_file(Party.INDEX, settings.joining, patient.own_keys)}",
        )
    elif registered[kid] != own:
        yield (
            f"Onder de naam {kid} kent de index een andere ondertekensleutel.",
            "Zet de sleutel terug die u hebt aangemeld, of meld een nieuwe aan.",
        )


def find_uncovered(profile: Profile, source: OwnSource) -> Iterator[Fault]:
    """Give what a profile delivers that is not registered for its source."""
    covered = {(one.municipality, one.category) for one in source.coverage}
    for municipality in profile.municipalities:
        for category in profile.categories:
            if (municipality, category) not in covered:
                yield (
                    f"Profiel {profile.name}: soort signaal {category} in gemeente "
                    f"{municipality} is voor deze bron niet aangemeld.",
                    f"{_ASK_INDEX} Of verbeter het profiel.",
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

"""Look an agency's installation over: what works, what does not, what to do about it.

Each look is small and catches only what it is about; one that fails never stops the
others. Nothing is published, and no budget is spent.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

import httpx

from signal_index.wire.sources import SourceState
from sources.acceptances import look_at_acceptances
from sources.clock import day_of, write_day
from sources.counted import say_count
from sources.errors import SignalsElsewhere, SourceError
from sources.errors.parties import say_duration
from sources.failed_files import FAILED_REMEDY, find_failed
from sources.findings import Bare, Finding, Patient, State
from sources.flag_looks import look_at_flags
from sources.gateways import look_at_gateways
from sources.guide import Part, see
from sources.notices.looking import WAITS, look_at_due, look_at_notices
from sources.outbox.deliveries import find_unfinished, find_unheard, was_told
from sources.outbox.evidence import find_unproven
from sources.outbox.holding import find_held
from sources.outbox.owed import find_owed
from sources.outbox.planning import count_work
from sources.outbox.standing import (
    count_signals,
    find_differed,
    find_elsewhere,
    find_reconciled,
    find_state,
)
from sources.outbox.strays import count_strays
from sources.profile_looks import look_at_profiles
from sources.publisher.admission import (
    admit,
    note_elsewhere,
    verify_in_use,
    verify_newest,
    verify_used_before,
)
from sources.registrations import ACCESS, look_at_registrations
from sources.standing_words import remedy_strays
from sources.vouching import look_at_vouching

CLOCK_MAY_DIFFER: Final = timedelta(seconds=45)
RECONCILED_WITHIN: Final = timedelta(days=8)
PROVEN_WITHIN: Final = timedelta(days=1)
DISK_AT_LEAST: Final = 500 * 2**20
_MANY: Final = 1_000
Seen = TypeVar("Seen", bound=Bare)


async def look_over(patient: Patient) -> Sequence[Finding]:
    """Give a finding for each look, in the order in which one would mend them.

    With a clock that is wrong no party can be asked: what hangs on it is not looked at,
    since each would name a fault that is none.
    """
    waiting = [*_look_at_held(patient), *await look_at_due(patient)]
    here = [*waiting, *[await _look(patient, about, look) for about, look in _HERE]]
    index = await _look(patient, "index", _look_at_index)
    if index.about == _CLOCK:
        at_hand = [await _look(patient, about, look) for about, look in _AT_HAND]
        return [*here, index, _UNSEEN, *at_hand]
    holders, known = await asyncio.gather(
        _look(patient, "sleutelhouders", _look_at_holders), _look_at_parties(patient)
    )
    is_held = holders.state is not State.WRONG
    key = await _look_at_key(patient) if is_held else []
    vouching = await look_at_vouching(patient)
    at_hand = [await _look(patient, about, look) for about, look in _AT_HAND]
    is_known = all(one.state is State.GOOD for one in known if one.about in ACCESS)
    asked = [await _look(patient, about, look) for about, look in _ASKED]
    then = [await _look(patient, about, look) for about, look in _IN_TIME]
    notices = await look_at_notices(patient)
    profiles = look_at_profiles(patient, patient.outbox)
    at_hand += look_at_flags(patient)
    is_up = index.state is State.GOOD
    by_index = (
        asked if is_known else [_explain_refused(one, is_up=is_up) for one in asked]
    )
    return [
        *here,
        index,
        holders,
        *key,
        *known,
        *vouching,
        *by_index,
        *at_hand,
        *then,
        *notices,
        *profiles,
    ]


async def look_without(bare: Bare, faults: Sequence[Finding]) -> Sequence[Finding]:
    """Give what can be looked at while keys or outbox fail, below why they do.

    What hangs on these is named as not looked at: a list that just stops reads as good.
    """
    looks: Sequence[Finding] = [
        await _look(bare, "schijf", _look_at_disk),
        await _look(bare, "index", _look_at_index),
        *look_at_profiles(bare),
    ]
    unseen = Finding("overige", State.WARNING, _UNSEEN_WITHOUT, _MEND_FIRST)
    return [*faults, *looks, unseen]


async def _look_at_parties(patient: Patient) -> Sequence[Finding]:
    return [
        *await look_at_registrations(patient),
        *await look_at_acceptances(patient),
        *await look_at_gateways(patient),
    ]


def _explain_refused(finding: Finding, *, is_up: bool) -> Finding:
    """Say of what the index was asked that its answer waits for the registration."""
    if finding.state is State.GOOD:
        return finding
    if not is_up:
        says = "Niet nagekeken: dat kan pas als de index antwoordt."
        return Finding(finding.about, State.WARNING, says, "Zie index, hierboven.")
    says = "Niet nagekeken: dat kan pas als de inlogdienst en de index u kennen."
    return Finding(finding.about, State.WARNING, says, _REMEDIES["contactpersonen"])


async def _look(
    patient: Seen, about: str, look: Callable[[Seen], Awaitable[Finding]]
) -> Finding:
    try:
        return await look(patient)
    except SourceError as error:
        return Finding(about, State.WRONG, str(error), _REMEDIES[about])


async def _look_at_disk(patient: Bare) -> Finding:
    free = shutil.disk_usage(patient.settings.outbox.parent).free
    if free < DISK_AT_LEAST:
        says = f"Er is nog {free // 2**20} MB vrij bij het postvak."
        return Finding("schijf", State.WARNING, says, "Maak ruimte vrij.")
    return Finding("schijf", State.GOOD, "Er is ruimte genoeg.")


async def _look_at_index(patient: Bare) -> Finding:
    """Hold that the index answers, and that our clock is its clock."""
    url = f"{patient.settings.index.url}/v1/health"
    try:
        answer = await patient.client.get(url)
    except httpx.HTTPError:
        return Finding("index", State.WRONG, "De index antwoordt niet.", _NETWORK)
    if not answer.is_success:
        says = f"De index antwoordt met {answer.status_code}."
        return Finding("index", State.WRONG, says, "Meld dit aan de beheerder ervan.")
    skew = _find_skew(answer, patient.now())
    if skew is not None and abs(skew) > CLOCK_MAY_DIFFER:
        way = "voor" if skew > timedelta(0) else "achter"
        long = say_duration(int(abs(skew).total_seconds()))
        says = f"De klok van deze machine loopt {long} {way} op die van de index."
        return Finding(_CLOCK, State.WRONG, says, "Zet de tijd gelijk (NTP).")
    return Finding("index", State.GOOD, "De index antwoordt en de klok is gelijk.")


async def _look_at_own_contacts(patient: Patient) -> Finding:
    contacts = await patient.index.fetch_contacts()
    stale = [one for one in contacts if one.remind and one.signals]
    if stale:
        says = f"{len(stale)} contactpersonen moeten worden bevestigd."
        remedy = "Bevestig ze op de pagina Contactpersonen, of werk het profiel bij."
        return Finding("contactpersonen", State.WARNING, says, remedy)
    return Finding("contactpersonen", State.GOOD, "Er is niemand te bevestigen.")


async def _look_at_holders(patient: Patient) -> Finding:
    """Hold that a key config with all three signatures is in use."""
    version = await patient.evaluator.find_key_version()
    says = f"Sleutelversie {version}, met de handtekening van alle drie de houders."
    places = patient.settings.holders.places
    answers = await asyncio.gather(
        *(_answers(patient.client, f"{place.url}/v1/health") for place in places)
    )
    down = [one.id for one, is_up in zip(places, answers, strict=True) if not is_up]
    if down:
        says = f"{says} Niet bereikbaar: {', '.join(down)}."
        enough = len(patient.settings.holders.places) - len(down) >= 2
        if enough:
            remedy = "U hoeft niets te doen: twee zijn genoeg."
            return Finding("sleutelhouders", State.WARNING, says, remedy)
        remedy = _REMEDIES["sleutelhouders"]
        return Finding("sleutelhouders", State.WRONG, says, remedy)
    return Finding("sleutelhouders", State.GOOD, says)


async def _look_at_key(patient: Patient) -> Sequence[Finding]:
    """Warn before the key ends: then nothing can be delivered, and nobody is found."""
    found = await patient.evaluator.find_key_validity()
    if not found.is_warning:
        return []
    days = say_count(found.daysLeft, "dag", "dagen")
    says = f"De sleutel verloopt over {days}, op {write_day(day_of(found.until))}."
    remedy = "Meld dit bij de beheerder van de index. U hoeft zelf niets te verlengen."
    return [Finding("sleutel", State.WARNING, says, remedy)]


async def _look_at_outbox(patient: Patient) -> Finding:
    waiting = count_work(patient.outbox)
    if find_unfinished(patient.outbox):
        told = say_count(waiting, "bericht wacht", "berichten wachten")
        says = f"Een levering is nog onderweg; {told}."
        return Finding("postvak", State.WARNING, says, "Draai `signal-source publish`.")
    if strays := count_strays(patient.outbox):
        told = say_count(strays, "signaal", "signalen")
        says = f"Van een vorig postvak is er bij de index nog {told}."
        return Finding("postvak", State.WARNING, says, remedy_strays(patient.outbox))
    if not was_told(patient.outbox):
        if not patient.settings.outbox.exists():
            says = "Hier is nog geen postvak; het komt er bij de eerste levering."
            return Finding("postvak", State.GOOD, says)
        return Finding("postvak", State.GOOD, "Het postvak is nog nieuw.")
    return Finding("postvak", State.GOOD, "Alles wat gelezen is, is verstuurd.")


async def _look_at_what_was_told(patient: Patient) -> Finding:
    """Hold that what the index heard of us is what this outbox told."""
    known = await verify_in_use(patient.outbox, patient.index)
    await verify_newest(patient.outbox, patient.index)
    await verify_used_before(patient.outbox, patient.index)
    for profile in patient.profiles:
        await admit(patient.outbox, patient.index, profile)
    source = patient.settings.source
    note_elsewhere(patient.outbox, known, source, patient.profiles)
    if told := find_elsewhere(patient.outbox):
        return Finding(_TOLD, State.WARNING, str(SignalsElsewhere(told)))
    says = "De index hoorde niets wat dit postvak niet kent."
    return Finding(_TOLD, State.GOOD, says)


def _look_at_held(patient: Patient) -> Sequence[Finding]:
    """Warn first of each delivery that waits for an answer, with its last day."""
    return [
        Finding(WAITS, State.WARNING, one.say()) for one in find_held(patient.outbox)
    ]


async def _look_at_deliveries(patient: Patient) -> Finding:
    """Hold that nothing is left over, and that the last file made sense."""
    about = "leveringen"
    for owed in find_owed(patient.outbox):
        return Finding(about, State.WRONG, str(owed.say()), "")
    if failed := find_failed(patient.settings.feeds):
        said = ", ".join(f"{one.feed} ({one.count})" for one in failed)
        says = f"Bestanden die niet te leveren waren, staan in de map failed: {said}."
        return Finding(about, State.WRONG, says, FAILED_REMEDY)
    if not was_told(patient.outbox):
        return Finding(about, State.GOOD, "Er is nog niets geleverd.")
    if names := find_unheard(patient.outbox):
        says = f"Het meeste in de laatste levering was onbruikbaar: {', '.join(names)}."
        remedy = "Kijk in het bestand met afgewezen records en lever opnieuw aan."
        return Finding(about, State.WRONG, says, remedy)
    return Finding(about, State.GOOD, "De laatste leveringen waren te gebruiken.")


async def _look_at_standing(patient: Patient) -> Finding:
    """Warn who has no signal left: to a generalist that reads as no contact.

    Not of a source that is in trial or has ended: nobody reads anything about that.
    """
    about = "signalen"
    standing = count_signals(patient.outbox)
    if standing or not was_told(patient.outbox) or count_strays(patient.outbox):
        says = f"Signalen volgens dit postvak: {standing}."
        return Finding(about, State.GOOD, says)
    none = "Er staat geen enkel signaal van dit postvak bij de index."
    known = find_state(patient.outbox, patient.settings.source)
    if known is not None and known[0] in _UNREAD:
        says = f"{none} {_UNREAD[known[0]]}"
        return Finding(about, State.GOOD, says)
    says = (
        f"{none} Een generalist leest nu bij iedereen dat u geen contact hebt gemeld."
    )
    remedy = (
        "Hebt u nu niemand? Dan klopt dat. Stopt u? Vraag de beheerder van de index om "
        f"uw bron te beëindigen: dan leest niemand dat meer. {see(Part.STOPPING)}"
    )
    return Finding(about, State.WARNING, says, remedy)


async def _look_at_reconciliation(patient: Patient) -> Finding:
    about, remedy = "vergelijking", _REMEDIES["vergelijking"]
    differed, last = find_differed(patient.outbox), find_reconciled(patient.outbox)
    if differed is not None:
        says = (
            f"De laatste keer, op {write_day(day_of(differed))}, was het niet gelijk."
        )
        remedy = "Lever alles aan met `signal-source publish` en vergelijk daarna weer."
        return Finding(about, State.WARNING, says, remedy)
    if last is None and not was_told(patient.outbox):
        says = "Er is nog niets geleverd, en dus niets te vergelijken."
        return Finding(about, State.GOOD, says)
    if last is None:
        says = "Er is nog nooit vergeleken met de index."
        return Finding(about, State.WARNING, says, remedy)
    if patient.now() - last > RECONCILED_WITHIN:
        says = f"Voor het laatst gelijk op {write_day(day_of(last))}."
        return Finding(about, State.WARNING, says, remedy)
    return Finding(about, State.GOOD, "Onlangs vergeleken, en gelijk.")


async def _look_at_proofs(patient: Patient) -> Finding:
    before = patient.now() - PROVEN_WITHIN
    lacking = find_unproven(patient.outbox, before=before, limit=_MANY)
    if lacking:
        says = f"Verstuurd, en na een dag nog zonder bewijs: {len(lacking)}."
        remedy = _REMEDIES["bewijzen"]
        return Finding("bewijzen", State.WARNING, says, remedy)
    if not was_told(patient.outbox):
        return Finding("bewijzen", State.GOOD, "Er is nog niets verstuurd.")
    return Finding("bewijzen", State.GOOD, "Van wat is verstuurd, is het bewijs er.")


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).is_success
    except httpx.HTTPError:
        return False


def _find_skew(answer: httpx.Response, now: datetime) -> timedelta | None:
    try:
        theirs = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError):
        return None
    return now - theirs.astimezone(UTC)


_TOLD: Final = "postvak en index"
_CLOCK: Final = "klok"
_NETWORK: Final = "Controleer het adres in agency.toml en de verbinding naar buiten."
_REMEDIES: Final = {
    "schijf": "Controleer of de map van het postvak bestaat.",
    "index": _NETWORK,
    "contactpersonen": "Herstel eerst de aanmelding, hierboven.",
    "sleutelhouders": (
        "Controleer adressen en pins in agency.toml; vraag de sleutelhouders of hun "
        "dienst werkt."
    ),
    "postvak": "Laat geen tweede opdracht tegelijk draaien.",
    _TOLD: "",  # each of its sentences says what to do
    "leveringen": "Draai `signal-source deliveries show`.",
    "vergelijking": "Draai `signal-source reconcile`.",
    "bewijzen": "Draai `signal-source evidence --fetch`.",
}
_UNREAD: Final = {
    SourceState.TRIAL: "De bron is in proef: niemand leest iets over u.",
    SourceState.ENDED: "De bron is beëindigd: niemand leest nog iets over u.",
}
_HERE: Final = (("schijf", _look_at_disk),)
_ASKED: Final = (
    ("contactpersonen", _look_at_own_contacts),
    (_TOLD, _look_at_what_was_told),
)
_AT_HAND: Final = (
    ("postvak", _look_at_outbox),
    ("leveringen", _look_at_deliveries),
    ("signalen", _look_at_standing),
)
_IN_TIME: Final = (
    ("vergelijking", _look_at_reconciliation),
    ("bewijzen", _look_at_proofs),
)
_UNSEEN_WITHOUT: Final = (
    "Niet nagekeken, want het hangt hiervan af: inlogdienst, aanmeldingen, "
    "sleutelhouders, leveringen, contactpersonen, vergelijking, bewijzen en berichten."
)
_MEND_FIRST: Final = "Herstel eerst wat fout is en geef de opdracht dan opnieuw."
_UNSEEN: Final = Finding(
    "overige",
    State.WARNING,
    "Niet nagekeken, want het hangt af van de klok: inlogdienst, aanmeldingen, "
    "sleutelhouders, bevestigingen, contactpersonen, vergelijking en bewijzen.",
    "Zet eerst de tijd gelijk en draai dan `signal-source doctor` opnieuw.",
)

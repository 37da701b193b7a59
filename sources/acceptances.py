"""What came back of a request to join: who signed that it was taken in, and who not."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from keys.client import HolderPlace, HolderTransport, fetch_config
from keys.errors import ConfigRefused, HolderUnavailable, JoiningRefused
from keys.joining import (
    OpenedRequest,
    open_acceptance,
    open_own_request,
    tell_fingerprint,
)
from keys.jose import PublicKey
from keys.pins import read_pins
from sources.findings import Finding, Patient, State
from sources.handing_over import LOST_REQUEST, OTHER_KEYS, REQUEST, names_keys
from sources.joining import ACCEPTANCES
from sources.publisher.known_config import find_known_config

_ABOUT: Final = "bevestigingen"
_FILES_AT_MOST: Final = 64


async def look_at_acceptances(patient: Patient) -> Sequence[Finding]:
    """Tell who confirmed our request, where we joined by one."""
    folder = patient.settings.joining
    if folder is None:
        return []
    try:
        opened = open_own_request((folder / REQUEST).read_bytes())
        if not names_keys(opened, patient.own_keys):
            says = "Uw aanvraag hoort niet bij de sleutels van deze machine."
            return [Finding(_ABOUT, State.WRONG, says, OTHER_KEYS)]
        parties = await _find_parties(patient, opened)
    except (OSError, JoiningRefused, ConfigRefused):
        says = "Uw eigen aanvraag is niet te lezen of veranderd."
        return [Finding(_ABOUT, State.WRONG, says, LOST_REQUEST)]
    except HolderUnavailable:
        says = "Niet te controleren: geen sleutelhouder antwoordt."
        return [Finding(_ABOUT, State.WARNING, says)]
    return _judge(folder, opened, parties)


def _judge(
    folder: Path, opened: OpenedRequest, parties: Mapping[str, Sequence[PublicKey]]
) -> Sequence[Finding]:
    confirmed = set()
    findings = []
    place = folder / ACCEPTANCES
    for path in sorted(place.glob("*"))[:_FILES_AT_MOST]:
        name = _find_signer(path, opened, parties)
        if name is None:
            findings.append(_refuse(path))
        else:
            confirmed.add(name)
    lacking = [name for name in parties if name not in confirmed]
    if lacking:
        says = f"Nog geen bevestiging van: {_list(lacking, opened)}."
        remedy = (
            f"Zet het bestand dat u terugkrijgt in {place}. Uw controlecode is "
            f"{tell_fingerprint(opened.payload)}."
        )
        findings.append(Finding(_ABOUT, State.WARNING, says, remedy))
    if findings:
        return findings
    says = f"Uw aanvraag is bevestigd door {_list(parties, opened)}."
    return [Finding(_ABOUT, State.GOOD, says)]


def _list(names: Iterable[str], opened: OpenedRequest) -> str:
    """Name parties as a person does: the index signs as its ledger."""
    ledger = opened.invitation.ledger
    return ", ".join("de index" if name == ledger else name for name in names)


def _refuse(path: Path) -> Finding:
    """Say why a file counts for nothing: it is cut off, or it is not ours."""
    try:
        json.loads(path.read_bytes())
    except (OSError, ValueError):
        says = f"{path.name} is niet volledig, of niet te lezen."
        remedy = "Haal het bestand weg en vraag om hetzelfde bestand nog eens."
    else:
        says = f"{path.name} is geen bevestiging van uw aanvraag."
        remedy = "Haal het bestand weg en vraag waar het vandaan komt."
    return Finding(_ABOUT, State.WRONG, says, remedy)


def _find_signer(
    path: Path, opened: OpenedRequest, parties: Mapping[str, Sequence[PublicKey]]
) -> str | None:
    """Give whose acceptance of exactly this request a file is; None for anything else.

    A holder cannot confirm for another, nor for the index: the name must be the key's.
    """
    try:
        every = [key for keys in parties.values() for key in keys]
        said, key = open_acceptance(path.read_bytes(), every)
    except (OSError, JoiningRefused, ConfigRefused):
        return None
    own = (opened.said.organisation, opened.digest)
    is_ours = (said.organisation, said.request) == own
    return said.name if is_ours and key in parties.get(said.name, ()) else None


async def _find_parties(
    patient: Patient, opened: OpenedRequest
) -> Mapping[str, Sequence[PublicKey]]:
    """Give who must confirm, with the keys that each signs with.

    Holders' keys come from the key config that all of them signed.
    """
    invitation = opened.invitation
    holders = patient.settings.holders
    places = {at.index: HolderPlace(at.id, at.url) for at in holders.places}
    config = await fetch_config(
        HolderTransport(patient.client, places, patient.signer),
        read_pins(holders.pins),
        accepted_origin=holders.accepted_origin,
        known=find_known_config(patient.outbox),
        now=patient.now(),
    )
    tickets = {holder.id: holder.ticket_keys for holder in config.holders}
    return {invitation.ledger: (invitation.key,), **tickets}

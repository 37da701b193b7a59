"""Join from an invitation: keys, settings that load at once, and one signed request.

    FOLDER/agency.toml            settings, complete
    FOLDER/keys/                  the keys; their public halves stand in the request
    FOLDER/pins.json              the holders' pins, from the invitation
    FOLDER/checkpoint.vkey        the ledger's key, for `signal-source evidence`
    FOLDER/joining/               invitation.json, request.json, acceptances/

Everything is made beside FOLDER and put in its place in one step: a run that is killed
leaves nothing that looks like an installation.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import tomlkit

from keys.base64url import decode_b64u
from keys.errors import ConfigRefused, JoiningRefused
from keys.joining import (
    CHARACTERS,
    Invitation,
    InvitedSource,
    JoinRequest,
    Opened,
    open_invitation,
    open_own_request,
    read_document,
    sign_request,
    tell_fingerprint,
    verify_fingerprint,
)
from keys.jose import PrivateKey
from sources.agency_keys import AgencyKeys, create_keys, load_keys
from sources.errors import InvitationRefused
from sources.handing_over import REQUEST, say_joined
from sources.settings import AgencySettings, load_settings

SETTINGS: Final = "agency.toml"
JOINING: Final = "joining"
INVITATION: Final = "invitation.json"
ACCEPTANCES: Final = "acceptances"
CHECKPOINT: Final = "checkpoint.vkey"


@dataclass(frozen=True, slots=True)
class Joined:
    """What was made, the fingerprint to tell, and where answers belong."""

    settings: Path
    request: Path
    acceptances: Path
    fingerprint: str


def read_invitation(data: bytes, *, now: datetime) -> Opened:
    """Read an invitation that is whole and valid now, or raise `InvitationRefused`."""
    try:
        return open_invitation(data, now=now)
    except (JoiningRefused, ConfigRefused) as error:
        said = _EXPLAINED.get(type(error).__name__, _NONE)
        raise InvitationRefused(said) from None


def find_invited(folder: Path) -> InvitedSource | None:
    """Give what we were invited to deliver, where a folder was made by joining."""
    try:
        request = (folder / JOINING / REQUEST).read_bytes()
        return open_own_request(request).invitation.source
    except (OSError, JoiningRefused, ConfigRefused):
        return None


def verify_told(opened: Opened, told: str) -> None:
    """Hold what the administrator told against the invitation, or refuse it."""
    typed = len("".join(told.replace("-", "").split()))
    if typed != CHARACTERS:
        raise InvitationRefused(
            f"De controlecode heeft {CHARACTERS} tekens; u typte er {typed}. Kijk wat "
            "er ontbreekt of te veel is, en geef de opdracht opnieuw."
        )
    try:
        verify_fingerprint(told, opened.payload)
    except JoiningRefused:
        raise InvitationRefused(
            "De controlecode hoort niet bij deze uitnodiging. Kijk of u haar goed "
            "typte, en geef de opdracht opnieuw. Klopt zij dan nog niet? Gebruik het "
            "bestand niet en bel de beheerder, op een nummer dat u al kende."
        ) from None


def join(data: bytes, opened: Opened, folder: Path, *, now: datetime) -> Joined:
    """Make an installation in a folder, or raise a leaf of `SourceError`.

    The folder must be empty or not there yet. The settings are loaded once as a proof.
    """
    verify_free(folder)
    with _made_beside(folder) as made:
        document = _fill(made, data, opened.invitation, now)
    signed = read_document(document)
    joining = folder / JOINING
    payload = decode_b64u(signed.payload)
    return Joined(
        folder / SETTINGS,
        joining / REQUEST,
        joining / ACCEPTANCES,
        tell_fingerprint(payload),
    )


def verify_free(folder: Path) -> None:
    """Hold that a folder is empty or not there yet, or raise `InvitationRefused`."""
    if folder.exists() and not folder.is_dir():
        raise InvitationRefused("Dit is een bestand. Kies een nieuwe map.")
    if (folder / SETTINGS).exists():
        raise InvitationRefused(
            f"U bent hier al aangesloten: in {folder} staat {SETTINGS}. Er is niets "
            f"veranderd. {say_joined(folder / JOINING)} Hoe het ervoor staat, zegt "
            f"`signal-source doctor --settings {folder / SETTINGS}`."
        )
    if folder.exists() and any(folder.iterdir()):
        raise InvitationRefused("De map is niet leeg. Kies een nieuwe map.")


@contextmanager
def _made_beside(folder: Path) -> Iterator[Path]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        yield made
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _fill(made: Path, data: bytes, invitation: Invitation, now: datetime) -> bytes:
    name = f"{invitation.client_id}-{invitation.id.hex[:8]}"
    keys = made / "keys"
    for public in create_keys(keys, name=name, algorithm=invitation.client_algorithm):
        public.unlink()  # the request holds it: one file to hand out, for everybody
    joining = made / JOINING
    (joining / ACCEPTANCES).mkdir(parents=True)
    (joining / INVITATION).write_bytes(data)
    pins = {"pins": [key.jwk for key in invitation.pins]}
    (made / "pins.json").write_text(json.dumps(pins, indent=2) + "\n", "utf-8")
    key = f"{invitation.checkpoint_key}\n"
    (made / CHECKPOINT).write_text(key, "utf-8")
    text = tomlkit.dumps(make_settings(invitation))
    (made / SETTINGS).write_text(text, "utf-8")
    settings = load_settings(made / SETTINGS)
    document = _sign(data, invitation, settings, now)
    (joining / REQUEST).write_bytes(document)
    return document


def make_settings(invitation: Invitation) -> Mapping[str, object]:
    """Give what stands in `agency.toml`: all of it, from the invitation."""
    return {
        "organisation": invitation.organisation,
        "source": invitation.organisation,
        "outbox": "outbox.sqlite",
        "rejects": "rejects",
        "joining": JOINING,
        "keys": {
            "request": "keys/request-key.jwk",
            "notice": "keys/notice-key.jwk",
            "client": "keys/oidc-client.jwk",
            "outbox": "keys/outbox.key",
        },
        "notices": {"case_key": "keys/case.key"},
        "index": {"url": invitation.index.url, "audience": invitation.index.audience},
        "identity": {"issuer": invitation.issuer, "client_id": invitation.client_id},
        "holders": {
            "pins": "pins.json",
            "accepted_origin": invitation.accepted_origin,
            "places": [at.model_dump() for at in invitation.holders],
        },
        "agent": {"name": invitation.client_id},
    }


def _sign(
    data: bytes, invitation: Invitation, settings: AgencySettings, now: datetime
) -> bytes:
    keys = load_keys(settings.keys)
    client = keys.client.key
    public = {
        name: str(value)
        for name, value in client.as_dict(private=False).items()
        if name in {"kty", "crv", "x", "n", "e"}
    }
    said = JoinRequest(
        invitation=read_document(data),
        organisation=invitation.organisation,
        made_at=now.replace(microsecond=0),
        request_key=keys.request.public,
        notice_key=_notice(keys).public,
        client_key={**public, "kid": str(client.kid)},
    )
    return sign_request(said, keys.request, _notice(keys), client)


def _notice(keys: AgencyKeys) -> PrivateKey:
    return PrivateKey(keys.notice.kid, keys.notice.reveal())


_NONE: Final = (
    "Dit is geen uitnodiging, of er is een stuk weg. Vraag de beheerder van de index "
    "om het bestand (invitation.json) nog eens te sturen."
)
_EXPLAINED: Final = {
    "InvitationExpired": (
        "De uitnodiging is verlopen of nog niet geldig. Vraag een nieuwe, en kijk of "
        "de klok van deze machine gelijk loopt."
    ),
    "InvitationForged": (
        "De uitnodiging is veranderd of niet ondertekend. Gebruik het bestand niet en "
        "bel de beheerder."
    ),
}

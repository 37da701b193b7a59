"""An agency's keys: made once, read at each run, readable by nobody else.

    request-key     holders know the organisation by it        public half: holders
    notice-key      signs what is published                    public half: index
    oidc-client     asks for access tokens                     public half: provider
    outbox.key      seals what waits in the outbox             has no public half
    case.key        names cases to the agency's own desk       the desk has the same

A lost outbox key loses no signal at the index, but the outbox with it: what was told
can then only be withdrawn by hand. Keep a copy where the agency keeps its secrets.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from joserfc.jwk import KeyParameters, OKPKey, RSAKey

from keys.case_seal import CaseKey, new_case_secret, parse_case_key
from keys.errors import KeyFileExists, KeyFileMalformed, KeysError
from keys.files import read_json, write_public, write_secret
from keys.jose import parse_private_key
from keys.request import RequestKey, new_request_key
from signal_index.notice import (
    NoticeKey,
    new_notice_key,
    parse_notice_key,
)
from signal_index.wire.errors import InvalidField
from sources.errors import InvalidAgencySettings
from sources.folders import make_folder
from sources.key_files import read_agency_secret
from sources.outbox_key import OutboxKey, new_outbox_secret
from sources.publisher.identity import ClientKey, parse_client_key
from sources.settings import KeyFiles

ClientAlgorithm = Literal["PS256", "Ed25519"]
_RSA_BITS: Final = 3072
_THERE: Final = (
    "Er staan al sleutels in deze map. Er is niets veranderd. Kies een nieuwe map."
)


@dataclass(frozen=True, slots=True)
class AgencyKeys:
    """The keys in memory."""

    request: RequestKey = field(repr=False)
    notice: NoticeKey = field(repr=False)
    client: ClientKey = field(repr=False)
    outbox: OutboxKey = field(repr=False)


def load_keys(files: KeyFiles) -> AgencyKeys:
    """Read all keys, or raise `InvalidAgencySettings` or `UnsafeKeyFile`."""
    try:
        return AgencyKeys(
            request=_read_request_key(files.request),
            notice=parse_notice_key(read_agency_secret(files.notice)),
            client=parse_client_key(read_agency_secret(files.client)),
            outbox=OutboxKey(read_agency_secret(files.outbox)),
        )
    except (KeysError, InvalidField):
        raise InvalidAgencySettings("Een sleutelbestand is geen sleutel.") from None


def find_faults(files: KeyFiles) -> Mapping[str, str]:
    """Say of each key that cannot be used, by its name in the settings, why not."""
    reads: Mapping[str, Callable[[Path], object]] = {
        "request": _read_request_key,
        "notice": lambda path: parse_notice_key(read_agency_secret(path)),
        "client": lambda path: parse_client_key(read_agency_secret(path)),
        "outbox": lambda path: OutboxKey(read_agency_secret(path)),
    }
    found: dict[str, str] = {}
    for name, read in reads.items():
        try:
            read(getattr(files, name))
        except InvalidAgencySettings as error:
            found[name] = str(error)
        except (KeysError, InvalidField):
            found[name] = f"{getattr(files, name).name} is geen sleutel."
    return found


def read_case_key(path: Path | None) -> CaseKey | None:
    """Read the key that is shared with the desk, if there is one."""
    if path is None:
        return None
    try:
        return parse_case_key(read_agency_secret(path))
    except ValueError:
        raise InvalidAgencySettings(f"{path.name} is geen sleutel.") from None


def _read_request_key(path: Path) -> RequestKey:
    return parse_private_key(read_json(read_agency_secret(path), path.name))


def create_keys(folder: Path, *, name: str, algorithm: ClientAlgorithm) -> list[Path]:
    """Make all keys in a folder, and the public halves to register.

    Gives the files to hand out. Raises `InvalidAgencySettings` rather than overwrite a
    key: signals published under a lost key can no longer be withdrawn.
    """
    make_folder(folder)
    request = new_request_key(f"{name}-request")
    notice = new_notice_key(f"{name}-notice")
    client = _new_client_key(f"{name}-client", algorithm)
    public = {**client.as_dict(private=False), "kid": client.kid, "use": "sig"}
    secrets = {
        "request-key.jwk": _encode(request.jwk),
        "notice-key.jwk": notice.encode(),
        "oidc-client.jwk": _encode({**client.as_dict(private=True), "kid": client.kid}),
        "outbox.key": new_outbox_secret(),
        "case.key": new_case_secret(),
    }
    handed_out = {
        "request-key.public.jwk": _encode(request.public.jwk),
        "notice-key.public.jwk": notice.encode_public(),
        "oidc-client.public.jwk": _encode(public),
        "oidc-client.public.jwks.json": _encode({"keys": [public]}),
    }
    if any((folder / file).exists() for file in (*secrets, *handed_out)):
        raise InvalidAgencySettings(_THERE)
    try:
        for file, data in secrets.items():
            write_secret(folder / file, data)
        for file, data in handed_out.items():
            write_public(folder / file, data)
    except KeyFileExists:
        raise InvalidAgencySettings(_THERE) from None
    except KeyFileMalformed:
        raise InvalidAgencySettings(
            f"In {folder.name} is niet te schrijven, of de schijf is vol. Maak ruimte, "
            "haal de map weg en geef de opdracht opnieuw."
        ) from None
    return [folder / file for file in handed_out]


def _new_client_key(kid: str, algorithm: ClientAlgorithm) -> OKPKey | RSAKey:
    parameters: KeyParameters = {"kid": kid, "alg": algorithm}
    if algorithm == "PS256":
        return RSAKey.generate_key(_RSA_BITS, parameters)
    return OKPKey.generate_key("Ed25519", parameters)


def _encode(value: object) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"

"""The desk's own keys: made once, kept in files that only their owner reads.

- request key: holders know the organisation by it (`keys.request`);
- OIDC client key: the provider knows the desk by it (private_key_jwt);
- case-reference key: turns a case number into what the index sees, so that only this
  organisation can resolve it;
- notes key: seals what the desk keeps for its own people (`desk.own_seal`);
- notice key, for an organisation that tends contact persons: by it index and holders
  know what it signs; and where it signals by hand, the request key by which holders
  know it as a source;
- case key: made by an agency's machine, which seals the names of cases for its desk.
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeyParameters, OKPKey, RSAKey, import_key

from desk.errors import SettingsRefused
from desk.own_seal import NOTES_KEY_BYTES
from keys.base64url import decode_b64u, encode_b64u
from keys.case_seal import CaseKey, parse_case_key
from keys.errors import KeysError
from keys.files import read_secret, write_public, write_secret
from keys.request import RequestKey, load_request_key, new_request_key
from signal_index.notice import new_notice_key

ClientAlgorithm = Literal["PS256", "ES256", "Ed25519"]
CASE_KEY_BYTES: Final = 32
RSA_BITS: Final = 3072


def create_keys(folder: Path, algorithm: ClientAlgorithm) -> tuple[Path, ...]:
    """Make the keys of every desk in a folder; give the files, private ones first.

    Never overwrites: an existing file raises `SettingsRefused` and leaves it as it is.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    request = new_request_key()
    client = _new_client_key(algorithm)
    case_key = f"{encode_b64u(secrets.token_bytes(CASE_KEY_BYTES))}\n".encode()
    notes_key = _new_own_key()
    public = client.as_dict(private=False)
    private_files = {
        folder / "request-key.jwk": _as_json(request.jwk),
        folder / "oidc-client.jwk": _as_json(client.as_dict(private=True)),
        folder / "case-reference.key": case_key,
        folder / "notes.key": notes_key,
    }
    public_files = {
        folder / "request-key.public.jwk": _as_json(request.public.jwk),
        folder / "oidc-client.public.jwk": _as_json(public),
        folder / "oidc-client.public.jwks.json": _as_json({"keys": [public]}),
    }
    _write(private_files, public_files)
    return (*private_files, *public_files)


def create_portal_keys(folder: Path, algorithm: ClientAlgorithm) -> tuple[Path, ...]:
    """Make the keys of a page for citizens; give the files, private ones first.

    One by which holders know it, one for the broker, one for the provider, and one
    that seals where messages go. Never overwrites, as `create_keys`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    request = new_request_key()
    private = {folder / "request-key.jwk": _as_json(request.jwk)}
    public = {folder / "request-key.public.jwk": _as_json(request.public.jwk)}
    for name in ("broker-client", "oidc-client"):
        key = _new_client_key(algorithm)
        shown = key.as_dict(private=False)
        private[folder / f"{name}.jwk"] = _as_json(key.as_dict(private=True))
        public[folder / f"{name}.public.jwk"] = _as_json(shown)
        public[folder / f"{name}.public.jwks.json"] = _as_json({"keys": [shown]})
    private[folder / "messages.key"] = _new_own_key()
    _write(private, public)
    return (*private, *public)


def create_source_keys(folder: Path) -> tuple[Path, ...]:
    """Make the keys of a desk that signals by hand; give the files, private first.

    Never overwrites, as `create_keys`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    notice, request = new_notice_key(), new_request_key()
    private_files = {
        folder / "notice-key.jwk": notice.encode(),
        folder / "source-request-key.jwk": _as_json(request.jwk),
    }
    public_files = {
        folder / "notice-key.public.jwk": notice.encode_public(),
        folder / "source-request-key.public.jwk": _as_json(request.public.jwk),
    }
    _write(private_files, public_files)
    return (*private_files, *public_files)


def create_notice_key(folder: Path) -> tuple[Path, ...]:
    """Make the key of a desk that tends contact persons; give its two files.

    Never overwrites, as `create_keys`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    notice = new_notice_key()
    private = {folder / "notice-key.jwk": notice.encode()}
    public = {folder / "notice-key.public.jwk": notice.encode_public()}
    _write(private, public)
    return (*private, *public)


def _write(private: Mapping[Path, bytes], public: Mapping[Path, bytes]) -> None:
    try:
        for path, data in private.items():
            write_secret(path, data)
        for path, data in public.items():
            write_public(path, data)
    except KeysError as error:
        raise SettingsRefused(str(error)) from None


def read_request_key(path: Path) -> RequestKey:
    """Read the organisation's request key, or raise `SettingsRefused`."""
    try:
        return load_request_key(path)
    except KeysError as error:
        raise SettingsRefused(str(error)) from None


def read_client_key(path: Path) -> Key:
    """Read the OIDC client key with its `alg`, or raise `SettingsRefused`."""
    try:
        found = import_key(json.loads(read_secret(path)))
    except KeysError as error:
        raise SettingsRefused(str(error)) from None
    except (JoseError, ValueError):
        raise SettingsRefused(f"{path.name}: not a JWK") from None
    if not found.is_private or found.alg is None:
        raise SettingsRefused(f"{path.name}: needs a private JWK with `alg`")
    return found


def read_case_key(path: Path) -> bytes:
    """Read the case-reference key, or raise `SettingsRefused`."""
    try:
        key = decode_b64u(read_secret(path).decode("ascii").strip())
    except KeysError as error:
        raise SettingsRefused(str(error)) from None
    except ValueError:
        raise SettingsRefused(f"{path.name}: not base64url") from None
    if len(key) != CASE_KEY_BYTES:
        raise SettingsRefused(f"{path.name}: a case-reference key has 32 bytes")
    return key


def read_shared_case_key(path: Path | None) -> CaseKey | None:
    """Read the key that the agency's machine shares with this desk, if there is one."""
    if path is None:
        return None
    try:
        return parse_case_key(read_secret(path))
    except KeysError as error:
        raise SettingsRefused(str(error)) from None
    except ValueError:
        raise SettingsRefused(f"{path.name}: not a case key") from None


def _new_own_key() -> bytes:
    """Make a key for what is kept for one's own use, as `read_notes_key` reads it."""
    return f"{encode_b64u(secrets.token_bytes(NOTES_KEY_BYTES))}\n".encode()


def _new_client_key(algorithm: ClientAlgorithm) -> Key:
    marks: KeyParameters = {"use": "sig", "alg": algorithm}
    if algorithm == "PS256":
        return RSAKey.generate_key(RSA_BITS, marks, auto_kid=True)
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", marks, auto_kid=True)
    return OKPKey.generate_key("Ed25519", marks, auto_kid=True)


def _as_json(value: object) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"

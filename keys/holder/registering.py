"""Add an organisation to a holder's list, or end one; comments and order are kept.

The new file is checked as the holder will check it at start, then takes the old one's
place in one step: a holder never reads half of it.
"""

import json
import os
import tempfile
import tomllib
from datetime import date
from pathlib import Path
from typing import Final

import tomlkit
from pydantic import TypeAdapter, ValidationError
from tomlkit.items import AoT

from keys.errors import KeysError
from keys.files import read_json, write_public
from keys.holder.errors import HolderStartRefused
from keys.holder.organisations import (
    AnyOrganisation,
    Because,
    Kind,
    Organisation,
    parse_organisations,
)
from keys.jose import PublicKey
from keys.request import new_request_key, write_request_key

FILE_MODE: Final = 0o644
"""Numbers, names and public keys: nothing secret."""

_ENTRY: Final[TypeAdapter[AnyOrganisation]] = TypeAdapter(Organisation)


def parse_entry(members: dict[str, object]) -> AnyOrganisation:
    """Read one organisation; members that are None count as absent.

    Raises `HolderStartRefused` with every fault: the kind decides what it needs.
    """
    given = {name: value for name, value in members.items() if value is not None}
    try:
        return _ENTRY.validate_python(given)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        said = (f"{fault['loc'][-1]}: {fault['msg']}" for fault in faults)
        raise HolderStartRefused("; ".join(said)) from None


def read_public_jwk(path: Path) -> object:
    """Read a public key file; raises `HolderStartRefused` when it is none."""
    try:
        return read_json(path.read_bytes(), path.name)
    except OSError as error:
        raise HolderStartRefused(f"{path.name}: {error.strerror}") from None
    except KeysError as error:
        raise HolderStartRefused(str(error)) from None


def write_key_pair(folder: Path) -> tuple[Path, Path]:
    """Make a request key in a folder; gives the private (0600) and the public file."""
    key = new_request_key()
    private = folder / "request-key.jwk"
    public = folder / "request-key.public.jwk"
    write_request_key(private, key)
    write_public(public, json.dumps(key.public.jwk, indent=2).encode() + b"\n")
    return private, public


def add_organisation(path: Path, entry: AnyOrganisation) -> None:
    """Add an entry to the file, or make the file; refuses a second for its kind."""
    document, entries = _parse(path)
    entries.append(_as_table(entry))
    _write(path, document)


def end_organisation(
    path: Path, oin: str, kind: Kind, because: Because, *, today: date
) -> None:
    """End the entry of an organisation; it stays in the file, with the reason.

    Raises `HolderStartRefused` where no entry of this number and kind stands.
    """
    document, entries = _parse(path)
    for entry in entries:
        if (entry.get("oin"), entry.get("kind")) != (oin, kind):
            continue
        if "ended_on" not in entry:
            entry["ended_on"], entry["ended_because"] = today, because
            _write(path, document)
            return
    raise HolderStartRefused(f"no {kind} with that number is registered, or it ended")


def add_notice_key(path: Path, oin: str, key: PublicKey, kind: Kind = "source") -> None:
    """Let an organisation sign with one key more: that of its desk, or a new one.

    Raises `HolderStartRefused` where it is not so registered here, or has a key of that
    name.
    """
    document, entry = _find(path, oin, kind)
    keys = entry.unwrap().get("notice_keys", [])
    if any(known["kid"] == key.kid for known in keys):
        raise HolderStartRefused(f"that {kind} has a notice key of that name")
    entry["notice_keys"] = _listed([*keys, key.jwk])
    _write(path, document)


def end_notice_key(path: Path, oin: str, kid: str, kind: Kind = "source") -> None:
    """Let what it signed with this key count no more; or `HolderStartRefused`."""
    document, entry = _find(path, oin, kind)
    keys = entry.unwrap().get("notice_keys", [])
    left = [known for known in keys if known["kid"] != kid]
    if len(left) == len(keys):
        raise HolderStartRefused(f"that {kind} has no notice key of that name")
    entry["notice_keys"] = _listed(left)
    _write(path, document)


def add_partner(path: Path, oin: str, partner: str) -> None:
    """Let a source sign whom to call about the signals of a partner.

    The partner's own word is needed: whoever signs for it says which number is its.
    Raises `HolderStartRefused` where it does so already, or is no source here.
    """
    document, entry = _find(path, oin)
    partners = entry.unwrap().get("partners", [])
    if partner == oin or partner in partners:
        raise HolderStartRefused("that source signs for it already")
    entry["partners"] = [*partners, partner]
    _write(path, document)


def end_partner(path: Path, oin: str, partner: str) -> None:
    """Let what a source signed for this partner count no more.

    Raises `HolderStartRefused` where it does not sign for it.
    """
    document, entry = _find(path, oin)
    partners = entry.unwrap().get("partners", [])
    if partner not in partners:
        raise HolderStartRefused("that source does not sign for it")
    entry["partners"] = [one for one in partners if one != partner]
    _write(path, document)


def _find(
    path: Path, oin: str, kind: Kind = "source"
) -> tuple[tomlkit.TOMLDocument, tomlkit.items.Table]:
    document, entries = _parse(path)
    for entry in entries:
        is_it = (entry.get("oin"), entry.get("kind")) == (oin, kind)
        if is_it and "ended_on" not in entry:
            return document, entry
    raise HolderStartRefused(f"no {kind} with that number is registered, or it ended")


def _parse(path: Path) -> tuple[tomlkit.TOMLDocument, AoT]:
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        document = tomlkit.parse(text)
    except OSError as error:
        raise HolderStartRefused(f"{path.name}: {error.strerror}") from None
    except ValueError as error:
        raise HolderStartRefused(f"{path.name}: {error}") from None
    entries = document.setdefault("organisations", tomlkit.aot())
    if not isinstance(entries, AoT):
        raise HolderStartRefused(f"{path.name}: `organisations` is a list of tables")
    return document, entries


def _write(path: Path, document: tomlkit.TOMLDocument) -> None:
    changed = tomlkit.dumps(document)
    parse_organisations(tomllib.loads(changed))
    _replace(path, changed)


def _as_table(entry: AnyOrganisation) -> tomlkit.items.Table:
    table = tomlkit.table()
    for name, value in entry.model_dump(exclude_none=True).items():
        if name == "invitation":
            table.add(name, str(value))
        elif name == "request_key":
            table.add(name, _inline(value))
        elif name == "notice_keys":
            table.add(name, _listed(value))
        else:
            table.add(name, value)
    return table


def _inline(jwk: dict[str, str]) -> tomlkit.items.InlineTable:
    inline = tomlkit.inline_table()
    inline.update(jwk)
    return inline


def _listed(jwks: list[dict[str, str]]) -> tomlkit.items.Array:
    array = tomlkit.array()
    array.extend(_inline(jwk) for jwk in jwks)
    return array.multiline(multiline=True)


def _replace(path: Path, text: str) -> None:
    try:
        made, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(made, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(FILE_MODE)
        Path(beside).replace(path)
    except OSError as error:
        raise HolderStartRefused(f"{path.name}: {error.strerror}") from None

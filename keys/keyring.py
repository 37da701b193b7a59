"""A holder's secrets at rest: each in a sealed file, opened by passphrase or token.

    {"format":"signal-keys/share/1","holder":"holder-1","index":1,"keyVersion":1,
     "epoch":1,"threshold":2,"sealer":name,"seal":{…of that sealer…}}
    {"format":"signal-keys/key/1","holder":"holder-1","use":"ticket","signed":{},
     "sealer":name,"seal":{…}}

No mainstream box offers the group of a share, so the share itself must be in memory to
be used: the threshold protects, not the box. Keys that sign lie as the share does: who
copies a folder or carries a disk away signs no ticket and no key config with it.

- Everything in a file but the seal is bound to it as associated data: a secret cannot
  be passed off as another holder's, another use's, or as of another version or epoch.
- What a config-signing key signed stands in its own file: who takes the key along takes
  that along, and nobody changes it who cannot open the key.
- A file is made with mode 0600, never overwritten, and refused when others can read it.

Proven by tests/unit/keys/test_keyring.py and tests/unit/keys/test_resealing.py.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from keys.errors import InvalidScalar, KeyFileMalformed, KeyFileSealed
from keys.files import read_json, read_secret, write_secret, written_whole
from keys.group import parse_scalar
from keys.jose import PrivateKey, parse_private_key
from keys.pseudonym import KeyVersion
from keys.sealing import Sealer
from keys.shares import KeyShare, Sharing

SHARE: Final = "share.json"


_Serial = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,9}$")]
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SealedUse(StrEnum):
    """What a sealed key is for."""

    CEREMONY = "ceremony"
    CONFIG = "config"
    TICKET = "ticket"


class _Sealed(BaseModel):
    """Whose secret it is; all but the seal is the associated data of the seal."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_name=True,
        hide_input_in_errors=True,
    )

    holder: str
    sealer: str
    seal: dict[str, str | int]

    @property
    def associated(self) -> bytes:
        """Give the header in one spelling: sorted, no white space."""
        members = self.model_dump(mode="json", by_alias=True, exclude={"seal"})
        return json.dumps(members, sort_keys=True, separators=(",", ":")).encode()


class _ShareFile(_Sealed):
    format: Literal["signal-keys/share/1"] = "signal-keys/share/1"
    index: Annotated[int, Field(ge=1, le=255)]
    key_version: Annotated[KeyVersion, Field(ge=1, lt=2**32)]
    epoch: Annotated[int, Field(ge=1, lt=2**32)]
    threshold: Annotated[int, Field(ge=2, le=255)]


class _KeyFile(_Sealed):
    format: Literal["signal-keys/key/1"] = "signal-keys/key/1"
    use: Annotated[SealedUse, Field(strict=False)]
    signed: dict[_Serial, _Digest] = Field(default_factory=dict)


_File = TypeVar("_File", _ShareFile, _KeyFile)
_ANY: Final[TypeAdapter[_ShareFile | _KeyFile]] = TypeAdapter(_ShareFile | _KeyFile)


def write_share(path: Path, share: KeyShare, holder: str, sealer: Sealer) -> None:
    """Seal a share into a new file; raises `KeyFileExists` rather than overwrite."""
    file = _ShareFile(
        holder=holder,
        index=share.index,
        key_version=share.sharing.key_version,
        epoch=share.sharing.epoch,
        threshold=share.sharing.threshold,
        sealer=sealer.name,
        seal={},
    )
    write_secret(path, _seal(file, share.scalar.encoded, sealer))


def write_key(
    path: Path, secret: bytes, use: SealedUse, holder: str, sealer: Sealer
) -> None:
    """Seal a holder's key into a new file; raises `KeyFileExists` as for a share."""
    file = _KeyFile(holder=holder, use=use, sealer=sealer.name, seal={})
    write_secret(path, _seal(file, secret, sealer))


def write_signing_key(
    path: Path, key: PrivateKey, use: SealedUse, holder: str, sealer: Sealer
) -> None:
    """Seal a key that signs, as `write_key` does."""
    write_key(path, json.dumps(key.jwk).encode(), use, holder, sealer)


def reseal(path: Path, before: Sealer, after: Sealer) -> str:
    """Seal what a file holds in another way, in its place; give whose it is.

    The new file is written beside the former one and opened there; only what opens to
    the very secret takes its place, in one step. Whatever goes wrong before leaves the
    file as it was. Raises what opening and sealing raise.

    Copies of the former file still open as before.
    """
    file = _read_any(path)
    secret = _open(file, path.name, before)
    changed = file.model_copy(update={"sealer": after.name})
    _replace(path, changed, secret, after)
    return file.holder


def load_signed(path: Path, sealer: Sealer) -> dict[str, str]:
    """Give the SHA-256 of what a key says that it signed, by serial, once it opened.

    Raises as `load_key` does.
    """
    file = _read_file(path, _KeyFile, "a sealed key")
    _open(file, path.name, sealer)
    return file.signed


def write_signed(path: Path, signed: Mapping[str, str], sealer: Sealer) -> None:
    """Seal a key anew, in its place, with what it signed until now.

    Whatever goes wrong leaves the file as it was; raises as `reseal` does.
    """
    file = _read_file(path, _KeyFile, "a sealed key")
    secret = _open(file, path.name, sealer)
    changed = file.model_copy(update={"signed": dict(signed)})
    _replace(path, changed, secret, sealer)


def find_holder(path: Path, sealer: Sealer) -> str:
    """Give whose a sealed file is, once it opened; raises as opening it does."""
    file = _read_any(path)
    _open(file, path.name, sealer)
    return file.holder


def read_sharing(path: Path) -> Sharing:
    """Give of which sharing a share file says that it is, before it is opened.

    What it says holds when it opens (`load_share`). Raises as that does.
    """
    return _sharing_of(_read_file(path, _ShareFile, "a share file"))


def load_share(path: Path, holder: str, sealer: Sealer) -> KeyShare:
    """Open the share file of `holder`.

    Raises `KeyFileExposed`, `KeyFileMalformed` (also for another holder's file or
    another way of sealing) or `KeyFileSealed`. Whether the share belongs to the key in
    use is the caller's question: compare `share.public` with the key config.
    """
    file = _read_file(path, _ShareFile, "a share file")
    if file.holder != holder:
        raise KeyFileMalformed(f"{path.name}: another holder's share")
    try:
        scalar = parse_scalar(_open(file, path.name, sealer))
    except InvalidScalar:
        raise KeyFileMalformed(f"{path.name}: holds no share") from None
    return KeyShare(_sharing_of(file), file.index, scalar)


def load_key(path: Path, use: SealedUse, holder: str | None, sealer: Sealer) -> bytes:
    """Open a holder's key of this use; `holder` None: whoever it says.

    Raises as `load_share` does.
    """
    file = _read_file(path, _KeyFile, "a sealed key")
    if holder not in {None, file.holder}:
        raise KeyFileMalformed(f"{path.name}: another holder's key")
    if file.use is not use:
        raise KeyFileMalformed(f"{path.name}: the {file.use} key, not the {use} key")
    return _open(file, path.name, sealer)


def load_signing_key(
    path: Path, use: SealedUse, holder: str | None, sealer: Sealer
) -> PrivateKey:
    """Open a key that signs, as `load_key` does."""
    data = load_key(path, use, holder, sealer)
    return parse_private_key(read_json(data, path.name))


def _replace(
    path: Path, file: _ShareFile | _KeyFile, secret: bytes, sealer: Sealer
) -> None:
    try:
        with written_whole(path, replace=True) as written:
            written.write(_seal(file, secret, sealer))
            written.flush()
            made = Path(written.name)
            if _open(_read_any(made), made.name, sealer) != secret:
                raise KeyFileSealed(f"{path.name}: it would not open as the same")
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None


def _seal(file: _ShareFile | _KeyFile, secret: bytes, sealer: Sealer) -> bytes:
    seal = dict(sealer.seal(secret, file.associated))
    sealed = file.model_copy(update={"seal": seal})
    return sealed.model_dump_json(by_alias=True, indent=2).encode() + b"\n"


def _open(file: _ShareFile | _KeyFile, name: str, sealer: Sealer) -> bytes:
    if file.sealer != sealer.name:
        raise KeyFileMalformed(
            f"{name}: sealed in another way than it is opened here; "
            "by passphrase or by token"
        )
    return sealer.open(file.seal, file.associated)


def _read_file(path: Path, model: type[_File], what: str) -> _File:
    try:
        return model.model_validate_json(
            read_secret(path), by_alias=True, by_name=False
        )
    except ValidationError:
        raise KeyFileMalformed(f"{path.name}: not {what}") from None


def _read_any(path: Path) -> _ShareFile | _KeyFile:
    try:
        return _ANY.validate_json(read_secret(path), by_alias=True, by_name=False)
    except ValidationError:
        raise KeyFileMalformed(f"{path.name}: not a sealed file") from None


def _sharing_of(file: _ShareFile) -> Sharing:
    return Sharing(
        key_version=file.key_version, epoch=file.epoch, threshold=file.threshold
    )
